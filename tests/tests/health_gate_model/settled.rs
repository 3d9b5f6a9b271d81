//! How every script ends: nothing goes wrong any more, what is on its way arrives, and then everything must be right.

use crate::calls::Trouble;
use crate::dynamodb::{text, time};
use crate::gates::Standing;
use crate::health::Incident;
use crate::model::Model;
use crate::pipelines::Status;
use crate::rules::{self, gate_of_run, is_believed_open};
use crate::script::Step;
use crate::world::World;

/// Longer than any claim lasts, and a hold's ask interval.
const A_WHILE: i64 = 150;
/// Longer than anything is held.
const LONG: i64 = 4_000;

pub(crate) async fn settled(model: &mut Model, peace: bool) -> Result<(), String> {
    model.with(|world| world.health.lagging = None);
    model.go_on_all().await;
    model.invoke_all().await;
    round(model, A_WHILE).await?;
    if model.with(|world| waiting(world).count() > 0) {
        round(model, A_WHILE).await?;
    }
    let heard = model.heard.clone();
    model.with(|world| {
        what_is_believed_is_the_truth(world, &heard)?;
        every_block_is_over_or_rightly_waits(world)
    })?;
    if peace && model.with(|world| waiting(world).count() > 0) {
        while model.with(|world| world.health.incidents.iter().any(Incident::is_open)) {
            model.play(&Step::Close(0, None)).await?;
        }
        round(model, A_WHILE).await?;
        let heard = model.heard.clone();
        model.with(|world| {
            what_is_believed_is_the_truth(world, &heard)?;
            every_block_is_over_or_rightly_waits(world)
        })?;
    }
    let rest = |world: &mut World| waiting(world).count() > 0 || is_any_running(world);
    for _ in 0..3 {
        if !model.with(rest) {
            break;
        }
        round(model, LONG).await?;
    }
    model.with(|world| {
        nothing_waits_for_ever(world)?;
        every_job_has_one_answer(world)
    })
}

async fn round(model: &mut Model, seconds: i64) -> Result<(), String> {
    model.pass(seconds);
    if !model.with(|world| world.health.plan) {
        model.heartbeats().await;
    }
    model.invoke_all().await;
    model.compare(Trouble::None).await;
    model.with(rules::after_a_step)?;
    model.invoke_all().await;
    model.with(rules::after_a_step)
}

/// With a plan the comparison sees to it, for the regions that anybody is heard of. Without one, what was told.
fn what_is_believed_is_the_truth(world: &World, heard: &[(String, usize)]) -> Result<(), String> {
    for incident in &world.health.incidents {
        let mut records = world.table.partition("EVENT");
        let record = records.find(|(arn, _)| *arn == incident.arn).map(|(_, item)| item);
        let believed = record.is_some_and(|item| is_believed_open(item, world.now));
        let told = heard.contains(&(incident.arn.clone(), incident.version));
        let mut forwarders = world.table.partition("FORWARDER");
        let asked_for = incident.region == "global" || forwarders.any(|(region, _)| region == incident.region);
        let known = told || (world.health.plan && (asked_for || !incident.is_open()));
        if known && believed != incident.is_open() {
            return Err(format!("believed open: {believed}, and in truth {incident:?}"));
        }
    }
    Ok(())
}

fn every_block_is_over_or_rightly_waits(world: &World) -> Result<(), String> {
    for (key, block) in waiting(world) {
        let id = text(block, "action_execution");
        let gate = gate_of_run(world, id).ok_or(format!("{key} is of no gate"))?;
        let action = world.pipelines.actions.iter().find(|action| action.id == id);
        let execution = &world.pipelines.executions[action.map_or(0, |action| action.execution)];
        let busy = execution.stages.contains(&Some(Status::Running));
        let blocked = world.pipelines.gates[gate].standing(world) != Standing::Clear;
        let in_time = time(block, "until").is_some_and(|until| world.now < until);
        let rightly = busy || (blocked && in_time);
        if !rightly {
            return Err(format!("the block {key} waits for nothing: {block:?}"));
        }
    }
    Ok(())
}

fn nothing_waits_for_ever(world: &World) -> Result<(), String> {
    if let Some((key, block)) = waiting(world).next() {
        return Err(format!("the block {key} is not given up: {block:?}"));
    }
    match world
        .pipelines
        .actions
        .iter()
        .find(|action| action.status == Status::Running)
    {
        Some(action) => Err(format!("still held: {action:?}")),
        None => Ok(()),
    }
}

/// None only where the execution was stopped, or nobody was invoked in time.
fn every_job_has_one_answer(world: &World) -> Result<(), String> {
    for job in &world.pipelines.jobs {
        let stopped = world.pipelines.actions[job.action].status == Status::Stopped;
        let one = job.answers == 1 || (job.answers == 0 && (job.timed_out || stopped));
        if !one {
            return Err(format!("not one answer: {job:?}"));
        }
    }
    Ok(())
}

fn waiting(world: &World) -> impl Iterator<Item = (&str, &crate::expression::Item)> {
    let blocks = world.table.partition("BLOCK");
    blocks.filter(|(_, block)| ["waiting", "resuming"].contains(&text(block, "state")))
}

fn is_any_running(world: &World) -> bool {
    world
        .pipelines
        .actions
        .iter()
        .any(|action| action.status == Status::Running)
}
