//! One sweep: list, look up the executions, decide, delete.

use std::collections::BTreeMap;

use aws_types::SdkConfig;
use jiff::{SignedDuration, Timestamp};
use rds_run::removal::{Kind, Removal};

use crate::config::Config;
use crate::executions::{Execution, Executions};
use crate::temporary::{Rds, Temporary};
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
        let temporaries = self.list(&mut failures).await;
        let executions = self.look_up(&temporaries, now, &mut failures).await;
        for temporary in temporaries {
            let execution = executions.get(&temporary.execution).copied();
            match decide(&temporary, execution, now, self.config.minimum_age) {
                Decision::Keep => response.kept += 1,
                Decision::Delete => self.delete(temporary, &mut response, &mut failures).await,
            }
        }
        (response, failures)
    }

    async fn list(&self, failures: &mut Vec<String>) -> Vec<Temporary> {
        let mut temporaries = Vec::new();
        for kind in [Kind::Instance, Kind::Snapshot] {
            match self.rds.temporary(kind, &self.config.stack).await {
                Ok(mut found) => temporaries.append(&mut found),
                Err(error) => failures.push(format!("the {kind}s not listed: {}", lambda_edge::with_causes(&error))),
            }
        }
        temporaries
    }

    /// The state of each execution that made something old enough, asked once each.
    async fn look_up(
        &self,
        temporaries: &[Temporary],
        now: Timestamp,
        failures: &mut Vec<String>,
    ) -> BTreeMap<String, Execution> {
        let mut executions = BTreeMap::new();
        let mut asked: Vec<&str> = temporaries
            .iter()
            .filter(|temporary| is_old_enough(temporary, now, self.config.minimum_age))
            .map(|temporary| temporary.execution.as_str())
            .collect();
        asked.sort_unstable();
        asked.dedup();
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

    async fn delete(&self, temporary: Temporary, response: &mut Response, failures: &mut Vec<String>) {
        let Temporary { found, execution } = temporary;
        let (kind, id) = (found.kind.as_str(), found.id.clone());
        match self.rds.delete(&found).await {
            Ok(Removal::Started) => {
                tracing::warn!(kind, id, execution, "deleted: its execution is over and left it behind");
                response.swept.push(Swept { kind, id, execution });
            }
            Ok(Removal::Underway | Removal::NotNow) => response.kept += 1,
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

/// Deletes only what is old enough and whose execution is known to be over.
fn decide(
    temporary: &Temporary,
    execution: Option<Execution>,
    now: Timestamp,
    minimum_age: SignedDuration,
) -> Decision {
    match execution {
        Some(Execution::Over) if is_old_enough(temporary, now, minimum_age) => Decision::Delete,
        _ => Decision::Keep,
    }
}

/// RDS shows no creation time while a thing is only just being made: it is young.
fn is_old_enough(temporary: &Temporary, now: Timestamp, minimum_age: SignedDuration) -> bool {
    temporary
        .found
        .created
        .is_some_and(|created| now.duration_since(created) >= minimum_age)
}

#[cfg(test)]
mod tests {
    use rds_run::removal::Found;
    use rds_run::tags::Tags;

    use super::*;

    #[test]
    fn only_the_old_leavings_of_an_execution_that_is_over_are_deleted() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let cases = [
            (Some("2026-11-20T10:00:00Z"), Some(Execution::Over), Decision::Delete),
            (Some("2026-11-20T11:00:00Z"), Some(Execution::Over), Decision::Delete),
            (Some("2026-11-20T11:00:01Z"), Some(Execution::Over), Decision::Keep),
            (None, Some(Execution::Over), Decision::Keep),
            (Some("2026-11-20T10:00:00Z"), Some(Execution::Running), Decision::Keep),
            (Some("2026-11-20T10:00:00Z"), None, Decision::Keep),
        ];
        for (created, execution, decision) in cases {
            let temporary = Temporary {
                found: Found {
                    kind: Kind::Instance,
                    id: "wrasse-tmp-1".into(),
                    status: "available".into(),
                    created: created.map(|time| time.parse().unwrap()),
                    tags: Tags::default(),
                },
                execution: "arn".into(),
            };
            let found = decide(&temporary, execution, now, SignedDuration::from_hours(1));
            assert_eq!(found, decision, "{created:?} {execution:?}");
        }
    }
}
