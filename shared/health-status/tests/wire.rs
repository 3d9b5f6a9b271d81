//! Health's API through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API reference
//! (<https://docs.aws.amazon.com/health/latest/APIReference/API_DescribeEvents.html>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod support;

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::test_util::NeverClient;
use aws_smithy_types::retry::RetryConfig;
use health_status::{Filter, Health, HealthError, HealthEvent, Region, Scope, Status};
use serde_json::{Value, json};
use support::dns::{Dns, Says};
use support::{Answer, Api, arn, event, filter};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;

/// A region without a name to look up: one endpoint, no DNS.
const SECLUDED: &str = "us-iso-east-1";

fn health(api: &Api) -> Health {
    Health::new(&api.config(SECLUDED), None)
}

async fn ask(api: &Api) -> Result<Vec<HealthEvent>, HealthError> {
    health(api).events(&filter()).await
}

fn ids(events: &[HealthEvent]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event.arn.rsplit('/').next().unwrap())
        .collect()
}

fn with(key: &str, value: Value) -> Answer {
    let mut event = event("1");
    event[key] = value;
    Answer::ok(&json!({"events": [event]}))
}

#[tokio::test]
async fn an_event_is_read() {
    let expected = HealthEvent {
        arn: arn("1"),
        region: Region::from("us-east-1"),
        service: "EC2".into(),
        type_code: "AWS_EC2_OPERATIONAL_ISSUE".into(),
        category: "issue".into(),
        scope: Scope::Public,
        status: Status::Open,
        started: Some("2026-11-20T12:00:00Z".parse().unwrap()),
        ended: None,
        updated: "2026-11-20T12:30:00.5Z".parse().unwrap(),
    };
    assert_eq!(ask(&Api::new([Answer::page(&["1"], None)])).await.unwrap(), [expected]);
}

/// So that a caller can run it as a task beside another, and catch its panic there.
#[tokio::test]
async fn it_can_be_asked_from_any_thread() {
    let health = health(&Api::new([Answer::page(&["1"], None)]));
    let task = tokio::spawn(async move { health.events(&filter()).await });
    assert_eq!(task.await.unwrap().unwrap().len(), 1);
}

#[tokio::test]
async fn the_filter_is_sent_as_far_as_it_fits() {
    let wide: Vec<String> = (1..=11).map(|number| format!("eu-west-{number}")).collect();
    let cases = [
        (
            filter(),
            json!({
                "regions": ["global", "us-east-1"],
                "eventTypeCategories": ["issue"],
                "eventStatusCodes": ["open"],
            }),
        ),
        (
            Filter {
                regions: wide,
                services: vec!["Lambda".into()],
                categories: Vec::new(),
                statuses: vec![Status::Closed],
                account_specific: false,
            },
            json!({"services": ["LAMBDA", "Lambda"]}),
        ),
    ];
    for (filter, sent) in cases {
        let api = Api::new([Answer::page(&[], None)]);
        assert_eq!(health(&api).events(&filter).await.unwrap(), []);
        assert_eq!(api.asked()[0].body, json!({"filter": sent, "maxResults": 100}));
    }
}

#[tokio::test]
async fn what_could_not_be_sent_is_filtered_here() {
    let mut elsewhere = event("elsewhere");
    elsewhere["region"] = json!("us-west-2");
    let mut everywhere = event("everywhere");
    everywhere["region"] = json!("global");
    let mut of_the_account = event("own");
    of_the_account["eventScopeCode"] = json!("ACCOUNT_SPECIFIC");
    let api = Api::new([Answer::ok(
        &json!({"events": [event("here"), elsewhere, everywhere, of_the_account]}),
    )]);
    let filter = Filter {
        account_specific: false,
        ..filter()
    };
    assert_eq!(
        ids(&health(&api).events(&filter).await.unwrap()),
        ["here", "everywhere"]
    );
}

#[tokio::test]
async fn pages_are_read_to_the_end_empty_ones_too() {
    let api = Api::new([
        Answer::page(&["1", "2"], Some("a")),
        Answer::page(&[], Some("b")),
        Answer::page(&["3"], Some("")),
    ]);
    assert_eq!(ids(&ask(&api).await.unwrap()), ["1", "2", "3"]);
    let tokens: Vec<Value> = api
        .asked()
        .iter()
        .map(|asked| asked.body["nextToken"].clone())
        .collect();
    assert_eq!(tokens, [Value::Null, json!("a"), json!("b")]);
    assert!(
        api.asked()
            .iter()
            .all(|asked| asked.body["filter"] == api.asked()[0].body["filter"])
    );
}

/// `count` pages with an event each, and another token after every one but the last.
fn pages(count: usize) -> Vec<Answer> {
    let page = |number: usize| {
        let token = number.to_string();
        Answer::page(&[&token], (number < count).then_some(&token))
    };
    (1..=count).map(page).collect()
}

#[tokio::test]
async fn a_thousand_pages_are_read_and_not_one_more() {
    for count in [300, 1000] {
        let api = Api::new(pages(count));
        assert_eq!(ask(&api).await.unwrap().len(), count);
    }
    let api = Api::new(pages(1001));
    let error = ask(&api).await.unwrap_err();
    assert!(
        matches!(&error, HealthError::Malformed(text) if text == "more than 1000 pages"),
        "{error:?}"
    );
    assert_eq!(api.asked().len(), 1000);
}

#[tokio::test]
async fn a_token_that_comes_again_ends_the_list_in_an_error() {
    for tokens in [&["a", "a"][..], &["a", "b", "c", "a"]] {
        let api = Api::new(tokens.iter().map(|token| Answer::page(&["1"], Some(token))));
        let error = ask(&api).await.unwrap_err();
        assert!(matches!(error, HealthError::Malformed(_)), "{error:?}");
        assert_eq!(api.asked().len(), tokens.len());
    }
}

#[tokio::test]
async fn what_health_does_not_say_counts_as_what_stops() {
    let read = async |key, value| ask(&Api::new([with(key, value)])).await.unwrap().remove(0);
    for value in [json!(null), json!("of another world")] {
        assert_eq!(read("region", value.clone()).await.region, Region::Unknown);
        assert_eq!(read("statusCode", value.clone()).await.status, Status::Open);
        assert_eq!(read("eventScopeCode", value.clone()).await.scope, Scope::Unknown);
        read("eventTypeCategory", value).await;
    }
    for value in [json!(null), json!("EC2\nand more")] {
        assert_eq!(read("service", value.clone()).await.service, "");
        assert_eq!(read("eventTypeCode", value).await.type_code, "");
    }
    let untouched = read("lastUpdatedTime", json!(null)).await;
    assert_eq!(Some(untouched.updated), untouched.started);
    assert_eq!(read("endTime", json!(1e300)).await.ended, None);
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_malformed() {
    let mut cut = support::cbor::encode(&json!({"events": [event("1")]}));
    cut.truncate(40);
    let answers = [
        Answer::raw(200, b"<html>".to_vec()),
        Answer::raw(200, Vec::new()),
        Answer::raw(200, cut),
        Answer::ok(&json!({"events": "none"})),
        with("arn", json!(null)),
        with("arn", json!("SECRET")),
        with("statusCode", json!({})),
    ];
    for answer in answers {
        let error = ask(&Api::new([answer])).await.unwrap_err();
        assert!(matches!(error, HealthError::Malformed(_)), "{error:?}");
        assert!(!error.to_string().contains("SECRET"));
    }
}

#[tokio::test]
async fn an_account_without_a_support_plan_is_told_from_a_refusal() {
    let error = ask(&Api::new([Answer::error(400, "SubscriptionRequiredException")])).await;
    assert!(matches!(error, Err(HealthError::NoSupportPlan)), "{error:?}");
    for (status, code) in [
        (403, "AccessDeniedException"),
        (400, "ValidationException"),
        (400, "InvalidPaginationToken"),
    ] {
        let error = ask(&Api::new([Answer::error(status, code)])).await.unwrap_err();
        assert!(
            matches!(&error, HealthError::Refused(cause) if cause.code() == Some(code)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn what_may_pass_is_unavailable() {
    let answers = [
        vec![Answer::error(400, "ThrottlingException")],
        vec![Answer::error(500, "InternalServerError")],
        vec![Answer::raw(503, b"<html>".to_vec())],
        vec![],
        vec![
            Answer::page(&["1"], Some("a")),
            Answer::error(400, "ThrottlingException"),
        ],
    ];
    for answers in answers {
        let error = ask(&Api::new(answers)).await.unwrap_err();
        assert!(matches!(error, HealthError::Unavailable(_)), "{error:?}");
    }
}

/// Over a real connection: no recorded answer breaks off.
#[tokio::test]
async fn an_answer_that_breaks_off_may_come_whole_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.read(&mut [0; 4096]).await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\nsmithy-protocol: rpc-v2-cbor\r\ncontent-length: 1000\r\n\r\n\xa1";
            connection.write_all(answer).await.unwrap();
        }
    });
    let config = Api::new([]).config(SECLUDED).to_builder();
    let config = config
        .endpoint_url(url)
        .http_client(Builder::new().build_http())
        .build();
    let error = Health::new(&config, None).events(&filter()).await.unwrap_err();
    assert!(matches!(error, HealthError::Unavailable(_)), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn the_sdk_tries_again_where_it_is_throttled() {
    let api = Api::new([
        Answer::error(400, "ThrottlingException"),
        Answer::error(500, "InternalServerError"),
        Answer::page(&["1"], None),
    ]);
    let config = api.config(SECLUDED).to_builder();
    let config = config
        .retry_config(RetryConfig::standard().with_max_attempts(4))
        .build();
    let events = Health::new(&config, None).events(&filter()).await.unwrap();
    assert_eq!(ids(&events), ["1"]);
    assert_eq!(api.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_not_waited_for_longer_than_both_endpoints_may_take() {
    let dns = Dns::new(Says::Silence).await;
    let config = Api::new([]).config("eu-west-1").to_builder();
    let config = config
        .http_client(NeverClient::new())
        .retry_config(RetryConfig::standard().with_max_attempts(4))
        .build();
    let started = Instant::now();
    let error = Health::new(&config, Some(dns.address))
        .events(&filter())
        .await
        .unwrap_err();
    assert!(matches!(error, HealthError::Unavailable(_)), "{error:?}");
    // One second for the look-up, ten for each endpoint.
    assert!(started.elapsed().as_secs() <= 21, "{:?}", started.elapsed());
}

#[tokio::test]
async fn arns_are_looked_up_ten_at_a_time() {
    let names: Vec<String> = (0..25).map(|number| number.to_string()).collect();
    let arns: Vec<String> = names.iter().map(|name| arn(name)).collect();
    let mut closed = event("24");
    closed["statusCode"] = json!("closed");
    let api = Api::new([
        Answer::page(&["0", "9", "11"], None),
        Answer::page(&["10"], Some("more")),
        Answer::page(&["19"], None),
        Answer::ok(&json!({"events": [closed]})),
    ]);
    let events = health(&api).by_arns(&arns).await.unwrap();
    // The eleventh was not asked for, and is not taken for an answer.
    assert_eq!(ids(&events), ["0", "9", "10", "19", "24"]);
    assert_eq!(events[4].status, Status::Closed);
    let asked = |first: usize, last: usize| json!({"filter": {"eventArns": arns[first..last]}, "maxResults": 100});
    let bodies: Vec<Value> = api.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(bodies[0], asked(0, 10));
    assert_eq!(bodies[1], asked(10, 20));
    assert_eq!(bodies[3], asked(20, 25));
    assert_eq!(bodies.len(), 4);
}

#[tokio::test]
async fn an_arn_that_the_api_would_refuse_the_others_for_is_not_sent() {
    let api = Api::new([Answer::page(&["1"], None)]);
    let odd = ["arn:aws:health:us-east-1::event/OLD_ONE", "arn:aws:s3:::bucket", ""];
    let arns: Vec<String> = odd.iter().map(|odd| (*odd).to_owned()).chain([arn("1")]).collect();
    assert_eq!(ids(&health(&api).by_arns(&arns).await.unwrap()), ["1"]);
    assert_eq!(api.asked()[0].body["filter"], json!({"eventArns": [arn("1")]}));
    assert_eq!(health(&api).by_arns(&arns[..3]).await.unwrap(), []);
    assert_eq!(api.asked().len(), 1);
}
