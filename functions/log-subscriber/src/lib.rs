#![doc = include_str!("../README.md")]

mod action;
mod arn;
mod bucket;
mod caught;
mod cloudformation;
mod config;
mod count;
mod created;
mod custom_resource;
mod destination;
mod error;
mod event;
mod executions;
mod firehose;
mod functions;
mod group;
mod guard;
mod invocation;
mod logs;
mod metric;
mod pauses;
mod run;
mod settle;
mod steps;
mod tagging;
mod turn;
mod wanted;

use std::io::Write;

use aws_types::SdkConfig;
use lambda_edge::ConfigError;
use serde::Serialize;
use serde_json::Value;

pub use config::Config;
pub use created::NewGroup;
pub use error::{SubscriberError, TEMPORARY};
pub use invocation::Invocation;
pub use pauses::Pauses;
pub use run::{Mode, Next, Position, Run, Tally};
pub use steps::check::Checked;
pub use steps::subscribe::Turned;
pub use wanted::Selection;

use crate::action::OurFilter;
use crate::bucket::Buckets;
use crate::caught::caught;
use crate::cloudformation::CloudFormation;
use crate::custom_resource::Outcome;
use crate::error::failed_to;
use crate::event::{Created, CustomResource, Event, Step};
use crate::executions::Executions;
use crate::firehose::Firehose;
use crate::functions::Functions;
use crate::group::Group;
use crate::logs::Logs;
use crate::steps::{check, report, subscribe};
use crate::tagging::{Tagged, Tagging};

/// The answer of an invocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// Of Check.
    Checked(Box<Checked>),
    /// Of Subscribe.
    Turned(Box<Turned>),
    /// Of Report.
    Reported(Box<Tally>),
    /// Of a new log group's event.
    NewGroup {
        /// What was done with it.
        group: NewGroup,
    },
    /// Of an event that tells of no new log group.
    Ignored {
        /// Why.
        ignored: &'static str,
    },
    /// Of a request of CloudFormation's, which was answered.
    Answered {
        /// The answer: whether it succeeded.
        succeeded: bool,
    },
}

/// What an invocation works with.
pub(crate) struct Context {
    config: Config,
    filter: OurFilter,
    pauses: Pauses,
    logs: Logs,
    tagging: Tagging,
    firehose: Firehose,
    functions: Functions,
    buckets: Buckets,
    executions: Executions,
}

impl Context {
    fn new(config: Config, sdk_config: &SdkConfig, pauses: Pauses) -> Self {
        Self {
            filter: OurFilter {
                name: config.filter.clone(),
                destination: config.destination.clone(),
                role: config.role.clone(),
            },
            pauses,
            logs: Logs::new(sdk_config),
            tagging: Tagging::new(sdk_config),
            firehose: Firehose::new(sdk_config),
            functions: Functions::new(sdk_config),
            buckets: Buckets::new(sdk_config),
            executions: Executions::new(&config.state_machine, sdk_config),
            config,
        }
    }

    async fn tags(&self, groups: &[Group]) -> Result<Tagged, SubscriberError> {
        self.tagging
            .of(groups)
            .await
            .map_err(failed_to("read the tags of log groups"))
    }
}

/// The function: its configuration and its clients.
pub struct Function {
    context: Result<Context, ConfigError>,
    cloudformation: CloudFormation,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words, and to CloudFormation too. Ending the
    /// process instead would leave a stack waiting for an hour.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig, pauses: Pauses) -> Self {
        Self {
            context: config.map(|config| Context::new(config, sdk_config, pauses)),
            cloudformation: CloudFormation::new(sdk_config, pauses),
        }
    }

    /// Does what the event asks for, and writes the metrics to `metrics`.
    pub async fn answer(
        &self,
        event: Value,
        invocation: Invocation,
        metrics: impl Write,
    ) -> Result<Response, SubscriberError> {
        // On the heap: the futures of all that can be done are deeper than the compiler likes to lay out in one.
        let result = match Event::parse(event) {
            Ok(Event::CustomResource(request)) => Box::pin(self.answer_cloudformation(&request, &invocation)).await,
            Ok(Event::Step(step)) => Box::pin(self.step(*step, &invocation, metrics)).await,
            Ok(Event::Created(event)) => Box::pin(self.created(&event)).await,
            Ok(Event::Ignored(ignored)) => Ok(Response::Ignored { ignored }),
            Err(error) => Err(error),
        };
        result.inspect_err(|error| {
            let (outcome, error) = (error.name(), lambda_edge::with_causes(error));
            match outcome {
                "ServiceUnavailable" | "RemovalUnfinished" => tracing::warn!(outcome, error),
                _ => tracing::error!(outcome, error),
            }
        })
    }

    async fn step(
        &self,
        step: Step,
        invocation: &Invocation,
        metrics: impl Write,
    ) -> Result<Response, SubscriberError> {
        let context = self.context.as_ref().map_err(Clone::clone)?;
        Ok(match step {
            Step::Check { execution, input } => {
                Response::Checked(Box::new(check::check(context, &execution, input).await?))
            }
            Step::Subscribe { run, position, tally } => {
                Response::Turned(Box::new(subscribe::subscribe(context, run, position, tally).await?))
            }
            Step::Report { run, tally } => {
                let stack = &context.config.stack;
                Response::Reported(Box::new(report::report(stack, &run, tally, invocation.now(), metrics)?))
            }
        })
    }

    async fn created(&self, event: &Created) -> Result<Response, SubscriberError> {
        let context = self.context.as_ref().map_err(Clone::clone)?;
        let group = created::created(context, event).await?;
        tracing::info!(group = event.group, outcome = ?group, "new log group");
        Ok(Response::NewGroup { group })
    }

    /// CloudFormation is answered whatever happens, but not while its answer is still being worked on.
    async fn answer_cloudformation(
        &self,
        request: &CustomResource,
        invocation: &Invocation,
    ) -> Result<Response, SubscriberError> {
        let context = self.context.as_ref();
        let outcome = caught(custom_resource::handle(context, request, invocation)).await;
        let outcome =
            outcome.unwrap_or_else(|_| Outcome::Failed("the function panicked; its log says where".to_owned()));
        tracing::info!(request = request.request, kind = ?request.kind, ?outcome, "request of CloudFormation");
        let answer = match &outcome {
            Outcome::Succeeded => Ok(()),
            Outcome::Failed(reason) => Err(reason.as_str()),
            Outcome::Later(execution) => return Err(SubscriberError::RemovalUnfinished(execution.clone())),
        };
        let id = custom_resource::physical_id(context, request);
        self.cloudformation.answer(request, &id, answer).await?;
        Ok(Response::Answered {
            succeeded: answer.is_ok(),
        })
    }
}
