//! What creates environments can take nothing away, and what destroys them can make nothing. Evaluated, over the policies that
//! the stack has.

use std::collections::BTreeSet;

use system_tests::iam::Policies;
use system_tests::repository;
use system_tests::template::Template;

/// The function, and the roles of the builds, through which environments come to be.
const CREATORS: [&str; 4] = ["BranchCreateFunction", "CreateBuildRole", "BuildRole", "DeployRole"];
/// Those through which they go.
const DESTROYERS: [&str; 2] = ["BranchDestroyFunction", "DestroyBuildRole"];
/// What the actions begin with that take something away, and that make or change something.
const TAKES_AWAY: &str =
    "Delete Remove Terminate Stop Purge Cancel Detach Rollback Disable Deregister BatchDelete Abort";
const MAKES: &str =
    "Create Put Update Execute Start Run Publish Send Invoke Attach Add Import Copy Register Set Enable Tag GitPush";
/// Actions of the services that environments are of, so that a wildcard does not hide one.
const ACTIONS: &str = "cloudformation:CreateChangeSet cloudformation:CreateStack cloudformation:UpdateStack cloudformation:DeleteStack \
    cloudformation:ExecuteChangeSet cloudformation:DeleteChangeSet cloudformation:RollbackStack \
    cloudformation:CancelUpdateStack cloudformation:CreateStackSet cloudformation:DeleteStackSet \
    codebuild:CreateProject codebuild:UpdateProject codebuild:DeleteProject codebuild:StartBuild codebuild:StopBuild \
    codebuild:BatchDeleteBuilds codebuild:CreateWebhook codebuild:DeleteWebhook codepipeline:CreatePipeline \
    codepipeline:UpdatePipeline codepipeline:DeletePipeline codepipeline:StartPipelineExecution \
    codepipeline:StopPipelineExecution codepipeline:PutJobSuccessResult codecommit:CreateBranch \
    codecommit:DeleteBranch codecommit:PutFile codecommit:DeleteFile codecommit:CreateCommit codecommit:GitPush \
    codecommit:DeleteRepository s3:PutObject s3:DeleteObject s3:DeleteObjectVersion s3:CreateBucket s3:DeleteBucket \
    s3:PutBucketPolicy s3:DeleteBucketPolicy iam:CreateRole iam:DeleteRole iam:PutRolePolicy iam:DeleteRolePolicy \
    iam:AttachRolePolicy iam:DetachRolePolicy iam:CreateUser iam:CreateAccessKey lambda:CreateFunction \
    lambda:DeleteFunction lambda:UpdateFunctionCode lambda:InvokeFunction sns:DeleteTopic sqs:SendMessage \
    sqs:DeleteMessage sqs:PurgeQueue events:PutRule events:DeleteRule events:PutEvents logs:CreateLogGroup \
    logs:DeleteLogGroup ec2:RunInstances";
const PROJECT: &str = "arn:aws:codebuild:eu-west-1:111122223333:project";
const STACK: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack";

pub(crate) fn stack() -> Template {
    let stacks = repository::stacks().unwrap();
    let found = stacks
        .into_iter()
        .find(|s| s.path.ends_with("branch-environments.yaml"));
    found.unwrap()
}

/// With the template's conditions all true, or as they are where nothing is asked for.
pub(crate) fn policies(stack: &Template, everything: bool) -> Policies {
    let parameters = [
        ("AWS::Partition", "aws"),
        ("AWS::Region", "eu-west-1"),
        ("AWS::AccountId", "111122223333"),
        ("Prefix", "shop"),
        ("RepositoryName", "shop-code"),
    ];
    let default = |condition: &str| ["MakesBoundary", "BuildsOnX86", "InCodeCommit"].contains(&condition);
    Policies::of(stack, &parameters, &|condition| everything || default(condition))
}

#[test]
fn another_host_is_asked_by_its_token_and_cloned_by_its_connection_and_codecommit_by_nobody() {
    let stack = stack();
    let askers = [
        "BranchCreateFunction",
        "BranchDestroyFunction",
        "BranchFinishFunction",
        "BranchReconcileFunction",
    ];
    for in_codecommit in [true, false] {
        let parameters = [
            ("RepositoryTokenSecretArn", "arn:token"),
            ("ConnectionArn", "arn:connection"),
        ];
        let holds = if in_codecommit { "InCodeCommit" } else { "HasConnection" };
        let policies = Policies::of(&stack, &parameters, &|condition| condition == holds);
        for owner in policies.owners() {
            let asks = askers.contains(&owner);
            let clones = owner == "CreateBuildRole";
            let codecommit = policies.may_somewhere(owner, "codecommit:GetBranch");
            assert_eq!(codecommit, asks && in_codecommit, "{owner}");
            assert_eq!(
                policies.may_somewhere(owner, "codecommit:GitPull"),
                clones && in_codecommit,
                "{owner}"
            );
            let token = policies.may(owner, "secretsmanager:GetSecretValue", "arn:token");
            assert_eq!(token, asks && !in_codecommit, "{owner}");
            for action in ["UseConnection", "GetConnection", "GetConnectionToken"] {
                let action = format!("codeconnections:{action}");
                assert_eq!(
                    policies.may(owner, &action, "arn:connection"),
                    clones && !in_codecommit,
                    "{owner}"
                );
            }
        }
    }
}

/// Whether an operation begins with one of the words.
fn begins(action: &str, words: &str) -> bool {
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    words.split(' ').any(|word| operation.starts_with(word))
}

/// What an owner is allowed of actions that begin so, each with one of its resources.
fn allowed<'a>(policies: &'a Policies, owner: &'a str, beginnings: &str) -> BTreeSet<(&'a str, &'a str)> {
    let statements = policies.allowing(owner);
    statements
        .flat_map(|s| {
            s.actions
                .iter()
                .flat_map(|a| s.resources.iter().map(move |r| (a.as_str(), r.as_str())))
        })
        .filter(|(action, _)| begins(action, beginnings))
        .collect()
}

fn project(ending: &str) -> String {
    format!("{PROJECT}/shop-*-{ending}")
}

#[test]
fn what_creates_can_take_nothing_away() {
    let stack = stack();
    let policies = policies(&stack, true);
    let create = project("create");
    for owner in CREATORS {
        assert!(policies.owners().contains(&owner), "{owner} has no policy");
        let mut found = allowed(&policies, owner, TAKES_AWAY);
        // A build that creates gives way to one that destroys.
        if owner == "BranchCreateFunction" {
            assert!(found.remove(&("codebuild:StopBuild", create.as_str())));
        }
        assert_eq!(found, BTreeSet::new(), "{owner}");
        for action in ACTIONS.split(' ') {
            let is_known = owner == "BranchCreateFunction" && action == "codebuild:StopBuild";
            let takes_away = begins(action, TAKES_AWAY);
            assert!(
                is_known || !takes_away || !policies.may_somewhere(owner, action),
                "{owner}: {action}"
            );
        }
    }
}

#[test]
fn what_destroys_can_make_nothing_but_the_build_that_destroys() {
    let stack = stack();
    let policies = policies(&stack, true);
    let destroy = project("destroy");
    let of_function = [
        "codebuild:CreateProject",
        "codebuild:UpdateProject",
        "codebuild:StartBuild",
    ]
    .map(|a| (a, destroy.as_str()));
    let of_build = ["logs:CreateLogStream", "logs:PutLogEvents"].map(|a| (a, "arn:of/BuildLogGroup"));
    for (owner, expected) in DESTROYERS
        .into_iter()
        .zip([BTreeSet::from(of_function), BTreeSet::from(of_build)])
    {
        assert_eq!(allowed(&policies, owner, MAKES), expected, "{owner}");
        for action in ACTIONS
            .split(' ')
            .filter(|a| !expected.iter().any(|(known, _)| known == a))
        {
            let makes = begins(action, MAKES);
            assert!(!makes || !policies.may_somewhere(owner, action), "{owner}: {action}");
        }
    }
    for other in [
        "shop-login-abcdefgh2345-create",
        "shop-login-abcdefgh2345-deploy",
        "another-destroy",
    ] {
        assert!(!policies.may(
            "BranchDestroyFunction",
            "codebuild:CreateProject",
            &format!("{PROJECT}/{other}")
        ));
    }
}

#[test]
fn neither_has_the_other_do_it() {
    let stack = stack();
    let policies = policies(&stack, true);
    for (owner, own, other) in [
        ("BranchCreateFunction", "create", "destroy"),
        ("BranchDestroyFunction", "destroy", "create"),
    ] {
        let build = |word: &str| format!("{PROJECT}/shop-login-abcdefgh2345-{word}");
        assert!(policies.may(owner, "codebuild:StartBuild", &build(own)));
        assert!(!policies.may(owner, "codebuild:StartBuild", &build(other)));
        let passed = allowed(&policies, owner, "PassRole");
        let role = if own == "create" {
            "arn:of/CreateBuildRole"
        } else {
            "arn:of/DestroyBuildRole"
        };
        assert_eq!(passed, BTreeSet::from([("iam:PassRole", role)]));
    }
    for owner in CREATORS.into_iter().chain(DESTROYERS) {
        for action in [
            "lambda:InvokeFunction",
            "events:PutEvents",
            "sqs:SendMessage",
            "states:StartExecution",
        ] {
            assert!(!policies.may_somewhere(owner, action), "{owner}: {action}");
        }
    }
}

#[test]
fn builds_act_as_the_application_only_where_its_deployment_needs_it() {
    let stack = stack();
    for (everything, role) in [
        (false, "DeployRole"),
        (true, "DeployRole"),
        (false, "DestroyBuildRole"),
        (true, "DestroyBuildRole"),
    ] {
        let policies = policies(&stack, everything);
        assert_eq!(
            policies.may(role, "sts:AssumeRole", "arn:of/ApplicationRole"),
            everything,
            "{role}"
        );
    }
    let nothing = policies(&stack, false);
    for owner in CREATORS.into_iter().chain(DESTROYERS) {
        assert!(!nothing.may_somewhere(owner, "sts:AssumeRole"), "{owner}");
    }
}

#[test]
fn stacks_are_deployed_by_the_right_role_with_the_tag_and_removed_by_it() {
    let stack = stack();
    let policies = policies(&stack, true);
    let application = format!("{STACK}/shop-login-abcdefgh2345/1");
    let pipeline = format!("{STACK}/shop-login-abcdefgh2345-pipeline/1");
    let foreign = format!("{STACK}/production/1");
    for (owner, own, others) in [
        ("CreateBuildRole", &pipeline, [&application, &foreign]),
        ("DeployRole", &application, [&pipeline, &foreign]),
    ] {
        for action in ["cloudformation:CreateStack", "cloudformation:UpdateStack"] {
            assert!(policies.may(owner, action, own), "{owner} {own}");
            assert!(
                others.iter().all(|other| !policies.may(owner, action, other)),
                "{owner} {others:?}"
            );
        }
        for statement in policies
            .allowing(owner)
            .filter(|s| s.resources.iter().any(|r| r.contains(":stack/")))
        {
            let condition = statement.condition.to_string();
            let deploys = statement
                .actions
                .iter()
                .any(|a| a.contains(":Create") || a.contains(":Update"));
            let is_narrow =
                condition.contains("cloudformation:RoleArn") && condition.contains("aws:RequestTag/wrasse:environment");
            assert!(!deploys || is_narrow, "{owner} {}", statement.sid);
        }
    }
    assert!(policies.may("DestroyBuildRole", "cloudformation:DeleteStack", &application));
    assert!(policies.may("DestroyBuildRole", "cloudformation:DeleteStack", &pipeline));
    assert!(!policies.may("DestroyBuildRole", "cloudformation:DeleteStack", &foreign));
    let removing = policies.allowing("DestroyBuildRole");
    let mut removing = removing.filter(|s| s.actions.iter().any(|a| a == "cloudformation:DeleteStack"));
    assert!(removing.all(|s| s.condition.to_string().contains("aws:ResourceTag/wrasse:environment")));
}
