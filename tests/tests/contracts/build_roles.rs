//! Builds run the branches' own code: their roles stay below a boundary, and a role is passed only to whom it is for.

use serde_json::Value;
use system_tests::template::strings;

use crate::branch_environments::{policies, stack};

/// The services that may assume a role.
fn trusted(role: &Value) -> Vec<&str> {
    let statements = role["Properties"]["AssumeRolePolicyDocument"]["Statement"].as_array();
    let principals = statements.into_iter().flatten().map(|s| &s["Principal"]["Service"]);
    principals.flat_map(strings).collect()
}

#[test]
fn every_role_of_a_build_and_the_applications_stay_below_the_boundary() {
    let stack = stack();
    let boundary = r#"{"Fn::If":["MakesBoundary",{"Ref":"BuildBoundary"},{"Ref":"PermissionsBoundaryArn"}]}"#;
    let mut found = Vec::new();
    for (id, role) in stack.resources("AWS::IAM::Role") {
        if trusted(role).contains(&"codebuild.amazonaws.com") || id == "ApplicationRole" {
            assert_eq!(role["Properties"]["PermissionsBoundary"].to_string(), boundary, "{id}");
            found.push(id);
        }
    }
    let expected = [
        "ApplicationRole",
        "BuildRole",
        "CreateBuildRole",
        "DeployRole",
        "DestroyBuildRole",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_boundary_lets_nobody_out() {
    let stack = stack();
    let policies = policies(&stack, true);
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    let boundary = "arn:aws:iam::111122223333:policy/wrasse/1/wrasse-BuildBoundary-1".to_owned();
    let user = "arn:aws:iam::111122223333:user/mallory".to_owned();
    for (action, resource, expected) in [
        (
            "lambda:CreateFunction",
            "arn:aws:lambda:eu-west-1:111122223333:function:x".to_owned(),
            true,
        ),
        ("iam:CreateRole", role("shop-login-abcdefgh2345-Role-1"), true),
        ("iam:PassRole", role("shop-login-abcdefgh2345-Role-1"), true),
        ("iam:PassRole", role("wrasse/Id/wrasse-ApplicationRole-1"), true),
        ("iam:PassRole", role("admin"), false),
        ("iam:CreateRole", role("admin"), false),
        ("iam:PutRolePolicy", role("wrasse/Id/wrasse-ApplicationRole-1"), false),
        ("iam:UpdateAssumeRolePolicy", role("admin"), false),
        (
            "iam:DeleteRolePermissionsBoundary",
            role("shop-login-abcdefgh2345-Role-1"),
            false,
        ),
        ("iam:CreatePolicyVersion", boundary.clone(), false),
        ("iam:DeletePolicy", boundary, false),
        ("iam:CreateUser", user.clone(), false),
        ("iam:CreateAccessKey", user, false),
        ("organizations:LeaveOrganization", "*".to_owned(), false),
        ("account:CloseAccount", "*".to_owned(), false),
    ] {
        assert_eq!(
            policies.may("BuildBoundary", action, &resource),
            expected,
            "{action} {resource}"
        );
    }
    for action in [
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:AttachRolePolicy",
        "iam:PutRolePermissionsBoundary",
    ] {
        for statement in policies
            .allowing("BuildBoundary")
            .filter(|s| s.actions.iter().any(|a| a == action))
        {
            assert!(
                statement.condition.to_string().contains("iam:PermissionsBoundary"),
                "{action}"
            );
        }
    }
}

#[test]
fn a_role_is_passed_only_to_the_service_that_it_trusts() {
    let stack = stack();
    let policies = policies(&stack, true);
    let roles = stack.resources("AWS::IAM::Role");
    let mut passed = 0;
    for owner in policies.owners().into_iter().filter(|owner| *owner != "BuildBoundary") {
        for statement in policies
            .allowing(owner)
            .filter(|s| s.actions.contains(&"iam:PassRole".to_owned()))
        {
            let service = statement.condition["StringEquals"]["iam:PassedToService"]
                .as_str()
                .unwrap();
            for resource in &statement.resources {
                let id = resource.strip_prefix("arn:of/").unwrap();
                assert_eq!(trusted(roles[id]), [service], "{owner} {}", statement.sid);
                passed += 1;
            }
        }
    }
    assert_eq!(passed, 7);
}
