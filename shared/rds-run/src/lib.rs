//! Knows the names and tags of a run, the proof that something is the run's, and how that is removed; does not know why
//! a run happens.
//!
//! Names and tags are derived from the execution, so that a repeated step finds what it made before. A name alone proves
//! nothing: only tags do ([`ownership`]), and [`removal`] deletes nothing that it was not handed with them.

pub mod names;
pub mod ownership;
pub mod removal;
pub mod tags;
