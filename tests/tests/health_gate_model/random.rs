//! Random scripts, which proptest makes shorter when one breaks a rule.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::calls::{Fault, Place, Trouble};
use crate::gates::{Gate, REGIONS};
use crate::script::{Script, Shape, Step};
use crate::wire::Service;

pub(crate) fn scripts() -> impl Strategy<Value = Script> {
    let silent = prop_oneof![3 => Just(Vec::new()), 1 => select(&REGIONS[..]).prop_map(|region| vec![region])];
    let pipelines = vec(pipeline(), 1..=2);
    let steps = vec(phrase(), 3..=14).prop_map(|phrases| phrases.concat());
    (any::<bool>(), silent, pipelines, steps, any::<bool>()).prop_map(|(plan, silent, pipelines, steps, peace)| {
        Script {
            plan,
            silent,
            pipelines,
            steps,
            peace,
        }
    })
}

/// Steps that often follow each other: by themselves they would seldom meet.
fn phrase() -> impl Strategy<Value = Vec<Step>> {
    let heard = || Some(Trouble::None);
    let incident = move || Step::Open {
        region: REGIONS[0],
        service: "EC2",
        investigation: false,
        specific: false,
        unnamed: false,
        heard: heard(),
    };
    let pause = || select(vec![125_i64, 301]).prop_map(Step::Pass);
    prop_oneof![
        12 => step().prop_map(|step| vec![step]),
        3 => trouble().prop_map(move |trouble| vec![incident(), Step::Release(0, Some(trouble))]),
        4 => trouble().prop_map(|trouble| vec![Step::Close(0, Some(trouble))]),
        3 => (pause(), trouble()).prop_map(|(pause, trouble)| vec![pause, Step::Compare(trouble)]),
        2 => Just(vec![incident(), Step::InvokeAll]),
        1 => Just(vec![Step::GoOn(0), Step::InvokeAll]),
    ]
}

fn pipeline() -> impl Strategy<Value = (Shape, Vec<Gate>)> {
    (select(vec![Shape::Before, Shape::Within, Shape::Two]), vec(gate(), 2)).prop_map(|(shape, mut gates)| {
        gates.truncate(if matches!(shape, Shape::Two) { 2 } else { 1 });
        (shape, gates)
    })
}

fn gate() -> impl Strategy<Value = Gate> {
    let region = select(vec![None, None, None, Some("us-east-1"), Some("us-west-2")]);
    let service = select(vec![None, None, None, Some("EC2")]);
    let minutes = select(vec![5_i64, 30, 60]);
    let rarely = prop::bool::weighted(0.2);
    let mostly = prop::bool::weighted(0.9);
    let hold = prop::bool::weighted(0.35);
    (region, service, rarely, mostly, hold, rarely, minutes, mostly).prop_map(
        |(region, service, investigations, specific, hold, allow, minutes, resumable)| Gate {
            region,
            service,
            investigations,
            specific,
            hold,
            allow,
            minutes,
            resumable,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let any_of = || 0..4_usize;
    let pipeline = || 0..2_usize;
    let region = select(vec![
        "global", REGIONS[0], REGIONS[0], REGIONS[0], REGIONS[1], REGIONS[2],
    ]);
    let rarely = prop::bool::weighted(0.15);
    let heard = || prop::option::weighted(0.75, trouble());
    let open = (
        region,
        select(vec!["EC2", "EC2", "LAMBDA"]),
        rarely,
        rarely,
        rarely,
        heard(),
    )
        .prop_map(
            |(region, service, investigation, specific, unnamed, heard)| Step::Open {
                region,
                service,
                investigation,
                specific,
                unnamed,
                heard,
            },
        );
    let override_for = (pipeline(), select(vec![-5_i64, 2, 30]), rarely)
        .prop_map(|(pipeline, minutes, odd)| Step::Override { pipeline, minutes, odd });
    let retry = (pipeline(), rarely).prop_map(|(pipeline, all)| Step::Retry { pipeline, all });
    let pass = select(vec![1_i64, 31, 31, 31, 130, 130, 130, 300, 1_260, 4_000]);
    prop_oneof![
        8 => open,
        3 => (any_of(), heard()).prop_map(|(which, heard)| Step::Update(which, heard)),
        10 => (any_of(), heard()).prop_map(|(which, heard)| Step::Close(which, heard)),
        16 => (any_of(), trouble()).prop_map(|(event, trouble)| Step::Invoke(event, trouble)),
        8 => Just(Step::InvokeAll),
        3 => any_of().prop_map(Step::Double),
        2 => any_of().prop_map(Step::Lose),
        2 => Just(Step::Heartbeats),
        8 => trouble().prop_map(Step::Compare),
        7 => any_of().prop_map(Step::GoOn),
        12 => (pipeline(), heard()).prop_map(|(pipeline, heard)| Step::Release(pipeline, heard)),
        4 => retry,
        2 => pipeline().prop_map(Step::Stop),
        1 => pipeline().prop_map(Step::Delete),
        3 => override_for,
        1 => any::<bool>().prop_map(Step::Plan),
        2 => any::<bool>().prop_map(Step::Lag),
        9 => pass.prop_map(Step::Pass),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let effect = any::<bool>();
    let fault = prop_oneof![
        Just(Fault::Throttled),
        effect.prop_map(|effect| Fault::Broken { effect }),
        effect.prop_map(|effect| Fault::Lost { effect }),
    ];
    let service = || {
        select(vec![
            Service::Health,
            Service::Table,
            Service::Pipelines,
            Service::Topic,
        ])
    };
    prop_oneof![
        12 => Just(Trouble::None),
        2 => (place(), select(vec![1_usize, 1, 1, 4]), fault)
            .prop_map(|(at, times, fault)| Trouble::Fault { at, times, fault }),
        1 => service().prop_map(Trouble::Refused),
        1 => service().prop_map(Trouble::Silent),
        3 => (place(), effect).prop_map(|(at, effect)| Trouble::Cut { at, effect }),
        2 => place().prop_map(|at| Trouble::Overtaken { at }),
        4 => (place(), effect).prop_map(|(at, effect)| Trouble::Wait { at, effect }),
    ]
}

/// Where the functions have calls.
fn place() -> impl Strategy<Value = Place<Service>> {
    prop_oneof![
        1 => Just(Place(Service::Health, 0)),
        4 => (0..8_usize).prop_map(|call| Place(Service::Table, call)),
        5 => (0..3_usize).prop_map(|call| Place(Service::Pipelines, call)),
        1 => Just(Place(Service::Topic, 0)),
    ]
}
