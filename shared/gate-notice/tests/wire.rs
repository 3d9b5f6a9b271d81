//! Notices through the real SDK up to the connection, after the API reference
//! (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use aws_client::Outlook;
use aws_client::replay::{Answer, Replay};
use gate_notice::{Notice, Release, Topic, What};
use percent_encoding::percent_decode_str;

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:gate";

fn published() -> Answer {
    Answer::ok(
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
         <MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult></PublishResponse>",
    )
}

fn blocked() -> Notice {
    Notice {
        what: What::Blocked {
            until: Some("2026-11-20T16:00:00Z".parse().unwrap()),
        },
        release: Some(Release {
            pipeline: "shop".to_owned(),
            execution: "0f8f6e4e-9a5d-4c0b-8a47-3a4f6c1f2b11".to_owned(),
        }),
        reason: "LAMBDA issue AWS_LAMBDA_OPERATIONAL_ISSUE in us-east-1, open since 2026-11-20 12:00 UTC".to_owned(),
    }
}

#[tokio::test]
async fn a_notice_is_one_plain_message_to_the_topic() {
    let replay = Replay::new(vec![published()]);
    Topic::new(&replay.sdk_config(), TOPIC).send(&blocked()).await.unwrap();
    let request = replay.requests().remove(0);
    let (line, body) = request.split_once('\n').unwrap();
    assert_eq!(line, "POST https://sns.us-east-1.amazonaws.com/");
    let fields: Vec<String> = body
        .split('&')
        .map(|field| {
            percent_decode_str(&field.replace('+', " "))
                .decode_utf8()
                .unwrap()
                .into_owned()
        })
        .collect();
    assert_eq!(
        fields,
        [
            "Action=Publish",
            "Version=2010-03-31",
            &format!("TopicArn={TOPIC}"),
            &format!("Message={}", blocked().message()),
            "Subject=health-gate blocked pipeline shop",
        ]
    );
}

#[test]
fn what_a_person_reads_at_night() {
    let message = blocked().message();
    assert_eq!(
        message,
        "The health gate of pipeline `shop` failed on purpose: nothing was deployed.\n\
         \n\
         Why: LAMBDA issue AWS_LAMBDA_OPERATIONAL_ISSUE in us-east-1, open since 2026-11-20 12:00 UTC\n\
         \n\
         What happens next: as soon as nothing blocks it any more, the failed stage is retried by itself, once, if this \
         is still the stage's latest execution. After 2026-11-20 16:00 UTC it is given up. You are told either way.\n\
         \n\
         What you can do: nothing, if it can wait. If it cannot, write an override for the pipeline \
         (docs/health-gate.md) and retry the failed stage. If it is not wanted any more, release something else: the \
         stage is then not retried.\n\
         \n\
         Pipeline: shop\n\
         Execution: 0f8f6e4e-9a5d-4c0b-8a47-3a4f6c1f2b11\n"
    );
}

#[tokio::test]
async fn a_notice_that_is_not_sent_says_why() {
    let cases = [
        (403, "AuthorizationError", Outlook::Refused),
        (404, "NotFound", Outlook::Refused),
        (400, "Throttling", Outlook::Temporary),
        (500, "InternalError", Outlook::Temporary),
    ];
    for (status, code, outlook) in cases {
        let replay = Replay::new(vec![Answer::query_error(status, code, "in words")]);
        let topic = Topic::new(&replay.sdk_config(), TOPIC);
        let error = topic.send(&blocked()).await.unwrap_err();
        assert_eq!((error.outlook(), error.code()), (outlook, Some(code)));
        assert!(error.to_string().contains("in words"), "{error}");
    }
}
