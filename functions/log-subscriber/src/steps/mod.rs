//! The steps of the state machine, one file each.

pub(crate) mod check;
pub(crate) mod report;
pub(crate) mod subscribe;
