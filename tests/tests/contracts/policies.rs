//! What a policy allows is called by the code it is given to, and what code calls is allowed.

use std::collections::BTreeSet;

use regex::Regex;
use system_tests::calls;
use system_tests::function::Function;
use system_tests::repository;
use system_tests::template::Template;

/// Actions that AWS checks although no call of that name is made, each with the page that says so.
const ON_BEHALF: [(&str, &str); 9] = [
    (
        "iam:PassRole",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html",
    ),
    (
        "kms:GenerateDataKey",
        "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
    ),
    (
        "kms:Decrypt",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
    ),
    (
        "rds:AddTagsToResource",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html",
    ),
    (
        "secretsmanager:CreateSecret",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
    ),
    (
        "secretsmanager:TagResource",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
    ),
    (
        "kms:DescribeKey",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
    ),
    (
        "kms:CreateGrant",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html",
    ),
    (
        "s3:ListBucket",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
    ),
];

/// The service prefixes of IAM by the SDK crate that calls it.
const SERVICES: [(&str, &str); 18] = [
    ("aws_sdk_cloudwatchlogs", "logs"),
    ("aws_sdk_codebuild", "codebuild"),
    ("aws_sdk_codecommit", "codecommit"),
    ("aws_sdk_codepipeline", "codepipeline"),
    ("aws_sdk_dynamodb", "dynamodb"),
    ("aws_sdk_eventbridge", "events"),
    ("aws_sdk_firehose", "firehose"),
    ("aws_sdk_health", "health"),
    ("aws_sdk_kinesis", "kinesis"),
    ("aws_sdk_lambda", "lambda"),
    ("aws_sdk_rds", "rds"),
    ("aws_sdk_resourcegroupstagging", "tag"),
    ("aws_sdk_s3", "s3"),
    ("aws_sdk_sfn", "states"),
    ("aws_sdk_secretsmanager", "secretsmanager"),
    ("aws_sdk_sns", "sns"),
    ("aws_sdk_sqs", "sqs"),
    ("aws_sdk_ssm", "ssm"),
];

/// Operations that IAM knows by other names, and what they need:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>,
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>.
const NAMED_OTHERWISE: [(&str, &[&str]); 5] = [
    ("lambda:invoke", &["lambda:invokefunction"]),
    ("s3:listobjectsv2", &["s3:listbucket"]),
    ("s3:copyobject", &["s3:getobject", "s3:putobject"]),
    ("s3:headobject", &["s3:getobject"]),
    ("s3:getbucketnotificationconfiguration", &["s3:getbucketnotification"]),
];

/// Calls that a shared crate makes for others of its users, by what a function would have to say to ask for them.
const NEVER_ASKED_FOR: [(&str, &str, &[&str]); 7] = [
    (
        "job-answerer",
        "codepipeline:putjobsuccessresult",
        &["Answer::Succeed", "Answer::Continue"],
    ),
    // It removes projects by a client of its own, and starts pipelines, not builds.
    ("branch-finish", "codebuild:createproject", &["BuildPlace"]),
    ("branch-finish", "codebuild:updateproject", &["BuildPlace"]),
    ("branch-finish", "codebuild:startbuild", &["Started::"]),
    ("branch-finish", "codebuild:stopbuild", &["projects.stop"]),
    // It has others make projects.
    ("branch-reconcile", "codebuild:createproject", &["BuildPlace"]),
    ("branch-reconcile", "codebuild:updateproject", &["BuildPlace"]),
];

/// `describe_db_instances` and `DescribeDBInstances` become the same word.
fn folded(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// The SDK operations a source calls, as `rds:describedbinstances`: a method without arguments on something, that is
/// then filled in and sent.
fn called(source: &str) -> BTreeSet<String> {
    let verbs = "describe|create|delete|modify|restore|put|get|list|start|stop|add|remove|run|publish|copy|head|retry|update|\
                 batch|receive";
    let call = Regex::new(&format!(r"\.((?:{verbs})_[a-z0-9_]+|publish|query|invoke)\(\)")).unwrap();
    let services: Vec<&str> = SERVICES
        .iter()
        .filter(|(sdk, _)| source.contains(sdk))
        .map(|(_, s)| *s)
        .collect();
    let calls = call.captures_iter(source).map(|c| folded(&c[1]));
    let calls = calls.filter(|c| c != "getmut"); // std's
    calls
        .flat_map(|c| services.iter().map(move |s| format!("{s}:{c}")))
        .flat_map(|call| match NAMED_OTHERWISE.iter().find(|(name, _)| *name == call) {
            Some((_, actions)) => actions.iter().map(|&a| a.to_owned()).collect(),
            None => vec![call],
        })
        .collect()
}

/// Sources of a function and what it uses of shared crates, file by file.
fn sources(name: &str) -> Vec<String> {
    let packages = repository::packages().unwrap();
    let package = packages.iter().find(|p| p["name"] == name).unwrap();
    let used = package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|d| d["path"].is_string() && d["kind"].is_null());
    let shared: Vec<Vec<String>> = used
        .map(|d| sources_of(&format!("shared/{}/src", d["name"].as_str().unwrap())))
        .collect();
    let mut found = sources_of(&format!("functions/{name}/src"));
    found.extend(calls::used(&found, &shared));
    found
}

/// Whether a call of a shared crate is one that this function never asks it for.
fn never_asked_for(name: &str, call: &str, source: &str) -> bool {
    let known = NEVER_ASKED_FOR.iter().find(|(n, c, _)| *n == name && *c == call);
    known.is_some_and(|(_, _, words)| !words.iter().any(|word| source.contains(word)))
}

fn sources_of(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for path in repository::files(folder, "").unwrap() {
        if path.extension().is_some_and(|e| e == "rs") {
            found.push(repository::read(path).unwrap());
        } else if repository::root().join(&path).is_dir() {
            found.extend(sources_of(path.to_str().unwrap()));
        }
    }
    found
}

fn granted(stack: &Template, owner: &str) -> BTreeSet<String> {
    let own = stack.statements().into_iter().filter(|s| s.owner == owner);
    own.flat_map(|s| s.actions().into_iter().map(ToOwned::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Whose policy a function's calls are allowed by: the function's own role, or a task's.
fn owner(function: &Function, stacks: &[Template]) -> String {
    let tasks = stacks
        .iter()
        .flat_map(|s| s.resources("AWS::ECS::TaskDefinition").into_values());
    let own = tasks.into_iter().find(|task| {
        let containers = task["Properties"]["ContainerDefinitions"].as_array();
        containers
            .into_iter()
            .flatten()
            .any(|c| c["Name"] == function.name.as_str())
    });
    own.and_then(|task| task["Properties"]["TaskRoleArn"]["Fn::GetAtt"][0].as_str())
        .map_or_else(|| function.logical_id(), ToOwned::to_owned)
}

#[test]
fn policies_and_calls_are_the_same_list() {
    let stacks = repository::stacks().unwrap();
    for function in Function::all().unwrap() {
        let (name, owner) = (&function.name, owner(&function, &stacks));
        let own = sources_of(&format!("functions/{name}/src")).join("\n");
        let calls: BTreeSet<String> = sources(name)
            .iter()
            .flat_map(|s| called(s))
            .filter(|call| !never_asked_for(name, call, &own))
            .collect();
        let deployments: Vec<&Template> = stacks
            .iter()
            .filter(|s| s.body["Resources"][&owner].is_object())
            .collect();
        assert!(!deployments.is_empty(), "{name} is deployed by no stack");
        for stack in deployments {
            let (path, actions) = (&stack.path, granted(stack, &owner));
            let behalf = |action: &String| ON_BEHALF.iter().any(|(a, _)| a == action);
            let unused: Vec<&String> = actions
                .iter()
                .filter(|a| !behalf(a))
                .filter(|a| {
                    a.split_once(':')
                        .is_none_or(|(s, op)| !calls.contains(&format!("{s}:{}", folded(op))))
                })
                .collect();
            assert!(
                unused.is_empty(),
                "{path}: {name} is allowed what it never calls: {unused:?}"
            );
            let allowed: BTreeSet<String> = actions
                .iter()
                .filter_map(|a| a.split_once(':'))
                .map(|(s, op)| format!("{s}:{}", folded(op)))
                .collect();
            let missing: Vec<&String> = calls.difference(&allowed).collect();
            assert!(
                missing.is_empty(),
                "{path}: {name} calls what it is not allowed: {missing:?}"
            );
        }
    }
}

/// What may be written into a table's partitions, by the Sid of who may: `BLOCK` by `WriteDownWhatIsBlocked`.
fn writers<'a>(stack: &'a Template, partition: &str) -> Vec<&'a str> {
    let writes = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];
    let statements = stack.statements().into_iter();
    statements
        .filter(|s| s.actions().iter().any(|action| writes.contains(action)))
        .filter(|s| s.body["Condition"].to_string().contains(&format!("\"{partition}\"")))
        .map(|s| s.body["Sid"].as_str().unwrap())
        .collect()
}

#[test]
fn the_gate_writes_no_event_the_watch_no_override_and_a_person_alone_does() {
    let stacks = repository::stacks().unwrap();
    let stack = stacks.iter().find(|s| s.path.ends_with("health-gate.yaml")).unwrap();
    assert_eq!(writers(stack, "EVENT"), ["WriteDownEventsAndForwarders"]);
    assert_eq!(writers(stack, "FORWARDER"), ["WriteDownEventsAndForwarders"]);
    assert_eq!(
        writers(stack, "BLOCK"),
        ["WriteDownWhatIsBlocked", "ClaimAndSettleBlocks"]
    );
    assert_eq!(writers(stack, "OVERRIDE"), Vec::<&str>::new());
    let of = |sid: &str| {
        stack
            .statements()
            .into_iter()
            .find(|s| s.body["Sid"] == sid)
            .unwrap()
            .owner
    };
    assert_eq!(of("WriteDownEventsAndForwarders"), "HealthWatchFunction");
    assert_eq!(of("WriteDownWhatIsBlocked"), "HealthGateFunction");
}

#[test]
fn a_call_is_recognised_in_source() {
    let source = "use aws_sdk_rds::Client; client.describe_db_instances().send()";
    assert_eq!(called(source), BTreeSet::from(["rds:describedbinstances".to_owned()]));
    let one_word = "use aws_sdk_sns::Client; client.publish().send()";
    assert_eq!(called(one_word), BTreeSet::from(["sns:publish".to_owned()]));
}
