//! Knows the job of a `CodePipeline` action: what its event says, its parameters, and that it gets exactly one answer,
//! whatever happens. Does not know what the action is for.
//!
//! An invoke action that is not answered keeps its pipeline waiting for 20 minutes
//! (<https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>), and the event carries credentials, which AWS
//! asks nobody to log (<https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html>). So nothing
//! here prints, quotes or serializes more of an event than its ids and names.

mod answer;
mod event;
mod fitting;
mod jobs;
mod parameters;
mod run;

pub use answer::{Answer, FailureKind, Given};
pub use event::{Artifact, Credentials, Job, JobEventError, job_id};
pub use jobs::Jobs;
pub use parameters::ParametersError;
pub use run::{answer, answer_or};
