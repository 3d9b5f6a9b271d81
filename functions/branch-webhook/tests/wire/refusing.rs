//! Requests that are refused. None of them reaches the event bus.

use super::*;

#[tokio::test]
async fn who_does_not_know_the_secret_learns_nothing_but_that() {
    let replay = Replay::new(vec![version(SECRET, 48)]);
    let function = function(&replay);
    let good = github("push", &push("acme/shop", "x", now()));
    let mut unsigned = good.clone();
    unsigned["headers"]
        .as_object_mut()
        .unwrap()
        .remove("x-hub-signature-256");
    let mut changed = good.clone();
    changed["body"] = json!(good["body"].as_str().unwrap().replace("refs/heads/x", "refs/heads/y"));
    let mut no_json = unsigned.clone();
    no_json["body"] = json!("{");
    let cases = [
        ("unsigned", unsigned),
        ("changed", changed),
        ("no JSON", no_json),
        (
            "another's",
            github_with("another secret of theirs", "push", &push("acme/shop", "x", now())),
        ),
        ("a ping", github_with("another secret of theirs", "ping", &json!({}))),
        (
            "of Standard Webhooks, which this secret is not of",
            standard(now(), b"{}"),
        ),
    ];
    for (name, request) in cases {
        assert_eq!(
            ask(&function, &request, now()).await,
            refused(401, "signature"),
            "{name}"
        );
    }
    assert_eq!(calls(&replay), [json!("AWSCURRENT")]);
}

#[tokio::test]
async fn what_was_signed_at_another_time_is_refused() {
    let body = json!({ "type": "branch.created", "data": { "repository": "acme/shop", "branch": "x" } }).to_string();
    for (late, is_taken) in [
        (0, true),
        (300, true),
        (-300, true),
        (301, false),
        (-301, false),
        (1 << 40, false),
    ] {
        let at = now().checked_sub(seconds(late)).unwrap_or(Timestamp::MIN);
        let replay = Replay::new(vec![version(STANDARD_SECRET, 48), taken(1)]);
        let found = ask(&function(&replay), &standard(at, body.as_bytes()), now()).await;
        assert_eq!(found, if is_taken { told() } else { refused(401, "age") }, "{late}");
        assert_eq!(calls(&replay).len(), if is_taken { 2 } else { 1 }, "{late}");

        let replay = Replay::new(vec![version(SECRET, 48), taken(1)]);
        let found = ask(&function(&replay), &github("push", &push("acme/shop", "x", at)), now()).await;
        assert_eq!(found, if is_taken { told() } else { refused(401, "age") }, "{late}");
        assert_eq!(calls(&replay).len(), if is_taken { 2 } else { 1 }, "{late}");
    }
}

#[tokio::test]
async fn what_no_host_sends_is_refused() {
    let replay = Replay::new(vec![version(SECRET, 48)]);
    let function = function(&replay);
    let form = github("push", &json!("payload=%7B%7D"));
    assert_eq!(ask(&function, &form, now()).await, refused(400, "payload"));
    assert_eq!(calls(&replay), [json!("AWSCURRENT")]);
}

#[tokio::test]
async fn for_what_is_no_webhook_nothing_is_read() {
    let replay = Replay::new(vec![]);
    let function = function(&replay);
    let good = github("push", &push("acme/shop", "x", now()));
    let mut get = good.clone();
    get["requestContext"]["http"]["method"] = json!("GET");
    assert_eq!(ask(&function, &get, now()).await, refused(405, "method"));
    let mut large = good.clone();
    large["body"] = json!("x".repeat(1024 * 1024 + 1));
    assert_eq!(ask(&function, &large, now()).await, refused(413, "size"));
    let mut broken = good;
    broken["isBase64Encoded"] = json!(true);
    assert_eq!(ask(&function, &broken, now()).await, refused(400, "request"));
    for event in [
        json!({}),
        json!({ "headers": 7 }),
        json!({ "branch": "x" }),
        json!("text"),
    ] {
        assert_eq!(ask(&function, &event, now()).await, refused(400, "request"));
    }
    assert!(calls(&replay).is_empty());
}
