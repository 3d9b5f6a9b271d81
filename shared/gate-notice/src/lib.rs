//! Knows what people are told of a gate, and where: the words for somebody who is woken by them, and the SNS topic. Does
//! not know why a gate does what it does: the reason is the caller's.

mod notice;
mod topic;

pub use notice::{Notice, Release, What};
pub use topic::Topic;
