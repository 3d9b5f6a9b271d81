use gate_record::Override;
use jiff::SignedDuration;

use super::*;
use crate::fixtures::{event, noon, parameters};

const BLOCKED: &str = "An event of AWS Health blocks this deployment (by the Health API): EC2 issue AWS_EC2_OPERATIONAL_ISSUE in \
                       us-east-1, open since 2026-11-20 11:00 UTC. See https://health.aws.amazon.com/health/home.";
const UNKNOWN: &str = "It is not known whether AWS has an incident: it is silent. `on_api_failure` is `block`, so that counts as \
                       one.";

fn events() -> Cause {
    Cause::Events(vec![event()], Source::Api)
}

fn why() -> Why {
    Why {
        cause: events(),
        void: None,
    }
}

fn unknown() -> Why {
    Why {
        cause: Cause::Unknown("it is silent".to_owned()),
        void: None,
    }
}

fn overridden(reason: &str) -> Decision {
    let given = Override {
        principal: "ada".to_owned(),
        reason: reason.to_owned(),
        until: noon() + SignedDuration::from_hours(2),
    };
    Decision::Overridden(events(), given)
}

fn by_hand() -> Resumes {
    Resumes::ByHand("is it this pipeline's?".to_owned())
}

/// What CodePipeline shows.
fn shown(decision: &Decision, resumes: &Resumes) -> String {
    let parameters = parameters(r#"{"services": ["EC2", "LAMBDA"]}"#);
    match answer(decision, &parameters, resumes, noon()) {
        Answer::Succeed { summary, .. } => format!("passes: {summary}"),
        Answer::Continue { summary, .. } => format!("goes on: {summary}"),
        Answer::Fail { message, kind } => format!("{kind:?}: {message}"),
    }
}

#[test]
fn the_answer_says_what_where_since_when_and_what_happens_next() {
    let retried = "The stage is retried by itself when that is over.";
    let cases = [
        (
            Decision::Clear(Source::Api),
            Resumes::ByItself,
            "passes: No event of AWS Health blocks a deployment to us-east-1 (EC2, LAMBDA), according to the Health API."
                .to_owned(),
        ),
        (
            Decision::Clear(Source::Events),
            Resumes::ByItself,
            "passes: No event of AWS Health blocks a deployment to us-east-1 (EC2, LAMBDA), according to the events that \
             health-watch recorded, as this account has no support plan for the Health API."
                .to_owned(),
        ),
        (
            overridden("a hotfix."),
            Resumes::ByItself,
            format!("passes: Overridden by ada until 2026-11-20 14:00 UTC: a hotfix. It would have been blocked: {BLOCKED}"),
        ),
        (
            Decision::Unchecked("it is silent".to_owned()),
            Resumes::ByItself,
            "passes: Not checked: it is silent. `on_api_failure` is `allow`, so the deployment goes on.".to_owned(),
        ),
        (
            Decision::Block(why()),
            Resumes::ByItself,
            format!("JobFailed: {BLOCKED} {retried}"),
        ),
        (
            Decision::Block(why()),
            by_hand(),
            format!("JobFailed: {BLOCKED} Retry the stage by hand when that is over: is it this pipeline's?"),
        ),
        (
            Decision::Block(unknown()),
            Resumes::ByItself,
            format!("SystemUnavailable: {UNKNOWN} {retried}"),
        ),
        (
            Decision::Block(Why {
                void: Some("The override by ada ended".to_owned()),
                ..why()
            }),
            Resumes::ByItself,
            format!("JobFailed: {BLOCKED} The override by ada ended. {retried}"),
        ),
        (
            Decision::Hold {
                why: why(),
                since: noon(),
            },
            Resumes::ByItself,
            format!("goes on: Held since 2026-11-20 12:00 UTC, until 2026-11-20 16:00 UTC at most. {BLOCKED}"),
        ),
        (
            Decision::GiveUp(unknown()),
            Resumes::ByItself,
            format!(
                "SystemUnavailable: Given up: held for 240 minutes, which is the most that `max_hold_minutes` allows. \
                 {UNKNOWN} Retry the stage by hand when that is over."
            ),
        ),
    ];
    for (decision, resumes, expected) in cases {
        assert_eq!(shown(&decision, &resumes), expected);
    }
}

#[test]
fn an_override_of_what_is_not_known_does_not_speak_of_a_parameter() {
    let Decision::Overridden(_, given) = overridden("a hotfix") else {
        panic!("another decision");
    };
    let decision = Decision::Overridden(unknown().cause, given);
    let shown = shown(&decision, &Resumes::ByItself);
    assert!(
        shown.ends_with("It is not known whether AWS has an incident: it is silent."),
        "{shown}"
    );
}

#[test]
fn ten_events_are_listed_and_more_are_counted() {
    for (count, more) in [(10, false), (11, true), (1_234, true)] {
        let text = said(&Cause::Events(vec![event(); count], Source::Api));
        assert!(
            text.starts_with(&format!("{count} events of AWS Health block this")),
            "{text}"
        );
        assert_eq!(text.matches("EC2 issue").count(), 10);
        let expected = format!("; and {} more.", count - 10);
        assert_eq!(text.contains(&expected), more, "{text}");
    }
}

#[test]
fn variables_say_what_was_decided_when_and_by_what() {
    let arn = event().arn;
    let two = Cause::Events(vec![event(), event()], Source::Events);
    let Decision::Overridden(_, given) = overridden("a hotfix") else {
        panic!("another decision");
    };
    let cases = [
        (Decision::Clear(Source::Api), ["clear", "", "api"]),
        (Decision::Clear(Source::Events), ["clear", "", "events"]),
        (
            Decision::Overridden(two, given.clone()),
            ["overridden", &format!("{arn},{arn}"), "events"],
        ),
        (Decision::Overridden(unknown().cause, given), ["overridden", "", "none"]),
        (Decision::Unchecked(String::new()), ["unchecked", "", "none"]),
    ];
    for (decision, [word, events, source]) in cases {
        let answer = answer(&decision, &parameters("{}"), &Resumes::ByItself, noon());
        let Answer::Succeed { variables, .. } = answer else {
            panic!("{answer:?}");
        };
        let expected = [
            ("BlockingEvents", events),
            ("CheckedAt", "2026-11-20T12:00:00Z"),
            ("Decision", word),
            ("Source", source),
        ];
        let expected: BTreeMap<_, _> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(variables, expected);
    }
}
