//! A distributor that dies amid its work: the job is answered by another's hand, and a retry goes on.

use serde_json::{Value, json};

use super::distributor::{Distributor, distributor};
use super::pipeline::{LAYER, Pipeline, jobs};
use super::releases::called;
use super::zips;
use crate::engine::{control, look, tool, until};

const REGIONS: [&str; 2] = ["eu-west-3", "sa-east-1"];
/// Long enough to be killed in.
const MILLISECONDS: u64 = 3_000;

/// Kills all that runs of the distributor now, idle or not.
fn kill(distributor: &Distributor) {
    let name = format!("lambda {}", distributor.output("LayerDistributorFunctionName"));
    let processes: Vec<Value> = serde_json::from_value(look("processes")).unwrap();
    let running: Vec<&Value> = processes.iter().filter(|process| process["name"] == *name).collect();
    assert!(!running.is_empty(), "{name} does not run: {processes:?}");
    for process in running {
        tool("sh", &["-c", &format!("kill -KILL {} || true", process["pid"])]);
    }
}

/// Starts a release, and kills the function and Lambda's retry of it while each waits for that call.
fn die_amid(distributor: &Distributor, operation: &str, name: &str) -> String {
    let parameters = json!({
        "layer_name": LAYER, "regions": REGIONS, "artifact_path": "build/layer.zip", "ssm_prefix": "/layers",
    });
    let pipeline = distributor.pipeline(name, &parameters);
    pipeline.has(&zips::layer(name));
    let slow = json!({
        "kind": "delay", "service": "lambda", "operation": operation, "region": REGIONS[1],
        "milliseconds": MILLISECONDS, "count": 2,
    });
    control("calls/faults", &slow);
    control("calls/record", &json!({}));
    let execution = pipeline.start(name);
    for number in 1..=2 {
        until(&format!("{operation} number {number}"), || {
            (called(operation).get(REGIONS[1]) >= Some(&number)).then_some(())
        });
        kill(distributor);
    }
    let message = pipeline.ended(&execution).failed();
    assert!(message.contains("ended without an answer"), "{message}");
    execution
}

#[test]
fn what_was_published_before_a_crash_is_not_published_again() {
    let distributor = distributor();
    let execution = die_amid(&distributor, "GetLayerVersion", "crashed");
    let pipeline = Pipeline::named(&distributor, "crashed");
    pipeline.retry(&execution).succeeded();
    let once = REGIONS.map(|region| (region.to_owned(), 1));
    assert_eq!(called("PublishLayerVersion"), once.into());
    for region in REGIONS {
        let version = distributor.layer("crashed").the_only(region, &zips::layer("crashed"));
        assert_eq!(
            (version.number, distributor.layer("crashed").latest(region)),
            (1, Some(version.arn))
        );
    }
    let jobs = jobs(&execution);
    assert_eq!(jobs.len(), 2, "{jobs:?}");
    assert!(jobs.iter().all(|job| job["refused"] == 0), "{jobs:?}");
}

#[test]
fn of_what_takes_effect_after_a_crash_one_version_stays() {
    let distributor = distributor();
    let execution = die_amid(&distributor, "PublishLayerVersion", "late");
    let layer = distributor.layer("late");
    until("the requests of the dead to take effect", || {
        (layer.numbers(REGIONS[1]) == [1, 2]).then_some(())
    });
    Pipeline::named(&distributor, "late").retry(&execution).succeeded();
    for region in REGIONS {
        let version = layer.the_only(region, &zips::layer("late"));
        assert_eq!((version.number, layer.latest(region)), (1, Some(version.arn)));
    }
}
