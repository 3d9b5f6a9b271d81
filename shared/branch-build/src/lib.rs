//! Knows what belongs to a branch's environment: its names, its tags, the shape of its two build projects; and what is to
//! be done with it next, from what is wanted and what there is; does not know who asks.
//!
//! An environment has no record of its own. Which branches there are is asked from the repository, what was made from
//! CodeBuild: the project whose name ends with `-create` is made before anything else of an environment, and one of its two
//! projects is the last thing to go. So a lost or repeated event loses nothing: the next look finds the same.

mod ages;
mod branches;
mod builds;
mod decision;
mod event;
mod location;
mod name;
mod observed;
mod people;
mod project;
mod projects;
mod protection;
mod tags;
mod wishes;

pub use ages::{Age, Ages, Said};
pub use branches::{Branches, Repository};
pub use builds::{Builds, Description};
pub use decision::{Next, Wanted, next};
pub use event::Occurrence;
pub use location::{CloneUrl, Host, Location};
pub use name::{Environment, Purpose};
pub use observed::{Build, Observed, Outcome, STOPPED};
pub use people::People;
pub use project::{BRANCH, BuildPlace, Project, Source};
pub use projects::{Projects, Started};
pub use protection::Protection;
pub use tags::{BRANCH_TAG, ENVIRONMENT, Facts, REPOSITORY, decoded, encoded, expiry};
pub use wishes::{Gone, Wishes, unless_over};
