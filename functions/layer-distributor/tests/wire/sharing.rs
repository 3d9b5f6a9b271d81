use std::sync::Arc;

use serde_json::{Value, json};

use crate::aws::{Aws, Fault, Kind, Region, account_statement};
use crate::zips::layer;

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

fn parameters(audience: &Value) -> Value {
    let mut parameters = json!({
        "layer_name": "deps", "regions": REGIONS, "artifact_path": "layer.zip", "ssm_prefix": "/layers",
    });
    parameters
        .as_object_mut()
        .unwrap()
        .extend(audience.as_object().unwrap().clone());
    parameters
}

fn statements(aws: &Aws, region: &str) -> Vec<(String, String)> {
    let mut state = aws.state();
    let statements = state.region(region).versions[&1].statements.iter();
    let mut statements: Vec<_> = statements
        .map(|statement| {
            (
                statement["Sid"].as_str().unwrap().to_owned(),
                statement["Principal"].to_string(),
            )
        })
        .collect();
    statements.sort();
    statements
}

#[tokio::test(start_paused = true)]
async fn who_may_use_a_version_is_what_the_action_says_each_time() {
    let aws = Aws::new(&layer(1_000));
    let account = |number: &str| {
        (
            format!("wrasse-{number}"),
            format!("{{\"AWS\":\"arn:aws:iam::{number}:root\"}}"),
        )
    };
    let all = |id: &str| (id.to_owned(), "\"*\"".to_owned());
    for (audience, expected) in [
        (
            json!({"principals": ["111122223333", "444455556666"]}),
            vec![account("111122223333"), account("444455556666")],
        ),
        (json!({"principals": ["444455556666"]}), vec![account("444455556666")]),
        (
            json!({"organization_id": "o-abcdefghij"}),
            vec![all("wrasse-o-abcdefghij")],
        ),
        (json!({"public": true}), vec![all("wrasse-public")]),
        (json!({}), vec![]),
    ] {
        aws.job(&parameters(&audience)).await.variables();
        for region in REGIONS {
            assert_eq!(statements(&aws, region), expected, "{audience}");
            assert_eq!(aws.numbers(region), [1]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_organizations_statement_is_only_its_own() {
    let aws = Aws::new(&layer(1_000));
    aws.job(&parameters(&json!({"organization_id": "o-abcdefghij"})))
        .await
        .variables();
    let mut state = aws.state();
    let condition = &state.region("eu-west-1").versions[&1].statements[0]["Condition"];
    assert_eq!(
        *condition,
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}})
    );
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_statement_is_named_and_stays() {
    let aws = Aws::new(&layer(1_000));
    let audience = json!({"principals": ["111122223333"]});
    aws.job(&parameters(&audience)).await.variables();
    let foreign = account_statement("by-hand", "999988887777");
    aws.state()
        .region("eu-west-1")
        .versions
        .get_mut(&1)
        .unwrap()
        .statements
        .push(foreign.clone());
    aws.calls();
    let told = aws.job(&parameters(&json!({}))).await;
    told.fails(
        "JobFailed",
        &["eu-west-1: sharing failed: the policy of version 1 has a statement \"by-hand\""],
    );
    let mut state = aws.state();
    assert!(state.region("eu-west-1").versions[&1].statements.contains(&foreign));
    assert_eq!(state.region("eu-west-1").versions[&1].statements.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_statement_of_ours_that_says_something_else_is_written_anew() {
    let aws = Aws::new(&layer(1_000));
    let audience = json!({"principals": ["111122223333"]});
    aws.job(&parameters(&audience)).await.variables();
    for region in REGIONS {
        aws.state().region(region).versions.get_mut(&1).unwrap().statements =
            vec![account_statement("wrasse-111122223333", "999988887777")];
    }
    aws.job(&parameters(&audience)).await.variables();
    let own = (
        "wrasse-111122223333".to_owned(),
        "{\"AWS\":\"arn:aws:iam::111122223333:root\"}".to_owned(),
    );
    assert_eq!(statements(&aws, "eu-west-1"), [own]);
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_does_not_say_what_was_granted_when_it_is_read_again_fails_the_job() {
    let audience = json!({"principals": ["111122223333"]});
    let meddle = |deed: fn(&mut Region)| Kind::Meanwhile(Arc::new(deed));
    for (deed, text) in [
        (
            meddle(|region| region.versions.get_mut(&1).unwrap().statements.clear()),
            "somebody else changes it",
        ),
        (
            meddle(|region| {
                let foreign = account_statement("by-hand", "999988887777");
                region.versions.get_mut(&1).unwrap().statements.push(foreign);
            }),
            "a statement \"by-hand\"",
        ),
    ] {
        let aws = Aws::new(&layer(1_000));
        aws.go_wrong(Fault::new("eu-west-1", "GetLayerVersionPolicy", deed).after(1));
        let told = aws.job(&parameters(&audience)).await;
        told.fails("JobFailed", &["eu-west-1: sharing failed: ", text]);
        assert_eq!(aws.latest(&REGIONS), [None, None]);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_points_to_a_version_that_is_not_shared_everywhere() {
    let aws = Aws::new(&layer(1_000));
    let denied = Kind::Refuse(403, "AccessDeniedException");
    aws.go_wrong(Fault::new("eu-west-1", "AddLayerVersionPermission", denied));
    let told = aws.job(&parameters(&json!({"public": true}))).await;
    told.fails(
        "PermissionError",
        &[
            "eu-west-1: sharing failed: AccessDeniedException",
            "us-east-1: version 1 was published",
        ],
    );
    assert_eq!(aws.asked("PutParameter"), [""; 0]);
}
