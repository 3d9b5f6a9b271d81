//! The metric, in the embedded metric format: one line in the log, no API call and no permission
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).

use jiff::Timestamp;
use serde_json::json;

const NAMESPACE: &str = "Wrasse/RdsSnapshots";
const NAME: &str = "TemporaryResourcesSwept";

/// The line that counts `swept` resources of `stack`.
pub(crate) fn line(stack: &str, swept: usize, now: Timestamp) -> String {
    json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Stack"]],
                "Metrics": [{"Name": NAME, "Unit": "Count"}],
            }],
        },
        "Stack": stack,
        NAME: swept,
    })
    .to_string()
}
