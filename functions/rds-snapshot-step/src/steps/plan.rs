//! `plan`: preflight, and every name and time of the run, chosen before the first effect.

mod preflight;

use aws_client::{CallError, Outlook};
use jiff::Timestamp;
use rds_run::names;
use rds_run::ownership::Ownership;
use rds_run::tags::Role;
use sanitizer_contract::{Rules, sha256_hex};
use serde_json::Value;

use self::preflight::{Asked, Facts, Lookup, NameTaken};
use crate::Context;
use crate::config::RulesSource;
use crate::error::{StepError, failed_to};
use crate::rds::Instance;
use crate::request::{Execution, FrozenRules, Response, Run, Source};

pub(super) async fn run(execution: &Execution, input: &Value, context: &Context) -> Result<Response, StepError> {
    let config = &context.config;
    let started_at: Timestamp = execution.start_time.parse().map_err(|error| {
        StepError::InvalidRequest(format!("`execution.start_time` is `{}`: {error}", execution.start_time))
    })?;
    let id = names::run_id(&execution.id);
    let final_snapshot = names::final_snapshot(&config.final_snapshot_name, &config.source, started_at, &id);

    let mut lookups = Lookups { problems: Vec::new() };
    let facts = lookups.gather(&id, final_snapshot.as_ref().ok(), context).await?;
    let asked = Asked {
        config,
        input,
        account: account_of(&execution.id),
        final_snapshot: &final_snapshot,
    };
    let mut problems = preflight::problems(&asked, &facts);
    problems.append(&mut lookups.problems);

    let (
        Facts {
            source: Lookup::Found(source),
            rules: Some(Ok(rules)),
            ..
        },
        Ok(final_snapshot),
    ) = (facts, final_snapshot)
    else {
        return Err(StepError::PlanRejected(problems));
    };
    if !problems.is_empty() {
        return Err(StepError::PlanRejected(problems));
    }
    let rules = freeze(&id, rules, context).await?;
    Ok(Response::Planned(Box::new(Run {
        execution: execution.id.clone(),
        started_at: execution.start_time.clone(),
        source: source_of(*source),
        snapshot_source: config.snapshot_source,
        temporary_snapshot: names::temporary(&id),
        temporary_instance: names::temporary(&id),
        final_snapshot,
        share_with: config.share_with.clone(),
        keep: config.keep,
        rules,
        evidence_uri: format!("s3://{}/{}", config.evidence_bucket, evidence_prefix(&id)),
        id,
    })))
}

fn source_of(instance: Instance) -> Source {
    Source {
        instance: instance.found.id,
        class: instance.class,
    }
}

/// `arn:partition:states:region:account:execution:machine:name`
fn account_of(execution_arn: &str) -> &str {
    execution_arn.split(':').nth(4).unwrap_or_default()
}

fn evidence_prefix(run_id: &str) -> String {
    format!("runs/{run_id}/")
}

/// Writes the rules beside the evidence: what ran stays known, and a change of the original while the run goes on has
/// no effect on it.
async fn freeze(run_id: &str, rules: Vec<u8>, context: &Context) -> Result<FrozenRules, StepError> {
    let bucket = &context.config.evidence_bucket;
    let key = format!("{}rules.yaml", evidence_prefix(run_id));
    let frozen = FrozenRules {
        uri: format!("s3://{bucket}/{key}"),
        sha256: sha256_hex(&rules),
    };
    let attempt = format!("write the rules document to {}", frozen.uri);
    context
        .s3
        .write(bucket, &key, "application/yaml", rules)
        .await
        .map_err(failed_to(attempt))?;
    Ok(frozen)
}

/// Look-ups that go on after AWS refused one, so that all problems are found at once.
struct Lookups {
    problems: Vec<String>,
}

impl Lookups {
    async fn gather(
        &mut self,
        run_id: &str,
        final_snapshot: Option<&String>,
        context: &Context,
    ) -> Result<Facts, StepError> {
        let (config, rds) = (&context.config, &context.rds);
        let attempt = format!("describe the source instance `{}`", config.source);
        let source = match self.noted(&attempt, rds.instance(&config.source).await)? {
            Some(Some(instance)) => Lookup::Found(Box::new(instance)),
            Some(None) => Lookup::Missing,
            None => Lookup::Unknown,
        };
        let taken = match final_snapshot {
            Some(name) => {
                let attempt = format!("describe snapshot `{name}`");
                let found = self.noted(&attempt, rds.snapshot(name).await)?.flatten();
                found.map(|snapshot| {
                    let claim = rds_run::ownership::Claim {
                        stack: &config.stack,
                        run: run_id,
                    };
                    match claim.decide(&snapshot.found.tags, Role::FinalSnapshot) {
                        Ownership::Ours => NameTaken::ByThisRun,
                        Ownership::NotOurs => NameTaken::ByAnother,
                    }
                })
            }
            None => None,
        };
        let attempt = "describe the account's quota of manual snapshots";
        let quota = self.noted(attempt, rds.manual_snapshot_quota().await)?.flatten();
        let attempt = format!("describe the DB subnet group `{}`", config.subnet_group);
        let subnet_group_exists = self.noted(&attempt, rds.subnet_group_exists(&config.subnet_group).await)?;
        let rules = self.rules(context).await?;
        Ok(Facts {
            source,
            taken,
            quota,
            subnet_group_exists,
            rules,
        })
    }

    /// The document, where it can be read and is right; else what is wrong with it.
    async fn rules(&mut self, context: &Context) -> Result<Option<Result<Vec<u8>, Vec<String>>>, StepError> {
        let document = match &context.config.rules {
            RulesSource::Inline(document) => document.clone().into_bytes(),
            RulesSource::S3 { bucket, key } => {
                let attempt = format!("read the rules document s3://{bucket}/{key}");
                match self.noted(&attempt, context.s3.read(bucket, key).await)? {
                    None => return Ok(None),
                    Some(None) => {
                        return Ok(Some(Err(vec![format!("there is no object s3://{bucket}/{key}")])));
                    }
                    Some(Some(document)) => document,
                }
            }
        };
        Ok(Some(match Rules::parse(&document) {
            Ok(_) => Ok(document),
            Err(error) => Err(error.problems().to_vec()),
        }))
    }

    /// A refused call is one more problem to report; a temporary failure ends the step, which is tried again.
    fn noted<T>(&mut self, attempt: &str, result: Result<T, CallError>) -> Result<Option<T>, StepError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) => match error.outlook() {
                Outlook::Temporary => Err(failed_to(attempt)(error)),
                Outlook::Refused => {
                    let cause = lambda_edge::with_causes(&error);
                    self.problems.push(format!(
                        "AWS refused to {attempt}: {cause}. Give the function's role the right to."
                    ));
                    Ok(None)
                }
            },
        }
    }
}
