//! What builds do: what shared/branch-build/buildspecs and the pipeline's stages say, part by part.

use crate::codebuild::Project;
use crate::events::Event;
use crate::world::World;

/// The parts of each build's work, at most.
const PARTS: usize = 3;

impl World {
    /// The next part of a build's work.
    pub(crate) fn progress(&mut self, number: usize) {
        let build = &mut self.codebuild.builds[number];
        let part = build.done;
        build.done += 1;
        let build = build.clone();
        let variable = |name: &str| build.variables.get(name).cloned().unwrap_or_default();
        let (name, tags) = (variable("WRASSE_NAME"), variable("WRASSE_TAGS"));
        let kind = build.project.rsplit('-').next().unwrap_or_default();
        match (kind, part) {
            ("create", 0) => {
                let commit = build.commit.unwrap_or_default();
                self.bucket.put(&variable("WRASSE_SOURCE_KEY"), &commit, self.now);
            }
            ("create", 1) => self.deploy_pipeline(&name, &tags),
            ("destroy", 0) => {
                let pipeline = pipeline_stack(&name);
                self.stacks
                    .all
                    .retain(|stack, it| *stack == pipeline || !it.is_of(&name));
            }
            ("destroy", 1) => self.delete_pipeline(&name),
            ("deploy", 0) => {
                let execution = build.execution.map(|number| &self.pipelines.executions[number]);
                let source = execution.and_then(|execution| execution.source.clone());
                self.stacks.deploy(&name, source.as_deref(), &tags);
            }
            _ => {}
        }
    }

    /// Ends a build that runs, and tells of it.
    pub(crate) fn end(&mut self, number: usize, status: &'static str) {
        if !self.codebuild.builds[number].is_running() {
            return;
        }
        while status == "SUCCEEDED" && self.codebuild.builds[number].done < PARTS {
            self.progress(number);
        }
        let build = &mut self.codebuild.builds[number];
        build.status = status;
        build.ended = Some(self.now);
        if let Some(execution) = build.execution.map(|number| &mut self.pipelines.executions[number])
            && execution.status == "InProgress"
        {
            execution.status = if status == "SUCCEEDED" { "Succeeded" } else { "Failed" };
        }
        self.events.push(Event::of_build(&build.project, status));
    }

    /// CodePipeline itself starts a pipeline that was just made.
    fn deploy_pipeline(&mut self, name: &str, tags: &str) {
        self.stacks.deploy(&pipeline_stack(name), None, tags);
        let tags: Vec<(&str, &str)> = tags.lines().filter_map(|line| line.split_once('=')).collect();
        let lines = tags.iter().map(|(key, value)| format!("{key}={value}"));
        let lines = lines.collect::<Vec<_>>().join("\n");
        let project = Project::new(&[("WRASSE_NAME", name), ("WRASSE_TAGS", &lines)], &tags, self.now);
        for stage in ["build", "deploy"] {
            self.codebuild
                .projects
                .insert(format!("{name}-{stage}"), project.clone());
        }
        if self.pipelines.names.insert(name.to_owned()) {
            self.start_pipeline(name);
        }
    }

    fn delete_pipeline(&mut self, name: &str) {
        let stack = pipeline_stack(name);
        if self.stacks.all.get(&stack).is_some_and(|it| it.is_of(name)) {
            self.stacks.all.remove(&stack);
            self.pipelines.delete(name);
            for stage in ["build", "deploy"] {
                self.codebuild.projects.remove(&format!("{name}-{stage}"));
            }
        }
    }
}

pub(crate) fn pipeline_stack(name: &str) -> String {
    format!("{name}-pipeline")
}
