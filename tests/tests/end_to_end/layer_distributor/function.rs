//! A Lambda function that uses layers, and says what it sees of them.

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use serde_json::{Value, json};

use super::distributor::Distributor;
use super::zips::{PROGRAM, zip};

/// Runs the event's `command` by a shell and answers what it prints.
const BOOTSTRAP: &str = r#"#!/usr/bin/env python3
import json, os, subprocess, urllib.request

runtime = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{runtime}/next") as invocation:
        request, event = invocation.headers["Lambda-Runtime-Aws-Request-Id"], json.load(invocation)
    ran = subprocess.run(["sh", "-c", event["command"]], capture_output=True, text=True)
    answer = json.dumps({"code": ran.returncode, "out": ran.stdout.strip(), "err": ran.stderr})
    urllib.request.urlopen(f"{runtime}/{request}/response", data=answer.encode()).close()
"#;

/// A function in one region.
pub(crate) struct Function<'d> {
    distributor: &'d Distributor,
    name: String,
    region: String,
}

impl<'d> Function<'d> {
    pub(crate) fn create(distributor: &'d Distributor, name: &str, region: &str, layer_version: &str) -> Self {
        let code = zip(&[("bootstrap", PROGRAM, BOOTSTRAP.as_bytes())]);
        let create = distributor.lambda(region).create_function().function_name(name);
        let create = create.runtime(Runtime::Providedal2023).handler("bootstrap").timeout(30);
        let create = create.role("arn:aws:iam::123456789012:role/layer-user");
        let create = create.code(FunctionCode::builder().zip_file(Blob::new(code)).build());
        distributor.wait(create.layers(layer_version).send()).unwrap();
        Self {
            distributor,
            name: name.to_owned(),
            region: region.to_owned(),
        }
    }

    /// What a command prints where the function runs. The engine has the layers in `$WRASSE_OPT`, which is `/opt` on AWS.
    pub(crate) fn run(&self, command: &str) -> String {
        let event = json!({"command": command}).to_string();
        let invoke = self.distributor.lambda(&self.region).invoke();
        let invoke = invoke.function_name(&self.name).payload(Blob::new(event));
        let answer = self.distributor.wait(invoke.send()).unwrap();
        let answer: Value = serde_json::from_slice(answer.payload.unwrap().as_ref()).unwrap();
        assert_eq!(answer["code"], 0, "{command}: {answer}");
        answer["out"].as_str().unwrap().to_owned()
    }

    pub(crate) fn delete(self) {
        let delete = self.distributor.lambda(&self.region).delete_function();
        self.distributor.wait(delete.function_name(self.name).send()).unwrap();
    }
}
