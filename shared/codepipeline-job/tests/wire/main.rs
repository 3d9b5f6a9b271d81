//! Exactly one answer, through the real SDK up to the connection, on a clock that moves by itself.
//!
//! Answers of AWS are hand-written and small, after the API reference
//! (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html>,
//! <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobFailureResult.html>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod codepipeline;
mod every;
mod support;
mod work;
