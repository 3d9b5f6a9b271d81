//! The metrics, in the embedded metric format: one line in the log, no API call and no permission
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use jiff::Timestamp;
use serde_json::json;

use crate::run::Tally;

const NAMESPACE: &str = "Wrasse/LogArchive";

/// The line that says how the log groups of `stack` are. `GroupsSubscribed` are all that have our filter now.
pub(crate) fn line(stack: &str, tally: &Tally, now: Timestamp) -> String {
    let metrics = [
        ("GroupsWanted", tally.wanted),
        ("GroupsSubscribed", tally.subscribed + tally.already),
        ("GroupsExcluded", tally.excluded),
        ("GroupsInConflict", tally.conflicts),
        ("GroupsFailed", tally.errors),
    ];
    let definitions = metrics.map(|(name, _)| json!({"Name": name, "Unit": "Count"}));
    let mut line = json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Stack"]],
                "Metrics": definitions,
            }],
        },
        "Stack": stack,
    });
    for (name, count) in metrics {
        line[name] = count.into();
    }
    line.to_string()
}
