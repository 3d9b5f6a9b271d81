//! Knows the table of health-gate: events, forwarders, blocks, overrides, and who may change what of them; and so what is known
//! of AWS Health where its API may not be asked. Does not know who asks, nor what follows from it.
//!
//! One DynamoDB table with the keys `pk` and `sk` and the time to live `expires` (seconds). All other times are
//! milliseconds since 1970.
//!
//! | item | `pk` | `sk` | attributes |
//! |---|---|---|---|
//! | an AWS Health event | `EVENT` | its ARN | `arn` `region` `service` `type_code` `category` `scope` `status` `started` `ended` `updated`; `expires` once it is closed |
//! | a region's forwarder | `FORWARDER` | the region | `seen` |
//! | an action that the gate failed | `BLOCK` | `PIPELINE#EXECUTION#ACTION_EXECUTION` | `pipeline` `execution` `stage` `action` `action_execution` `filter` (JSON) `events` (ARNs) `source` `blocked_at` `until` `state` `reason` `claimed_at` `expires` |
//! | a person's override | `OVERRIDE` | the pipeline | `principal` `reason` `until` |
//!
//! People and other versions of this program write items too. One that cannot be read is never left out in silence: it is
//! told in words beside what could be read ([`Read::unreadable`]), and it never permits anything.
//!
//! All reads are strongly consistent, and all writes conditional: DynamoDB decides who is first, not we.

mod block;
mod condition;
mod event;
mod forwarder;
mod item;
mod known;
mod overrides;
mod table;

pub use block::{Block, CLAIM_LASTS, Outcome, State};
pub use event::Recorded;
pub use known::{Known, Source, known};
pub use overrides::Override;
pub use table::Table;

/// What the table holds of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read<T> {
    /// What could be read.
    pub found: T,
    /// A sentence for each item that could not: which one, and what is wrong with it. An event among them may be one that
    /// blocks, so whoever decides on events must not let anything pass while there is one.
    pub unreadable: Vec<String>,
}
