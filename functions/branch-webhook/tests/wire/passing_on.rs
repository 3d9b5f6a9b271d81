//! Requests that are passed on.

use super::*;

#[tokio::test]
async fn a_push_becomes_one_event_of_its_branch() {
    let replay = Replay::new(vec![version(SECRET, 48), taken(1)]);
    let request = github("push", &push("acme/shop", "feature/ä #1", now()));
    assert_eq!(ask(&function(&replay), &request, now()).await, told());
    let detail = json!({
        "event": "updated", "repository": "shop", "branch": "feature/ä #1", "commit": COMMIT, "owner": "mira",
    });
    assert_eq!(calls(&replay), [json!("AWSCURRENT"), json!([detail])]);
}

#[tokio::test]
async fn an_event_says_only_what_the_host_said() {
    let replay = Replay::new(vec![version(STANDARD_SECRET, 48), taken(1)]);
    let body = json!({ "type": "branch.deleted", "data": { "repository": "acme/shop", "branch": "x" } }).to_string();
    let request = standard(now(), body.as_bytes());
    assert_eq!(ask(&function(&replay), &request, now()).await, told());
    let detail = json!({ "event": "deleted", "repository": "shop", "branch": "x" });
    assert_eq!(calls(&replay), [json!("AWSCURRENT"), json!([detail])]);
}

#[tokio::test]
async fn a_push_of_many_branches_is_put_ten_at_a_time() {
    let replay = Replay::new(vec![version(SECRET, 48), taken(10), taken(10), taken(1)]);
    let change = |number: usize| json!({ "old": null, "new": { "type": "branch", "name": format!("b{number}") } });
    let changes: Vec<_> = (0..21).map(change).collect();
    let body = json!({ "repository": { "full_name": "acme/shop" }, "push": { "changes": changes } });
    let mut request = github("", &body);
    let headers = request["headers"].as_object_mut().unwrap();
    headers.remove("x-github-event");
    let signature = headers.remove("x-hub-signature-256").unwrap();
    headers.insert("x-hub-signature".to_owned(), signature);
    headers.insert("x-event-key".to_owned(), json!("repo:push"));
    assert_eq!(ask(&function(&replay), &request, now()).await, told());
    let calls = calls(&replay);
    let put: Vec<_> = calls[1..].iter().map(|call| call.as_array().unwrap().len()).collect();
    assert_eq!(put, [10, 10, 1]);
    let branches: Vec<_> = calls[1..].iter().flat_map(|call| call.as_array().unwrap()).collect();
    for (number, detail) in branches.into_iter().enumerate() {
        let branch = format!("b{number}");
        assert_eq!(
            *detail,
            json!({ "event": "created", "repository": "shop", "branch": branch })
        );
    }
}

#[tokio::test]
async fn what_is_not_of_a_branch_of_the_repository_is_not_put() {
    let replay = Replay::new(vec![version(SECRET, 48)]);
    let function = function(&replay);
    for other in ["acme/shop2", "evil/shop", "Acme/Shop", "shop"] {
        let request = github("push", &push(other, "x", now()));
        assert_eq!(ask(&function, &request, now()).await, nothing_to_do(), "{other}");
    }
    let request = github("star", &json!({ "action": "created" }));
    assert_eq!(ask(&function, &request, now()).await, nothing_to_do());
    let request = github("ping", &json!({ "zen": "Design for failure." }));
    let here = (200, json!({ "outcome": "here" }));
    assert_eq!(ask(&function, &request, now()).await, here);
    assert_eq!(calls(&replay), [json!("AWSCURRENT")]);
}
