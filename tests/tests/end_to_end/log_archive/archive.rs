//! One archive, deployed once and shared by all tests of this folder, and what lies in its bucket.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};

use super::account::{Account, CENTRAL, access_key};
use crate::deployment::{architecture, deploy, make_artifact_bucket, outputs, outputs_in};
use crate::engine::{control, tool_with};

/// The name of the stack.
pub(crate) const STACK: &str = "logs";
/// The account whose logs come by the log destination.
pub(crate) const FURTHER: &str = "210987654321";
/// Accounts that tests take for themselves; the destination takes their logs, too.
pub(crate) const OTHERS: [&str; 2] = ["345678901234", "456789012345"];
/// Where `sam build` leaves the template of further accounts.
const SOURCE_ACCOUNT_TEMPLATE: &str = ".aws-sam/build/LogArchiveStack/SubscriptionsStack/template.yaml";

/// An archive and its central account.
pub(crate) struct Archive {
    /// The central account.
    pub(crate) central: Account,
    outputs: BTreeMap<String, String>,
}

static ARCHIVE: LazyLock<Mutex<Archive>> = LazyLock::new(|| {
    make_artifact_bucket();
    let sources = [&[FURTHER], &OTHERS[..]].concat().join(",");
    let parameters = [
        ("LogArchiveSourceAccounts", sources.as_str()),
        ("LogArchiveIncludeGroups", "/shop/*"),
        ("LogArchiveExcludeGroups", "/shop/excluded*"),
        ("LogArchiveExcludeTags", "archive=no"),
        ("LogArchiveReplayAttempts", "2"),
    ];
    Mutex::new(Archive::deploy(STACK, &parameters))
});

/// The archive, for one test at a time, with nothing on its way.
pub(crate) fn archive() -> MutexGuard<'static, Archive> {
    let archive = ARCHIVE.lock().unwrap_or_else(PoisonError::into_inner);
    archive.flush();
    archive
}

impl Archive {
    /// Deploys the template with nothing but an archive.
    pub(crate) fn deploy(stack: &str, parameters: &[(&str, &str)]) -> Self {
        let mut all = vec![("Architecture", architecture()), ("LogArchive", "true")];
        all.extend(parameters);
        deploy(&credentials(CENTRAL), ".aws-sam/build/template.yaml", stack, &all);
        let archive = Self {
            central: Account::new(CENTRAL),
            outputs: outputs(stack),
        };
        archive.central.settled(archive.output("StateMachineArn"));
        archive
    }

    /// An output of the stack, by its name without the system's.
    pub(crate) fn output(&self, name: &str) -> &str {
        let found = self.outputs.get(&format!("LogArchive{name}"));
        found.unwrap_or_else(|| panic!("no output {name} in {:?}", self.outputs))
    }

    /// Looks through all log groups of the central account now; the tally.
    pub(crate) fn subscribe(&self) -> Value {
        self.central.run(self.output("StateMachineArn"), &json!({}))
    }

    /// Makes a log group that is subscribed.
    pub(crate) fn make_subscribed_group(&self, name: &str) {
        self.central.make_group(name, &[]);
        self.subscribe();
        assert_eq!(self.central.filters(name).len(), 1, "{name}");
    }

    /// Lets everything that is on its way arrive.
    pub(crate) fn flush(&self) -> Value {
        control("firehose/flush", &json!({"stream": self.output("DeliveryStreamName")}))
    }

    /// Everything below a prefix of the bucket, unzipped, by key.
    pub(crate) fn objects(&self, prefix: &str) -> BTreeMap<String, String> {
        let list = self.central.s3.list_objects_v2().bucket(self.output("BucketName"));
        let pages = list.prefix(prefix).into_paginator().send();
        let pages = self.central.wait(pages.collect::<Result<Vec<_>, _>>()).unwrap();
        let keys = pages
            .iter()
            .flat_map(ListObjectsV2Output::contents)
            .filter_map(|object| object.key());
        keys.map(|key| (key.to_owned(), self.object(key))).collect()
    }

    fn object(&self, key: &str) -> String {
        let get = self.central.s3.get_object().bucket(self.output("BucketName")).key(key);
        let body = self.central.wait(get.send()).unwrap().body;
        let bytes = self.central.wait(body.collect()).unwrap().to_vec();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut text = String::new();
            MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
            text
        } else {
            String::from_utf8(bytes).unwrap()
        }
    }

    /// How often each word that begins so is in the archive.
    pub(crate) fn archived(&self, beginning: &str) -> BTreeMap<String, usize> {
        words(self.objects("logs/").values().map(String::as_str), beginning)
    }

    /// How often each word that begins so is in records under a prefix of the error store.
    pub(crate) fn failed(&self, prefix: &str, beginning: &str) -> BTreeMap<String, usize> {
        let lines: Vec<String> = self.objects(prefix).values().flat_map(|o| raw_data(o)).collect();
        words(lines.iter().map(String::as_str), beginning)
    }

    /// Invokes log-replay with `{}`.
    pub(crate) fn replay(&self) -> Value {
        self.central
            .invoke(self.output("ReplayFunctionName"), &json!({}))
            .unwrap()
    }
}

/// The records of an error object as text, unzipped where they are gzip.
fn raw_data(object: &str) -> Vec<String> {
    let lines = object.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| {
            let data = base64_of(line["rawData"].as_str().unwrap());
            let mut text = String::new();
            match MultiGzDecoder::new(&data[..]).read_to_string(&mut text) {
                Ok(_) => text,
                Err(_) => String::from_utf8_lossy(&data).into_owned(),
            }
        })
        .collect()
}

/// Base64, decoded.
pub(crate) fn base64_of(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

/// Words that begin so, up to the first character that is neither alphanumeric nor a hyphen.
fn words<'a>(texts: impl Iterator<Item = &'a str>, beginning: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for text in texts {
        for (at, _) in text.match_indices(beginning) {
            let word: String = text[at..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect();
            *found.entry(word).or_default() += 1;
        }
    }
    found
}

/// Deploys the part of each account to a further one; its outputs.
pub(crate) fn deploy_to(account: &str, stack: &str, parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut all = vec![("Architecture", architecture())];
    all.extend(parameters);
    deploy(&credentials(account), SOURCE_ACCOUNT_TEMPLATE, stack, &all);
    outputs_in(&credentials(account), stack)
}

/// Runs a tool with an account's credentials; what it printed.
pub(crate) fn tool_in(account: &str, program: &str, arguments: &[&str]) -> String {
    tool_with(&credentials(account), program, arguments)
}

fn credentials(account: &str) -> [(&'static str, String); 1] {
    [("AWS_ACCESS_KEY_ID", access_key(account))]
}
