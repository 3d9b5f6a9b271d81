//! branch-environments: the shipped stack, real builds, a real repository.

mod age;
mod branches;
mod failures;
mod team;
mod view;
mod webhook;
