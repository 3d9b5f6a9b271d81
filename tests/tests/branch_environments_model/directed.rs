//! Histories that are known to be hard, by name.

use crate::script::{Ending, Heard, Script, Step};
use crate::wire::{Fault, Place, Service, Trouble};

const X: usize = 2;
/// Which of its calls to CodeBuild is the one that starts a build when branch-create finds a project.
const START: usize = 6;
const HEARD: Heard = Some(Trouble::None);
const UNHEARD: Heard = None;

type History = (&'static str, Vec<Step>);

pub(crate) fn scripts() -> Vec<(&'static str, Script)> {
    let histories = [of_events(), of_builds(), of_deaths()].concat();
    histories
        .into_iter()
        .map(|(name, steps)| (name, Script { tight: false, steps }))
        .collect()
}

fn of_events() -> Vec<History> {
    let twice = |step| [step, Step::Double(0), Step::InvokeAll];
    vec![
        ("created and deployed", deployed()),
        (
            "created after it is deleted, by the events",
            vec![
                Step::Push(X, UNHEARD),
                Step::Delete(X, UNHEARD),
                Step::Invoke(1, Trouble::None),
                Step::InvokeAll,
            ],
        ),
        (
            "deleted before it is created",
            vec![Step::Push(X, UNHEARD), deleted(), Step::InvokeAll],
        ),
        (
            "every event twice",
            [
                twice(Step::Push(X, UNHEARD)),
                twice(ends_unheard()),
                twice(Step::Delete(X, UNHEARD)),
                twice(ends_unheard()),
            ]
            .concat(),
        ),
        (
            "the event of its creation is lost",
            vec![Step::Push(X, UNHEARD), Step::Lose(0)],
        ),
        (
            "the event of its destruction is lost",
            after_deployment(vec![Step::Delete(X, UNHEARD), Step::Lose(0)]),
        ),
        (
            "the event of the end of what creates is lost",
            after_deployment(vec![pushed(), ends_unheard(), Step::Lose(0)]),
        ),
        (
            "the event of the end of what destroys is lost",
            after_deployment(vec![deleted(), ends_unheard(), Step::Lose(0)]),
        ),
        ("renamed", after_deployment(vec![Step::Rename(X, 3), Step::InvokeAll])),
    ]
}

fn of_builds() -> Vec<History> {
    let again = |minutes| [Step::Pass(minutes), Step::Reconcile(Trouble::None), Step::InvokeAll];
    let tries = |first: Step, endings: [Vec<Step>; 3]| {
        let [one, two, three] = endings;
        [vec![first], one, again(11).to_vec(), two, again(21).to_vec(), three].concat()
    };
    let halfway = |ending| vec![Step::Progress(0), Step::End(0, ending, HEARD)];
    vec![
        (
            "made again while it is destroyed",
            after_deployment(vec![deleted(), Step::Progress(0), pushed(), ends()]),
        ),
        (
            "made again at the same commit when it is destroyed",
            after_deployment(vec![deleted(), ends(), restored()]),
        ),
        (
            "pushed while it is created",
            vec![pushed(), Step::Progress(0), pushed(), ends(), Step::InvokeAll],
        ),
        (
            "deleted while it is created",
            vec![
                pushed(),
                Step::Progress(0),
                Step::Progress(0),
                deleted(),
                Step::InvokeAll,
            ],
        ),
        (
            "deleted while its pipeline deploys",
            vec![pushed(), ends(), Step::Run(0), deleted(), Step::InvokeAll],
        ),
        (
            "its destruction fails three times",
            [
                deployed(),
                tries(deleted(), [vec![fails()], halfway(Ending::Failed), vec![fails()]]),
            ]
            .concat(),
        ),
        (
            "its creation fails, is stopped, and takes too long",
            tries(
                pushed(),
                [vec![fails()], halfway(Ending::Stopped), halfway(Ending::TimedOut)],
            ),
        ),
        (
            "made again after its destruction failed halfway",
            after_deployment(vec![deleted(), Step::Progress(0), fails(), restored(), ends()]),
        ),
    ]
}

fn of_deaths() -> Vec<History> {
    let dies_at = |service, call, effect| {
        let at = Place(service, call);
        Some(Trouble::Cut { at, effect })
    };
    let waits_at = |service, call, effect| {
        let at = Place(service, call);
        Some(Trouble::Wait { at, effect })
    };
    vec![
        (
            "made again, and creating dies before it starts a build",
            after_deployment(vec![
                deleted(),
                ends(),
                Step::Restore(X, dies_at(Service::Builds, 4, false)),
                Step::Lose(0),
            ]),
        ),
        (
            "destroying dies when it has stopped the pipeline",
            vec![
                pushed(),
                ends(),
                Step::Delete(X, dies_at(Service::Pipelines, 1, true)),
                Step::Lose(0),
                restored(),
            ],
        ),
        (
            "a pipeline starts while the next source is built",
            after_deployment(vec![
                pushed(),
                Step::End(0, Ending::Succeeded, waits_at(Service::Pipelines, 1, false)),
                pushed(),
                Step::GoOn(0, Trouble::None),
                ends(),
            ]),
        ),
        (
            "creating and destroying begin at once, and creating dies before it looks",
            after_deployment(vec![
                Step::Push(X, waits_at(Service::Builds, START - 1, true)),
                deleted(),
                Step::GoOn(0, dies_at(Service::Builds, START + 1, false).unwrap()),
                Step::Restore(X, UNHEARD),
                Step::InvokeAll,
            ]),
        ),
        (
            "a pipeline starts when it should have been stopped, and deploys after all is destroyed",
            after_deployment(vec![
                pushed(),
                Step::End(0, Ending::Succeeded, waits_at(Service::Pipelines, 1, false)),
                deleted(),
                Step::GoOn(0, Trouble::None),
                Step::Run(0),
                ends(),
                ends(),
            ]),
        ),
        (
            "both begin at once, and nobody hears of it before what creates has succeeded",
            after_deployment(vec![
                Step::Push(X, waits_at(Service::Builds, START - 1, true)),
                deleted(),
                Step::GoOn(0, dies_at(Service::Builds, START + 1, false).unwrap()),
                Step::Lose(0),
                Step::Restore(X, UNHEARD),
                Step::Lose(0),
                Step::End(1, Ending::Succeeded, UNHEARD),
                Step::Lose(0),
                ends(),
            ]),
        ),
        (
            "creating and destroying begin at once, and creating is not told that it began",
            after_deployment(vec![
                Step::Push(X, waits_at(Service::Builds, START - 1, true)),
                deleted(),
                Step::GoOn(
                    0,
                    Trouble::Fault {
                        at: Place(Service::Builds, START),
                        times: 1,
                        fault: Fault::Lost { effect: true },
                    },
                ),
            ]),
        ),
    ]
}

fn pushed() -> Step {
    Step::Push(X, HEARD)
}

fn deleted() -> Step {
    Step::Delete(X, HEARD)
}

fn restored() -> Step {
    Step::Restore(X, HEARD)
}

fn ends() -> Step {
    Step::End(0, Ending::Succeeded, HEARD)
}

fn ends_unheard() -> Step {
    Step::End(0, Ending::Succeeded, UNHEARD)
}

fn fails() -> Step {
    Step::End(0, Ending::Failed, HEARD)
}

/// Pushed, created, and deployed.
fn deployed() -> Vec<Step> {
    vec![pushed(), ends(), Step::Run(0), ends(), Step::InvokeAll]
}

fn after_deployment(steps: Vec<Step>) -> Vec<Step> {
    [deployed(), steps].concat()
}
