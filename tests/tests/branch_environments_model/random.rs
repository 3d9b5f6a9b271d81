//! Random histories, which proptest makes shorter when one breaks a rule.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::script::{BRANCHES, Ending, Heard, Script, Step};
use crate::wire::{Fault, Place, SERVICES, Service, Trouble};

pub(crate) fn scripts() -> impl Strategy<Value = Script> {
    let steps = vec(phrase(), 2..=9).prop_map(|phrases| phrases.concat());
    (prop::bool::weighted(0.15), steps).prop_map(|(tight, steps)| Script { tight, steps })
}

/// Steps that often follow each other: by themselves they would seldom meet.
fn phrase() -> impl Strategy<Value = Vec<Step>> {
    let ends = |heard| Step::End(0, Ending::Succeeded, heard);
    let calm = || Some(Trouble::None);
    prop_oneof![
        12 => step().prop_map(|step| vec![step]),
        4 => (branch(), heard()).prop_map(move |(branch, heard)| vec![Step::Push(branch, calm()), ends(heard)]),
        3 => (branch(), heard()).prop_map(move |(branch, heard)| vec![Step::Delete(branch, calm()), ends(heard)]),
        2 => branch().prop_map(move |branch| vec![
            Step::Push(branch, calm()), ends(calm()), Step::Run(0), ends(calm()),
        ]),
        2 => (branch(), heard(), heard()).prop_map(|(branch, one, other)| vec![
            Step::Delete(branch, one), Step::Restore(branch, other),
        ]),
        2 => (branch(), wait(), trouble()).prop_map(move |(branch, wait, then)| vec![
            Step::Push(branch, Some(wait)), Step::Delete(branch, calm()), Step::GoOn(0, then),
        ]),
        2 => (branch(), wait(), trouble()).prop_map(move |(branch, wait, then)| vec![
            Step::Delete(branch, Some(wait)), Step::Push(branch, calm()), Step::GoOn(0, then),
        ]),
        1 => Just(vec![Step::GoOn(0, Trouble::None), Step::InvokeAll]),
        1 => trouble().prop_map(|trouble| vec![Step::Pass(61), Step::Reconcile(trouble), Step::InvokeAll]),
    ]
}

fn step() -> BoxedStrategy<Step> {
    let any_of = || 0..4_usize;
    let ending = select(vec![
        Ending::Succeeded,
        Ending::Succeeded,
        Ending::Succeeded,
        Ending::Failed,
        Ending::Fault,
        Ending::Stopped,
        Ending::TimedOut,
    ]);
    prop_oneof![
        8 => (branch(), heard()).prop_map(|(branch, heard)| Step::Push(branch, heard)),
        8 => (branch(), heard()).prop_map(|(branch, heard)| Step::Delete(branch, heard)),
        3 => (branch(), heard()).prop_map(|(branch, heard)| Step::Restore(branch, heard)),
        2 => (branch(), branch()).prop_map(|(branch, other)| Step::Rename(branch, other)),
        16 => (any_of(), trouble()).prop_map(|(event, trouble)| Step::Invoke(event, trouble)),
        6 => Just(Step::InvokeAll),
        3 => any_of().prop_map(Step::Double),
        3 => any_of().prop_map(Step::Lose),
        5 => any_of().prop_map(Step::Progress),
        14 => (any_of(), ending, heard()).prop_map(|(build, ending, heard)| Step::End(build, ending, heard)),
        5 => any_of().prop_map(Step::Run),
        5 => trouble().prop_map(Step::Reconcile),
        6 => (any_of(), trouble()).prop_map(|(which, then)| Step::GoOn(which, then)),
        4 => select(vec![1_i64, 11, 21, 61]).prop_map(Step::Pass),
    ]
    .boxed()
}

/// Few of them, so that much happens to one.
fn branch() -> impl Strategy<Value = usize> {
    prop_oneof![8 => Just(0_usize), 3 => Just(1_usize), 3 => 0..BRANCHES.len()]
}

fn heard() -> impl Strategy<Value = Heard> {
    prop::option::weighted(0.7, trouble())
}

/// Boxed, as it is part of many others: what they are made on is a stack.
fn trouble() -> BoxedStrategy<Trouble> {
    let effect = any::<bool>();
    let fault = prop_oneof![
        Just(Fault::Throttled),
        effect.prop_map(|effect| Fault::Broken { effect }),
        effect.prop_map(|effect| Fault::Lost { effect }),
    ];
    let service = || select(&SERVICES[..]);
    prop_oneof![
        12 => Just(Trouble::None),
        3 => (place(), select(vec![1_usize, 1, 1, 4]), fault)
            .prop_map(|(at, times, fault)| Trouble::Fault { at, times, fault }),
        1 => service().prop_map(Trouble::Refused),
        1 => service().prop_map(Trouble::Silent),
        3 => (place(), effect).prop_map(|(at, effect)| Trouble::Cut { at, effect }),
        2 => place().prop_map(|at| Trouble::Overtaken { at }),
        5 => wait(),
    ]
    .boxed()
}

fn wait() -> impl Strategy<Value = Trouble> {
    (place(), any::<bool>()).prop_map(|(at, effect)| Trouble::Wait { at, effect })
}

/// Where the functions have calls.
fn place() -> impl Strategy<Value = Place<Service>> {
    prop_oneof![
        2 => (0..2_usize).prop_map(|call| Place(Service::Repository, call)),
        9 => (0..10_usize).prop_map(|call| Place(Service::Builds, call)),
        2 => (0..2_usize).prop_map(|call| Place(Service::Pipelines, call)),
        2 => (0..3_usize).prop_map(|call| Place(Service::Bucket, call)),
        1 => (0..2_usize).prop_map(|call| Place(Service::Functions, call)),
        1 => Just(Place(Service::Tags, 0)),
        1 => Just(Place(Service::Topic, 0)),
    ]
}
