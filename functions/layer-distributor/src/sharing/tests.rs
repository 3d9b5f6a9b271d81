use serde_json::json;

use super::*;

const ACCOUNT: &str = "111122223333";

fn statement(id: &str, principal: &Value, condition: Option<&Value>) -> Value {
    let mut statement = json!({
        "Sid": id,
        "Effect": "Allow",
        "Principal": principal,
        "Action": "lambda:GetLayerVersion",
        "Resource": "arn:aws:lambda:eu-west-1:123456789012:layer:deps:7",
    });
    if let Some(condition) = condition {
        statement["Condition"] = condition.clone();
    }
    statement
}

fn of_account(id: &str, account: &str) -> Value {
    statement(id, &json!({ "AWS": format!("arn:aws:iam::{account}:root") }), None)
}

fn of_organization(id: &str, organization: &str) -> Value {
    let condition = json!({ "StringEquals": { "aws:PrincipalOrgID": organization } });
    statement(id, &json!("*"), Some(&condition))
}

fn policy(statements: &[Value]) -> Policy {
    let text = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string();
    Policy::read(Some(&text))
}

fn accounts(accounts: &[&str]) -> Audience {
    Audience::Accounts(accounts.iter().map(|&account| account.to_owned()).collect())
}

#[test]
fn what_is_missing_is_granted_and_what_is_ours_and_not_wanted_is_revoked() {
    let found = policy(&[
        of_account("wrasse-111122223333", ACCOUNT),
        of_account("wrasse-444455556666", "444455556666"),
    ]);
    let changes = found.changes(&accounts(&[ACCOUNT, "777788889999"])).unwrap();
    assert_eq!(changes.grant, [Grant::Account("777788889999".to_owned())]);
    assert_eq!(changes.revoke, ["wrasse-444455556666"]);
}

#[test]
fn a_policy_that_says_what_is_wanted_is_left_alone() {
    let organization = Audience::Organization("o-abcdefghij".to_owned());
    let cases = [
        (Policy::read(None), Audience::Account),
        (
            policy(&[of_account("wrasse-111122223333", ACCOUNT)]),
            accounts(&[ACCOUNT]),
        ),
        (
            policy(&[of_organization("wrasse-o-abcdefghij", "o-abcdefghij")]),
            organization,
        ),
        (
            policy(&[statement("wrasse-public", &json!("*"), None)]),
            Audience::Public,
        ),
        (
            policy(&[statement("wrasse-public", &json!({ "AWS": "*" }), None)]),
            Audience::Public,
        ),
    ];
    for (found, audience) in cases {
        assert!(found.changes(&audience).unwrap().is_empty(), "{audience:?}");
    }
}

#[test]
fn a_statement_of_ours_that_says_something_else_is_made_anew() {
    let found = policy(&[of_account("wrasse-public", ACCOUNT)]);
    let changes = found.changes(&Audience::Public).unwrap();
    assert_eq!(
        (changes.grant, changes.revoke),
        (vec![Grant::Public], vec!["wrasse-public".to_owned()])
    );
}

#[test]
fn a_statement_of_somebody_else_is_named_and_not_touched() {
    let foreign = [
        of_account("by-hand", ACCOUNT),
        statement("", &json!("*"), None),
        json!({ "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion" }),
    ];
    for (statement, id) in foreign.into_iter().zip(["by-hand", "", "(statement 0)"]) {
        assert_eq!(policy(&[statement]).changes(&accounts(&[ACCOUNT])), Err(id.to_owned()));
    }
    assert_eq!(
        Policy::read(Some("no JSON")).changes(&Audience::Account),
        Err("(unreadable)".to_owned())
    );
}

#[test]
fn what_is_more_than_we_would_write_is_not_taken_for_ours() {
    let more = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-abcdefghij", "aws:PrincipalTag/team": "x" } });
    let other = json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } });
    for condition in [more, other, json!({})] {
        let found = policy(&[statement("wrasse-o-abcdefghij", &json!("*"), Some(&condition))]);
        let changes = found
            .changes(&Audience::Organization("o-abcdefghij".to_owned()))
            .unwrap();
        assert_eq!(changes.revoke, ["wrasse-o-abcdefghij"], "{condition}");
    }
}

#[test]
fn everything_but_the_own_account_is_beyond_it() {
    let beyond = |statements: &[Value]| policy(statements).reaches_beyond(ACCOUNT);
    assert!(!Policy::read(None).reaches_beyond(ACCOUNT));
    assert!(!beyond(&[of_account("by-hand", ACCOUNT)]));
    assert!(beyond(&[of_account("a", ACCOUNT), of_account("b", "444455556666")]));
    assert!(beyond(&[of_organization("a", "o-abcdefghij")]));
    assert!(beyond(&[statement("a", &json!("*"), None)]));
    assert!(Policy::read(Some("no JSON")).reaches_beyond(ACCOUNT));
}
