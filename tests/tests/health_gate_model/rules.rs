//! The rules, each a function that says how it is broken.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::dynamodb::{text, time};
use crate::expression::Item;
use crate::facts::{Answered, Fact, Kind, Retried, Who};
use crate::gates::Gate;
use crate::pipelines::Status;
use crate::world::World;

type Verdict = Result<(), String>;

/// Judges what is new since the last step.
pub(crate) fn after_a_step(world: &mut World) -> Verdict {
    no_deployment_passes_while_a_blocking_event_is_known(world)?;
    nothing_is_stopped_without_a_reason(world)?;
    whoever_ends_well_has_answered(world)?;
    only_the_gate_lets_pass(world)?;
    nothing_is_held_beyond_its_maximum(world)?;
    for (number, fact) in world.facts.all.iter().enumerate().skip(world.facts.judged) {
        if let Fact::Retried(retried) = fact {
            only_what_this_gate_blocked_is_retried(world, retried)?;
            a_block_is_retried_at_most_once(world, number, retried)?;
            nothing_is_retried_that_is_blocked_or_too_old(world, retried)?;
        }
    }
    what_is_said_to_be_resumed_was_retried(world)?;
    world.facts.judged = world.facts.all.len();
    Ok(())
}

/// Known is what the source says that the gate had to use, at one of its calls. An override and `on_api_failure` excepted.
fn no_deployment_passes_while_a_blocking_event_is_known(world: &World) -> Verdict {
    for answered in world.facts.answers().filter(|answered| answered.kind == Kind::Pass) {
        let (number, gate) = gate_of(world, answered.job);
        let caller = &answered.caller;
        let unchecked = gate.allow && (caller.blinded || caller.unknown.contains(&number));
        let action = &world.pipelines.actions[world.pipelines.jobs[answered.job].action];
        let pipeline = world.pipelines.executions[action.execution].pipeline;
        let until = world.overrides.get(&pipeline).filter(|_| gate.resumable);
        let overridden = until.is_some_and(|until| answered.at < *until);
        if !caller.clear.contains(&number) && !unchecked && !overridden {
            return Err(format!("passed although it is blocked: {}", told(world, answered)));
        }
    }
    Ok(())
}

/// Where nothing went wrong and nothing blocks, the deployment goes on.
fn nothing_is_stopped_without_a_reason(world: &World) -> Verdict {
    for answered in world
        .facts
        .answers()
        .filter(|answered| answered.caller.who == Who::Gate)
    {
        let clear = answered.caller.clear.contains(&gate_of(world, answered.job).0);
        if clear && !answered.caller.disturbed && answered.kind != Kind::Pass {
            return Err(format!("stopped although nothing blocks: {}", told(world, answered)));
        }
    }
    Ok(())
}

/// CodePipeline takes one answer to a job; one that was stopped meanwhile or whose time is over waits for none.
fn whoever_ends_well_has_answered(world: &World) -> Verdict {
    for fact in world.facts.new_ones() {
        if let Fact::Ended { job: Some(job), .. } = fact
            && world.pipelines.is_open(*job)
        {
            return Err(format!(
                "the invocation for j{job} ended well, and the job has no answer"
            ));
        }
    }
    Ok(())
}

fn only_the_gate_lets_pass(world: &World) -> Verdict {
    let mut answers = world.facts.answers();
    match answers.find(|answered| answered.caller.who != Who::Gate && answered.kind != Kind::Fail) {
        Some(answered) => Err(format!("not for the answerer to say: {}", told(world, answered))),
        None => Ok(()),
    }
}

/// An ask that comes after the maximum is the last one.
fn nothing_is_held_beyond_its_maximum(world: &World) -> Verdict {
    for answered in world.facts.answers().filter(|answered| answered.kind == Kind::Hold) {
        let action = &world.pipelines.actions[world.pipelines.jobs[answered.job].action];
        let held = answered.at.duration_since(action.held_since.unwrap_or(answered.at));
        if held >= gate_of(world, answered.job).1.longest() {
            return Err(format!("held for {held:#}: {}", told(world, answered)));
        }
    }
    Ok(())
}

/// As it last saw the pipeline, the run that it claimed was the stage's latest and had failed: it was not superseded, stopped,
/// or retried.
fn only_what_this_gate_blocked_is_retried(world: &World, retried: &Retried) -> Verdict {
    let Some((key, block)) = claimed(world, retried) else {
        return Err(format!("retried without a claim: {retried:?}"));
    };
    let run = text(block, "action_execution").to_owned();
    let stage = retried
        .caller
        .look
        .as_ref()
        .and_then(|look| look.stages[retried.stage].as_ref());
    let seen = stage
        .is_some_and(|(latest, runs)| *latest == retried.execution && runs.contains(&(run.clone(), Status::Failed)));
    let same = text(block, "execution") == retried.execution;
    if !same || !seen {
        return Err(format!(
            "for the block {key} a retry of what it is not, or no more: {retried:?}"
        ));
    }
    let ran = retried
        .runs
        .iter()
        .flatten()
        .map(|run| &world.pipelines.actions[*run].id);
    if retried.runs.is_some() && !retried.caller.disturbed && !ran.into_iter().any(|id| *id == run) {
        return Err(format!("for the block {key} another run was retried: {retried:?}"));
    }
    Ok(())
}

/// Also where the effect was there and the answer was lost.
fn a_block_is_retried_at_most_once(world: &World, number: usize, retried: &Retried) -> Verdict {
    let earlier = world.facts.all[..number].iter().any(|fact| {
        matches!(fact, Fact::Retried(earlier) if earlier.runs.is_some() && earlier.caller.claimed == retried.caller.claimed)
    });
    if earlier && retried.runs.is_some() {
        return Err(format!("a second retry: {retried:?}"));
    }
    Ok(())
}

fn nothing_is_retried_that_is_blocked_or_too_old(world: &World, retried: &Retried) -> Verdict {
    let Some((key, block)) = claimed(world, retried) else {
        return Ok(());
    };
    if time(block, "until").is_none_or(|until| retried.at >= until) {
        return Err(format!("the block {key} was retried after its time: {retried:?}"));
    }
    let gate = gate_of_run(world, text(block, "action_execution"));
    if gate.is_none_or(|gate| !retried.caller.clear.contains(&gate)) {
        return Err(format!("the block {key} was retried while it is blocked: {retried:?}"));
    }
    Ok(())
}

fn what_is_said_to_be_resumed_was_retried(world: &World) -> Verdict {
    let again = world.facts.all.iter().flat_map(|fact| match fact {
        Fact::Retried(retried) => retried.runs.as_deref().unwrap_or_default(),
        Fact::RetriedByPerson(runs) => runs,
        _ => &[],
    });
    let again: BTreeSet<&str> = again.map(|run| world.pipelines.actions[*run].id.as_str()).collect();
    for (key, block) in world.table.partition("BLOCK") {
        if text(block, "state") == "resumed" && !again.contains(text(block, "action_execution")) {
            return Err(format!("the block {key} is resumed, and nobody retried it: {block:?}"));
        }
    }
    Ok(())
}

/// The block that it had claimed.
fn claimed<'w>(world: &'w World, retried: &'w Retried) -> Option<(&'w str, &'w Item)> {
    let key = retried.caller.claimed.as_deref()?;
    world.table.partition("BLOCK").find(|(sk, _)| *sk == key)
}

pub(crate) fn gate_of_run(world: &World, id: &str) -> Option<usize> {
    let action = world.pipelines.actions.iter().find(|action| action.id == id)?;
    let pipeline = world.pipelines.executions[action.execution].pipeline;
    let stage = &world.pipelines.all[pipeline].stages[action.stage];
    stage.gates.get(action.place).copied()
}

fn gate_of(world: &World, job: usize) -> (usize, &Gate) {
    let id = &world.pipelines.actions[world.pipelines.jobs[job].action].id;
    let number = gate_of_run(world, id).unwrap();
    (number, &world.pipelines.gates[number])
}

fn told(world: &World, answered: &Answered) -> String {
    let Answered { job, kind, at, .. } = answered;
    let gate = gate_of(world, *job).1;
    format!("{kind:?} for j{job} at {at} of {gate:?} by {:?}", answered.caller)
}

/// Open in the table, by whoever reads it now.
pub(crate) fn is_believed_open(item: &Item, now: Timestamp) -> bool {
    text(item, "status") != "closed" && time(item, "ended").is_none_or(|ended| ended > now)
}
