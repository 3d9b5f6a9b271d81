//! Request in, response out, through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/>, <https://docs.aws.amazon.com/AmazonS3/latest/API/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod ending;
mod faults;
mod plan;
mod preparing;
mod proving;
mod support;
