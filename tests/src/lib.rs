//! Knows how to read what the repository ships: templates, state machines, manifests and sources. Does not know any
//! system.

pub mod calls;
pub mod function;
pub mod iam;
pub mod machine;
pub mod repository;
pub mod template;
pub mod yaml;
