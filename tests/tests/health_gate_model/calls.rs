//! The services that an invocation calls.

use crate::aws_in_memory::calls;
use crate::facts::Caller;
use crate::wire::Service;

pub(crate) use crate::aws_in_memory::calls::{Fault, Place, Treatment};

pub(crate) type Trouble = calls::Trouble<Service>;
pub(crate) type Calls = calls::Calls<Service, Caller>;
