//! A run against recorded answers of AWS.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod masks;
pub(crate) mod postgres;
pub(crate) mod reference;

use std::collections::BTreeMap;
use std::path::Path;

use aws_client::replay::{Answer, Replay};
use rds_sanitizer::config::Config;
use rds_sanitizer::error::Error;
use sanitizer_contract::{Manifest, Report, sha256_hex};

pub(crate) const RUN: &str = "0123456789abcdef";
pub(crate) const KEY_ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:masking-key";
pub(crate) const SECRET_ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1";

/// A run's inputs.
pub(crate) struct Run {
    pub(crate) environment: BTreeMap<&'static str, String>,
    pub(crate) rules: String,
    pub(crate) username: &'static str,
    pub(crate) password: String,
    /// The text of the secret with the key of the masks, where one is asked for.
    pub(crate) key: Option<String>,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) result: Result<(), Error>,
    pub(crate) report: Report,
    pub(crate) report_json: Vec<u8>,
    pub(crate) manifest: Option<Manifest>,
    pub(crate) requests: Vec<String>,
    pub(crate) rules_sha256: String,
}

impl Run {
    pub(crate) fn new(rules: &str, host: &str, port: u16, ca_bundle: &Path) -> Self {
        let environment = [
            ("WRASSE_RUN_ID", RUN.into()),
            ("WRASSE_RULES_URI", "s3://evidence/runs/1/rules.yaml".into()),
            ("WRASSE_RULES_SHA256", sha256_hex(rules.as_bytes())),
            ("WRASSE_EVIDENCE_URI", "s3://evidence/runs/1/".into()),
            ("DB_HOST", host.into()),
            ("DB_PORT", port.to_string()),
            ("DB_SECRET_ARN", SECRET_ARN.into()),
            ("RDS_CA_BUNDLE", ca_bundle.display().to_string()),
        ];
        Self {
            environment: environment.into(),
            rules: rules.into(),
            username: postgres::MASTER,
            password: postgres::PASSWORD.into(),
            key: None,
        }
    }

    /// With a secret that has the key of the masks.
    pub(crate) fn with_key(mut self, key: &str) -> Self {
        self.environment.insert("WRASSE_MASKING_KEY_SECRET_ARN", KEY_ARN.into());
        self.key = Some(key.into());
        self
    }

    pub(crate) fn config(&self) -> Config {
        Config::from_lookup(|name| self.environment.get(name).cloned()).unwrap()
    }

    /// The answers to reading the rules and the secret.
    pub(crate) fn inputs(&self) -> Vec<Answer> {
        let secret = serde_json::json!({"username": self.username, "password": self.password}).to_string();
        let answer = |arn: &str, text: &str| {
            Answer::ok(serde_json::json!({"ARN": arn, "Name": "n", "SecretString": text}).to_string())
        };
        let key = self.key.iter().map(|key| answer(KEY_ARN, key));
        [Answer::ok(self.rules.clone())]
            .into_iter()
            .chain(key)
            .chain([answer(SECRET_ARN, &secret)])
            .collect()
    }

    pub(crate) async fn run(&self) -> Outcome {
        self.run_until(std::future::pending()).await
    }

    pub(crate) async fn run_until(&self, told_to_stop: impl Future<Output = ()>) -> Outcome {
        let written = [Answer::ok(""), Answer::ok("")];
        self.run_with(self.inputs().into_iter().chain(written).collect(), told_to_stop)
            .await
    }

    /// With these answers of AWS, in the order of the requests.
    pub(crate) async fn run_with(&self, answers: Vec<Answer>, told_to_stop: impl Future<Output = ()>) -> Outcome {
        let config = self.config();
        let replay = Replay::new(answers);
        let now = || "2026-11-20T10:00:00Z".parse().unwrap();
        let result = rds_sanitizer::run(&config, &replay.sdk_config(), now, told_to_stop).await;
        let requests = replay.requests();
        let put = |name: &str| {
            requests.iter().find_map(|request| {
                let (line, body) = request.split_once('\n')?;
                (line.starts_with("PUT ") && line.contains(name)).then(|| body.as_bytes().to_vec())
            })
        };
        let report_json = put("/runs/1/report.json").expect("a report is always written");
        let manifest = put("/runs/1/manifest.json").map(|json| Manifest::from_json(&json).unwrap());
        for request in &requests {
            assert!(!request.contains(&self.password), "{request}");
            assert!(self.key.iter().all(|key| !request.contains(key)), "{request}");
        }
        Outcome {
            report: Report::from_json(&report_json).unwrap(),
            result,
            report_json,
            manifest,
            requests,
            rules_sha256: config.rules_sha256,
        }
    }
}

impl Outcome {
    /// Asserts that the run passed and that the state machine will accept it.
    #[track_caller]
    pub(crate) fn passed(&self) -> &Report {
        assert!(self.result.is_ok(), "{:?}", self.result);
        let manifest = self.manifest.as_ref().expect("a manifest");
        assert_eq!(manifest.accept(RUN, &self.rules_sha256, &self.report_json), Ok(()));
        &self.report
    }

    /// Asserts that the run failed without a manifest, and gives its problem's code and message.
    #[track_caller]
    pub(crate) fn failed(&self) -> (&str, &str) {
        assert!(self.result.is_err() && self.manifest.is_none(), "{:?}", self.report);
        let problem = self.report.problem.as_ref().expect("a problem");
        (&problem.code, &problem.message)
    }
}
