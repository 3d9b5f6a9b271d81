//! How long a secret is good.

use super::*;

const NEW: &str = "another horse, another staple";

fn signed_with(secret: &str) -> Value {
    github_with(secret, "ping", &json!({}))
}

#[tokio::test]
async fn for_a_day_the_secret_before_is_good_too() {
    for (hours, is_good) in [(0, true), (23, true), (24, false), (48, false)] {
        let replay = Replay::new(vec![version(NEW, hours), version(SECRET, 99)]);
        let function = function(&replay);
        let expected = if is_good { 200 } else { 401 };
        assert_eq!(ask(&function, &signed_with(SECRET), now()).await.0, expected, "{hours}");
        assert_eq!(ask(&function, &signed_with(NEW), now()).await.0, 200, "{hours}");
        assert_eq!(calls(&replay).len(), if is_good { 2 } else { 1 });
        assert_eq!(replay.is_used_up(), is_good);
    }
}

#[tokio::test]
async fn a_new_secret_has_none_before_it() {
    for previous in [no_version(), version("too short", 99)] {
        let replay = Replay::new(vec![version(NEW, 1), previous]);
        let function = function(&replay);
        assert_eq!(ask(&function, &signed_with(NEW), now()).await.0, 200);
        assert_eq!(ask(&function, &signed_with("too short"), now()).await.0, 401);
        assert_eq!(calls(&replay), [json!("AWSCURRENT"), json!("AWSPREVIOUS")]);
    }
}

#[tokio::test]
async fn a_secret_is_read_again_after_five_minutes() {
    let replay = Replay::new(vec![version(SECRET, 48), version(NEW, 48)]);
    let function = function(&replay);
    for later in [0, 1, 299] {
        let clock = now() + seconds(later);
        assert_eq!(ask(&function, &signed_with(SECRET), clock).await.0, 200, "{later}");
    }
    assert_eq!(calls(&replay).len(), 1);
    assert_eq!(ask(&function, &signed_with(SECRET), now() + seconds(300)).await.0, 401);
    assert_eq!(ask(&function, &signed_with(NEW), now() + seconds(599)).await.0, 200);
    assert!(replay.is_used_up());
}

#[tokio::test]
async fn a_clock_that_was_put_back_does_not_keep_a_secret() {
    let replay = Replay::new(vec![version(SECRET, 48), version(NEW, 48)]);
    let function = function(&replay);
    assert_eq!(ask(&function, &signed_with(SECRET), now()).await.0, 200);
    assert_eq!(ask(&function, &signed_with(NEW), now() - seconds(1)).await.0, 200);
}

#[tokio::test]
async fn the_secret_may_be_in_json() {
    let replay = Replay::new(vec![version(&json!({ "secret": SECRET }).to_string(), 48)]);
    assert_eq!(ask(&function(&replay), &signed_with(SECRET), now()).await.0, 200);
}
