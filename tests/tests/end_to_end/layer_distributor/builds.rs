//! The stack's own pipeline: a source that is built into a layer, of each kind, by the engine's `CodeBuild`.

use serde_json::Value;

use super::distributor::{HOME, distributor};
use super::function::Function;
use super::pipeline::{Ended, Pipeline};
use super::zips::{Entry, FILE, PROGRAM, zip};

const REGIONS: [&str; 2] = ["eu-west-1", HOME];

/// Builds that source twice: the second build is the same layer. Then a function runs a command with the layer.
fn is_built(kind: &str, source: &[Entry<'_>], command: &str, printed: &str) {
    let distributor = distributor();
    let name = format!("built-{kind}");
    distributor.build(kind, &name);
    let pipeline = Pipeline::named(&distributor, distributor.output("LayerPipelineName"));
    distributor.put(distributor.output("LayerSourceBucketName"), "source.zip", zip(source));
    let built = || -> Value {
        match pipeline.ended(&pipeline.start_plain()) {
            Ended::Succeeded { variables, .. } => variables,
            Ended::Failed { message, .. } => panic!("{kind}: {message}"),
        }
    };
    let first = built();
    let again = built();
    assert_eq!(again, first, "{kind}");
    let layer = distributor.layer(&name);
    for region in REGIONS {
        assert_eq!(layer.numbers(region), [1], "{kind} {region}");
        assert_eq!(first[format!("LayerVersionArn_{region}")], layer.arn(region, 1));
        assert_eq!(layer.latest(region), Some(layer.arn(region, 1)));
        assert!(layer.policy(region, 1).contains_key("wrasse-111122223333"));
    }
    let function = Function::create(&distributor, &name, REGIONS[0], &layer.arn(REGIONS[0], 1));
    assert_eq!(function.run(command), printed, "{kind}");
}

#[test]
fn a_folder_is_published_as_it_is() {
    let program = b"#!/bin/sh\necho hello from the folder\n";
    let source: [Entry<'_>; 3] = [
        ("README.md", FILE, b"not for the layer"),
        ("layer/bin/hello", PROGRAM, program),
        ("layer/share/text", FILE, b"text"),
    ];
    // `bin` of a layer is in PATH.
    let command = "hello; ls $WRASSE_OPT; cat $WRASSE_OPT/share/text";
    is_built("folder", &source, command, "hello from the folder\nbin\nshare\ntext");
}

#[test]
fn a_node_package_is_built_into_a_layer() {
    let manifest =
        br#"{"name": "app", "version": "1.0.0", "private": true, "dependencies": {"greeting": "file:greeting"}}"#;
    let source: [Entry<'_>; 3] = [
        ("package.json", FILE, manifest),
        (
            "greeting/package.json",
            FILE,
            br#"{"name": "greeting", "version": "1.0.0", "main": "index.js"}"#,
        ),
        ("greeting/index.js", FILE, b"module.exports = 'hello from node'\n"),
    ];
    let command = "node --print 'require(\"greeting\")'";
    is_built("nodejs", &source, command, "hello from node");
}

#[test]
fn python_requirements_are_built_into_a_layer() {
    let metadata = b"Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n";
    let wheel = zip(&[
        ("greeting.py", FILE, b"TEXT = 'hello from python'\n"),
        ("greeting-1.0.dist-info/METADATA", FILE, metadata),
        ("greeting-1.0.dist-info/WHEEL", FILE, b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        (
            "greeting-1.0.dist-info/RECORD",
            FILE,
            b"greeting.py,,\ngreeting-1.0.dist-info/METADATA,,\ngreeting-1.0.dist-info/WHEEL,,\ngreeting-1.0.dist-info/RECORD,,\n",
        ),
    ]);
    let source: [Entry<'_>; 2] = [
        (
            "requirements.txt",
            FILE,
            b"--no-index\n--find-links ./wheels\ngreeting==1.0\n",
        ),
        ("wheels/greeting-1.0-py3-none-any.whl", FILE, &wheel),
    ];
    let command = "python3 -c 'import greeting; print(greeting.TEXT)'";
    is_built("python", &source, command, "hello from python");
}

#[test]
fn a_rust_extension_is_built_into_a_layer() {
    let manifest = b"[package]\nname = \"watcher\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let source: [Entry<'_>; 2] = [
        ("Cargo.toml", FILE, manifest),
        (
            "src/main.rs",
            FILE,
            b"fn main() {\n    println!(\"hello from rust\");\n}\n",
        ),
    ];
    is_built(
        "rust-extension",
        &source,
        "$WRASSE_OPT/extensions/watcher",
        "hello from rust",
    );
}
