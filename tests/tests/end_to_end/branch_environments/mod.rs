//! branch-environments: the shipped stack, real builds, a real repository.

mod branches;
mod failures;
pub(crate) mod team;
mod view;
mod webhook;
