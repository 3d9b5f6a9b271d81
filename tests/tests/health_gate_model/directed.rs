//! Situations that random scripts meet too seldom to rely on.

use crate::calls::{Place, Trouble};
use crate::gates::{Gate, HOME};
use crate::script::{Heard, Script, Shape, Step};
use crate::wire::Service;

const RETRY: Place<Service> = Place(Service::Pipelines, 1);

fn opens() -> Step {
    opens_and(Some(Trouble::None))
}

fn opens_and(heard: Heard) -> Step {
    Step::Open {
        region: HOME,
        service: "EC2",
        investigation: false,
        specific: false,
        unnamed: false,
        heard,
    }
}

fn releases() -> Step {
    Step::Release(0, Some(Trouble::None))
}

fn closes(trouble: Trouble) -> Step {
    Step::Close(0, Some(trouble))
}

fn script(steps: Vec<Step>) -> Script {
    let gate = Gate {
        region: None,
        service: None,
        investigations: false,
        specific: true,
        hold: false,
        allow: false,
        minutes: 60,
        resumable: true,
    };
    Script {
        plan: true,
        silent: Vec::new(),
        pipelines: vec![(Shape::Within, vec![gate])],
        steps,
        peace: true,
    }
}

/// By name.
pub(crate) fn scripts() -> Vec<(&'static str, Script)> {
    let compare = Step::Compare(Trouble::None);
    vec![
        (
            "a retry whose answer is lost while the gate stops the release again",
            script(vec![
                opens(),
                releases(),
                closes(Trouble::Overtaken { at: RETRY }),
                opens(),
                Step::InvokeAll,
                Step::GoOn(0),
            ]),
        ),
        (
            "three incidents of which no notice comes, on three pages",
            script(vec![
                opens_and(None),
                opens_and(None),
                opens_and(None),
                Step::Lose(0),
                Step::Lose(0),
                Step::Lose(0),
            ]),
        ),
        (
            "a claimer is overtaken by another, and the gate stops the release again",
            script(vec![
                opens(),
                releases(),
                closes(Trouble::Wait {
                    at: RETRY,
                    effect: false,
                }),
                compare.clone(),
                opens(),
                Step::InvokeAll,
                Step::GoOn(0),
            ]),
        ),
        (
            "an incident opens after a claim that came to nothing",
            script(vec![
                opens(),
                releases(),
                closes(Trouble::Cut {
                    at: RETRY,
                    effect: false,
                }),
                opens(),
                Step::Pass(125),
                compare.clone(),
            ]),
        ),
        (
            "a claim that came to nothing is looked at again when the time is over",
            script(vec![
                opens(),
                releases(),
                closes(Trouble::Cut {
                    at: RETRY,
                    effect: false,
                }),
                Step::Pass(4_000),
                compare,
            ]),
        ),
    ]
}
