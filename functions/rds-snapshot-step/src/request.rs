//! Requests and answers, as the state machine writes and reads them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{IntoStaticStr, VariantNames};

use crate::error::StepError;

/// One step, with all that it needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, IntoStaticStr, VariantNames)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
#[strum(serialize_all = "kebab-case")]
pub enum Request {
    /// Preflight, and every name and time of the run. Answers [`Run`].
    Plan {
        /// The execution that asks.
        execution: Execution,
        /// The execution's input; no key is known yet.
        input: Value,
    },
    /// Take the temporary snapshot of the source. Answers `{"snapshot"}`.
    TakeSnapshot {
        /// Plan's answer.
        run: Run,
    },
    /// Find the source's newest available snapshot. Answers `{"snapshot"}`.
    FindLatestSnapshot {
        /// Plan's answer.
        run: Run,
    },
    /// Ready once a snapshot is available. Answers `{}`.
    WaitForSnapshot {
        /// Plan's answer.
        run: Run,
        /// The snapshot's identifier.
        snapshot: String,
    },
    /// Restore a snapshot to the temporary instance. Answers `{"instance"}`.
    Restore {
        /// Plan's answer.
        run: Run,
        /// The snapshot's identifier.
        snapshot: String,
    },
    /// Ready once the temporary instance is available. Answers `{}`.
    WaitForInstance {
        /// Plan's answer.
        run: Run,
    },
    /// Have RDS make a new master password, known to Secrets Manager alone. Answers `{}`.
    HandOverCredentials {
        /// Plan's answer.
        run: Run,
    },
    /// Ready once that password works. Answers `{"host", "port", "secret_arn"}`.
    WaitForCredentials {
        /// Plan's answer.
        run: Run,
    },
    /// Turns the task's failure into the sanitizer's own words. Never succeeds.
    ExplainSanitizerFailure {
        /// Plan's answer.
        run: Run,
        /// The state machine's error.
        failure: Failure,
    },
    /// Whether report and manifest prove that this run's copy is sanitized. Answers `{"report_uri", "manifest_uri"}`.
    CheckEvidence {
        /// Plan's answer.
        run: Run,
        /// The containers of the task that ended.
        containers: Vec<Container>,
    },
    /// Take the final snapshot. Answers `{"snapshot", "arn"}`.
    TakeFinalSnapshot {
        /// Plan's answer.
        run: Run,
    },
    /// Share the final snapshot. Answers `{"shared_with"}`.
    Share {
        /// Plan's answer.
        run: Run,
    },
    /// Delete what the run made and nobody needs. Answers `{}`.
    CleanUp {
        /// Plan's answer.
        run: Run,
        /// How the run ended.
        outcome: Outcome,
    },
    /// Delete the oldest final snapshots. Answers `{"deleted"}`.
    Retention {
        /// Plan's answer.
        run: Run,
    },
}

/// The state machine's execution: `$states.context.Execution`, or `$$.Execution`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Execution {
    /// ARN.
    pub id: String,
    /// RFC 3339.
    pub start_time: String,
}

/// The state machine's error output of the sanitizer's task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Failure {
    /// Such as `States.TaskFailed`.
    #[serde(rename = "Error", default)]
    pub error: String,
    /// For a failed task the task's description, as JSON in a string.
    #[serde(rename = "Cause", default)]
    pub cause: String,
}

/// A container of a task, as ECS describes it
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html>). There may be others than the
/// sanitizer's: GuardDuty adds one of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Container {
    /// Its name in the task definition.
    pub name: String,
    /// None for one that never ran.
    pub exit_code: Option<i64>,
    /// Why it stopped, where ECS has more to say.
    pub reason: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The final snapshot stays.
    Succeeded,
    /// Nothing stays.
    Failed,
}

/// Where the copy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SnapshotSource {
    /// A snapshot taken by the run.
    New,
    /// The newest available one, whoever took it.
    Latest,
}

/// A planned run: every name and time, chosen before the first effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// See [`rds_run::names::run_id`].
    pub id: String,
    /// Execution ARN.
    pub execution: String,
    /// The execution's start, RFC 3339.
    pub started_at: String,
    /// What is copied.
    pub source: Source,
    /// From which snapshot.
    pub snapshot_source: SnapshotSource,
    /// Identifier of the temporary snapshot.
    pub temporary_snapshot: String,
    /// Identifier of the temporary instance.
    pub temporary_instance: String,
    /// Identifier of the final snapshot.
    pub final_snapshot: String,
    /// Account ids; may be empty.
    pub share_with: Vec<String>,
    /// How many final snapshots of the source stay, at least 1.
    pub keep: u32,
    /// The rules, as they were when the run was planned.
    pub rules: FrozenRules,
    /// `s3://bucket/prefix/`, where report and manifest are.
    pub evidence_uri: String,
}

/// The source DB instance, as it was when the run was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Identifier.
    pub instance: String,
    /// Instance class.
    pub class: String,
}

/// A copy of the rules document that nobody changes while the run goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenRules {
    /// `s3://bucket/key`.
    pub uri: String,
    /// SHA-256 in hex.
    pub sha256: String,
}

/// A step's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// Of `plan`.
    Planned(Box<Run>),
    /// Of `take-snapshot` and `find-latest-snapshot`.
    Snapshot {
        /// Identifier.
        snapshot: String,
    },
    /// Of `take-final-snapshot`.
    FinalSnapshot {
        /// Identifier.
        snapshot: String,
        /// ARN.
        arn: String,
    },
    /// Of `restore`.
    Instance {
        /// Identifier.
        instance: String,
    },
    /// Of `wait-for-credentials`.
    Credentials {
        /// DNS name of the temporary instance.
        host: String,
        /// TCP port; a string, because it goes into the environment of a container.
        port: String,
        /// ARN of the secret with the master user's name and password.
        secret_arn: String,
    },
    /// Of `check-evidence`.
    Evidence {
        /// `s3://bucket/key` of the report.
        report_uri: String,
        /// `s3://bucket/key` of the manifest.
        manifest_uri: String,
    },
    /// Of `share`.
    Shared {
        /// Account ids.
        shared_with: Vec<String>,
    },
    /// Of `retention`.
    Deleted {
        /// Identifiers of the snapshots that RDS has begun to delete.
        deleted: Vec<String>,
    },
    /// Of the others: `{}`.
    Done {},
}

impl Request {
    /// The request in an event.
    ///
    /// # Errors
    /// [`StepError::InvalidRequest`], which names the field.
    pub fn parse(event: Value) -> Result<Self, StepError> {
        serde_json::from_value(event).map_err(|error| StepError::InvalidRequest(error.to_string()))
    }

    /// The id of the run that the step belongs to.
    #[must_use]
    pub fn run_id(&self) -> String {
        match self {
            Self::Plan { execution, .. } => rds_run::names::run_id(&execution.id),
            Self::TakeSnapshot { run }
            | Self::FindLatestSnapshot { run }
            | Self::WaitForSnapshot { run, .. }
            | Self::Restore { run, .. }
            | Self::WaitForInstance { run }
            | Self::HandOverCredentials { run }
            | Self::WaitForCredentials { run }
            | Self::ExplainSanitizerFailure { run, .. }
            | Self::CheckEvidence { run, .. }
            | Self::TakeFinalSnapshot { run }
            | Self::Share { run }
            | Self::CleanUp { run, .. }
            | Self::Retention { run } => run.id.clone(),
        }
    }
}

impl Response {
    /// The identifier of what the step made or found, for the log.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        match self {
            Self::Planned(run) => Some(&run.final_snapshot),
            Self::Snapshot { snapshot } | Self::FinalSnapshot { snapshot, .. } => Some(snapshot),
            Self::Instance { instance } => Some(instance),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_request_names_the_field() {
        let cases = [
            (serde_json::json!({}), "missing field `step`"),
            (serde_json::json!({"step": "take-snapshot"}), "missing field `run`"),
            (
                serde_json::json!({"step": "take-snapshot", "run": {"id": "1"}}),
                "missing field `execution`",
            ),
            (
                serde_json::json!({"step": "plan", "execution": {"id": "1", "start": ""}, "input": {}}),
                "`start`",
            ),
            (serde_json::json!({"step": "fly"}), "unknown variant `fly`"),
        ];
        for (event, part) in cases {
            let error = Request::parse(event.clone()).unwrap_err();
            assert_eq!(error.name(), "InvalidRequest");
            assert!(error.to_string().contains(part), "{event}: {error}");
        }
    }

    #[test]
    fn an_answer_without_content_is_an_empty_object() {
        assert_eq!(serde_json::to_value(Response::Done {}).unwrap(), serde_json::json!({}));
    }
}
