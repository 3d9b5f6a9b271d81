//! Builds fail, stacks do not delete, calls do not work.

use aws_sdk_s3::primitives::ByteStream;
use serde_json::json;

use super::team::{application, seconds, team};
use super::view::name_of;
use crate::engine::{control, look, until};

const TEN_MINUTES: u64 = 601;
const HOUR: u64 = 3_601;
const BUCKET: &str = r"
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub ${AWS::StackName}-uploads
";

#[test]
fn a_build_that_fails_is_told_and_tried_again() {
    let team = team();
    let refusal = json!({
        "service": "cloudformation", "operation": "CreateStack", "kind": "refuse", "status": 403,
        "code": "AccessDenied", "message": "no", "count": 1,
    });
    control("calls/faults", &refusal);
    team.branch("unlucky");
    let notice = team.told("could not be created (try 1)");
    assert!(notice.contains("unlucky") && notice.contains("FAILED"), "{notice}");
    let early = team.reconcile();
    assert_eq!(early["retrying"], 1, "{early}");
    seconds(TEN_MINUTES);
    team.reconcile();
    team.settled(&[("unlucky", "Hello")]);
    team.delete("unlucky");
    team.settled(&[]);
}

/// Has one call of a kind take longer than any of these tests, and waits until somebody makes it.
fn hang(service: &str, operation: &str, begin: impl FnOnce()) {
    let delay = json!({
        "service": service, "operation": operation, "kind": "delay", "milliseconds": 600_000, "count": 1,
    });
    control("calls/faults", &delay);
    begin();
    until("a call that hangs", || {
        let left = look("calls/faults");
        left["faults"].as_array().unwrap().is_empty().then_some(())
    });
}

#[test]
fn a_build_that_never_ends_is_ended_told_and_tried_again() {
    let team = team();
    // By the build, which fetches the pipeline's template.
    hang("s3", "HeadObject", || team.branch("endless"));
    seconds(HOUR);
    let notice = team.told("could not be created (try 1)");
    assert!(notice.contains("TIMED_OUT"), "{notice}");
    seconds(TEN_MINUTES);
    team.reconcile();
    team.settled(&[("endless", "Hello")]);
    team.delete("endless");
    team.settled(&[]);
}

#[test]
fn a_branch_that_is_deleted_while_it_is_deployed_without_an_end_is_destroyed() {
    let team = team();
    team.branch("stuck");
    team.settled(&[("stuck", "Hello")]);
    hang("cloudformation", "DescribeChangeSet", || team.push("stuck", "Never"));
    team.delete("stuck");
    team.settled(&[]);
}

#[test]
fn a_stack_that_does_not_delete_is_told_and_gone_when_its_reason_is() {
    let team = team();
    team.branch("sticky");
    team.settled(&[("sticky", "Hello")]);
    team.push_file("sticky", "template.yaml", &(application("Kept") + BUCKET));
    let name = name_of(&team.settled(&[("sticky", "Kept")]), "sticky");
    let bucket = format!("{name}-uploads");
    let upload = team.s3.put_object().bucket(&bucket).key("upload");
    team.wait(upload.body(ByteStream::from_static(b"x")).send()).unwrap();
    team.delete("sticky");
    let notice = team.told("could not be destroyed (try 1)");
    assert!(notice.contains("sticky"), "{notice}");
    let left = team.environments();
    assert!(left[&name].projects.contains(&format!("{name}-destroy")), "{left:?}");
    assert!(
        left[&name].objects.contains(&format!("environments/{name}/source.zip")),
        "{left:?}"
    );

    let remove = team.s3.delete_object().bucket(&bucket).key("upload");
    team.wait(remove.send()).unwrap();
    seconds(TEN_MINUTES);
    team.reconcile();
    team.settled(&[]);
}

#[test]
fn a_stack_without_the_tag_is_not_touched() {
    let team = team();
    team.branch("near");
    let name = name_of(&team.settled(&[("near", "Hello")]), "near");
    // Somebody's own, by a name that begins like ours.
    let template = "Resources: {Queue: {Type: AWS::SQS::Queue}}";
    let own = format!("{name}-own");
    let create = [
        "cloudformation",
        "create-stack",
        "--stack-name",
        &own,
        "--template-body",
        template,
    ];
    crate::engine::aws(&create);
    team.delete("near");
    team.settled(&[]);
    let found = crate::engine::aws(&["cloudformation", "describe-stacks", "--stack-name", &own]);
    assert_eq!(found["Stacks"][0]["StackStatus"], "CREATE_COMPLETE");
    crate::engine::aws(&["cloudformation", "delete-stack", "--stack-name", &own]);
}

#[test]
fn a_file_that_is_not_understood_is_told_and_a_push_mends_it() {
    let team = team();
    team.branch("odd");
    team.settled(&[("odd", "Hello")]);
    team.push_file("odd", ".wrasse.yaml", "deployment: helm\n");
    let notice = team.told(".wrasse.yaml");
    assert!(notice.contains("helm"), "{notice}");
    team.push_file("odd", ".wrasse.yaml", "deployment: cloudformation\n");
    team.push("odd", "Mended");
    team.settled(&[("odd", "Mended")]);
    team.delete("odd");
    team.settled(&[]);
}

#[test]
fn an_event_that_fails_for_good_is_kept_and_driven_again() {
    let team = team();
    let fault = json!({
        "service": "codecommit", "operation": "GetRepository", "kind": "refuse", "status": 400,
        "code": "EncryptionKeyAccessDeniedException", "message": "no", "count": 1000,
    });
    control("calls/faults", &fault);
    team.branch("failing");
    let failed = until("the event in the failure queue", || {
        Some(team.failed()).filter(|failed| !failed.is_empty())
    });
    assert_eq!(failed.len(), 1, "{failed:?}");
    control("calls/faults", &json!({"kind": "clear"}));
    team.invoke("ReconcileFunctionName", &json!({"redrive": true}));
    team.settled(&[("failing", "Hello")]);
    assert!(team.failed().is_empty());
    team.delete("failing");
    team.settled(&[]);
}
