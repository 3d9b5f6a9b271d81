//! One sweep: list, look up the executions, decide, delete.

use std::collections::{BTreeMap, BTreeSet};

use aws_types::SdkConfig;
use jiff::{SignedDuration, Timestamp};
use rds_run::removal::{Kind, Removal};
use rds_run::tags::Role;

use crate::config::Config;
use crate::executions::{Execution, Executions};
use crate::made::{Made, Rds};
use crate::{Response, Swept};

/// Configuration and clients.
pub(crate) struct Sweep {
    config: Config,
    rds: Rds,
    executions: Executions,
}

impl Sweep {
    pub(crate) fn new(config: Config, sdk_config: &SdkConfig) -> Self {
        Self {
            config,
            rds: Rds::new(sdk_config),
            executions: Executions::new(sdk_config),
        }
    }

    pub(crate) fn stack(&self) -> &str {
        &self.config.stack
    }

    /// What was done, and what could not be: a failure does not keep the rest from being swept.
    pub(crate) async fn run(&self, now: Timestamp) -> (Response, Vec<String>) {
        let mut response = Response::default();
        let mut failures = Vec::new();
        let all_made = self.list(&mut failures).await;
        let executions = self.look_up(&all_made, &mut failures).await;
        for made in all_made {
            let execution = executions.get(&made.execution).copied();
            match decide(made.role, execution, now, self.config.minimum_age) {
                Decision::Keep => response.kept += count_of_kept(made.role),
                Decision::Delete => self.delete(made, &mut response, &mut failures).await,
            }
        }
        (response, failures)
    }

    async fn list(&self, failures: &mut Vec<String>) -> Vec<Made> {
        let mut all_made = Vec::new();
        for kind in [Kind::Instance, Kind::Snapshot] {
            match self.rds.made(kind, &self.config.stack).await {
                Ok(mut made) => all_made.append(&mut made),
                Err(error) => failures.push(format!("the {kind}s not listed: {}", lambda_edge::with_causes(&error))),
            }
        }
        all_made
    }

    /// What became of each execution, asked once each.
    async fn look_up(&self, all_made: &[Made], failures: &mut Vec<String>) -> BTreeMap<String, Execution> {
        let mut executions = BTreeMap::new();
        let asked: BTreeSet<&str> = all_made.iter().map(|made| made.execution.as_str()).collect();
        for arn in asked {
            match self.executions.look_up(arn).await {
                Ok(execution) => {
                    executions.insert(arn.to_owned(), execution);
                }
                Err(error) => {
                    failures.push(format!(
                        "execution {arn} not looked up: {}",
                        lambda_edge::with_causes(&error)
                    ));
                }
            }
        }
        executions
    }

    async fn delete(&self, made: Made, response: &mut Response, failures: &mut Vec<String>) {
        let Made { found, role, execution } = made;
        let (kind, id) = (found.kind.as_str(), found.id.clone());
        match self.rds.delete(&found).await {
            Ok(Removal::Started) => {
                tracing::warn!(kind, id, %role, execution, "deleted: its execution is over and left it behind");
                response.swept.push(Swept { kind, id, execution });
            }
            Ok(Removal::Underway | Removal::NotNow) => response.kept += count_of_kept(role),
            Ok(Removal::Gone) => {}
            Err(error) => failures.push(format!(
                "{kind} `{id}` not deleted: {}",
                lambda_edge::with_causes(&error)
            )),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Keep,
    Delete,
}

/// Deletes only what an execution left behind that is known to be over, and has been for long enough.
///
/// Time counts from the execution's end, not from the thing's making: RDS gives an instance its creation time only once
/// its creation is complete, so one that failed before would stay for ever.
///
/// A final snapshot that its run did not release goes only where the execution is known *not* to have succeeded: where
/// nothing is known, keeping costs less than deleting.
fn decide(role: Role, execution: Option<Execution>, now: Timestamp, minimum_age: SignedDuration) -> Decision {
    let once_old_enough = |ended| {
        if now.duration_since(ended) >= minimum_age {
            Decision::Delete
        } else {
            Decision::Keep
        }
    };
    match (role, execution) {
        (_, None | Some(Execution::Running))
        | (Role::FinalSnapshot, Some(Execution::Succeeded { .. } | Execution::Forgotten)) => Decision::Keep,
        (_, Some(Execution::Unsuccessful { ended }))
        | (Role::TemporaryInstance | Role::TemporarySnapshot, Some(Execution::Succeeded { ended })) => {
            once_old_enough(ended)
        }
        (Role::TemporaryInstance | Role::TemporarySnapshot, Some(Execution::Forgotten)) => Decision::Delete,
    }
}

/// [`Response::kept`] counts what has to go one day.
fn count_of_kept(role: Role) -> usize {
    match role {
        Role::TemporaryInstance | Role::TemporarySnapshot => 1,
        Role::FinalSnapshot => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Decision::{Delete, Keep};
    use super::*;

    #[test]
    fn what_goes_by_its_role_and_by_what_became_of_its_execution() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let at = |time: &str| format!("2026-11-20T{time}Z").parse::<Timestamp>().unwrap();
        let succeeded = |time| Some(Execution::Succeeded { ended: at(time) });
        let unsuccessful = |time| Some(Execution::Unsuccessful { ended: at(time) });
        // The execution, and then what becomes of a temporary resource and of the final snapshot.
        let cases = [
            (None, Keep, Keep),
            (Some(Execution::Running), Keep, Keep),
            (succeeded("13:00:00"), Keep, Keep),
            (succeeded("11:00:00.001"), Keep, Keep),
            (succeeded("11:00:00"), Delete, Keep),
            (succeeded("00:00:00"), Delete, Keep),
            (unsuccessful("13:00:00"), Keep, Keep),
            (unsuccessful("11:00:00.001"), Keep, Keep),
            (unsuccessful("11:00:00"), Delete, Delete),
            (unsuccessful("00:00:00"), Delete, Delete),
            (Some(Execution::Forgotten), Delete, Keep),
        ];
        for (execution, temporary, final_snapshot) in cases {
            let by_role = [
                (Role::TemporaryInstance, temporary),
                (Role::TemporarySnapshot, temporary),
                (Role::FinalSnapshot, final_snapshot),
            ];
            for (role, decision) in by_role {
                let found = decide(role, execution, now, SignedDuration::from_hours(1));
                assert_eq!(found, decision, "{role} {execution:?}");
            }
        }
    }
}
