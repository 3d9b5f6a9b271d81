//! What a policy allows is called by the code it is given to, and what code calls is allowed.

use std::collections::BTreeSet;

use regex::Regex;
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
const SERVICES: [(&str, &str); 9] = [
    ("aws_sdk_cloudwatchlogs", "logs"),
    ("aws_sdk_firehose", "firehose"),
    ("aws_sdk_kinesis", "kinesis"),
    ("aws_sdk_lambda", "lambda"),
    ("aws_sdk_rds", "rds"),
    ("aws_sdk_resourcegroupstagging", "tag"),
    ("aws_sdk_s3", "s3"),
    ("aws_sdk_sfn", "states"),
    ("aws_sdk_secretsmanager", "secretsmanager"),
];

/// Operations of S3 that IAM knows by other names, and what they need:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>.
const NAMED_OTHERWISE: [(&str, &[&str]); 3] = [
    ("s3:listobjectsv2", &["s3:listbucket"]),
    ("s3:copyobject", &["s3:getobject", "s3:putobject"]),
    ("s3:getbucketnotificationconfiguration", &["s3:getbucketnotification"]),
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
    let verbs = "describe|create|delete|modify|restore|put|get|list|start|stop|add|remove|run|publish|copy|head";
    let call = Regex::new(&format!(r"\.((?:{verbs})_[a-z0-9_]+)\(\)")).unwrap();
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

/// Sources of a crate and of the shared crates that it uses, file by file.
fn sources(name: &str) -> Vec<String> {
    let packages = repository::packages().unwrap();
    let package = packages.iter().find(|p| p["name"] == name).unwrap();
    let used = package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|d| d["path"].is_string() && d["kind"].is_null());
    let mut folders = vec![format!("functions/{name}/src")];
    folders.extend(used.map(|d| format!("shared/{}/src", d["name"].as_str().unwrap())));
    folders.iter().flat_map(|f| sources_of(f)).collect()
}

fn sources_of(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for path in repository::files(folder, "").unwrap() {
        if path.extension().is_some_and(|e| e == "rs") {
            found.push(repository::read(path).unwrap());
        } else {
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
        let calls: BTreeSet<String> = sources(name).iter().flat_map(|s| called(s)).collect();
        let actions = stacks.iter().flat_map(|s| granted(s, &owner)).collect::<BTreeSet<_>>();
        let behalf = |action: &String| ON_BEHALF.iter().any(|(a, _)| a == action);
        let unused: Vec<&String> = actions
            .iter()
            .filter(|a| !behalf(a))
            .filter(|a| {
                a.split_once(':')
                    .is_none_or(|(s, op)| !calls.contains(&format!("{s}:{}", folded(op))))
            })
            .collect();
        assert!(unused.is_empty(), "{name} is allowed what it never calls: {unused:?}");
        let allowed: BTreeSet<String> = actions
            .iter()
            .filter_map(|a| a.split_once(':'))
            .map(|(s, op)| format!("{s}:{}", folded(op)))
            .collect();
        let missing: Vec<&String> = calls.difference(&allowed).collect();
        assert!(missing.is_empty(), "{name} calls what it is not allowed: {missing:?}");
    }
}

#[test]
fn a_call_is_recognised_in_source() {
    let source = "use aws_sdk_rds::Client; client.describe_db_instances().send()";
    assert_eq!(called(source), BTreeSet::from(["rds:describedbinstances".to_owned()]));
}
