//! The rules of the house, each as a test over what is shipped. That each check can fail is shown beside it, on a broken
//! input.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod branch_environments;
mod build_roles;
mod crates;
mod environments;
mod errors;
mod jobs;
mod policies;
mod repository_file;
mod templates;
