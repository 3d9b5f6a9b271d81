//! What fails on our side is said, so that hosts that deliver again do.

use lambda_edge::ConfigError;

use super::*;

fn request_of_a_push() -> Value {
    github("push", &push("acme/shop", "x", now()))
}

fn fault() -> Answer {
    Answer::error(500, json!({ "__type": "InternalException" }).to_string())
}

#[tokio::test]
async fn events_that_are_not_put_are_to_be_delivered_again() {
    let failed = json!({ "ErrorCode": "ThrottlingException", "ErrorMessage": "slow down" });
    let partly = json!({ "FailedEntryCount": 1, "Entries": [{ "EventId": "1" }, failed] }).to_string();
    for answer in [fault(), Answer::ok(partly)] {
        let replay = Replay::new(vec![version(SECRET, 48), answer, taken(1)]);
        let function = function(&replay);
        assert_eq!(ask(&function, &request_of_a_push(), now()).await, refused(503, "later"));
        assert_eq!(ask(&function, &request_of_a_push(), now()).await, told());
        assert!(replay.is_used_up());
    }
}

#[tokio::test]
async fn without_the_secret_nobody_is_believed() {
    let denied = Answer::error(400, json!({ "__type": "AccessDeniedException" }).to_string());
    let before = vec![version(SECRET, 1), fault()];
    for mut answers in [vec![fault()], vec![denied], before] {
        let count = answers.len();
        answers.push(taken(1));
        let replay = Replay::new(answers);
        let found = ask(&function(&replay), &request_of_a_push(), now()).await;
        assert_eq!(found, refused(503, "later"));
        assert_eq!(calls(&replay).len(), count);
    }
}

#[tokio::test]
async fn an_answer_that_was_no_secret_is_not_kept() {
    let replay = Replay::new(vec![fault(), version(SECRET, 48), taken(1)]);
    let function = function(&replay);
    assert_eq!(ask(&function, &request_of_a_push(), now()).await, refused(503, "later"));
    assert_eq!(ask(&function, &request_of_a_push(), now()).await, told());
}

#[tokio::test]
async fn a_secret_that_could_be_guessed_is_not_used() {
    let cases = [
        (version("", 48), ""),
        (version("hunter2", 48), "hunter2"),
        (version("{}", 48), "{}"),
        (no_version(), ""),
        (
            Answer::ok(json!({ "ARN": ARN, "SecretBinary": "AAAA" }).to_string()),
            "",
        ),
    ];
    for (answer, secret) in cases {
        let replay = Replay::new(vec![answer, taken(1)]);
        let request = github_with(secret, "push", &push("acme/shop", "x", now()));
        let found = ask(&function(&replay), &request, now()).await;
        assert_eq!(found, refused(500, "configuration"), "{secret}");
        assert_eq!(calls(&replay), [json!("AWSCURRENT")]);
    }
}

#[tokio::test]
async fn a_bad_configuration_is_an_answer() {
    let error = ConfigError {
        problems: vec!["BUS_NAME is missing".to_owned()],
    };
    let replay = Replay::new(vec![]);
    let function = Function::new(Err(error), &replay.sdk_config());
    let found = ask(&function, &request_of_a_push(), now()).await;
    assert_eq!(found, refused(500, "configuration"));
}
