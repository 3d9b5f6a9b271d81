//! Knows what AWS Health says: its events, what concerns whom, the API and its active endpoint. Does not know pipelines.
//!
//! What Health leaves out or says in words that are not known yet counts as what stops a deployment: a region that is not
//! named is every region, a status that is not known is open. A stop that was not needed is seen and can be overridden; a
//! release into an incident is seen too late.

mod api;
mod date;
mod endpoint;
mod event;
mod eventbridge;
mod filter;
mod health;
mod known_regions;
mod lookup;
mod query;
mod region;

pub use event::{HealthEvent, Scope, Status};
pub use eventbridge::EventError;
pub use filter::{CATEGORIES, Filter, is_service};
pub use health::{Health, HealthError};
pub use region::{Region, UnknownRegion, check_region, is_region};
