//! What models of systems have in common: functions that run for real, through the real SDK, against an account in memory, in
//! random situations. What the account is, and what may happen in it, each model says.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

pub(crate) mod calls;
pub(crate) mod cases;
pub(crate) mod wire;
