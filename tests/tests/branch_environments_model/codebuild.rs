//! CodeBuild's API, as far as the functions use it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::wire::Refusal;
use crate::world::World;

/// How many projects a page has: few, so that lists have several.
const PAGE: usize = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Project {
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    created: Timestamp,
    limit: Option<u64>,
}

impl Project {
    pub(crate) fn new(variables: &[(&str, &str)], tags: &[(&str, &str)], created: Timestamp) -> Self {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self {
            variables: map(variables),
            tags: map(tags),
            created,
            limit: None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Build {
    pub(crate) id: String,
    pub(crate) project: String,
    pub(crate) status: &'static str,
    pub(crate) commit: Option<String>,
    /// As its project had them when it began.
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    /// How many parts of its work are done.
    pub(crate) done: usize,
    /// Of a pipeline's execution.
    pub(crate) execution: Option<usize>,
    token: Option<String>,
}

impl Build {
    pub(crate) fn is_running(&self) -> bool {
        self.status == "IN_PROGRESS"
    }

    fn shown(&self) -> Value {
        let seconds = |time: Timestamp| json!(time.as_duration().as_secs_f64());
        json!({
            "id": self.id, "buildStatus": self.status, "sourceVersion": self.commit, "projectName": self.project,
            "startTime": seconds(self.started), "endTime": self.ended.map(seconds),
        })
    }
}

#[derive(Default)]
pub(crate) struct CodeBuild {
    pub(crate) projects: BTreeMap<String, Project>,
    /// All that were ever started. Those of a project that was deleted stay
    /// (<https://docs.aws.amazon.com/codebuild/latest/userguide/delete-project.html>).
    pub(crate) builds: Vec<Build>,
}

impl CodeBuild {
    pub(crate) fn of_project(&self, project: &str) -> impl Iterator<Item = &Build> {
        self.builds.iter().filter(move |build| build.project == project)
    }

    pub(crate) fn is_running(&self, project: &str) -> bool {
        self.of_project(project).any(Build::is_running)
    }

    /// A build of a project that is there.
    pub(crate) fn start(&mut self, project: &str, commit: Option<&str>, token: Option<&str>, now: Timestamp) -> usize {
        let number = self.builds.len();
        self.builds.push(Build {
            id: format!("{project}:{number}"),
            project: project.to_owned(),
            status: "IN_PROGRESS",
            commit: commit.map(str::to_owned),
            variables: self.projects[project].variables.clone(),
            started: now,
            ended: None,
            done: 0,
            execution: None,
            token: token.map(str::to_owned),
        });
        number
    }

    fn make(&mut self, request: &Value, now: Timestamp) -> Result<Value, Refusal> {
        let name = request["name"].as_str().unwrap_or_default();
        if self.projects.contains_key(name) {
            return Err(Refusal::new(400, "ResourceAlreadyExistsException"));
        }
        let project = Project {
            variables: pairs(&request["environment"]["environmentVariables"], "name"),
            tags: pairs(&request["tags"], "key"),
            created: now,
            limit: request["concurrentBuildLimit"].as_u64(),
        };
        self.projects.insert(name.to_owned(), project);
        Ok(json!({}))
    }

    fn update(&mut self, request: &Value) -> Result<Value, Refusal> {
        let name = request["name"].as_str().unwrap_or_default();
        let project = self.projects.get_mut(name).ok_or_else(not_found)?;
        project.variables = pairs(&request["environment"]["environmentVariables"], "name");
        project.tags = pairs(&request["tags"], "key");
        Ok(json!({}))
    }

    /// A token makes a second request of it the same one, for five minutes; the limit refuses what is too many
    /// (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html>).
    fn begin(&mut self, request: &Value, now: Timestamp) -> Result<Value, Refusal> {
        let name = request["projectName"].as_str().unwrap_or_default();
        let limit = self.projects.get(name).ok_or_else(not_found)?.limit;
        let token = request["idempotencyToken"].as_str();
        let same = self
            .of_project(name)
            .find(|build| token.is_some() && build.token.as_deref() == token);
        if let Some(same) = same {
            return Ok(json!({"build": same.shown()}));
        }
        if limit.is_some() && self.is_running(name) {
            return Err(Refusal::new(400, "AccountLimitExceededException"));
        }
        let number = self.start(name, request["sourceVersion"].as_str(), token, now);
        Ok(json!({"build": self.builds[number].shown()}))
    }

    fn list(&self, request: &Value) -> Result<Value, Refusal> {
        let name = request["projectName"].as_str().unwrap_or_default();
        if !self.projects.contains_key(name) {
            return Err(not_found());
        }
        let ids: Vec<&str> = self.of_project(name).map(|build| build.id.as_str()).collect();
        Ok(json!({"ids": ids.into_iter().rev().collect::<Vec<_>>()}))
    }

    fn list_projects(&self, request: &Value) -> Value {
        let begin: usize = request["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let page: Vec<&String> = self.projects.keys().skip(begin).take(PAGE).collect();
        let next = (begin + PAGE < self.projects.len()).then(|| (begin + PAGE).to_string());
        json!({"projects": page, "nextToken": next})
    }

    fn show(&self, request: &Value) -> Value {
        let names = request["names"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let shown = names.filter_map(|name| {
            let project = self.projects.get(name)?;
            let variables = project.variables.iter();
            let variables = variables.map(|(name, value)| json!({"name": name, "value": value, "type": "PLAINTEXT"}));
            let tags = project
                .tags
                .iter()
                .map(|(key, value)| json!({"key": key, "value": value}));
            Some(json!({
                "name": name, "tags": tags.collect::<Vec<_>>(), "created": project.created.as_duration().as_secs_f64(),
                "environment": {
                    "type": "LINUX_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL",
                    "environmentVariables": variables.collect::<Vec<_>>(),
                },
            }))
        });
        json!({"projects": shown.collect::<Vec<_>>()})
    }
}

pub(crate) fn answer(world: &mut World, operation: &str, request: &Value) -> Result<Value, Refusal> {
    let (now, codebuild) = (world.now, &mut world.codebuild);
    match operation {
        "CreateProject" => codebuild.make(request, now),
        "UpdateProject" => codebuild.update(request),
        "StartBuild" => codebuild.begin(request, now),
        "ListBuildsForProject" => codebuild.list(request),
        "ListProjects" => Ok(codebuild.list_projects(request)),
        "BatchGetProjects" => Ok(codebuild.show(request)),
        "BatchGetBuilds" => {
            let asked = request["ids"].as_array().cloned().unwrap_or_default();
            let found = codebuild.builds.iter().filter(|build| asked.contains(&json!(build.id)));
            Ok(json!({"builds": found.map(Build::shown).collect::<Vec<_>>()}))
        }
        "DeleteProject" => {
            codebuild.projects.remove(request["name"].as_str().unwrap_or_default());
            Ok(json!({}))
        }
        "StopBuild" => {
            let mut builds = codebuild.builds.iter();
            let number = builds
                .position(|build| request["id"] == build.id)
                .ok_or_else(not_found)?;
            world.end(number, "STOPPED");
            Ok(json!({}))
        }
        _ => Err(Refusal::unknown(operation)),
    }
}

/// The environment that a project creates or destroys, by its name.
pub(crate) fn environment_of(project: &str) -> Option<&str> {
    project
        .strip_suffix("-create")
        .or_else(|| project.strip_suffix("-destroy"))
}

fn pairs(list: &Value, key: &str) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = list.as_array().into_iter().flatten();
    pairs.map(|pair| (text(&pair[key]), text(&pair["value"]))).collect()
}

fn not_found() -> Refusal {
    Refusal::new(400, "ResourceNotFoundException")
}
