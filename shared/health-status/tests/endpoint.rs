//! Which endpoint is asked: the real SDK up to the connection, the real resolver up to a DNS server of the test.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod support;

use std::time::Duration;

use health_status::{Health, HealthError};
use support::dns::{Dns, Says};
use support::{Answer, Api, filter};
use tokio::time::Instant;

/// A resolver left to itself asks for ten seconds and more.
const SOON: Duration = Duration::from_secs(5);
const OHIO: Says = Says::Alias("health.us-east-2.amazonaws.com.");

fn nothing() -> Answer {
    Answer::page(&[], None)
}

fn throttled() -> Answer {
    Answer::error(400, "ThrottlingException")
}

/// The regions that are asked, of a stack in `own_region`.
async fn regions(own_region: &'static str, dns: &Dns, answers: &[Answer]) -> (Vec<String>, Result<usize, HealthError>) {
    let api = Api::new(answers.to_vec());
    let health = Health::new(&api.config(own_region), Some(dns.address));
    let answer = health.events(&filter()).await;
    (api.regions(), answer.map(|events| events.len()))
}

#[tokio::test]
async fn the_region_that_the_name_is_an_alias_of_is_asked_and_signed_for() {
    let cases = [
        ("eu-west-1", "health.us-east-1.amazonaws.com.", "us-east-1"),
        ("eu-west-1", "health.us-east-2.amazonaws.com.", "us-east-2"),
        ("us-east-1", "health.us-west-2.amazonaws.com.", "us-west-2"),
        ("cn-north-1", "health.cn-north-1.amazonaws.com.cn.", "cn-north-1"),
    ];
    for (own_region, target, region) in cases {
        let dns = Dns::new(Says::Alias(target)).await;
        let (asked, answer) = regions(own_region, &dns, &[nothing()]).await;
        assert_eq!(asked, [region], "{target}");
        answer.unwrap();
        let name = if own_region.starts_with("cn-") {
            "amazonaws.com.cn."
        } else {
            "amazonaws.com."
        };
        assert_eq!(dns.asked(), [format!("global.health.{name}")]);
    }
}

#[tokio::test]
async fn where_the_name_says_nothing_the_usual_endpoint_is_asked_soon() {
    let cases = [
        Says::NoSuchName,
        Says::Nothing,
        Says::Address,
        Says::Failure,
        Says::Noise,
        Says::Silence,
        Says::OfAnother,
        Says::Alias("health.us-east-2.example.com."),
        Says::Alias("."),
    ];
    for says in cases {
        let dns = Dns::new(says).await;
        let started = Instant::now();
        let (asked, answer) = regions("eu-west-1", &dns, &[nothing()]).await;
        assert_eq!(asked, ["us-east-1"]);
        answer.unwrap();
        assert!(started.elapsed() < SOON);
    }
    let dns = Dns::new(Says::Silence).await;
    assert_eq!(regions("cn-north-1", &dns, &[nothing()]).await.0, ["cn-northwest-1"]);
}

#[tokio::test]
async fn a_dns_server_that_is_not_there_costs_no_time() {
    let address = {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.local_addr().unwrap()
    };
    let api = Api::new([nothing()]);
    let health = Health::new(&api.config("eu-west-1"), Some(address));
    let started = Instant::now();
    health.events(&filter()).await.unwrap();
    assert_eq!(api.regions(), ["us-east-1"]);
    assert!(started.elapsed() < SOON);
}

#[tokio::test]
async fn partitions_without_a_name_look_nothing_up() {
    for (own_region, region) in [("us-gov-east-1", "us-gov-west-1"), ("eusc-de-east-1", "eusc-de-east-1")] {
        let dns = Dns::new(OHIO).await;
        let api = Api::new([nothing()]);
        let health = Health::new(&api.config(own_region), Some(dns.address));
        health.events(&filter()).await.unwrap();
        assert_eq!(api.asked()[0].signed_for, region);
        assert_eq!(dns.asked(), [""; 0]);
    }
}

#[tokio::test]
async fn what_fails_for_a_passing_reason_is_asked_once_more_at_the_other_endpoint() {
    let cases = [
        (OHIO, "us-east-2", "us-east-1"),
        (Says::Alias("health.us-east-1.amazonaws.com."), "us-east-1", "us-east-2"),
        (Says::NoSuchName, "us-east-1", "us-east-2"),
        (Says::Alias("health.eu-west-1.amazonaws.com."), "eu-west-1", "us-east-1"),
    ];
    for (says, active, passive) in cases {
        let dns = Dns::new(says).await;
        for failed in [throttled(), Answer::error(503, "ServiceUnavailable")] {
            let answers = [failed, Answer::page(&["1"], None)];
            let (asked, answer) = regions("eu-west-1", &dns, &answers).await;
            assert_eq!(asked, [active, passive]);
            assert_eq!(answer.unwrap(), 1);
        }
    }
    let dns = Dns::new(Says::Silence).await;
    let gov = regions("us-gov-east-1", &dns, &[throttled(), nothing()]).await;
    assert_eq!(gov.0, ["us-gov-west-1", "us-gov-east-1"]);
    gov.1.unwrap();
}

#[tokio::test]
async fn a_list_that_broke_off_is_begun_anew_and_nothing_comes_twice() {
    let dns = Dns::new(OHIO).await;
    let api = Api::new([
        Answer::page(&["1"], Some("token of Ohio")),
        throttled(),
        Answer::page(&["1", "2"], None),
    ]);
    let health = Health::new(&api.config("eu-west-1"), Some(dns.address));
    assert_eq!(health.events(&filter()).await.unwrap().len(), 2);
    assert_eq!(api.regions(), ["us-east-2", "us-east-2", "us-east-1"]);
    assert!(api.asked()[2].body.get("nextToken").is_none());
}

#[tokio::test]
async fn there_is_no_third_try_and_the_active_endpoints_failure_is_told() {
    let dns = Dns::new(OHIO).await;
    let at_other = [
        throttled(),
        Answer::error(403, "AccessDeniedException"),
        Answer::raw(200, b"<html>".to_vec()),
    ];
    for second in at_other {
        let answers = [Answer::error(503, "FirstFailure"), second, nothing()];
        let (asked, answer) = regions("eu-west-1", &dns, &answers).await;
        assert_eq!(asked, ["us-east-2", "us-east-1"]);
        let error = answer.unwrap_err();
        assert!(
            matches!(&error, HealthError::Unavailable(cause) if cause.code() == Some("FirstFailure")),
            "{error:?}"
        );
    }
    let answers = [throttled(), Answer::error(400, "SubscriptionRequiredException")];
    let (_, answer) = regions("eu-west-1", &dns, &answers).await;
    assert!(matches!(answer, Err(HealthError::NoSupportPlan)), "{answer:?}");
}

#[tokio::test]
async fn what_will_fail_again_is_not_asked_elsewhere() {
    let dns = Dns::new(OHIO).await;
    for answer in [
        Answer::error(403, "AccessDeniedException"),
        Answer::error(400, "SubscriptionRequiredException"),
        Answer::raw(200, b"<html>".to_vec()),
    ] {
        let (asked, answer) = regions("eu-west-1", &dns, &[answer, nothing()]).await;
        assert_eq!(asked, ["us-east-2"]);
        answer.unwrap_err();
    }
}

/// Moves the clock without waiting, between two requests: sockets need the real one.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn an_endpoint_that_answered_is_asked_again_for_a_minute_and_then_looked_up() {
    let dns = Dns::new(OHIO).await;
    let api = Api::new(vec![nothing(); 4]);
    let health = Health::new(&api.config("eu-west-1"), Some(dns.address));
    let ask = async || health.events(&filter()).await.unwrap();
    ask().await;
    dns.now_says(Says::Alias("health.us-east-1.amazonaws.com."));
    pass(Duration::from_secs(30)).await;
    ask().await;
    // An answer does not prolong the minute.
    pass(Duration::from_secs(29)).await;
    ask().await;
    assert_eq!(dns.asked().len(), 1);
    pass(Duration::from_secs(1)).await;
    ask().await;
    assert_eq!(dns.asked().len(), 2);
    assert_eq!(api.regions(), ["us-east-2", "us-east-2", "us-east-2", "us-east-1"]);
}

#[tokio::test]
async fn the_endpoint_that_answered_in_the_others_place_is_remembered() {
    let dns = Dns::new(OHIO).await;
    let no_plan = Answer::error(400, "SubscriptionRequiredException");
    for answered in [nothing(), no_plan] {
        let api = Api::new([throttled(), answered, nothing(), throttled(), throttled(), nothing()]);
        let health = Health::new(&api.config("eu-west-1"), Some(dns.address));
        let looked_up = dns.asked().len();
        let _ = health.events(&filter()).await;
        health.events(&filter()).await.unwrap();
        assert_eq!(dns.asked().len(), looked_up + 1);
        // Both failed: nothing is remembered any more.
        health.events(&filter()).await.unwrap_err();
        health.events(&filter()).await.unwrap();
        assert_eq!(dns.asked().len(), looked_up + 2);
        let expected = [
            "us-east-2",
            "us-east-1",
            "us-east-1",
            "us-east-1",
            "us-east-2",
            "us-east-2",
        ];
        assert_eq!(api.regions(), expected);
    }
}

#[tokio::test]
async fn a_refusal_is_not_remembered_as_an_answer() {
    let dns = Dns::new(OHIO).await;
    let api = Api::new([Answer::error(403, "InvalidSignatureException"), nothing()]);
    let health = Health::new(&api.config("eu-west-1"), Some(dns.address));
    health.events(&filter()).await.unwrap_err();
    dns.now_says(Says::Alias("health.us-east-1.amazonaws.com."));
    health.events(&filter()).await.unwrap();
    assert_eq!(api.regions(), ["us-east-2", "us-east-1"]);
}

#[tokio::test]
async fn with_an_endpoint_url_only_the_signature_follows() {
    let dns = Dns::new(OHIO).await;
    let api = Api::new([throttled(), nothing()]);
    let config = api.config("eu-west-1").to_builder();
    let config = config.endpoint_url("http://127.0.0.1:4566").build();
    let health = Health::new(&config, Some(dns.address));
    health.events(&filter()).await.unwrap();
    let asked: Vec<(String, String)> = api
        .asked()
        .into_iter()
        .map(|asked| (asked.uri, asked.signed_for))
        .collect();
    let uri = "http://127.0.0.1:4566/service/AWSHealth_20160804/operation/DescribeEvents";
    assert_eq!(
        asked,
        [(uri.into(), "us-east-2".into()), (uri.into(), "us-east-1".into())]
    );
}
