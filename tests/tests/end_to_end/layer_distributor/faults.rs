//! Every call that the function makes fails, in every way that calls fail, and a person retries until it succeeds.
//!
//! What a call meets is chosen so that each call of each region meets some ways, and the same call in another region the others:
//! a call in three regions meets all. Lanes of three regions each run at the same time, as a fault is for one region.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::distributor::{Distributor, HOME, distributor};
use super::layer::Layer;
use super::pipeline::{Ended, LAYER, Pipeline, jobs};
use super::zips;
use crate::engine::{control, look};

/// Three regions each. The first lags the most, the last does not.
const LANES: [[&str; 3]; 8] = [
    ["eu-west-1", "us-east-2", "ap-south-1"],
    ["eu-west-2", "us-west-1", "ap-south-2"],
    ["eu-west-3", "us-west-2", "ap-northeast-1"],
    ["eu-central-1", "ca-central-1", "ap-northeast-2"],
    ["eu-central-2", "ca-west-1", "ap-northeast-3"],
    ["eu-north-1", "sa-east-1", "ap-southeast-1"],
    ["eu-south-1", "af-south-1", "ap-southeast-2"],
    ["eu-south-2", "me-south-1", "ap-southeast-3"],
];
/// What the SDK tries of one call.
const ATTEMPTS: usize = 4;
/// A retry may meet what is left of a fault.
const MOST_RETRIES: usize = 4;
const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

/// A way in which a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    kind: &'static str,
    /// So many attempts of the call.
    count: usize,
}

/// Of them, the last two let the SDK's next attempt find what the first has done.
const WAYS: [Way; 6] = [
    Way {
        kind: "refuse",
        count: 1,
    },
    Way {
        kind: "fail",
        count: ATTEMPTS,
    },
    Way {
        kind: "throttle",
        count: ATTEMPTS,
    },
    Way {
        kind: "drop-after",
        count: ATTEMPTS,
    },
    Way {
        kind: "drop",
        count: ATTEMPTS,
    },
    Way {
        kind: "fail-after",
        count: 1,
    },
];

/// A call of a clean run.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    service: String,
    operation: String,
    /// Which of the lane's regions; none for the region of the pipeline.
    region: Option<usize>,
    /// So many of the same operation are before it in its region.
    earlier: usize,
    /// The release is made when this call comes.
    prunes: bool,
}

#[derive(Debug, Clone)]
struct Case {
    call: Call,
    way: Way,
}

impl Case {
    /// A publication that had its effect is known for what it is, so it is asked for once.
    fn count(&self) -> usize {
        let publishes = self.call.operation == "PublishLayerVersion";
        if publishes && self.way.kind.ends_with("-after") {
            1
        } else {
            self.way.count
        }
    }

    fn set(&self, regions: &[&str]) {
        let mut fault = json!({
            "kind": self.way.kind,
            "service": self.call.service,
            "operation": self.call.operation,
            "region": self.call.region.map_or(HOME, |region| regions[region]),
            "skip": self.call.earlier,
            "count": self.count(),
        });
        if self.way.kind == "refuse" {
            let code = if self.call.service == "s3" {
                "AccessDenied"
            } else {
                "AccessDeniedException"
            };
            let refusal = json!({"status": 403, "code": code, "message": "User: e2e is not authorized to do this"});
            fault
                .as_object_mut()
                .unwrap()
                .extend(refusal.as_object().unwrap().clone());
        }
        control("calls/faults", &fault);
    }

    /// Whether the job cannot get past it.
    fn stops(&self) -> bool {
        let in_vain = matches!(self.way.kind, "refuse" | "fail" | "throttle" | "drop") || self.count() == ATTEMPTS;
        in_vain && !self.call.prunes
    }
}

/// Three regions with a pipeline for them.
struct Lane<'d> {
    distributor: &'d Distributor,
    pipeline: Pipeline<'d>,
    regions: [&'static str; 3],
    content: &'d [u8],
}

/// A layer of which the regions have different numbers of versions, the last one an earlier release's.
struct Before<'d> {
    layer: Layer<'d>,
    name: String,
    latest: Vec<Option<String>>,
}

impl<'d> Lane<'d> {
    fn create(distributor: &'d Distributor, number: usize, content: &'d [u8]) -> Self {
        let regions = LANES[number];
        let parameters = json!({
            "layer_name": LAYER, "regions": regions, "artifact_path": "build/layer.zip", "principals": ACCOUNTS,
            "ssm_prefix": "/layers", "align_versions": true, "keep_versions": 1, "prune_shared": true,
        });
        let pipeline = distributor.pipeline(&format!("faults-{number}"), &parameters);
        pipeline.has(content);
        Self {
            distributor,
            pipeline,
            regions,
            content,
        }
    }

    fn before(&self, name: String) -> Before<'d> {
        let layer = self.distributor.layer(&name);
        for (lead, region) in self.regions.iter().enumerate() {
            for number in 0..lead {
                layer.publish(region, "by hand", &zips::layer(&format!("by hand {number}")));
            }
            layer.release_by_hand(region, &zips::layer("an earlier release"));
        }
        let latest = self.regions.iter().map(|region| layer.latest(region)).collect();
        Before { layer, name, latest }
    }

    /// Releases a fresh layer while a call fails in that way, and retries until it succeeds. How many jobs that took.
    fn run(&self, case: &Case, name: String) -> Result<usize> {
        let before = self.before(name);
        case.set(&self.regions);
        let execution = self.pipeline.start(&before.name);
        let mut ended = self.pipeline.ended(&execution);
        ensure!(
            matches!(ended, Ended::Failed { .. }) == case.stops(),
            "the first job: {ended:?}"
        );
        for _ in 0..MOST_RETRIES {
            let Ended::Failed { message, .. } = &ended else { break };
            let named = case
                .call
                .region
                .map_or("the input artifact", |region| self.regions[region]);
            ensure!(message.contains(named), "{named} is not named: {message}");
            self.check_unmoved_or_moved(&before)?;
            ended = self.pipeline.retry(&execution);
        }
        let jobs = jobs(&execution);
        for job in &jobs {
            ensure!(job["refused"] == 0, "answered more than once: {job}");
        }
        self.check_done(case, &before, ended)?;
        Ok(jobs.len())
    }

    fn check_unmoved_or_moved(&self, before: &Before<'_>) -> Result<()> {
        let latest: Vec<_> = self.regions.iter().map(|region| before.layer.latest(region)).collect();
        let old = latest
            .iter()
            .zip(&before.latest)
            .filter(|(now, before)| now == before)
            .count();
        ensure!(
            old == 0 || old == latest.len(),
            "`latest` moved in some regions: {latest:?}"
        );
        Ok(())
    }

    fn check_done(&self, case: &Case, before: &Before<'_>, ended: Ended) -> Result<()> {
        let Ended::Succeeded { summary, variables } = ended else {
            bail!("it never succeeds: {ended:?}");
        };
        let faults = look("calls/faults");
        let left = faults["faults"].as_array().unwrap().iter();
        let mine = |fault: &&Value| {
            let region = fault["region"].as_str().unwrap();
            self.regions.contains(&region) || (region == HOME && case.call.region.is_none())
        };
        let mut left = left.filter(mine);
        ensure!(left.next().is_none(), "not all of it was met: {faults}");
        let mut numbers = BTreeSet::new();
        for (at, region) in self.regions.iter().enumerate() {
            let failed_here = case.call.prunes && case.call.region == Some(at);
            let told = summary.contains(&format!("{region}: old versions were not deleted"));
            ensure!(!told || failed_here, "{region}: {summary}");
            if failed_here && case.count() == case.way.count && case.way.kind != "fail-after" {
                ensure!(told, "what was not pruned is not said: {summary}");
            }
            numbers.insert(self.check_region(before, region, at, told, &variables)?);
        }
        ensure!(numbers.len() == 1, "not the same number everywhere: {numbers:?}");
        Ok(())
    }

    /// One version of the content, nothing that is left over, its policy and pointers. Its number.
    fn check_region(
        &self,
        before: &Before<'_>,
        region: &str,
        lead: usize,
        unpruned: bool,
        variables: &Value,
    ) -> Result<i64> {
        let layer = &before.layer;
        let mut expected: Vec<i64> = (1..).take(lead).collect();
        let (old, versions) = (i64::try_from(lead)? + 1, layer.versions(region));
        let numbers: Vec<i64> = versions.iter().map(|version| version.number).collect();
        let old_stays = numbers.contains(&old);
        ensure!(
            !old_stays || unpruned,
            "{region} still has the old version: {versions:?}"
        );
        expected.extend(old_stays.then_some(old));
        let kept = versions.iter().find(|version| version.says(self.content));
        let Some(kept) = kept else {
            bail!("{region} has no version of the content: {versions:?}")
        };
        expected.push(kept.number);
        ensure!(numbers == expected, "{region} has {versions:?}");
        ensure!(
            layer.sha256(region, kept.number) == zips::base64(self.content),
            "{region}: {kept:?}"
        );

        let policy = layer.policy(region, kept.number);
        let wanted = ACCOUNTS.map(|account| {
            let principal = json!({"AWS": format!("arn:aws:iam::{account}:root")});
            (format!("wrasse-{account}"), principal)
        });
        ensure!(policy == BTreeMap::from(wanted), "{region}: {policy:?}");

        let mut pointers = layer.pointers(region);
        let of_old = pointers.remove(&old.to_string());
        ensure!(
            of_old.is_none() || old_stays,
            "{region}: a pointer leads nowhere: {of_old:?}"
        );
        let wanted = ["latest".to_owned(), kept.number.to_string()].map(|name| (name, kept.arn.clone()));
        ensure!(pointers == BTreeMap::from(wanted), "{region}: {pointers:?}");
        let variable = &variables[format!("LayerVersionArn_{region}")];
        ensure!(*variable == kept.arn, "{region}: {variables}");
        Ok(kept.number)
    }
}

/// The calls of a release in which nothing fails.
fn clean_run(lane: &Lane<'_>) -> Result<Vec<Call>> {
    let before = lane.before("clean-run".to_owned());
    control("calls/record", &json!({}));
    let ended = lane.pipeline.release(&before.name);
    let record = look("calls");
    let mut calls: Vec<Call> = Vec::new();
    for call in record.as_array().unwrap() {
        let [service, operation, region] = ["service", "operation", "region"].map(|name| call[name].as_str().unwrap());
        let at = lane.regions.iter().position(|known| *known == region);
        if at.is_none() && service != "s3" {
            continue;
        }
        let same = |call: &&Call| call.region == at && call.operation == operation;
        calls.push(Call {
            service: service.to_owned(),
            operation: operation.to_owned(),
            region: at,
            earlier: calls.iter().filter(same).count(),
            prunes: false,
        });
    }
    for region in 0..lane.regions.len() {
        let mut of_region: Vec<&mut Call> = calls.iter_mut().filter(|call| call.region == Some(region)).collect();
        let made = of_region
            .iter()
            .rposition(|call| call.operation == "PutParameter")
            .unwrap();
        of_region[made + 1..].iter_mut().for_each(|call| call.prunes = true);
    }
    let nothing = Case {
        call: Call {
            prunes: false,
            ..calls[0].clone()
        },
        way: WAYS[5],
    };
    lane.check_done(&nothing, &before, ended)?;
    Ok(calls)
}

/// Half of all ways for each call, the other half for its like in the next region.
fn cases(calls: &[Call]) -> Vec<Case> {
    let mut cases = Vec::new();
    for region in 0..LANES[0].len() {
        let of_region = calls.iter().filter(|call| call.region == Some(region));
        for (number, call) in of_region.enumerate() {
            let ways = WAYS
                .iter()
                .enumerate()
                .filter(|(way, _)| (way + number + region) % 2 == 0);
            cases.extend(ways.map(|(_, way)| Case {
                call: call.clone(),
                way: *way,
            }));
        }
    }
    cases
}

#[test]
fn whatever_call_fails_and_however_retries_end_with_one_version_and_equal_pointers() {
    let distributor = distributor();
    let content = zips::layer("a release that meets faults");
    let lanes: Vec<Lane<'_>> = (0..LANES.len())
        .map(|number| Lane::create(&distributor, number, &content))
        .collect();
    let calls = clean_run(&lanes[0]).unwrap();
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
    let (queue, failures, jobs) = (Mutex::new(cases(&calls)), Mutex::new(Vec::new()), AtomicUsize::new(0));
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
        let answer = Call {
            service: "codepipeline".to_owned(),
            operation: "PutJobSuccessResult".to_owned(),
            region: None,
            earlier: 0,
            prunes: false,
        };
        Case { call: answer, way }.set(&[]);
        let name = format!("answers-{}-{}", way.kind, way.count);
        let execution = pipeline.start(&name);
        pipeline.ended(&execution).succeeded();
        assert_eq!(jobs(&execution).len(), 1, "{way:?}");
        distributor.layer(&name).the_only("eu-west-1", &content);
    }
}
