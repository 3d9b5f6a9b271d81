//! Whole invocations: Firehose's event in, answer out, the source through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>,
//! <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod records;
mod returns;
mod support;
