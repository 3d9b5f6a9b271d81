//! The simulated account: one clock, and everything that the functions ask and change.

use branch_build::Environment;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::bucket::Bucket;
use crate::codebuild::{self, CodeBuild, Project};
use crate::codecommit::Repository;
use crate::codepipeline::{self, Pipelines};
use crate::events::{Event, Who};
use crate::script::{DEFAULT, PROTECTED};
use crate::stacks::Stacks;
use crate::wire::{Calls, Refusal, Request, Service};

/// Names of what is not the functions' to touch: the environment of a branch that is protected since, and another stack's
/// of another repository, with the same prefix.
pub(crate) fn untouchable() -> [(Environment, &'static str, &'static str); 2] {
    [("shop", PROTECTED), ("other", "x")]
        .map(|(repository, branch)| (environment_of(repository, branch), repository, branch))
}

/// It has the name of an environment in its own, and no tag.
pub(crate) fn a_persons_stack() -> String {
    format!("{}-database", environment("x"))
}

pub(crate) fn environment(branch: &str) -> Environment {
    environment_of("shop", branch)
}

fn environment_of(repository: &str, branch: &str) -> Environment {
    Environment::of("app", repository, branch)
}

pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) repository: Repository,
    pub(crate) codebuild: CodeBuild,
    pub(crate) pipelines: Pipelines,
    pub(crate) stacks: Stacks,
    pub(crate) bucket: Bucket,
    /// On their way to a function.
    pub(crate) events: Vec<Event>,
    pub(crate) calls: Calls,
    /// An invocation went on after others.
    pub(crate) overtaken: bool,
    /// A function failed for good: its event is in the failure queue.
    pub(crate) given_up: bool,
    /// A function did what another one is for.
    pub(crate) out_of_role: Option<String>,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            now: "2026-11-20T12:00:00Z".parse().unwrap(),
            repository: Repository::default(),
            codebuild: CodeBuild::default(),
            pipelines: Pipelines::default(),
            stacks: Stacks::default(),
            bucket: Bucket::default(),
            events: Vec::new(),
            calls: Calls::default(),
            overtaken: false,
            given_up: false,
            out_of_role: None,
        };
        world.repository.push(DEFAULT);
        world.repository.push(PROTECTED);
        for (environment, repository, branch) in untouchable() {
            let name = environment.name();
            let tags = [
                ("wrasse:environment", name),
                ("wrasse:repository", repository),
                ("wrasse:branch", branch),
            ];
            let project = Project::new(&[("WRASSE_BRANCH", branch)], &tags, world.now);
            world.codebuild.projects.insert(format!("{name}-create"), project);
            let lines = tags.map(|(key, value)| format!("{key}={value}")).join("\n");
            world.stacks.deploy(name, Some("old"), &lines);
            world.bucket.put(&environment.source_key(), "old", world.now);
        }
        world.stacks.deploy(&a_persons_stack(), None, "");
        world
    }

    /// The answer to a call, and its effect.
    pub(crate) fn take_in(&mut self, request: &Request) -> Result<Value, Refusal> {
        // No two things happen at the same time.
        self.now += SignedDuration::from_millis(1);
        let who = *self.calls.current();
        if !is_in_role(who, request) {
            self.out_of_role = Some(format!("{who:?}: {request:?}"));
        }
        let Request { operation, body, .. } = request;
        match request.service {
            Service::Repository => self.repository.answer(operation, body),
            Service::Builds => codebuild::answer(self, operation, body),
            Service::Pipelines => codepipeline::answer(self, operation, body),
            Service::Bucket => self.bucket.answer(operation, body, self.now),
            Service::Tags => self.stacks.answer(operation, body),
            Service::Functions => self.invoke(body),
            Service::Topic => Ok(Value::Null),
        }
    }

    fn invoke(&mut self, request: &Value) -> Result<Value, Refusal> {
        let who = Who::ALL.into_iter().find(|who| request["function"] == who.function());
        let who = who.ok_or_else(|| Refusal::new(404, "ResourceNotFoundException"))?;
        self.events.push(Event::of(who, request["payload"].clone()));
        Ok(json!({}))
    }
}

/// What creates cannot delete, and what destroys cannot create.
fn is_in_role(who: Who, request: &Request) -> bool {
    let text = |key: &str| request.body[key].as_str().unwrap_or_default();
    match (request.service, request.operation.as_str()) {
        (Service::Builds, "CreateProject" | "UpdateProject") => makes(who, text("name")),
        (Service::Builds, "StartBuild") => makes(who, text("projectName")),
        (Service::Builds, "StopBuild") if who == Who::Create => text("id").contains("-create:"),
        (Service::Builds, "StopBuild") | (Service::Pipelines, "StopPipelineExecution") => who == Who::Destroy,
        (Service::Builds, "DeleteProject")
        | (Service::Pipelines, "StartPipelineExecution")
        | (Service::Bucket, "DELETE") => who == Who::Finish,
        (Service::Bucket, "PUT") => who == Who::Create && text("key").starts_with("templates/"),
        _ => true,
    }
}

fn makes(who: Who, project: &str) -> bool {
    match who {
        Who::Create => project.ends_with("-create"),
        Who::Destroy => project.ends_with("-destroy"),
        Who::Finish | Who::Reconcile => false,
    }
}
