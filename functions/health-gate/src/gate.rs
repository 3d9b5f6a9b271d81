//! One job: ask, decide, write down what is to be resumed.

use std::cell::Cell;
use std::time::Duration;

use aws_client::ServerTime;
use aws_types::SdkConfig;
use codepipeline_job::{Answer, FailureKind, Job};
use gate_notice::{Notice, Topic};
use gate_record::{Block, Known, State, Table, known};
use health_status::Health;
use jiff::Timestamp;

use crate::action;
use crate::config::Config;
use crate::decision::{Cause, Decision, Why, Word, decide, judge};
use crate::hold;
use crate::notice;
use crate::parameters::{Parameters, Target};
use crate::pipeline::Pipelines;
use crate::words::{self, Resumes};

/// What asking Health may take of an invocation: a part, so that there is time to write down what follows.
const ASKING: Duration = Duration::from_secs(15);

/// The gate and what it asks.
pub(crate) struct Gate {
    /// The function's region.
    home: String,
    health: Health,
    table: Table,
    pipelines: Pipelines,
    topic: Topic,
    time: ServerTime,
}

/// What comes of a job.
pub(crate) struct Outcome {
    pub(crate) answer: Answer,
    /// For people, once the answer is given.
    pub(crate) notice: Option<Notice>,
}

impl Gate {
    pub(crate) fn new(config: &Config, sdk_config: &SdkConfig, time: ServerTime) -> Self {
        Self {
            health: Health::new(sdk_config, config.dns_server),
            table: Table::new(sdk_config, &config.table),
            pipelines: Pipelines::new(sdk_config),
            topic: Topic::new(sdk_config, &config.topic),
            home: sdk_config.region().map(ToString::to_string).unwrap_or_default(),
            time,
        }
    }

    /// The answer to a job, and what people are told once it is given. What stands against it is put into `found` as soon as
    /// it is known.
    pub(crate) async fn ask(&self, job: &Job, clock: Timestamp, found: &Cell<Option<Cause>>) -> Outcome {
        let parameters = match self.parameters(job).await {
            Ok(parameters) => parameters,
            Err(message) => return misconfigured(message),
        };
        let held_since = job.continuation_token.as_deref().map(hold::since);
        let known = self.known(&parameters, clock).await;
        let decision = match judge(parameters.on_api_failure, known) {
            Ok(passes) => passes,
            Err(cause) => {
                found.set(Some(cause.clone()));
                let word = self.word(job, parameters.target.as_ref()).await;
                decide(&parameters, cause, word, held_since, self.time.now(clock))
            }
        };
        let resumes = match &decision {
            Decision::Block(why) => self.write_down(job, &parameters, why, clock).await,
            _ => Resumes::ByItself,
        };
        outcome(&decision, &parameters, &resumes, held_since, self.time.now(clock))
    }

    /// The answer when the time is up: what was found by then counts, and where that is nothing, Health could not be asked.
    pub(crate) fn late(&self, job: &Job, clock: Timestamp, found: Option<Cause>) -> Outcome {
        let parameters = match Parameters::of(job, &self.home, |_| true) {
            Ok(parameters) => parameters,
            Err(message) => return misconfigured(message),
        };
        let now = self.time.now(clock);
        let held_since = job.continuation_token.as_deref().map(hold::since);
        let unknown = || Known::Unknown("asking took longer than the gate's function may".to_owned());
        let judged = found.map_or_else(|| judge(parameters.on_api_failure, unknown()), Err);
        let decision = judged.unwrap_or_else(|cause| decide(&parameters, cause, Word::None, held_since, now));
        let resumes = Resumes::ByHand("the time of the gate's function was over before it was written down".to_owned());
        outcome(&decision, &parameters, &resumes, held_since, now)
    }

    /// Tells people. Who cannot be told can still read it in the pipeline.
    pub(crate) async fn tell(&self, notice: &Notice) {
        if let Err(error) = self.topic.send(notice).await {
            tracing::error!(outcome = "NoticeLost", %error);
        }
    }

    /// Only for a region that this version does not know is it worth asking which forwarders there are.
    async fn parameters(&self, job: &Job) -> Result<Parameters, String> {
        let problem = match Parameters::of(job, &self.home, |_| false) {
            Ok(parameters) => return Ok(parameters),
            Err(problem) => problem,
        };
        match self.table.forwarders().await {
            Ok(heard) => Parameters::of(job, &self.home, |region| heard.found.contains_key(region)),
            Err(_) => Err(problem),
        }
    }

    async fn known(&self, parameters: &Parameters, clock: Timestamp) -> Known {
        let now = || self.time.now(clock);
        let asking = known(&self.health, &self.table, &parameters.filter, now);
        tokio::time::timeout(ASKING, asking)
            .await
            .unwrap_or_else(|_| Known::Unknown(format!("AWS Health gave no answer within {} s", ASKING.as_secs())))
    }

    /// An override that cannot be read lets nothing pass. Nor does one of a pipeline that is not this one: a copied action
    /// may name another. Where the pipeline cannot be read, the name counts: an override is for bad days.
    async fn word(&self, job: &Job, target: Option<&Target>) -> Word {
        let Some(target) = target else { return Word::None };
        let void = match self.table.override_of(&target.pipeline).await {
            Ok(None) => return Word::None,
            Ok(Some(Ok(given))) => match self.pipelines.running(target).await {
                Ok(running) if action::of_job(job, &running).is_none() => format!(
                    "The override of the pipeline {} does not count: {}",
                    target.pipeline,
                    not_running(target)
                ),
                _ => return Word::Pass(given),
            },
            Ok(Some(Err(problem))) => problem,
            Err(error) => format!("whether there is an override could not be read ({error})"),
        };
        tracing::warn!(outcome = "OverrideIgnored", job = job.id, problem = void);
        Word::Void(void)
    }

    /// Writes down what is to be resumed, before the job fails: health-watch must find it when the event closes.
    async fn write_down(&self, job: &Job, parameters: &Parameters, why: &Why, clock: Timestamp) -> Resumes {
        let Some(target) = &parameters.target else {
            return Resumes::ByHand("UserParameters name no `pipeline` and `execution`".to_owned());
        };
        let running = match self.pipelines.running(target).await {
            Ok(running) => running,
            Err(error) => {
                return Resumes::ByHand(format!("the pipeline {} could not be read ({error})", target.pipeline));
            }
        };
        let Some(running) = action::of_job(job, &running) else {
            return Resumes::ByHand(not_running(target));
        };
        let (events, source) = words::evidence(&why.cause);
        let now = self.time.now(clock);
        let block = Block {
            pipeline: target.pipeline.clone(),
            execution: target.execution.clone(),
            stage: running.stage.clone(),
            action: running.action.clone(),
            action_execution: running.action_execution.clone(),
            filter: parameters.filter.clone(),
            events,
            source: source.to_owned(),
            blocked_at: now,
            until: now + parameters.longest,
            state: State::Waiting,
            reason: words::because(why),
        };
        match self.table.put_block(&block).await {
            Ok(_) => Resumes::ByItself,
            Err(error) => Resumes::ByHand(format!("it could not be written down ({error})")),
        }
    }
}

fn outcome(
    decision: &Decision,
    parameters: &Parameters,
    resumes: &Resumes,
    held_since: Option<Timestamp>,
    now: Timestamp,
) -> Outcome {
    Outcome {
        answer: words::answer(decision, parameters, resumes, now),
        notice: notice::of(decision, parameters, resumes, held_since.is_some(), now),
    }
}

fn misconfigured(message: String) -> Outcome {
    let kind = FailureKind::ConfigurationError;
    Outcome {
        answer: Answer::Fail { message, kind },
        notice: None,
    }
}

fn not_running(target: &Target) -> String {
    format!(
        "no action of this gate is in progress in the execution {} of the pipeline {}: are `pipeline` and `execution` this \
         pipeline's?",
        target.execution, target.pipeline
    )
}
