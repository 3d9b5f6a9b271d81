//! Every call that the function makes fails, in every way that calls fail, and a person retries until it succeeds.
//!
//! Each call of each region meets two of the six ways, and the same call in the other regions the others. Lanes of three regions
//! each run at the same time, as a fault is for one region.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::calls::{Call, Case, WAYS, Way, cases, of_clean_run};
use super::distributor::distributor;
use super::lane::{LANES, Lane};
use super::pipeline::{LAYER, jobs};
use super::zips;

#[test]
fn whatever_call_fails_and_however_retries_end_with_one_version_and_equal_pointers() {
    let distributor = distributor();
    let content = zips::layer("a release that meets faults");
    let lanes: Vec<Lane<'_>> = (0..LANES.len())
        .map(|number| Lane::create(&distributor, number, &content))
        .collect();
    let calls = of_clean_run(&lanes[0]).unwrap();
    let operations: BTreeSet<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
    let expected = [
        "AddLayerVersionPermission",
        "DeleteLayerVersion",
        "DeleteParameter",
        "GetLayerVersion",
        "GetLayerVersionPolicy",
        "GetObject",
        "GetParameters",
        "ListFunctions",
        "ListLayerVersions",
        "PublishLayerVersion",
        "PutParameter",
    ];
    assert_eq!(operations, BTreeSet::from(expected));

    let reads = calls.iter().filter(|call| call.region.is_none());
    let reads: Vec<Case> = reads
        .flat_map(|call| {
            WAYS.map(|way| Case {
                call: call.clone(),
                way,
            })
        })
        .collect();
    let (queue, failures, jobs) = (
        Mutex::new(cases(&calls, LANES[0].len())),
        Mutex::new(Vec::new()),
        AtomicUsize::new(0),
    );
    let all = queue.lock().unwrap().len() + reads.len();
    let run = |lane: &Lane<'_>, case: &Case, number: usize| match lane.run(case, format!("faults-{number}")) {
        Ok(count) => {
            jobs.fetch_add(count, Ordering::Relaxed);
        }
        Err(error) => failures
            .lock()
            .unwrap()
            .push(format!("{case:?} (faults-{number}): {error}")),
    };
    std::thread::scope(|scope| {
        for lane in &lanes {
            let (queue, run) = (&queue, &run);
            scope.spawn(move || {
                loop {
                    let (number, next) = {
                        let mut queue = queue.lock().unwrap();
                        (queue.len(), queue.pop())
                    };
                    let Some(case) = next else { return };
                    run(lane, &case, number);
                }
            });
        }
    });
    // All artifacts are read in one region, so these faults would meet the others' reads.
    for (number, case) in reads.iter().enumerate() {
        run(&lanes[0], case, all + number);
    }
    let failures = failures.into_inner().unwrap();
    println!("{} calls, {all} cases, {} jobs", calls.len(), jobs.into_inner());
    assert!(
        failures.is_empty(),
        "{} of {all} cases:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn an_answer_that_meets_a_fault_is_given_once() {
    let distributor = distributor();
    let parameters = json!({"layer_name": LAYER, "regions": ["eu-west-1"], "artifact_path": "build/layer.zip"});
    let pipeline = distributor.pipeline("answers", &parameters);
    let content = zips::layer("a release whose answer meets faults");
    pipeline.has(&content);
    for way in WAYS {
        let call = Call {
            service: "codepipeline".to_owned(),
            operation: "PutJobSuccessResult".to_owned(),
            region: None,
            earlier: 0,
            prunes: false,
        };
        Case { call, way }.set(&[]);
        let name = format!("answers-{way:?}");
        let execution = pipeline.start(&name);
        let ended = pipeline.ended(&execution);
        if way == Way::Refused {
            let message = ended.failed();
            assert!(message.contains("AccessDenied: User: e2e"), "{message}");
            pipeline.retry(&execution).succeeded();
        } else {
            ended.succeeded();
            assert_eq!(jobs(&execution).len(), 1, "{way:?}");
        }
        assert_eq!(distributor.layer(&name).the_only("eu-west-1", &content).number, 1);
    }
}
