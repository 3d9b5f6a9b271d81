//! How every history ends: nothing goes wrong any more, what is on its way arrives, branch-reconcile runs once, and then there
//! are exactly the environments of the branches that there are.

use std::collections::BTreeSet;

use branch_build::{Environment, Purpose};
use serde_json::json;

use crate::builds::pipeline_stack;
use crate::events::{Event, Who};
use crate::model::Model;
use crate::rules::Untouched;
use crate::script::{BRANCHES, DEFAULT, Ending, PROTECTED, Script};
use crate::wire::Trouble;
use crate::world::{World, environment, untouchable};

/// More than the pause after as many failures in a row as a history has: branch-reconcile would leave it for its next run.
const AFTER_PAUSES: i64 = 11 * 60;
/// More than any history needs to come to rest.
const ROUNDS: usize = 200;

pub(crate) async fn settled(model: &mut Model, script: &Script) -> Result<(), String> {
    come_to_rest(model).await?;
    model.pass(AFTER_PAUSES).await;
    reconcile(model).await?;
    if script.tight {
        // What had no room gets it only when what is destroyed is gone.
        reconcile(model).await?;
    }
    let room = model.functions.maximum - untouchable().len();
    let exactly = model.with(|world| exactly_the_environments_of_the_branches(world, room));
    exactly.map_err(|told| {
        format!(
            "{told}\n\n{}\n\n{}",
            model.failures.join("\n"),
            model.with(|world| world.told())
        )
    })
}

async fn reconcile(model: &mut Model) -> Result<(), String> {
    let before = model.failures.len();
    model.invoke(Event::of(Who::Reconcile, json!({})), Trouble::None).await;
    come_to_rest(model).await?;
    let failures = &model.failures[before..];
    if failures.is_empty() {
        Ok(())
    } else {
        Err(format!("nothing is wrong any more, and yet: {}", failures.join("\n")))
    }
}

/// All that is on its way arrives, and all that runs comes to its end.
async fn come_to_rest(model: &mut Model) -> Result<(), String> {
    for _ in 0..ROUNDS {
        model.go_on_all().await;
        model.invoke_all().await;
        model.judge()?;
        let waiting = model.with(|world| world.pipelines.waiting());
        for execution in &waiting {
            model.with(|world| world.run(*execution));
        }
        if model.with(|world| world.running(0)).is_none() {
            if waiting.is_empty() {
                return Ok(());
            }
            continue;
        }
        model.pass(2).await;
        model.with(|world| {
            if let Some(build) = world.running(0) {
                world.end(build, Ending::Succeeded.status());
            }
        });
    }
    Err(format!("it never comes to rest: {}", model.with(|world| world.told())))
}

/// As many of them as there is room for.
fn exactly_the_environments_of_the_branches(world: &World, room: usize) -> Result<(), String> {
    let gets_one =
        |branch: &&str| ![DEFAULT, PROTECTED].contains(branch) && world.repository.branches.contains_key(*branch);
    let wanted: Vec<&str> = BRANCHES.into_iter().filter(gets_one).collect();
    let mut complete = BTreeSet::new();
    for branch in &wanted {
        let environment = environment(branch);
        if world
            .codebuild
            .projects
            .contains_key(&environment.project(Purpose::Create))
            || wanted.len() <= room
        {
            it_is_complete(world, &environment, &world.repository.branches[*branch])?;
            complete.insert(environment);
        }
    }
    if complete.len() != wanted.len().min(room) {
        return Err(format!(
            "of {wanted:?} there are {complete:?}, and there is room for {room}"
        ));
    }
    nothing_else_is_there(world, &complete)
}

fn it_is_complete(world: &World, environment: &Environment, head: &str) -> Result<(), String> {
    let project = environment.project(Purpose::Create);
    let last = world.codebuild.of_project(&project).last();
    let built = last.is_some_and(|build| build.status == "SUCCEEDED" && build.commit.as_deref() == Some(head));
    let kept = world.bucket.text(&environment.source_key()) == Some(head);
    let pipeline = world.stacks.all.contains_key(&pipeline_stack(environment.name()));
    let application = world.stacks.all.get(environment.name());
    let deployed = application.and_then(|stack| stack.commit.as_deref()) == Some(head);
    // A deployment that failed is its people's to mend, by a push.
    let execution = world.pipelines.of(environment.name()).last();
    let failed = execution.is_some_and(|(_, it)| it.status == "Failed" && it.source.as_deref() == Some(head));
    let made = world.codebuild.projects.contains_key(&project);
    if made && built && kept && pipeline && (deployed || failed) {
        return Ok(());
    }
    Err(format!(
        "{environment} at {head} is not complete: made {made}, built {built}, kept {kept}, pipeline {pipeline}, deployed {deployed}"
    ))
}

fn nothing_else_is_there(world: &World, complete: &BTreeSet<Environment>) -> Result<(), String> {
    let untouched = Untouched::of(world);
    let mut projects: BTreeSet<String> = untouched.projects.into_keys().collect();
    let mut stacks: BTreeSet<String> = untouched.stacks.into_keys().collect();
    let mut objects: BTreeSet<String> = untouched.objects.into_keys().collect();
    for environment in complete {
        projects.extend(["create", "build", "deploy"].map(|end| format!("{environment}-{end}")));
        stacks.extend([environment.name().to_owned(), pipeline_stack(environment.name())]);
        objects.insert(environment.source_key());
    }
    let is_left =
        |found: &String, wanted: &BTreeSet<String>| !wanted.contains(found) && !found.starts_with("templates/");
    let left: Vec<&String> = world
        .codebuild
        .projects
        .keys()
        .filter(|found| is_left(found, &projects))
        .chain(world.stacks.all.keys().filter(|found| is_left(found, &stacks)))
        .chain(world.bucket.objects.keys().filter(|found| is_left(found, &objects)))
        .collect();
    if left.is_empty() {
        Ok(())
    } else {
        Err(format!("left behind: {left:?}"))
    }
}

impl World {
    /// All of it, for people.
    fn told(&self) -> String {
        let builds: Vec<String> = self
            .codebuild
            .builds
            .iter()
            .map(|it| {
                format!(
                    "{} {} of {:?} at {} to {:?}",
                    it.id, it.status, it.commit, it.started, it.ended
                )
            })
            .collect();
        format!(
            "branches {:?}\nprojects {:?}\nbuilds\n  {}\nstacks {:?}\nobjects {:?}\nexecutions {:?}",
            self.repository.branches,
            self.codebuild.projects.keys().collect::<Vec<_>>(),
            builds.join("\n  "),
            self.stacks
                .all
                .iter()
                .map(|(name, stack)| (name, &stack.commit))
                .collect::<Vec<_>>(),
            self.bucket
                .objects
                .iter()
                .filter(|(key, _)| !key.starts_with("templates/"))
                .collect::<Vec<_>>(),
            self.pipelines.executions,
        )
    }
}
