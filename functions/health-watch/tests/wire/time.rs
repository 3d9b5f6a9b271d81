use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::region::Region;
use health_watch::Function;
use serde_json::json;

use crate::aws::{Aws, page, published};
use crate::served::serve;
use crate::{MINUTE, NOON, block, changed, config, failed, noon, outcome, query, recorded, update};

#[tokio::test]
async fn a_clock_that_is_wrong_by_minutes_does_no_harm() {
    // By the function's clock it is noon and the block's time not over; by AWS's it is 12:05, and over by 4 minutes.
    let until = json!({"until": {"N": (NOON + MINUTE).to_string()}});
    let aws = Aws::new([
        recorded(),
        query(&[block(&until)]),
        page(&[], None),
        query(&[]),
        failed(),
        changed(),
        changed(),
        published(),
    ]);
    let (sdk_config, time) = aws_client::sdk_config_and_time();
    let credentials = Credentials::new("AKIATEST", "test", None, None, "test");
    let sdk_config = sdk_config
        .to_builder()
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(serve(aws.clone()).await)
        .build();
    let function = Function::new(Ok(config()), &sdk_config, time);
    function.answer(&update("closed"), noon()).await.unwrap();
    assert_eq!(outcome(&aws).0, "gave-up");
}
