//! CodePipeline: the pipelines that builds make, and their executions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::wire::Refusal;
use crate::world::World;

#[derive(Debug, Clone)]
pub(crate) struct Execution {
    pub(crate) pipeline: String,
    pub(crate) status: &'static str,
    started: Timestamp,
    /// The commit that was kept when it started.
    pub(crate) source: Option<String>,
    /// The number of the build in its stage Deploy.
    pub(crate) build: Option<usize>,
    reason: Option<String>,
    /// Of a pipeline that was deleted.
    is_history: bool,
}

impl Execution {
    fn waits(&self) -> bool {
        self.status == "InProgress" && self.build.is_none()
    }
}

#[derive(Default)]
pub(crate) struct Pipelines {
    pub(crate) names: BTreeSet<String>,
    pub(crate) executions: Vec<Execution>,
}

impl Pipelines {
    pub(crate) fn of(&self, pipeline: &str) -> impl DoubleEndedIterator<Item = (usize, &Execution)> {
        let executions = self.executions.iter().enumerate();
        executions.filter(move |(_, execution)| execution.pipeline == pipeline && !execution.is_history)
    }

    /// What runs goes on.
    pub(crate) fn delete(&mut self, pipeline: &str) {
        self.names.remove(pipeline);
        for execution in &mut self.executions {
            execution.is_history |= execution.pipeline == pipeline;
        }
    }

    /// Those that go on to their next stage when it is their turn.
    pub(crate) fn waiting(&self) -> Vec<usize> {
        let executions = self.executions.iter().enumerate();
        let waiting = executions.filter(|(_, execution)| execution.waits() && !execution.is_history);
        waiting.map(|(number, _)| number).collect()
    }
}

impl World {
    /// The source is read as soon as it starts, which is the worst that may happen.
    pub(crate) fn start_pipeline(&mut self, name: &str) {
        let source = self
            .bucket
            .text(&format!("environments/{name}/source.zip"))
            .map(str::to_owned);
        self.pipelines.executions.push(Execution {
            pipeline: name.to_owned(),
            status: if source.is_some() { "InProgress" } else { "Failed" },
            started: self.now,
            source,
            build: None,
            reason: None,
            is_history: false,
        });
    }

    /// One execution deploys at a time, and a newer one that waits for that takes the place of an older one
    /// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html>).
    pub(crate) fn run(&mut self, number: usize) {
        let pipeline = self.pipelines.executions[number].pipeline.clone();
        if self.pipelines.of(&pipeline).any(|(other, _)| other > number) {
            self.pipelines.executions[number].status = "Superseded";
            return;
        }
        let project = format!("{pipeline}-deploy");
        if self.codebuild.is_running(&project) {
            return;
        }
        let build = self.codebuild.start(&project, None, None, self.now);
        self.codebuild.builds[build].execution = Some(number);
        self.pipelines.executions[number].build = Some(build);
    }
}

pub(crate) fn answer(world: &mut World, operation: &str, request: &Value) -> Result<Value, Refusal> {
    let name = request["name"].as_str().or_else(|| request["pipelineName"].as_str());
    let name = name.unwrap_or_default();
    if !world.pipelines.names.contains(name) {
        return Err(Refusal::new(400, "PipelineNotFoundException"));
    }
    match operation {
        "StartPipelineExecution" => {
            world.start_pipeline(name);
            Ok(json!({}))
        }
        "ListPipelineExecutions" => {
            let most = usize::try_from(request["maxResults"].as_u64().unwrap_or(100)).unwrap();
            let newest = world.pipelines.of(name).rev().take(most).map(|(number, execution)| {
                json!({
                    "pipelineExecutionId": number.to_string(), "status": execution.status,
                    "startTime": execution.started.as_duration().as_secs_f64(),
                    "stopTrigger": execution.reason.as_ref().map(|reason| json!({"reason": reason})),
                })
            });
            Ok(json!({"pipelineExecutionSummaries": newest.collect::<Vec<_>>()}))
        }
        "StopPipelineExecution" => {
            let number: usize = request["pipelineExecutionId"].as_str().unwrap().parse().unwrap();
            let execution = &mut world.pipelines.executions[number];
            if execution.status != "InProgress" {
                return Err(Refusal::new(400, "PipelineExecutionNotStoppableException"));
            }
            execution.status = "Stopped";
            execution.reason = request["reason"].as_str().map(str::to_owned);
            Ok(json!({}))
        }
        _ => Err(Refusal::unknown(operation)),
    }
}
