//! CodePipeline's API, as far as the functions use it. What matters to the rules is written down as a fact.

use serde_json::{Value, json};

use crate::facts::{Answered, Fact, Kind, Look, Retried};
use crate::pipelines::{Job, Status};
use crate::wire::Refusal;
use crate::world::World;

/// How many actions a page has: few, so that lists have several.
const PAGE: usize = 2;

pub(crate) const FUNCTION: &str = "health-gate";

pub(crate) fn answer(world: &mut World, operation: &str, request: &Value) -> Result<Value, Refusal> {
    match operation {
        "PutJobSuccessResult" => match request["continuationToken"].as_str() {
            Some(token) => put(world, request, Kind::Hold, Some(token)),
            None => put(world, request, Kind::Pass, None),
        },
        "PutJobFailureResult" => put(world, request, Kind::Fail, None),
        "ListActionExecutions" => actions(world, request),
        "GetPipelineState" => state(world, request),
        "RetryStageExecution" => retry(world, request),
        _ => Err(Refusal::unknown(operation)),
    }
}

fn put(world: &mut World, request: &Value, kind: Kind, token: Option<&str>) -> Result<Value, Refusal> {
    let id = request["jobId"].as_str().unwrap_or_default();
    let Some(job) = world.pipelines.jobs.iter().position(|job| job.id == id) else {
        return Err(Refusal::new(400, "JobNotFoundException"));
    };
    if !world.pipelines.is_open(job) {
        return Err(Refusal::new(400, "InvalidJobStateException"));
    }
    let (caller, now) = (world.calls.current().clone(), world.now);
    world.facts.add(Fact::Answered(Answered {
        job,
        kind,
        caller,
        at: now,
    }));
    world.pipelines.jobs[job].answers += 1;
    let action = world.pipelines.jobs[job].action;
    match (kind, token) {
        (Kind::Hold, Some(token)) => {
            world.pipelines.actions[action].held_since.get_or_insert(now);
            world.pipelines.ask_again(action, token, now);
        }
        (Kind::Pass, _) => world.pipelines.finish(action, Status::Succeeded, now),
        _ => world.pipelines.finish(action, Status::Failed, now),
    }
    Ok(json!({}))
}

fn pipeline(world: &World, name: &Value) -> Result<usize, Refusal> {
    let mut pipelines = world.pipelines.all.iter();
    pipelines
        .position(|pipeline| name == pipeline.name.as_str() && !pipeline.deleted)
        .ok_or(Refusal::new(400, "PipelineNotFoundException"))
}

/// The newest first, in pages (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html>).
fn actions(world: &World, request: &Value) -> Result<Value, Refusal> {
    let pipeline = pipeline(world, &request["pipelineName"])?;
    let wanted = &request["filter"]["pipelineExecutionId"];
    let found = world.pipelines.actions.iter().filter(|action| {
        let execution = &world.pipelines.executions[action.execution];
        execution.pipeline == pipeline && wanted == execution.id.as_str()
    });
    let found: Vec<_> = found.rev().collect();
    let begin: usize = request["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let page = found.iter().skip(begin).take(PAGE).map(|action| {
        let declared = &world.pipelines.all[pipeline].stages[action.stage];
        let execution = &world.pipelines.executions[action.execution].id;
        let mut input = json!({});
        if let Some(gate) = declared.gates.get(action.place) {
            let gate = &world.pipelines.gates[*gate];
            let name = &world.pipelines.all[pipeline].name;
            let configuration = |execution: &str| {
                json!({"FunctionName": FUNCTION, "UserParameters": gate.user_parameters(name, execution)})
            };
            input["configuration"] = configuration("#{codepipeline.PipelineExecutionId}");
            input["resolvedConfiguration"] = configuration(execution);
        }
        json!({
            "pipelineExecutionId": execution, "actionExecutionId": action.id, "stageName": declared.name,
            "actionName": name_of(action.place), "status": word(action.status, true), "input": input,
        })
    });
    let next = (begin + PAGE < found.len()).then(|| (begin + PAGE).to_string());
    Ok(json!({"actionExecutionDetails": page.collect::<Vec<_>>(), "nextToken": next}))
}

/// Who is in which stage, and the last run of each action
/// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html>).
fn state(world: &mut World, request: &Value) -> Result<Value, Refusal> {
    let index = pipeline(world, &request["name"])?;
    let looked = Look::of(&world.pipelines, index);
    world.calls.current().look = Some(looked);
    let pipeline = &world.pipelines.all[index];
    let stages = pipeline
        .stages
        .iter()
        .zip(&pipeline.doors)
        .enumerate()
        .map(|(at, (stage, door))| {
            let actions = (0..stage.gates.len() + usize::from(stage.deploys)).map(|place| {
                let mut shown = json!({"actionName": name_of(place)});
                if let Some(run) = door.last.get(&place) {
                    let action = &world.pipelines.actions[*run];
                    shown["latestExecution"] =
                        json!({"actionExecutionId": action.id, "status": word(action.status, true)});
                }
                shown
            });
            let mut shown = json!({"stageName": stage.name, "actionStates": actions.collect::<Vec<_>>()});
            if let Some(latest) = door.latest {
                let execution = &world.pipelines.executions[latest];
                let status = word(execution.stages[at].unwrap_or(Status::Running), false);
                shown["latestExecution"] = json!({"pipelineExecutionId": execution.id, "status": status});
            }
            shown
        });
    Ok(json!({"pipelineName": pipeline.name, "stageStates": stages.collect::<Vec<_>>()}))
}

fn retry(world: &mut World, request: &Value) -> Result<Value, Refusal> {
    let pipeline = pipeline(world, &request["pipelineName"])?;
    let stages = &world.pipelines.all[pipeline].stages;
    let Some(stage) = stages.iter().position(|stage| request["stageName"] == stage.name) else {
        return Err(Refusal::new(400, "StageNotFoundException"));
    };
    let execution = request["pipelineExecutionId"].as_str().unwrap_or_default().to_owned();
    let failed = world.pipelines.retryable(pipeline, stage, &execution);
    let retried = Retried {
        caller: world.calls.current().clone(),
        execution: execution.clone(),
        stage,
        runs: failed.clone().ok(),
        at: world.now,
    };
    world.facts.add(Fact::Retried(retried));
    match failed {
        Ok(failed) => {
            let failed = (request["retryMode"] == "FAILED_ACTIONS").then_some(failed);
            world.pipelines.retry(pipeline, stage, failed.as_deref(), world.now);
            Ok(json!({"pipelineExecutionId": execution}))
        }
        Err(code) => Err(Refusal::new(400, code)),
    }
}

/// The event that the function is invoked with
/// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html>).
pub(crate) fn job_event(world: &World, job: &Job) -> Value {
    let action = &world.pipelines.actions[job.action];
    let execution = &world.pipelines.executions[action.execution];
    let pipeline = &world.pipelines.all[execution.pipeline];
    let gate = &world.pipelines.gates[pipeline.stages[action.stage].gates[action.place]];
    let parameters = gate.user_parameters(&pipeline.name, &execution.id);
    let credentials = json!({"accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "secret", "sessionToken": "token"});
    json!({"CodePipeline.job": {"id": job.id, "accountId": "123456789012", "data": {
        "actionConfiguration": {"configuration": {"FunctionName": FUNCTION, "UserParameters": parameters}},
        "inputArtifacts": [], "outputArtifacts": [], "artifactCredentials": credentials,
        "continuationToken": job.token,
    }}})
}

fn name_of(place: usize) -> String {
    format!("Action{place}")
}

fn word(status: Status, of_action: bool) -> &'static str {
    match status {
        Status::Running => "InProgress",
        Status::Succeeded => "Succeeded",
        Status::Failed => "Failed",
        Status::Stopped | Status::Superseded if of_action => "Abandoned",
        Status::Stopped | Status::Superseded => "Stopped",
    }
}
