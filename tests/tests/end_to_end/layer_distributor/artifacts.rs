//! Artifacts and parameters that are no good: one answer, which says what to do, and nothing is published.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::distributor::{Distributor, HOME, distributor};
use super::pipeline::{KEY, LAYER, Pipeline, jobs};
use super::zips::{self, FILE, artifact, layer, zip};
use crate::engine::control;

const REGIONS: [&str; 2] = ["eu-west-1", "ca-central-1"];

fn parameters() -> Value {
    json!({
        "layer_name": LAYER, "regions": REGIONS, "artifact_path": "build/layer.zip", "ssm_prefix": "/layers",
        "compatible_runtimes": ["provided.al2023"],
    })
}

/// Releases what is no good; the answer to the one job there is has all these words.
fn is_refused(distributor: &Distributor, pipeline: &Pipeline<'_>, name: &str, words: &[&str]) {
    let execution = pipeline.start(name);
    let message = pipeline.ended(&execution).failed();
    for word in words {
        assert!(message.contains(word), "{name} lacks {word:?}: {message}");
    }
    let jobs = jobs(&execution);
    assert_eq!((jobs.len(), &jobs[0]["refused"]), (1, &json!(0)), "{jobs:?}");
    for region in REGIONS {
        assert_eq!(distributor.layer(name).versions(region), [], "{name} {region}");
        assert_eq!(
            distributor.layer(name).pointers(region),
            BTreeMap::new(),
            "{name} {region}"
        );
    }
}

#[test]
fn an_artifact_without_a_good_layer_has_an_answer_that_says_why() {
    let distributor = distributor();
    let text: &[u8] = b"text";
    let mut encrypted = layer("encrypted");
    let directory = encrypted.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    for flags in [6, directory + 8] {
        encrypted[flags] |= 1;
    }
    let cases: [(&str, Vec<u8>, &[&str]); 8] = [
        (
            "no-such-path",
            zip(&[("out/layer.zip", FILE, &layer("elsewhere"))]),
            &[
                "ConfigurationError",
                "source-0 (s3://layer-releases/",
                "has no file `build/layer.zip`",
                "out/layer.zip",
            ],
        ),
        (
            "not-a-zip",
            b"this is a text".to_vec(),
            &["JobFailed", "the input artifact is no zip file"],
        ),
        (
            "layer-not-a-zip",
            artifact(text),
            &["JobFailed", "the layer's zip is no zip file"],
        ),
        ("empty-layer", artifact(&zip(&[])), &["JobFailed", "no file in it"]),
        (
            "traversal",
            artifact(&zip(&[
                ("share/text", FILE, text),
                ("../../etc/cron.d/evil", FILE, text),
            ])),
            &["JobFailed", "../../etc/cron.d/evil", "rename it"],
        ),
        (
            "link-out",
            artifact(&zip(&[("share/link", 0o120_777, b"../../etc/passwd")])),
            &["JobFailed", "the symbolic link `share/link`"],
        ),
        (
            "encrypted",
            artifact(&encrypted),
            &["JobFailed", "`share/text` in the layer's zip is encrypted"],
        ),
        (
            "within",
            artifact(&zip(&[("layer.zip", FILE, &layer("within"))])),
            &["JobFailed", "nothing but another zip"],
        ),
    ];
    let pipeline = distributor.pipeline("bad-artifacts", &parameters());
    for (name, source, words) in cases {
        pipeline.has_source(source);
        is_refused(&distributor, &pipeline, name, words);
    }
}

#[test]
fn an_action_needs_one_artifact() {
    let distributor = distributor();
    let cases: [(&str, usize, &[&str]); 2] = [
        ("no-artifact", 0, &["ConfigurationError", "no input artifact"]),
        (
            "two-artifacts",
            2,
            &["ConfigurationError", "2 input artifacts (source-0, source-1)"],
        ),
    ];
    for (name, inputs, words) in cases {
        let pipeline = Pipeline::create(&distributor, name, &parameters(), inputs);
        pipeline.has(&layer(name));
        is_refused(&distributor, &pipeline, name, words);
    }
}

#[test]
fn what_the_jobs_credentials_may_not_read_is_told_with_what_to_allow() {
    let distributor = distributor();
    let pipeline = distributor.pipeline("denied", &parameters());
    pipeline.has(&layer("denied"));
    let cases: [(&str, &str, &[&str]); 2] = [
        (
            "s3-denied",
            "Access Denied",
            &[
                "PermissionError",
                "s3://layer-releases/",
                "s3:GetObject",
                "the pipeline's role",
            ],
        ),
        (
            "kms-denied",
            "User: arn:aws:sts::123456789012:assumed-role/pipeline/job is not authorized to perform: kms:Decrypt on the resource",
            &["PermissionError", "encrypted with KMS", "kms:Decrypt", KEY],
        ),
    ];
    for (name, message, words) in cases {
        let refusal = json!({
            "kind": "refuse", "service": "s3", "operation": "GetObject", "region": HOME,
            "status": 403, "code": "AccessDenied", "message": message,
        });
        control("calls/faults", &refusal);
        is_refused(&distributor, &pipeline, name, words);
    }
}

#[test]
fn a_region_that_cannot_be_used_keeps_all_others_from_being_promoted() {
    let distributor = distributor();
    let pipeline = distributor.pipeline("disabled", &parameters());
    pipeline.has(&layer("disabled"));
    for service in ["ssm", "lambda"] {
        let refusal = json!({
            "kind": "refuse", "service": service, "region": REGIONS[1], "count": 100, "status": 403,
            "code": "UnrecognizedClientException", "message": "The security token included in the request is invalid.",
        });
        control("calls/faults", &refusal);
    }
    let execution = pipeline.start("disabled");
    let message = pipeline.ended(&execution).failed();
    for word in [
        "ConfigurationError",
        "1 of 2 regions failed",
        "ca-central-1: ",
        "not enabled",
        "`regions`",
    ] {
        assert!(message.contains(word), "{message}");
    }
    control("calls/faults", &json!({"kind": "clear"}));
    for region in REGIONS {
        assert_eq!(
            distributor.layer("disabled").pointers(region),
            BTreeMap::new(),
            "{region}"
        );
    }
    pipeline.retry(&execution).succeeded();
    for region in REGIONS {
        distributor.layer("disabled").the_only(region, &layer("disabled"));
    }
}

#[test]
fn a_pointer_that_is_somebody_elses_stops_the_release_before_it_is_published() {
    let distributor = distributor();
    let pipeline = distributor.pipeline("conflict", &parameters());
    pipeline.has(&layer("conflict"));
    let found = distributor.layer("conflict");
    found.point(REGIONS[1], "latest", "somebody else's");
    let execution = pipeline.start("conflict");
    let message = pipeline.ended(&execution).failed();
    for word in [
        "ca-central-1: ",
        "/layers/conflict/latest",
        "somebody else's",
        "ssm_prefix",
    ] {
        assert!(message.contains(word), "{message}");
    }
    for region in REGIONS {
        assert_eq!(found.versions(region), [], "{region}");
    }
    assert_eq!(found.latest(REGIONS[1]).as_deref(), Some("somebody else's"));
}

#[test]
fn all_that_is_wrong_with_the_parameters_is_told_together() {
    let distributor = distributor();
    let wrong = json!({
        "layer_name": "no spaces", "regions": REGIONS, "artifact_path": "../layer.zip",
        "principals": ["*"], "organization_id": "o-abcdefghij",
    });
    let pipeline = distributor.pipeline("mistaken", &wrong);
    pipeline.has(&layer("mistaken"));
    let words = [
        "ConfigurationError",
        "`layer_name`",
        "`artifact_path`",
        "`organization_id` and `principals`",
    ];
    is_refused(&distributor, &pipeline, "mistaken", &words);
}

#[test]
fn the_artifact_itself_may_be_the_layer() {
    let distributor = distributor();
    let mut whole = parameters();
    whole["artifact_path"] = json!(".");
    let pipeline = distributor.pipeline("whole", &whole);
    let content = layer("whole");
    pipeline.has_source(content.clone());
    let (_, variables) = pipeline.release("whole").succeeded();
    assert_eq!(variables["Digest"], zips::hex(&content));
    for region in REGIONS {
        distributor.layer("whole").the_only(region, &content);
    }
}
