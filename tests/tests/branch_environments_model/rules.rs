//! The rules that hold at any time, each a function that says how it is broken.

use std::collections::BTreeMap;

use crate::codebuild::{Project, environment_of};
use crate::script::DEFAULT;
use crate::stacks::Stack;
use crate::world::{World, a_persons_stack, environment, untouchable};

type Verdict = Result<(), String>;

/// What nobody may touch, as it was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Untouched {
    pub(crate) projects: BTreeMap<String, Project>,
    pub(crate) stacks: BTreeMap<String, Stack>,
    pub(crate) objects: BTreeMap<String, String>,
}

impl Untouched {
    /// All that has such a name, so that something new is seen too.
    pub(crate) fn of(world: &World) -> Self {
        let mut names: Vec<String> = untouchable().iter().map(|(it, ..)| it.name().to_owned()).collect();
        names.extend([environment(DEFAULT).name().to_owned(), a_persons_stack()]);
        let is_one = |text: &str| names.iter().any(|name| text.contains(name.as_str()));
        let projects = world.codebuild.projects.iter().filter(|(name, _)| is_one(name));
        let stacks = world.stacks.all.iter().filter(|(name, _)| is_one(name));
        let objects = world.bucket.objects.iter().filter(|(key, _)| is_one(key));
        Self {
            projects: projects
                .map(|(name, project)| (name.clone(), project.clone()))
                .collect(),
            stacks: stacks.map(|(name, stack)| (name.clone(), stack.clone())).collect(),
            objects: objects.map(|(key, (text, _))| (key.clone(), text.clone())).collect(),
        }
    }
}

/// `at_rest`: every function that was invoked has ended well.
pub(crate) fn after_a_step(world: &World, untouched: &Untouched, maximum: usize, at_rest: bool) -> Verdict {
    what_is_not_ours_to_touch_is_untouched(world, untouched)?;
    if let Some(told) = &world.out_of_role {
        return Err(format!("this is for another function to do: {told}"));
    }
    if at_rest {
        no_two_builds_work_against_each_other(world)?;
    }
    no_more_environments_exist_than_may(world, maximum)
}

fn what_is_not_ours_to_touch_is_untouched(world: &World, untouched: &Untouched) -> Verdict {
    let now = Untouched::of(world);
    if now == *untouched {
        Ok(())
    } else {
        Err(format!("what was {untouched:?} is {now:?}"))
    }
}

/// Neither what creates nor what deploys goes on while something destroys. What deploys was stopped before, so that one which
/// somebody who was overtaken started since is not meant.
fn no_two_builds_work_against_each_other(world: &World) -> Verdict {
    let running = |project: &str| world.codebuild.of_project(project).find(|build| build.is_running());
    let environments = world
        .codebuild
        .builds
        .iter()
        .filter_map(|build| build.project.strip_suffix("-destroy"));
    for name in environments {
        let Some(destroy) = running(&format!("{name}-destroy")) else {
            continue;
        };
        let deploy = running(&format!("{name}-deploy")).filter(|build| build.started < destroy.started);
        let against = running(&format!("{name}-create")).or(deploy.filter(|_| !world.overtaken));
        if let Some(against) = against {
            return Err(format!("{} and {} run at once", destroy.id, against.id));
        }
    }
    Ok(())
}

fn no_more_environments_exist_than_may(world: &World, maximum: usize) -> Verdict {
    let projects = world.codebuild.projects.keys();
    let mut environments: Vec<&str> = projects.filter_map(|project| environment_of(project)).collect();
    environments.dedup();
    if environments.len() > maximum {
        return Err(format!("{environments:?} are more than {maximum}"));
    }
    Ok(())
}
