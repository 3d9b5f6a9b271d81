//! What the tests share: a configuration, a run, and AWS's answers about them.

use aws_client::replay::{Answer, Replay};
use lambda_runtime::Diagnostic;
use rds_snapshot_step::{Config, Function};
use serde_json::{Value, json};

pub(crate) const EXECUTION: &str = "arn:aws:states:us-east-1:123456789012:execution:rds-snapshots:night";
pub(crate) const RUN_ID: &str = "b6c8137b9b90a66b";
pub(crate) const TEMPORARY: &str = "wrasse-tmp-b6c8137b9b90a66b";
pub(crate) const FINAL: &str = "shop-sanitized-20261120-030509-b6c8137b9b90a66b";
pub(crate) const FINAL_ARN: &str = "arn:aws:rds:us-east-1:123456789012:snapshot:final";
pub(crate) const RULES: &str = "version: 1\ndatabases:\n  - name: shop\n    sql: [\"DELETE FROM sessions\"]\n    \
    verify:\n      - expect_no_rows: \"SELECT 1 FROM sessions\"\n";
/// `printf %s "$RULES" | sha256sum`
pub(crate) const RULES_SHA256: &str = "43e05b30f327ae47c6b092d90f4381088cb76d689e2382aaaec7411c51411d3e";
pub(crate) const RDS: &str = "POST https://rds.us-east-1.amazonaws.com/";

pub(crate) fn config() -> Config {
    Config::from_lookup(|name| {
        Some(
            match name {
                "SOURCE_DB_INSTANCE" => "shop",
                "SNAPSHOT_SOURCE" => "new",
                "FINAL_SNAPSHOT_NAME" => "{source}-sanitized-{date}-{time}-{run}",
                "SHARE_WITH_ACCOUNTS" => "210987654321,345678901234",
                "KEEP_FINAL_SNAPSHOTS" => "2",
                "RULES_INLINE" => RULES,
                "EVIDENCE_BUCKET" => "evidence",
                "DB_SUBNET_GROUP" => "private",
                "DB_SECURITY_GROUP" => "sg-1",
                "STACK_NAME" => "wrasse",
                _ => return None,
            }
            .to_owned(),
        )
    })
    .unwrap()
}

/// Plan's answer.
pub(crate) fn run() -> Value {
    json!({
        "id": RUN_ID,
        "execution": EXECUTION,
        "started_at": "2026-11-20T03:05:09Z",
        "source": {
            "instance": "shop",
            "class": "db.m7g.large",
        },
        "snapshot_source": "new",
        "temporary_snapshot": TEMPORARY,
        "temporary_instance": TEMPORARY,
        "final_snapshot": FINAL,
        "share_with": ["210987654321", "345678901234"],
        "keep": 2,
        "rules": {"uri": format!("s3://evidence/runs/{RUN_ID}/rules.yaml"), "sha256": RULES_SHA256},
        "evidence_uri": format!("s3://evidence/runs/{RUN_ID}/"),
    })
}

/// The request of a step that needs the run and `more`.
pub(crate) fn step(name: &str, more: &Value) -> Value {
    let mut request = json!({"step": name, "run": run()});
    for (key, value) in more.as_object().unwrap() {
        request[key] = value.clone();
    }
    request
}

/// What Lambda would hand to the state machine: the answer, or the error's name and message.
pub(crate) async fn ask_with(config: Config, replay: &Replay, request: Value) -> Result<Value, (String, String)> {
    let function = Function::new(Ok(config), &replay.sdk_config());
    match function.answer(request).await {
        Ok(response) => Ok(serde_json::to_value(response).unwrap()),
        Err(error) => {
            let Diagnostic {
                error_type,
                error_message,
            } = error.into();
            Err((error_type, error_message))
        }
    }
}

pub(crate) async fn ask(replay: &Replay, request: Value) -> Result<Value, (String, String)> {
    ask_with(config(), replay, request).await
}

/// Asserts that the step fails with this name and that the message has all these parts.
pub(crate) fn assert_fails(result: Result<Value, (String, String)>, name: &str, parts: &[&str]) {
    let (error_type, message) = result.unwrap_err();
    assert_eq!(error_type, name, "{message}");
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

/// RDS's requests as `Action&parameters`, others whole.
pub(crate) fn requests(replay: &Replay) -> Vec<String> {
    let shorten = |request: String| {
        let body = request.strip_prefix(RDS).map(|body| body.trim_start().to_owned());
        body.map(|body| body.replace("&Version=2014-10-31", ""))
            .unwrap_or(request)
    };
    replay.requests().into_iter().map(shorten).collect()
}

/// The run's tags in a request, percent-encoded, for `role`.
pub(crate) fn request_tags(role: &str) -> String {
    let execution = EXECUTION.replace(':', "%3A");
    let tags = [
        ("execution", execution.as_str()),
        ("role", role),
        ("rules-sha256", RULES_SHA256),
        ("run", RUN_ID),
        ("source", "shop"),
        ("stack", "wrasse"),
    ];
    let tags = tags
        .iter()
        .filter(|(key, _)| *key != "rules-sha256" || role == "final-snapshot");
    tags.enumerate()
        .map(|(index, (key, value))| {
            format!(
                "&Tags.Tag.{n}.Key=wrasse%3A{key}&Tags.Tag.{n}.Value={value}",
                n = index + 1
            )
        })
        .collect::<Vec<_>>()
        .concat()
}

/// `TagList` with the tags that prove that this run made it for `role`.
pub(crate) fn our_tags(role: &str) -> String {
    tags(&[
        ("wrasse:stack", "wrasse"),
        ("wrasse:run", RUN_ID),
        ("wrasse:source", "shop"),
        ("wrasse:role", role),
    ])
}

pub(crate) fn tags(tags: &[(&str, &str)]) -> String {
    let tags = tags
        .iter()
        .map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>"))
        .collect::<Vec<_>>()
        .concat();
    format!("<TagList>{tags}</TagList>")
}

pub(crate) fn instance(id: &str, status: &str, more: &str) -> Answer {
    Answer::ok(format!(
        "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance>\
         <DBInstanceIdentifier>{id}</DBInstanceIdentifier><DBInstanceStatus>{status}</DBInstanceStatus>\
         <Engine>postgres</Engine><EngineVersion>17.2</EngineVersion><DBInstanceClass>db.m7g.large</DBInstanceClass>\
         <StorageEncrypted>true</StorageEncrypted>{more}</DBInstance></DBInstances></DescribeDBInstancesResult>\
         </DescribeDBInstancesResponse>"
    ))
}

/// The temporary instance, proven ours.
pub(crate) fn temporary_instance(status: &str, more: &str) -> Answer {
    instance(TEMPORARY, status, &(our_tags("temporary-instance") + more))
}

pub(crate) fn no_instance() -> Answer {
    Answer::query_error(404, "DBInstanceNotFound", "no such instance")
}

pub(crate) fn snapshot_element(id: &str, status: &str, created: &str, more: &str) -> String {
    format!(
        "<DBSnapshot><DBSnapshotIdentifier>{id}</DBSnapshotIdentifier><Status>{status}</Status>\
         <DBSnapshotArn>{FINAL_ARN}</DBSnapshotArn><SnapshotCreateTime>{created}</SnapshotCreateTime>{more}</DBSnapshot>"
    )
}

pub(crate) fn snapshot(id: &str, status: &str, more: &str) -> Answer {
    snapshots(&snapshot_element(id, status, "2026-11-20T03:06:00Z", more), None)
}

pub(crate) fn snapshots(elements: &str, marker: Option<&str>) -> Answer {
    let marker = marker
        .map(|marker| format!("<Marker>{marker}</Marker>"))
        .unwrap_or_default();
    Answer::ok(format!(
        "<DescribeDBSnapshotsResponse><DescribeDBSnapshotsResult><DBSnapshots>{elements}</DBSnapshots>{marker}\
         </DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>"
    ))
}

pub(crate) fn no_snapshot() -> Answer {
    Answer::query_error(404, "DBSnapshotNotFound", "no such snapshot")
}

/// A successful answer without content to an action of RDS.
pub(crate) fn accepted(action: &str) -> Answer {
    Answer::ok(format!("<{action}Response><{action}Result/></{action}Response>"))
}
