use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::region::Region;
use health_gate::{Config, Function};
use serde_json::json;
use tokio::time::Instant;

use crate::aws::{Aws, issue, page};
use crate::served::serve;
use crate::{config, event, noon, query, shop, succeeded, success};

#[tokio::test]
async fn a_clock_that_is_wrong_by_minutes_does_no_harm() {
    // By the function's clock it is noon, and the event over in a minute; by AWS's it is 12:05.
    let ended = issue("1", &json!({"endTime": 1_795_176_060.5}));
    let aws = Aws::new([page(&[ended], None), query(&[]), succeeded()]);
    let (sdk_config, time) = aws_client::sdk_config_and_time();
    let credentials = Credentials::new("AKIATEST", "test", None, None, "test");
    let sdk_config = sdk_config
        .to_builder()
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(serve(aws.clone()).await)
        .build();
    let function = Function::new(Ok::<Config, _>(config()), &sdk_config, time);
    let deadline = Instant::now() + Duration::from_secs(35);
    function
        .answer(&event(&shop(""), None), deadline, noon())
        .await
        .unwrap();
    let variables = &success(&aws)["outputVariables"];
    assert_eq!(variables["Decision"], "clear");
    let at = variables["CheckedAt"].as_str().unwrap();
    assert!(at.starts_with("2026-11-20T12:05:"), "{at}");
}
