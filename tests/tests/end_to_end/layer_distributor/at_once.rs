//! Two pipelines that release the same at the same time.

use std::collections::BTreeMap;

use serde_json::json;

use super::distributor::distributor;
use super::pipeline::{Ended, LAYER};
use super::zips;
use crate::engine::control;

const REGIONS: [&str; 3] = ["eu-west-2", "us-east-2", "ap-northeast-1"];
/// One of two may have to give way.
const MOST_RETRIES: usize = 3;

#[test]
fn two_pipelines_that_release_the_same_at_once_end_with_one_version() {
    let distributor = distributor();
    for aligned in [false, true] {
        let parameters = json!({
            "layer_name": LAYER, "regions": REGIONS, "artifact_path": "build/layer.zip", "ssm_prefix": "/layers",
            "principals": ["111122223333"], "align_versions": aligned,
        });
        let pipelines =
            ["one", "two"].map(|name| distributor.pipeline(&format!("at-once-{name}-{aligned}"), &parameters));
        // Where everybody is slow to publish, everybody has seen that nothing is there yet.
        for region in REGIONS {
            let slow = json!({
                "kind": "delay", "service": "lambda", "operation": "PublishLayerVersion", "region": region,
                "milliseconds": 300,
            });
            control("calls/faults", &slow);
        }
        for round in 0..3 {
            let name = format!("at-once-{round}-{aligned}");
            let (layer, content) = (distributor.layer(&name), zips::layer(&name));
            if aligned {
                layer.publish(REGIONS[round % 3], "by hand", &zips::layer("by hand"));
            }
            for pipeline in &pipelines {
                pipeline.has(&content);
            }
            let executions = pipelines.each_ref().map(|pipeline| pipeline.start(&name));
            for (pipeline, execution) in pipelines.iter().zip(&executions) {
                let mut ended = pipeline.ended(execution);
                for _ in 0..MOST_RETRIES {
                    if let Ended::Succeeded { .. } = ended {
                        break;
                    }
                    ended = pipeline.retry(execution);
                }
                ended.succeeded();
            }
            let kept = REGIONS.map(|region| layer.the_only(region, &content));
            if aligned {
                assert!(kept.iter().all(|version| version.number == kept[0].number), "{kept:?}");
            }
            for (region, version) in REGIONS.iter().zip(&kept) {
                assert_eq!(layer.latest(region).as_ref(), Some(&version.arn), "{region}");
                let policy = layer.policy(region, version.number);
                assert_eq!(policy.into_keys().collect::<Vec<_>>(), ["wrasse-111122223333"]);
                let left = layer
                    .versions(region)
                    .into_iter()
                    .filter(|version| version.description.contains("filler"));
                assert_eq!(left.collect::<Vec<_>>(), [], "{region}");
                let dead: BTreeMap<_, _> = (layer.pointers(region).into_iter())
                    .filter(|(name, value)| name != "latest" && *value != version.arn)
                    .collect();
                assert_eq!(dead, BTreeMap::new(), "{region}");
            }
        }
        control("calls/faults", &json!({"kind": "clear"}));
    }
}
