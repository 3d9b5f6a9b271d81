//! One repository with its environments, deployed once and shared by all tests of this folder.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use aws_sdk_codecommit::primitives::Blob;
use aws_sdk_codecommit::types::PutFileEntry;
use aws_sdk_lambda::types::InvocationType;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::deployment::{architecture, deploy, make_artifact_bucket, outputs};
use crate::engine::{aws, control, sqs, until};

/// So many environments may exist.
pub(crate) const MAXIMUM: usize = 4;
/// The repository's name where webhooks come from, and what they are signed with.
pub(crate) const HOST_REPOSITORY: &str = "acme/team";
pub(crate) const WEBHOOK_SECRET: &str = "what the host and the team know";
const DEFAULT: &str = "main";
const DAY: u64 = 86_400;

/// The application: says something, in a parameter named for its stack.
const TEMPLATE: &str = r"
Resources:
  Greeting:
    Type: AWS::SSM::Parameter
    Properties:
      Name: !Sub /app/${AWS::StackName}
      Type: String
      Value: SAYS
";

/// A repository and its deployed environments.
pub(crate) struct Team {
    /// The repository's, what names of environments begin with, and the queue's.
    pub(crate) name: &'static str,
    outputs: BTreeMap<String, String>,
    runtime: Runtime,
    codecommit: aws_sdk_codecommit::Client,
    pub(crate) codebuild: aws_sdk_codebuild::Client,
    lambda: aws_sdk_lambda::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) ssm: aws_sdk_ssm::Client,
    /// Gets what people are told.
    queue: String,
}

static TEAM: LazyLock<Mutex<Team>> = LazyLock::new(|| Mutex::new(Team::deploy("branches", "team", &[])));

/// The team, for one test at a time, with no branch but the default, no environment, and no fault anywhere.
pub(crate) fn team() -> MutexGuard<'static, Team> {
    let team = TEAM.lock().unwrap_or_else(PoisonError::into_inner);
    control("calls/faults", &json!({"kind": "clear"}));
    control("codecommit/faults", &json!({"kind": "clear"}));
    assert_eq!(team.branches(), [DEFAULT], "an earlier test left branches");
    team.notices();
    team
}

impl Team {
    /// Deploys the stack for a repository of its own, with parameters besides, or instead of, those of all teams.
    pub(crate) fn deploy(stack: &str, name: &'static str, own: &[(&str, &str)]) -> Self {
        make_artifact_bucket();
        let config = aws_client::sdk_config();
        let runtime = Runtime::new().unwrap();
        let codecommit = aws_sdk_codecommit::Client::new(&config);
        let repository = codecommit.create_repository().repository_name(name);
        runtime.block_on(repository.send()).unwrap();
        let secret = ["secretsmanager", "create-secret", "--name", name];
        let secret = aws(&[&secret[..], &["--secret-string", WEBHOOK_SECRET]].concat());
        let maximum = MAXIMUM.to_string();
        let mut parameters = BTreeMap::from([
            ("Architecture", architecture()),
            ("BranchEnvironments", "true"),
            ("BranchEnvironmentsRepositoryName", name),
            ("BranchEnvironmentsPrefix", name),
            ("BranchEnvironmentsProtectedBranches", "release/*"),
            ("BranchEnvironmentsDeployment", "cloudformation"),
            ("BranchEnvironmentsMaximumEnvironments", &maximum),
            (
                "BranchEnvironmentsApplicationPolicyArns",
                "arn:aws:iam::aws:policy/PowerUserAccess",
            ),
            // Streams keep records for days: all tests together let less time pass.
            ("BranchEnvironmentsDaysToLive", "2"),
            ("BranchEnvironmentsDaysOfWarning", "1"),
            ("BranchEnvironmentsWebhook", "true"),
            ("BranchEnvironmentsWebhookRepository", HOST_REPOSITORY),
            ("BranchEnvironmentsWebhookSecretArn", secret["ARN"].as_str().unwrap()),
        ]);
        parameters.extend(own.iter().copied());
        let parameters: Vec<(&str, &str)> = parameters.into_iter().collect();
        deploy(&[], ".aws-sam/build/template.yaml", stack, &parameters);
        let outputs = outputs(stack);
        let queue = sqs(&["create-queue", "--queue-name", name]);
        let queue = queue["QueueUrl"].as_str().unwrap().to_owned();
        let topic = &outputs["BranchEnvironmentsTopicArn"];
        let subscribe = ["sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs"];
        let arn = format!("arn:aws:sqs:us-east-1:123456789012:{name}");
        let raw = [
            "--notification-endpoint",
            &arn,
            "--attributes",
            "RawMessageDelivery=true",
        ];
        aws(&[&subscribe[..], &raw].concat());
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        let team = Self {
            name,
            outputs,
            runtime,
            codecommit,
            codebuild: aws_sdk_codebuild::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            ssm: aws_sdk_ssm::Client::new(&config),
            queue,
        };
        team.commit(DEFAULT, None, &[("template.yaml", &application("Hello"))]);
        team
    }

    /// An output of the stack, by its name without the system's.
    pub(crate) fn output(&self, name: &str) -> &str {
        let found = self.outputs.get(&format!("BranchEnvironments{name}"));
        found.unwrap_or_else(|| panic!("no output {name} in {:?}", self.outputs))
    }

    /// Runs a call to its end.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// A new branch, where the default is.
    pub(crate) fn branch(&self, name: &str) {
        let head = self.head(DEFAULT);
        let create = self.codecommit.create_branch().repository_name(self.name);
        self.wait(create.branch_name(name).commit_id(head).send()).unwrap();
    }

    /// A commit that makes the application say something else.
    pub(crate) fn push(&self, branch: &str, says: &str) {
        self.push_file(branch, "template.yaml", &application(says));
    }

    /// A commit that changes one file.
    pub(crate) fn push_file(&self, branch: &str, path: &str, content: &str) {
        self.commit(branch, Some(self.head(branch)), &[(path, content)]);
    }

    /// The branch goes away.
    pub(crate) fn delete(&self, branch: &str) {
        let delete = self.codecommit.delete_branch().repository_name(self.name);
        self.wait(delete.branch_name(branch).send()).unwrap();
    }

    /// The commit that a branch is at.
    pub(crate) fn head(&self, branch: &str) -> String {
        let get = self
            .codecommit
            .get_branch()
            .repository_name(self.name)
            .branch_name(branch);
        let found = self.wait(get.send()).unwrap();
        found.branch.unwrap().commit_id.unwrap()
    }

    /// The repository goes away.
    pub(crate) fn delete_repository(&self) {
        let delete = self.codecommit.delete_repository().repository_name(self.name);
        self.wait(delete.send()).unwrap();
    }

    fn branches(&self) -> Vec<String> {
        let list = self.codecommit.list_branches().repository_name(self.name);
        self.wait(list.send()).unwrap().branches.unwrap_or_default()
    }

    fn commit(&self, branch: &str, parent: Option<String>, files: &[(&str, &str)]) {
        let put = files.iter().map(|(path, content)| {
            let file = PutFileEntry::builder().file_path(*path);
            file.file_content(Blob::new(content.as_bytes())).build().unwrap()
        });
        let commit = self
            .codecommit
            .create_commit()
            .repository_name(self.name)
            .branch_name(branch);
        let commit = commit.set_parent_commit_id(parent).set_put_files(Some(put.collect()));
        self.wait(commit.send()).unwrap();
    }

    /// The next so many events of the repository are lost.
    pub(crate) fn lose_events(count: u64) {
        control("codecommit/faults", &json!({"kind": "lose", "count": count}));
    }

    /// One run of branch-reconcile, to its end: what it says.
    pub(crate) fn reconcile(&self) -> Value {
        self.invoke("ReconcileFunctionName", &json!({}))
    }

    /// Invokes a function of the stack, and waits for its answer.
    pub(crate) fn invoke(&self, output: &str, event: &Value) -> Value {
        let invoke = self.lambda.invoke().function_name(self.output(output));
        let invoke = invoke.invocation_type(InvocationType::RequestResponse);
        let payload = aws_sdk_lambda::primitives::Blob::new(event.to_string());
        let answer = self.wait(invoke.payload(payload).send()).unwrap();
        let text = answer
            .payload
            .unwrap_or_else(|| aws_sdk_lambda::primitives::Blob::new(""));
        let text = String::from_utf8_lossy(text.as_ref()).into_owned();
        assert_eq!(answer.function_error, None, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// What people were told since the last question.
    pub(crate) fn notices(&self) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            let receive = [
                "receive-message",
                "--queue-url",
                &self.queue,
                "--max-number-of-messages",
                "10",
            ];
            let answer = sqs(&receive);
            let Some(messages) = answer["Messages"].as_array() else {
                return told;
            };
            for message in messages {
                told.push(message["Body"].as_str().unwrap().to_owned());
                let handle = message["ReceiptHandle"].as_str().unwrap();
                sqs(&["delete-message", "--queue-url", &self.queue, "--receipt-handle", handle]);
            }
        }
    }

    /// Waits until people are told something with these words.
    pub(crate) fn told(&self, words: &str) -> String {
        until(&format!("a notice of \"{words}\""), || {
            self.notices().into_iter().find(|notice| notice.contains(words))
        })
    }
}

/// The application's template.
pub(crate) fn application(says: &str) -> String {
    TEMPLATE.replace("SAYS", says)
}

/// Lets days pass.
pub(crate) fn days(count: u64) {
    seconds(count * DAY);
}

/// Lets time pass.
pub(crate) fn seconds(count: u64) {
    control("clock/advance", &json!({"seconds": count}));
}
