//! The environments as they are to be seen in AWS.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::team::Team;
use crate::engine::{aws, until};

/// What there is of one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// The branch that its projects name.
    pub(crate) branch: Option<String>,
    pub(crate) stacks: BTreeSet<String>,
    pub(crate) projects: BTreeSet<String>,
    pub(crate) objects: BTreeSet<String>,
    /// What its application says.
    pub(crate) says: Option<String>,
}

impl View {
    /// Those of a deployed environment and no other.
    fn has_its_projects(&self, name: &str) -> bool {
        self.projects == ["build", "create", "deploy"].map(|end| format!("{name}-{end}")).into()
    }

    /// Those of a deployed environment and no other.
    fn has_its_stacks(&self, name: &str) -> bool {
        self.stacks == [name.to_owned(), format!("{name}-pipeline")].into()
    }
}

impl Team {
    /// All environments by their names: whatever has the tag, a name of ours, or an object.
    pub(crate) fn environments(&self) -> BTreeMap<String, View> {
        let mut found = self.projects_and_objects();
        let stacks = aws(&["cloudformation", "describe-stacks"]);
        for stack in stacks["Stacks"].as_array().unwrap() {
            let tags = stack["Tags"].as_array().into_iter().flatten();
            let tag = tags.clone().find(|tag| tag["Key"] == "wrasse:environment");
            let name = tag.and_then(|tag| tag["Value"].as_str());
            if let Some(name) = name.filter(|name| self.is_ours(name)) {
                let stack = stack["StackName"].as_str().unwrap().to_owned();
                found.entry(name.to_owned()).or_default().stacks.insert(stack);
            }
        }
        found
    }

    /// Environments without their stacks: what can be asked often.
    fn projects_and_objects(&self) -> BTreeMap<String, View> {
        let mut found: BTreeMap<String, View> = BTreeMap::new();
        for (project, branch) in self.projects() {
            let name = project.rsplit_once('-').unwrap().0.to_owned();
            let view = found.entry(name).or_default();
            view.projects.insert(project);
            view.branch = Some(branch);
        }
        for key in self.objects() {
            let name = key.split('/').nth(1).unwrap().to_owned();
            found.entry(name).or_default().objects.insert(key);
        }
        for (name, view) in &mut found {
            let get = self.ssm.get_parameter().name(format!("/app/{name}"));
            let says = self.wait(get.send()).ok().and_then(|found| found.parameter);
            view.says = says.and_then(|parameter| parameter.value);
        }
        found
    }

    /// Waits until the environments are whole, and those of these branches, each saying what it should.
    pub(crate) fn settled(&self, wanted: &[(&str, &str)]) -> BTreeMap<String, View> {
        let expected: BTreeSet<(Option<String>, Option<String>)> = wanted
            .iter()
            .map(|(branch, says)| (Some((*branch).to_owned()), Some((*says).to_owned())))
            .collect();
        let fits = |found: &BTreeMap<String, View>| {
            let said = found.values().map(|view| (view.branch.clone(), view.says.clone()));
            let whole = found.iter().all(|(name, view)| view.has_its_projects(name));
            whole && found.len() == wanted.len() && said.collect::<BTreeSet<_>>() == expected
        };
        until(&format!("environments of {wanted:?}"), || {
            if !fits(&self.projects_and_objects()) {
                return None;
            }
            let found = self.environments();
            let whole = found.iter().all(|(name, view)| view.has_its_stacks(name));
            (whole && fits(&found)).then_some(found)
        })
    }

    fn is_ours(&self, name: &str) -> bool {
        name.strip_prefix(self.name).is_some_and(|rest| rest.starts_with('-'))
    }

    /// Projects of ours, and the branches that they are for.
    fn projects(&self) -> Vec<(String, String)> {
        let listed = self.wait(self.codebuild.list_projects().send()).unwrap();
        let mut ours = listed.projects.unwrap_or_default();
        ours.retain(|project| self.is_ours(project));
        if ours.is_empty() {
            return Vec::new();
        }
        let described = self.codebuild.batch_get_projects().set_names(Some(ours)).send();
        let projects = self.wait(described).unwrap().projects.unwrap_or_default();
        let branch = |project: &aws_sdk_codebuild::types::Project| {
            let variables = project.environment.as_ref()?.environment_variables.as_ref()?.iter();
            let branch = variables.clone().find(|variable| variable.name == "WRASSE_BRANCH")?;
            Some(branch.value.clone())
        };
        let named = projects
            .iter()
            .map(|p| (p.name.clone().unwrap(), branch(p).unwrap_or_default()));
        named.collect()
    }

    fn objects(&self) -> Vec<String> {
        let list = self.s3.list_objects_v2().bucket(self.output("BucketName"));
        let listed = self.wait(list.prefix("environments/").send()).unwrap();
        let objects = listed.contents.unwrap_or_default().into_iter();
        objects.filter_map(|object| object.key).collect()
    }

    /// How often a project's builds ran.
    pub(crate) fn builds(&self, project: &str) -> usize {
        let list = self.codebuild.list_builds_for_project().project_name(project);
        self.wait(list.send()).unwrap().ids.unwrap_or_default().len()
    }

    /// The events that failed for good.
    pub(crate) fn failed(&self) -> Vec<Value> {
        let url = self.output("FailureQueueUrl");
        let answer = crate::engine::sqs(&[
            "receive-message",
            "--queue-url",
            url,
            "--visibility-timeout",
            "0",
            "--max-number-of-messages",
            "10",
        ]);
        answer["Messages"].as_array().cloned().unwrap_or_default()
    }
}

/// The only one of several whose branch is this.
pub(crate) fn name_of(environments: &BTreeMap<String, View>, branch: &str) -> String {
    let mut names = environments
        .iter()
        .filter(|(_, view)| view.branch.as_deref() == Some(branch));
    let (name, _) = names
        .next()
        .unwrap_or_else(|| panic!("no environment of {branch}: {environments:?}"));
    assert!(names.next().is_none(), "{branch} has two: {environments:?}");
    name.clone()
}
