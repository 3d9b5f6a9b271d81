use serde_json::json;

use crate::store::Store;
use crate::{answer, event, failure};

#[tokio::test]
async fn bad_parameters_fail_the_job_in_words_before_anything_is_read() {
    let organization = json!({
        "layer_name": "deps", "regions": ["us-east-1"], "artifact_path": ".", "organization_id": "o-abcdefghij",
        "principals": ["111122223333"],
    });
    let no_account = json!({
        "layer_name": "deps", "regions": ["us-east-1"], "artifact_path": ".", "principals": ["arn:aws:iam::1:root"],
    });
    for (parameters, expected) in [
        (String::new(), "has no UserParameters"),
        ("deps".to_owned(), "are not JSON"),
        ("[]".to_owned(), "are a list"),
        ("{}".to_owned(), "`layer_name` is missing"),
        (r#"{"layer": "deps"}"#.to_owned(), "\"layer\", which is not known"),
        (
            organization.to_string(),
            "`organization_id` and `principals` do not go together",
        ),
        (no_account.to_string(), "`principals`: entry 1 is not an account"),
    ] {
        let store = Store::new(b"", []).await;
        answer(&store, &event(&parameters, &["Built"])).await.unwrap();
        let (kind, message) = failure(&store);
        assert_eq!(kind, "ConfigurationError");
        assert!(message.contains(expected), "{message}");
        assert_eq!(store.requests().len(), 0);
    }
}
