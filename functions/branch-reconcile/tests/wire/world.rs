//! AWS, as small as these tests need it: it answers by what is asked, not in an order, for much is asked at the same time.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_client::replay::Replay;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use branch_build::{Environment, Purpose, encoded};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::time::Instant;

/// What there is.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) no_repository: bool,
    /// Each is at the commit `c1`.
    pub(crate) branches: Vec<String>,
    /// Answers of `BatchGetProjects`, by name.
    pub(crate) projects: BTreeMap<String, Value>,
    /// Builds, by project, the newest first.
    pub(crate) builds: HashMap<String, Vec<Value>>,
    /// Tags of stacks.
    pub(crate) stacks: Vec<Value>,
    /// Objects, by key.
    pub(crate) objects: BTreeMap<String, String>,
    /// Answers of `ReceiveMessage`.
    pub(crate) messages: VecDeque<Value>,
    /// What fails: an operation, and a part of its request.
    pub(crate) faults: Vec<(&'static str, String)>,
    /// How long each answer takes.
    pub(crate) latency: Duration,
    pub(crate) calls: Vec<Call>,
}

/// A call, and when it was made and answered.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) service: &'static str,
    pub(crate) operation: String,
    pub(crate) body: Value,
    pub(crate) begun: Instant,
    pub(crate) ended: Instant,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Aws(pub(crate) Arc<Mutex<World>>);

pub(crate) fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

pub(crate) fn environment(branch: &str) -> Environment {
    Environment::of("app", "shop", branch)
}

impl World {
    pub(crate) fn branch(&mut self, branch: &str) {
        self.branches.push(branch.to_owned());
    }

    /// A project of a branch with its last build, started so many hours ago; it took 15 minutes.
    pub(crate) fn project(&mut self, branch: &str, purpose: Purpose, status: &str, hours: i64) {
        let name = environment(branch).project(purpose);
        let project = json!({
            "name": name,
            "environment": {
                "type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "WRASSE_BRANCH", "value": branch, "type": "PLAINTEXT"}],
            },
            "tags": [{"key": "wrasse:repository", "value": "shop"}],
        });
        self.projects.insert(name.clone(), project);
        let started = now() - SignedDuration::from_hours(hours);
        let mut build = json!({
            "id": format!("{name}:1"), "buildStatus": status, "startTime": started.as_second(),
        });
        if purpose == Purpose::Create {
            build["sourceVersion"] = "c1".into();
        }
        if status != "IN_PROGRESS" {
            build["endTime"] = (started + SignedDuration::from_mins(15)).as_second().into();
        }
        self.builds.insert(name, vec![build]);
    }

    pub(crate) fn stack(&mut self, environment: &Environment, branch: &str) {
        self.stacks.push(json!([
            {"Key": "wrasse:environment", "Value": environment.name()},
            {"Key": "wrasse:repository", "Value": "shop"},
            {"Key": "wrasse:branch", "Value": encoded(branch)},
        ]));
    }

    fn answer(&mut self, operation: &str, body: &Value) -> (u16, String) {
        let text = body.to_string();
        let fails = |(failing, part): &(&str, String)| *failing == operation && text.contains(part.as_str());
        if self.faults.iter().any(fails) {
            if operation == "InfoRefs" {
                return (401, String::new());
            }
            return (
                400,
                json!({"__type": "AccessDeniedException", "message": "in words"}).to_string(),
            );
        }
        let answer = match operation {
            "GetRepository" if self.no_repository => return refused("RepositoryDoesNotExistException"),
            "GetRepository" => json!({"repositoryMetadata": {"defaultBranch": "main"}}),
            "ListBranches" => json!({"branches": self.branches}),
            "GetBranch" if self.branches.iter().any(|b| body["branchName"] == **b) => {
                json!({"branch": {"branchName": body["branchName"], "commitId": "c1"}})
            }
            "GetBranch" => return refused("BranchDoesNotExistException"),
            "GetSecretValue" => json!({"SecretString": "ghp_1"}),
            "InfoRefs" => return (200, listed(&self.branches)),
            "ListProjects" => json!({"projects": self.projects.keys().collect::<Vec<_>>()}),
            "BatchGetProjects" => {
                let names = body["names"].as_array().unwrap();
                assert!(names.len() <= 100);
                let found = names
                    .iter()
                    .filter_map(|name| self.projects.get(name.as_str().unwrap()));
                json!({"projects": found.collect::<Vec<_>>()})
            }
            "ListBuildsForProject" => {
                let builds = self.builds[body["projectName"].as_str().unwrap()].iter();
                json!({"ids": builds.map(|build| build["id"].clone()).collect::<Vec<_>>()})
            }
            "BatchGetBuilds" => {
                let ids = body["ids"].as_array().unwrap();
                let builds = self
                    .builds
                    .values()
                    .flatten()
                    .filter(|build| ids.contains(&build["id"]));
                json!({"builds": builds.collect::<Vec<_>>()})
            }
            "GetResources" => {
                let stacks = self.stacks.iter();
                let stacks =
                    stacks.map(|tags| json!({"ResourceARN": "arn:aws:cloudformation:::stack/x", "Tags": tags}));
                json!({"ResourceTagMappingList": stacks.collect::<Vec<_>>()})
            }
            "ReceiveMessage" => self.messages.pop_front().unwrap_or_else(|| json!({})),
            "DeleteMessage" | "Invoke" => json!({}),
            "Publish" => {
                let answer =
                    "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
                return (200, answer.to_owned());
            }
            "ListObjectsV2" => {
                let keys = self
                    .objects
                    .keys()
                    .map(|key| format!("<Contents><Key>{key}</Key></Contents>"));
                let keys = keys.collect::<String>();
                return (
                    200,
                    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{keys}</ListBucketResult>"),
                );
            }
            "GetObject" => match self.objects.get(body["key"].as_str().unwrap()) {
                Some(text) => return (200, text.clone()),
                None => return (404, "<Error><Code>NoSuchKey</Code></Error>".to_owned()),
            },
            "PutObject" => {
                let key = body["key"].as_str().unwrap().to_owned();
                self.objects.insert(key, body["body"].as_str().unwrap().to_owned());
                return (200, String::new());
            }
            "DeleteObject" => {
                self.objects.remove(body["key"].as_str().unwrap());
                return (204, String::new());
            }
            other => panic!("{other} {body}"),
        };
        (if operation == "Invoke" { 202 } else { 200 }, answer.to_string())
    }
}

fn refused(code: &str) -> (u16, String) {
    (400, json!({"__type": code, "message": "in words"}).to_string())
}

impl Aws {
    pub(crate) fn of(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// The house's configuration of wire tests.
    pub(crate) fn config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let client = http_client_fn(move |_, _| connector.clone());
        let config = Replay::new(Vec::new()).sdk_config().to_builder();
        config.http_client(client).build()
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.change(|world| world.calls.clone())
    }

    /// The bodies of an operation's calls.
    pub(crate) fn all(&self, operation: &str) -> Vec<Value> {
        let mut calls = self.calls();
        calls.retain(|call| call.operation == operation);
        calls.into_iter().map(|call| call.body).collect()
    }

    /// Who was asked for what, sorted.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = self.all("Invoke").into_iter();
        let mut asked: Vec<String> = asked
            .map(|call| format!("{} {}", call["function"].as_str().unwrap(), call["payload"]))
            .collect();
        asked.sort();
        asked
    }

    /// The texts that people were told.
    pub(crate) fn told(&self) -> Vec<String> {
        let texts = self.all("Publish").into_iter();
        texts.map(|call| call["Message"].as_str().unwrap().to_owned()).collect()
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (service, operation, body) = read(&request);
        let aws = self.clone();
        HttpConnectorFuture::new(async move {
            let begun = Instant::now();
            let latency = aws.change(|world| world.latency);
            tokio::time::sleep_until(begun + latency).await;
            let (status, answer) = aws.change(|world| {
                let answer = world.answer(&operation, &body);
                let ended = Instant::now();
                world.calls.push(Call {
                    service,
                    operation,
                    body,
                    begun,
                    ended,
                });
                answer
            });
            let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(answer));
            let kind = "application/x-git-upload-pack-advertisement";
            // Of a git host alone; AWS's answers are read without.
            response.headers_mut().insert("content-type", kind);
            Ok(response)
        })
    }
}

fn read(request: &HttpRequest) -> (&'static str, String, Value) {
    let body = request.body().bytes().unwrap_or_default();
    let text = String::from_utf8_lossy(body).into_owned();
    let (host, path) = request.uri().strip_prefix("https://").unwrap().split_once('/').unwrap();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if let Some(target) = request.headers().get("x-amz-target") {
        let (service, operation) = target.split_once('.').unwrap();
        let service = match service {
            "CodeCommit_20150413" => "codecommit",
            "CodeBuild_20161006" => "codebuild",
            _ => "other",
        };
        return (service, operation.to_owned(), serde_json::from_str(&text).unwrap());
    }
    if host == "github.com" {
        return ("github", "InfoRefs".to_owned(), Value::Null);
    }
    if let Some(function) = path.strip_prefix("2015-03-31/functions/") {
        assert_eq!(request.headers().get("x-amz-invocation-type"), Some("Event"));
        let function = decoded(function.strip_suffix("/invocations").unwrap());
        let payload: Value = serde_json::from_str(&text).unwrap();
        return (
            "lambda",
            "Invoke".to_owned(),
            json!({"function": function, "payload": payload}),
        );
    }
    if host.starts_with("sns.") {
        let fields = text.split('&').map(|field| field.split_once('=').unwrap());
        let fields = fields.map(|(key, value)| (key.to_owned(), Value::from(decoded(&value.replace('+', " ")))));
        return ("sns", "Publish".to_owned(), Value::Object(fields.collect()));
    }
    let key = decoded(path.strip_prefix("bucket").unwrap().trim_start_matches('/'));
    let operation = match request.method() {
        "GET" if query.contains("list-type=2") => "ListObjectsV2",
        "GET" => "GetObject",
        "PUT" => "PutObject",
        "DELETE" => "DeleteObject",
        other => panic!("{other}"),
    };
    (
        "s3",
        operation.to_owned(),
        json!({"key": key, "query": query, "body": text}),
    )
}

/// What git sends of branches.
fn listed(branches: &[String]) -> String {
    let line = |text: String| format!("{:04x}{text}", text.len() + 4);
    let id = "7217a7c7e582c46cec22a130adf4b9d7d950fba0";
    let head = line(format!("{id} HEAD\0symref=HEAD:refs/heads/main agent=git/2\n"));
    let heads = branches
        .iter()
        .map(|branch| line(format!("{id} refs/heads/{branch}\n")));
    let service = line("# service=git-upload-pack\n".to_owned());
    format!("{service}0000{head}{}0000", heads.collect::<String>())
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}
