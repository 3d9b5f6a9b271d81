use jiff::SignedDuration;

use super::*;
use crate::fixtures::{event, noon, parameters};

fn known(events: Vec<HealthEvent>) -> Known {
    Known::Events {
        events,
        source: Source::Api,
    }
}

fn unknown() -> Known {
    Known::Unknown("it is silent".to_owned())
}

fn events() -> Cause {
    Cause::Events(vec![event()], Source::Api)
}

fn why(void: Option<&str>) -> Why {
    Why {
        cause: events(),
        void: void.map(str::to_owned),
    }
}

fn given(until: Timestamp) -> Override {
    Override {
        principal: "ada".to_owned(),
        reason: "a hotfix".to_owned(),
        until,
    }
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

#[test]
fn only_what_is_known_to_be_clear_passes_unless_not_knowing_is_allowed() {
    use OnApiFailure::{Allow, Block};
    let silent = || "it is silent".to_owned();
    let cases = [
        (Block, known(vec![]), Ok(Decision::Clear(Source::Api))),
        (Allow, known(vec![]), Ok(Decision::Clear(Source::Api))),
        (Block, known(vec![event()]), Err(events())),
        // Not even where not knowing is allowed: this is known.
        (Allow, known(vec![event()]), Err(events())),
        (Block, unknown(), Err(Cause::Unknown(silent()))),
        (Allow, unknown(), Ok(Decision::Unchecked(silent()))),
    ];
    for (on_api_failure, known, expected) in cases {
        assert_eq!(
            judge(on_api_failure, known.clone()),
            expected,
            "{on_api_failure:?} {known:?}"
        );
    }
}

#[test]
fn an_override_counts_until_its_time_and_another_is_told() {
    let second = SignedDuration::from_secs(1);
    let ended = "The override by ada ended 2026-11-20 12:00 UTC.";
    let overridden = |until| Decision::Overridden(events(), given(until));
    let cases = [
        (Word::None, Decision::Block(why(None))),
        (Word::Pass(given(noon() + second)), overridden(noon() + second)),
        (Word::Pass(given(noon())), Decision::Block(why(Some(ended)))),
        (
            Word::Void("It is odd.".to_owned()),
            Decision::Block(why(Some("It is odd."))),
        ),
    ];
    for (word, expected) in cases {
        let decision = decide(&parameters("{}"), events(), word.clone(), None, noon());
        assert_eq!(decision, expected, "{word:?}");
    }
}

#[test]
fn a_held_deployment_is_asked_again_until_its_time_is_over() {
    let hold = |since| Decision::Hold { why: why(None), since };
    let give_up = || Decision::GiveUp(why(None));
    let cases = [
        (None, hold(noon())),
        (Some(noon() - minutes(59)), hold(noon() - minutes(59))),
        (Some(noon() - minutes(60)), give_up()),
        (Some(noon() - minutes(61)), give_up()),
        (Some(Timestamp::UNIX_EPOCH), give_up()),
        // A clock that was ahead when it began does not lengthen it.
        (Some(noon() + minutes(5)), hold(noon())),
    ];
    let parameters = parameters(r#"{"on_event": "hold", "max_hold_minutes": 60}"#);
    for (since, expected) in cases {
        let decision = decide(&parameters, events(), Word::None, since, noon());
        assert_eq!(decision, expected, "{since:?}");
    }
}

#[test]
fn a_person_may_let_pass_what_was_held_too_long() {
    let parameters = parameters(r#"{"on_event": "hold", "max_hold_minutes": 60}"#);
    let word = Word::Pass(given(noon() + minutes(1)));
    let decision = decide(&parameters, events(), word, Some(Timestamp::UNIX_EPOCH), noon());
    assert!(matches!(decision, Decision::Overridden(..)), "{decision:?}");
}
