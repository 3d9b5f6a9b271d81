//! Whom a decision is news to.

use codepipeline_job::Answer;
use gate_notice::{Notice, Release, What};
use jiff::Timestamp;

use crate::decision::Decision;
use crate::parameters::Parameters;
use crate::words::{self, Resumes};

/// None where nothing changed: what passes at once, and what was held already.
pub(crate) fn of(
    decision: &Decision,
    parameters: &Parameters,
    resumes: &Resumes,
    was_held: bool,
    now: Timestamp,
) -> Option<Notice> {
    let what = match decision {
        Decision::Block(_) => What::Blocked {
            until: (*resumes == Resumes::ByItself).then(|| now + parameters.longest),
        },
        Decision::Hold { since, .. } if !was_held => What::Held {
            until: *since + parameters.longest,
        },
        Decision::Clear(_) | Decision::Overridden(..) | Decision::Unchecked(_) if was_held => What::Resumed,
        Decision::GiveUp(_) => What::GaveUp,
        Decision::Hold { .. } | Decision::Clear(_) | Decision::Overridden(..) | Decision::Unchecked(_) => return None,
    };
    let target = parameters.target.as_ref();
    Some(Notice {
        what,
        release: target.map(|target| Release {
            pipeline: target.pipeline.clone(),
            execution: target.execution.clone(),
        }),
        reason: words::reason(decision, resumes),
    })
}

/// Whether the answer that CodePipeline took is the one that the notice is about: where it refuses a success, the job fails.
pub(crate) fn is_of(what: What, answer: &Answer) -> bool {
    match answer {
        Answer::Succeed { .. } => matches!(what, What::Resumed),
        Answer::Continue { .. } => matches!(what, What::Held { .. }),
        Answer::Fail { .. } => matches!(what, What::Blocked { .. } | What::GaveUp),
    }
}

#[cfg(test)]
mod tests {
    use codepipeline_job::FailureKind;
    use gate_record::{Override, Source};
    use jiff::SignedDuration;

    use super::*;
    use crate::decision::{Cause, Why};
    use crate::fixtures::{event, noon, parameters};

    fn cause() -> Cause {
        Cause::Events(vec![event()], Source::Api)
    }

    fn why() -> Why {
        Why {
            cause: cause(),
            void: None,
        }
    }

    #[test]
    fn people_are_told_when_something_changes_and_only_then() {
        let later = noon() + SignedDuration::from_mins(240);
        let hold = Decision::Hold {
            why: why(),
            since: noon(),
        };
        let given = Override {
            principal: "ada".to_owned(),
            reason: "a hotfix".to_owned(),
            until: later,
        };
        let by_hand = Resumes::ByHand("it is not this pipeline's".to_owned());
        let by_itself = Resumes::ByItself;
        let blocked = |until| Some(What::Blocked { until });
        let cases = [
            (Decision::Clear(Source::Api), &by_itself, None, Some(What::Resumed)),
            (
                Decision::Unchecked(String::new()),
                &by_itself,
                None,
                Some(What::Resumed),
            ),
            (
                Decision::Overridden(cause(), given),
                &by_itself,
                None,
                Some(What::Resumed),
            ),
            (hold, &by_itself, Some(What::Held { until: later }), None),
            (
                Decision::GiveUp(why()),
                &by_itself,
                Some(What::GaveUp),
                Some(What::GaveUp),
            ),
            (
                Decision::Block(why()),
                &by_itself,
                blocked(Some(later)),
                blocked(Some(later)),
            ),
            (Decision::Block(why()), &by_hand, blocked(None), blocked(None)),
        ];
        let parameters = parameters("{}");
        for (decision, resumes, at_first, when_held) in cases {
            let what = |was_held| of(&decision, &parameters, resumes, was_held, noon()).map(|notice| notice.what);
            assert_eq!(what(false), at_first, "{decision:?} at first");
            assert_eq!(what(true), when_held, "{decision:?} when held");
        }
    }

    #[test]
    fn a_notice_names_the_release_and_says_why_it_is_not_resumed() {
        let parameters = parameters(r#"{"pipeline": "shop", "execution": "e-1"}"#);
        let resumes = Resumes::ByHand("it could not be written down".to_owned());
        let notice = of(&Decision::Block(why()), &parameters, &resumes, false, noon()).unwrap();
        let release = notice.release.unwrap();
        assert_eq!((release.pipeline.as_str(), release.execution.as_str()), ("shop", "e-1"));
        assert!(
            notice
                .reason
                .ends_with("by hand when that is over: it could not be written down."),
            "{}",
            notice.reason
        );
    }

    #[test]
    fn a_notice_of_an_answer_that_was_not_given_is_not_sent() {
        let fail = Answer::Fail {
            message: String::new(),
            kind: FailureKind::JobFailed,
        };
        let go_on = Answer::Continue {
            token: "t".to_owned(),
            summary: String::new(),
            percent: None,
        };
        let succeed = Answer::Succeed {
            summary: String::new(),
            variables: [].into(),
        };
        let blocked = What::Blocked { until: None };
        let held = What::Held { until: noon() };
        let cases = [
            (&fail, vec![blocked, What::GaveUp]),
            (&go_on, vec![held]),
            (&succeed, vec![What::Resumed]),
        ];
        for (answer, fitting) in cases {
            for what in [blocked, held, What::Resumed, What::GaveUp] {
                assert_eq!(is_of(what, answer), fitting.contains(&what), "{what:?} {answer:?}");
            }
        }
    }
}
