//! The metrics, in the embedded metric format: one line in the log, no API call and no permission
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use jiff::Timestamp;
use serde_json::json;

use crate::Response;

const NAMESPACE: &str = "Wrasse/LogArchive";

/// The line that counts what was done in `stack`.
pub(crate) fn line(stack: &str, response: &Response, clock: Timestamp) -> String {
    let metrics = ["ObjectsReplayed", "RecordsReplayed", "RecordsGivenUp", "RecordsLeft"]
        .map(|name| json!({"Name": name, "Unit": "Count"}));
    json!({
        "_aws": {
            "Timestamp": clock.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Stack"]],
                "Metrics": metrics,
            }],
        },
        "Stack": stack,
        "ObjectsReplayed": response.objects,
        "RecordsReplayed": response.replayed,
        "RecordsGivenUp": response.given_up,
        "RecordsLeft": response.left,
    })
    .to_string()
}
