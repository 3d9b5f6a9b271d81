//! Releases one after the other: what is published again, what is not, and what goes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::distributor::{Distributor, distributor};
use super::function::Function;
use super::pipeline::{LAYER, Pipeline};
use super::zips;
use crate::engine::{aws, control, look};

const REGIONS: [&str; 3] = ["eu-west-1", "us-west-2", "ap-south-1"];

fn pipeline<'d>(distributor: &'d Distributor, name: &str, more: &Value) -> Pipeline<'d> {
    let mut parameters = json!({
        "layer_name": LAYER, "regions": REGIONS, "artifact_path": "build/layer.zip", "ssm_prefix": "/layers",
    });
    parameters
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    distributor.pipeline(name, &parameters)
}

/// How often an operation was called since the record was started, by region.
pub(crate) fn called(operation: &str) -> BTreeMap<String, usize> {
    let mut called = BTreeMap::new();
    for call in look("calls").as_array().unwrap() {
        if call["operation"] == operation {
            *called.entry(call["region"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    called
}

#[test]
fn a_retry_publishes_only_where_the_release_is_missing() {
    let distributor = distributor();
    let pipeline = pipeline(&distributor, "caught-up", &json!({"principals": ["111122223333"]}));
    let (layer, content) = (distributor.layer("caught-up"), zips::layer("caught up"));
    pipeline.has(&content);
    control("calls/record", &json!({}));
    let refusal = json!({
        "kind": "refuse", "service": "lambda", "operation": "PublishLayerVersion", "region": REGIONS[1],
        "status": 403, "code": "AccessDeniedException", "message": "no identity-based policy allows this",
    });
    control("calls/faults", &refusal);
    let execution = pipeline.start("caught-up");
    let message = pipeline.ended(&execution).failed();
    for told in [
        "PermissionError: ",
        "1 of 3 regions failed",
        "us-west-2: publishing failed: AccessDeniedException: no identity-based policy allows this",
        "eu-west-1: version 1 was published",
        "ap-south-1: version 1 was published",
        "retry the stage",
    ] {
        assert!(message.contains(told), "{told}: {message}");
    }
    for region in REGIONS {
        assert_eq!(layer.pointers(region), BTreeMap::new(), "{region}");
    }

    let (summary, variables) = pipeline.retry(&execution).succeeded();
    assert!(summary.contains("1 published now, 2 there already"), "{summary}");
    let published = REGIONS.map(|region| (region.to_owned(), if region == REGIONS[1] { 2 } else { 1 }));
    assert_eq!(called("PublishLayerVersion"), BTreeMap::from(published));
    assert_eq!(variables["Digest"], zips::hex(&content));
    for region in REGIONS {
        let version = layer.the_only(region, &content);
        assert_eq!(
            variables[format!("LayerVersionArn_{region}")],
            version.arn,
            "{variables}"
        );
        let pointers = ["1", "latest"].map(|name| (name.to_owned(), version.arn.clone()));
        assert_eq!(layer.pointers(region), BTreeMap::from(pointers), "{region}");
    }
}

#[test]
fn the_same_content_stays_the_same_version_and_other_content_is_the_next_one() {
    let distributor = distributor();
    let pipeline = pipeline(&distributor, "followed", &json!({}));
    let layer = distributor.layer("followed");
    let [first, second] = ["first", "second"].map(zips::layer);
    pipeline.has(&first);
    let (_, made) = pipeline.release("followed").succeeded();
    control("calls/record", &json!({}));
    let (summary, again) = pipeline.release("followed").succeeded();
    assert!(summary.contains("0 published now, 3 there already"), "{summary}");
    assert_eq!(again, made);
    for operation in ["PublishLayerVersion", "PutParameter", "DeleteLayerVersion"] {
        assert_eq!(called(operation), BTreeMap::new(), "{operation}");
    }

    pipeline.has(&second);
    pipeline.release("followed").succeeded();
    for region in REGIONS {
        assert_eq!(layer.numbers(region), [1, 2], "{region}");
        let pointers = [("1", 1), ("2", 2), ("latest", 2)];
        let pointers = pointers.map(|(name, number)| (name.to_owned(), layer.arn(region, number)));
        assert_eq!(layer.pointers(region), BTreeMap::from(pointers), "{region}");
    }

    // A step back: the content has its version still.
    pipeline.has(&first);
    pipeline.release("followed").succeeded();
    for region in REGIONS {
        assert_eq!(layer.numbers(region), [1, 2], "{region}");
        assert_eq!(layer.latest(region), Some(layer.arn(region, 1)), "{region}");
    }
}

#[test]
fn old_versions_go_but_for_one_that_a_function_uses() {
    let distributor = distributor();
    let pipeline = pipeline(&distributor, "pruned", &json!({"keep_versions": 2}));
    let layer = distributor.layer("pruned");
    let mut user = None;
    for release in 1..=5 {
        pipeline.has(&zips::layer(&format!("release {release}")));
        pipeline.release("pruned").succeeded();
        user = user.or_else(|| {
            let version = layer.arn(REGIONS[1], 1);
            Some(Function::create(&distributor, "layer-user", REGIONS[1], &version))
        });
        layer.publish(REGIONS[2], "by hand", &zips::layer("by hand"));
    }
    assert_eq!(layer.numbers(REGIONS[0]), [4, 5]);
    assert_eq!(layer.numbers(REGIONS[1]), [1, 4, 5]);
    // Every second version there is somebody else's.
    assert_eq!(layer.numbers(REGIONS[2]), [2, 4, 6, 7, 8, 9, 10]);
    let names = |region| layer.pointers(region).into_keys().collect::<Vec<_>>();
    assert_eq!(names(REGIONS[0]), ["4", "5", "latest"]);
    assert_eq!(names(REGIONS[1]), ["1", "4", "5", "latest"]);
    assert_eq!(names(REGIONS[2]), ["7", "9", "latest"]);

    let user = user.unwrap();
    assert_eq!(user.run("cat $WRASSE_OPT/share/text"), "release 1");
    user.delete();
    pipeline.has(&zips::layer("release 6"));
    let (summary, _) = pipeline.release("pruned").succeeded();
    assert!(summary.contains("4 old versions deleted"), "{summary}");
    assert_eq!(layer.numbers(REGIONS[1]), [5, 6]);
}

#[test]
fn regions_that_lag_catch_up_and_nothing_is_left_of_what_filled_the_gap() {
    let distributor = distributor();
    let pipeline = pipeline(&distributor, "aligned", &json!({"align_versions": true}));
    let (layer, content) = (distributor.layer("aligned"), zips::layer("aligned"));
    for (lead, region) in REGIONS.into_iter().enumerate() {
        for _ in 0..3 * lead {
            layer.publish(region, "by hand", &zips::layer("by hand"));
        }
    }
    pipeline.has(&content);
    let (_, variables) = pipeline.release("aligned").succeeded();
    assert_eq!(variables["Version"], "7");
    let expected: [&[i64]; 3] = [&[7], &[1, 2, 3, 7], &[1, 2, 3, 4, 5, 6, 7]];
    for (region, expected) in REGIONS.into_iter().zip(expected) {
        assert_eq!(layer.numbers(region), expected, "{region}");
        assert_eq!(layer.the_only(region, &content).number, 7);
    }
}

#[test]
fn whom_a_layer_is_for_may_change_between_releases() {
    let distributor = distributor();
    let content = zips::layer("shared");
    let account = |account: &str| json!({"AWS": format!("arn:aws:iam::{account}:root")});
    let audiences = [
        (
            json!({"principals": ["111122223333"]}),
            vec![("wrasse-111122223333", account("111122223333"))],
        ),
        (
            json!({"organization_id": "o-abcdefghij"}),
            vec![("wrasse-o-abcdefghij", json!("*"))],
        ),
        (json!({"public": true}), vec![("wrasse-public", json!("*"))]),
        (json!({}), vec![]),
    ];
    for (number, (audience, expected)) in audiences.into_iter().enumerate() {
        let pipeline = pipeline(&distributor, &format!("shared-{number}"), &audience);
        pipeline.has(&content);
        pipeline.release("shared").succeeded();
        let expected: BTreeMap<String, Value> = expected.into_iter().map(|(id, who)| (id.to_owned(), who)).collect();
        for region in REGIONS {
            assert_eq!(
                distributor.layer("shared").policy(region, 1),
                expected,
                "{region} {audience}"
            );
        }
    }
}

#[test]
fn the_credentials_of_a_job_are_in_no_log() {
    let distributor = distributor();
    let pipeline = pipeline(&distributor, "credentials", &json!({}));
    pipeline.has(&zips::layer("credentials"));
    pipeline.release("credentials").succeeded();
    let name = ["--log-group-name-prefix", "/aws/lambda/layers-"];
    let query = ["--query", "logGroups[].logGroupName"];
    let groups = aws(&[&["logs", "describe-log-groups"][..], &name, &query].concat());
    let groups = groups.as_array().unwrap();
    assert!(!groups.is_empty());
    let mut lines = 0;
    for group in groups {
        let logs = aws(&["logs", "filter-log-events", "--log-group-name", group.as_str().unwrap()]);
        lines += logs["events"].as_array().unwrap().len();
        let text = logs.to_string();
        for secret in [
            "secretAccessKey",
            "sessionToken",
            "accessKeyId",
            "ASIA",
            "CodePipeline.job",
        ] {
            assert!(!text.contains(secret), "{group} has {secret}");
        }
    }
    assert!(lines > 0);
}
