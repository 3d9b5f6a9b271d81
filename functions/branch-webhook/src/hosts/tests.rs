//! Payloads are those of the hosts' documentation, without what is not read, and with branches where they have tags.

use serde_json::{Value, json};

use super::*;

const BEFORE: &str = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
const AFTER: &str = "bb26e21adb5a97d3f7b45d0c29506d52793c8f3b";
const NONE: &str = "0000000000000000000000000000000000000000";
/// In repositories whose commits are named by SHA-256.
const LONG_NONE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn told(header: (&'static str, &str), body: &Value) -> Result<Notice, WebhookError> {
    let headers = Headers::from_iter([(header.0, header.1.to_owned())]);
    read(&headers, body.to_string().as_bytes())
}

fn news(repository: &str, at: Option<&str>, owner: Option<&str>, changes: Vec<Change>) -> Notice {
    Notice::Of(News {
        repository: repository.to_owned(),
        at: at.map(|at| at.parse().unwrap()),
        owner: owner.map(str::to_owned),
        changes,
    })
}

fn change(event: Event, branch: &str, commit: Option<&str>) -> Change {
    Change {
        event,
        branch: branch.to_owned(),
        commit: commit.map(str::to_owned),
    }
}

/// What git says happened, and what it means.
fn moves() -> [(&'static str, &'static str, Change); 5] {
    [
        (NONE, AFTER, change(Event::Created, "feature/login", Some(AFTER))),
        (BEFORE, AFTER, change(Event::Updated, "feature/login", Some(AFTER))),
        (BEFORE, NONE, change(Event::Deleted, "feature/login", None)),
        (NONE, NONE, change(Event::Deleted, "feature/login", None)),
        (BEFORE, LONG_NONE, change(Event::Deleted, "feature/login", None)),
    ]
}

#[test]
fn github_tells_pushes_with_their_time() {
    let push = |reference: &str, before: &str, after: &str| {
        let repository = json!({ "full_name": "Codertocat/Hello-World", "pushed_at": 1_557_933_657 });
        let sender = json!({ "login": "Codertocat" });
        json!({ "ref": reference, "before": before, "after": after, "repository": repository, "sender": sender })
    };
    for (before, after, change) in moves() {
        let found = told(
            ("x-github-event", "push"),
            &push("refs/heads/feature/login", before, after),
        );
        let at = Some("2019-05-15T15:20:57Z");
        let expected = news("Codertocat/Hello-World", at, Some("Codertocat"), vec![change]);
        assert_eq!(found.unwrap(), expected);
    }
    let tag = told(("x-github-event", "push"), &push("refs/tags/simple-tag", BEFORE, NONE));
    assert_eq!(tag.unwrap(), Notice::OfSomethingElse);
}

#[test]
fn github_tells_what_is_created_and_deleted_without_a_time() {
    let body = |kind: &str| {
        let repository = json!({ "full_name": "Codertocat/Hello-World", "pushed_at": "2019-05-15T15:20:57Z" });
        json!({ "ref": "a/b", "ref_type": kind, "repository": repository, "sender": { "login": "Codertocat" } })
    };
    for (name, event) in [("create", Event::Created), ("delete", Event::Deleted)] {
        let changes = vec![change(event, "a/b", None)];
        let expected = news("Codertocat/Hello-World", None, Some("Codertocat"), changes);
        assert_eq!(told(("x-github-event", name), &body("branch")).unwrap(), expected);
        let tag = told(("x-github-event", name), &body("tag"));
        assert_eq!(tag.unwrap(), Notice::OfSomethingElse);
    }
}

#[test]
fn gitlab_tells_pushes() {
    let push = |kind: &str, reference: &str, before: &str, after: &str| {
        let project = json!({ "path_with_namespace": "mike/diaspora" });
        json!({
            "object_kind": kind, "before": before, "after": after, "ref": reference, "user_username": "jsmith",
            "project": project,
        })
    };
    for (before, after, change) in moves() {
        let body = push("push", "refs/heads/feature/login", before, after);
        let found = told(("x-gitlab-event", "Push Hook"), &body);
        assert_eq!(
            found.unwrap(),
            news("mike/diaspora", None, Some("jsmith"), vec![change])
        );
    }
    for (kind, reference) in [
        ("tag_push", "refs/tags/v1.0.0"),
        ("push", "refs/tags/v1.0.0"),
        ("tag_push", "refs/heads/x"),
    ] {
        let found = told(("x-gitlab-event", "Tag Push Hook"), &push(kind, reference, NONE, AFTER));
        assert_eq!(found.unwrap(), Notice::OfSomethingElse);
    }
}

#[test]
fn bitbucket_cloud_tells_every_branch_of_a_push() {
    let state = |kind: &str, name: &str| json!({ "type": kind, "name": name, "target": { "hash": AFTER } });
    let body = |changes: &Value| {
        json!({
            "actor": { "nickname": "emmap1" }, "repository": { "full_name": "team_name/repo_name" },
            "push": { "changes": changes },
        })
    };
    let changes = json!([
        { "old": null, "new": state("branch", "a"), "created": true, "closed": false },
        { "old": state("branch", "b"), "new": state("branch", "b") },
        { "old": state("branch", "c"), "new": null, "closed": true },
        { "old": null, "new": state("tag", "v1") },
    ]);
    let expected = vec![
        change(Event::Created, "a", Some(AFTER)),
        change(Event::Updated, "b", Some(AFTER)),
        change(Event::Deleted, "c", None),
    ];
    let found = told(("x-event-key", "repo:push"), &body(&changes));
    assert_eq!(
        found.unwrap(),
        news("team_name/repo_name", None, Some("emmap1"), expected)
    );
    let found = told(("x-event-key", "repo:push"), &body(&json!([changes[3]])));
    assert_eq!(found.unwrap(), Notice::OfSomethingElse);
    let found = told(
        ("x-event-key", "repo:push"),
        &body(&json!([{ "old": null, "new": null }])),
    );
    assert_eq!(found.unwrap_err().name(), "InvalidPayload");
}

#[test]
fn bitbucket_data_center_tells_every_branch_of_a_push_with_its_time() {
    let change_of = |id: &str, from: &str, to: &str| json!({ "refId": id, "fromHash": from, "toHash": to });
    let body = |date: &str, changes: &Value| {
        json!({
            "eventKey": "repo:refs_changed", "date": date, "actor": { "name": "admin" },
            "repository": { "slug": "repository", "project": { "key": "PROJ" } }, "changes": changes,
        })
    };
    let changes: Vec<_> = moves()
        .iter()
        .map(|(before, after, _)| change_of("refs/heads/feature/login", before, after))
        .chain([change_of("refs/tags/v1", NONE, AFTER)])
        .collect();
    let key = ("x-event-key", "repo:refs_changed");
    let found = told(key, &body("2017-09-19T09:58:11+1000", &json!(changes)));
    let expected = moves().map(|(_, _, change)| change).into();
    let at = Some("2017-09-18T23:58:11Z");
    assert_eq!(found.unwrap(), news("PROJ/repository", at, Some("admin"), expected));
    assert_eq!(
        told(key, &body("soon", &json!(changes))).unwrap_err().name(),
        "InvalidPayload"
    );
}

#[test]
fn everybody_else_names_the_branch() {
    let header = ("content-type", "application/json");
    let cases = [
        ("branch.created", Event::Created),
        ("branch.updated", Event::Updated),
        ("branch.deleted", Event::Deleted),
    ];
    for (kind, event) in cases {
        let least = json!({ "type": kind, "data": { "repository": "acme/shop", "branch": "x" } });
        let expected = news("acme/shop", None, None, vec![change(event, "x", None)]);
        assert_eq!(told(header, &least).unwrap(), expected);
        let data = json!({ "repository": "acme/shop", "branch": "x", "commit": AFTER, "owner": "mira" });
        let expected = news("acme/shop", None, Some("mira"), vec![change(event, "x", Some(AFTER))]);
        assert_eq!(told(header, &json!({ "type": kind, "data": data })).unwrap(), expected);
    }
    let data = json!({ "repository": "acme/shop", "branch": "" });
    let nameless = told(header, &json!({ "type": "branch.created", "data": data }));
    assert_eq!(nameless.unwrap_err().name(), "InvalidPayload");
}

#[test]
fn who_tries_whether_anybody_is_there_is_answered() {
    let cases = [
        ("x-github-event", "ping", json!({ "zen": "Keep it logically awesome." })),
        ("x-event-key", "diagnostics:ping", json!({ "test": true })),
        ("content-type", "application/json", json!({ "type": "ping" })),
    ];
    for (name, value, body) in cases {
        assert_eq!(told((name, value), &body).unwrap(), Notice::Ping, "{value}");
    }
}

#[test]
fn what_is_of_no_branch_is_left() {
    let cases = [
        ("x-github-event", "pull_request", json!({ "ref": "refs/heads/x" })),
        (
            "x-gitlab-event",
            "Merge Request Hook",
            json!({ "object_kind": "merge_request" }),
        ),
        (
            "x-gitlab-event",
            "Member Hook",
            json!({ "event_name": "user_add_to_group" }),
        ),
        ("x-event-key", "pullrequest:created", json!({})),
        (
            "content-type",
            "application/json",
            json!({ "type": "invoice.paid", "data": 7 }),
        ),
    ];
    for (name, value, body) in cases {
        assert_eq!(told((name, value), &body).unwrap(), Notice::OfSomethingElse, "{value}");
    }
}

#[test]
fn what_is_not_what_the_host_sends_is_refused() {
    let kinds = [
        ("x-github-event", "push"),
        ("x-github-event", "create"),
        ("x-github-event", "delete"),
        ("x-gitlab-event", "Push Hook"),
        ("x-event-key", "repo:push"),
        ("x-event-key", "repo:refs_changed"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    for (name, value) in kinds {
        let headers = Headers::from_iter([(name, value.to_owned())]);
        let bodies = [
            "",
            "payload=%7B%7D",
            r#"{"object_kind": "push", "type": "branch.created"}"#,
            r#"{"object_kind": 7}"#,
            "[]",
        ];
        for body in bodies {
            let error = read(&headers, body.as_bytes()).unwrap_err();
            assert_eq!(error.name(), "InvalidPayload", "{value}: {body}");
        }
    }
}
