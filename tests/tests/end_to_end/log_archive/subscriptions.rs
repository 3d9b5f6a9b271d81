//! Which log groups are subscribed, and that others' filters and the end of a stack are safe.

use std::collections::BTreeMap;

use serde_json::json;

use super::account::Account;
use super::archive::{OTHERS, archive, deploy_to, tool_in};
use crate::engine::{control, invocations, until};

/// An account of this folder's own with log groups, and its part of the archive; what it puts is undone by its end.
struct Subscriber {
    account: Account,
    stack: &'static str,
    outputs: BTreeMap<String, String>,
}

impl Subscriber {
    fn deploy(account: Account, stack: &'static str, destination: &str, include: &str) -> Self {
        let parameters = [("DestinationArn", destination), ("IncludeGroups", include)];
        let outputs = deploy_to(&account.id, stack, &parameters);
        account.settled(&outputs["StateMachineArn"]);
        Self {
            account,
            stack,
            outputs,
        }
    }

    fn deploy_again(&self, destination: &str, include: &str) {
        let parameters = [("DestinationArn", destination), ("IncludeGroups", include)];
        deploy_to(&self.account.id, self.stack, &parameters);
        self.account.settled(&self.outputs["StateMachineArn"]);
    }

    fn delete(&self) {
        let commands = [
            ["cloudformation", "delete-stack", "--stack-name", self.stack],
            ["cloudformation", "wait", "stack-delete-complete", "--stack-name"],
        ];
        tool_in(&self.account.id, "aws", &commands[0]);
        tool_in(&self.account.id, "aws", &[&commands[1][..], &[self.stack]].concat());
    }
}

fn names(account: &Account, group: &str) -> Vec<String> {
    let filters = account.filters(group);
    filters.iter().map(|f| f.filter_name().unwrap().to_owned()).collect()
}

#[test]
fn what_is_wanted_is_subscribed_and_nothing_else() {
    let archive = archive();
    let central = &archive.central;
    central.make_group("/shop/wanted", &[("team", "shop")]);
    central.make_group("/shop/excluded-by-name", &[]);
    central.make_group("/shop/excluded-by-tag", &[("archive", "no")]);
    central.make_group("/elsewhere/not-included", &[]);
    let infrequent = central.logs.create_log_group().log_group_name("/shop/infrequent");
    let class = aws_sdk_cloudwatchlogs::types::LogGroupClass::InfrequentAccess;
    central.wait(infrequent.log_group_class(class).send()).unwrap();

    // AWS refuses even questions about filters of the infrequent class: asking would be an error here.
    assert_eq!(archive.subscribe()["errors"], 0);
    assert_eq!(names(central, "/shop/wanted"), [archive.output("FilterName")]);
    for other in [
        "/shop/excluded-by-name",
        "/shop/excluded-by-tag",
        "/elsewhere/not-included",
    ] {
        assert_eq!(names(central, other), Vec::<String>::new(), "{other}");
    }
}

#[test]
fn a_full_log_group_is_a_conflict_and_others_filters_stay() {
    let archive = archive();
    let central = &archive.central;
    central.make_group("/shop/full", &[]);
    archive.subscribe();
    // Ours, found, says which destination and role others of this account may use as well.
    let ours = central.filters("/shop/full").remove(0);
    let (destination, role) = (ours.destination_arn().unwrap(), ours.role_arn().unwrap());
    central.put_filter_of_others("/shop/full", "theirs", destination, role);
    let delete = central.logs.delete_subscription_filter().log_group_name("/shop/full");
    central
        .wait(delete.filter_name(archive.output("FilterName")).send())
        .unwrap();
    central.put_filter_of_others("/shop/full", "theirs-too", destination, role);

    let tally = archive.subscribe();
    assert_eq!(
        (&tally["conflicts"], &tally["errors"]),
        (&json!(1), &json!(0)),
        "{tally}"
    );
    assert!(tally["samples"].to_string().contains("/shop/full"), "{tally}");
    assert_eq!(names(central, "/shop/full"), ["theirs", "theirs-too"]);
    central
        .wait(central.logs.delete_log_group().log_group_name("/shop/full").send())
        .unwrap();
}

#[test]
fn a_new_log_group_is_subscribed_by_its_event_without_a_run() {
    let archive = archive();
    let runs = archive.central.settled(archive.output("StateMachineArn")).len();
    let before = invocations(archive.output("SubscriberFunctionName"));
    archive.central.make_group("/shop/brand-new", &[]);
    archive.central.make_group("/shop/excluded-brand-new", &[]);
    until("both events are worked on", || {
        (invocations(archive.output("SubscriberFunctionName")) >= before + 2).then_some(())
    });
    assert_eq!(
        names(&archive.central, "/shop/brand-new"),
        [archive.output("FilterName")]
    );
    assert_eq!(
        names(&archive.central, "/shop/excluded-brand-new"),
        Vec::<String>::new()
    );
    assert_eq!(archive.central.settled(archive.output("StateMachineArn")).len(), runs);
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let archive = archive();
    control("logs/groups", &json!({"prefix": "/shop/dry-", "count": 7}));
    let tally = archive
        .central
        .run(archive.output("StateMachineArn"), &json!({"dryRun": true}));
    assert_eq!(tally["subscribed"], 7, "{tally}");
    assert_eq!(names(&archive.central, "/shop/dry-00000"), Vec::<String>::new());
    assert_eq!(archive.subscribe()["subscribed"], 7);
}

#[test]
fn a_changed_pattern_unsubscribes_and_the_stacks_end_removes_our_filters_alone() {
    let archive = archive();
    let destination = archive.output("LogDestinationArn");
    let account = Account::new(OTHERS[0]);
    for group in ["/a/one", "/a/two", "/b/one"] {
        account.make_group(group, &[]);
    }
    put_filter_to_destination(&account, "/a/one", "somebodys", destination);
    let subscriber = Subscriber::deploy(account, "logs-of-a-team", destination, "/a/*");
    let ours = subscriber.outputs["FilterName"].clone();
    let of = |group: &str| names(&subscriber.account, group);
    assert_eq!(of("/a/one"), ["somebodys".to_owned(), ours.clone()]);
    assert_eq!(of("/a/two"), [ours.as_str()]);
    assert_eq!(of("/b/one"), Vec::<String>::new());

    subscriber.deploy_again(destination, "/b/*");
    assert_eq!(of("/a/one"), ["somebodys"]);
    assert_eq!(of("/a/two"), Vec::<String>::new());
    assert_eq!(of("/b/one"), [ours]);

    subscriber.delete();
    assert_eq!(of("/a/one"), ["somebodys"]);
    assert_eq!(of("/b/one"), Vec::<String>::new());
}

/// A filter of somebody else to a log destination.
fn put_filter_to_destination(account: &Account, group: &str, name: &str, destination: &str) {
    control("clock/advance", &json!({"seconds": 1}));
    let put = account
        .logs
        .put_subscription_filter()
        .log_group_name(group)
        .filter_name(name);
    account
        .wait(put.filter_pattern("").destination_arn(destination).send())
        .unwrap();
}

#[test]
fn cloudformation_is_answered_though_its_url_fails_at_first() {
    let archive = archive();
    let account = Account::new(OTHERS[0]);
    account.make_group("/answer/one", &[]);
    control("custom-resources/faults", &json!({"kind": "fail", "count": 2}));
    let subscriber = Subscriber::deploy(account, "answered", archive.output("LogDestinationArn"), "/answer/*");
    assert_eq!(names(&subscriber.account, "/answer/one").len(), 1);
    control("custom-resources/faults", &json!({"kind": "fail", "count": 2}));
    subscriber.delete();
    assert_eq!(names(&subscriber.account, "/answer/one"), Vec::<String>::new());
}

#[test]
fn a_function_that_reads_the_archive_is_not_subscribed_to_itself() {
    let archive = archive();
    let central = &archive.central;
    // The decoder's own log group and those of the stack are tagged; a reader of the stream is found by its event source.
    let reader = archive.output("ReplayFunctionName");
    central.make_group("/shop/reader", &[]);
    let logging = aws_sdk_lambda::types::LoggingConfig::builder()
        .log_group("/shop/reader")
        .build();
    let update = central.lambda.update_function_configuration().function_name(reader);
    central.wait(update.logging_config(logging).send()).unwrap();
    let mapping = central.lambda.create_event_source_mapping().function_name(reader);
    let mapping = mapping.event_source_arn(archive.output("SourceArn")).enabled(false);
    let mapping = mapping.starting_position(aws_sdk_lambda::types::EventSourcePosition::Latest);
    let made = central.wait(mapping.send()).unwrap();

    archive.subscribe();
    assert_eq!(names(central, "/shop/reader"), Vec::<String>::new());
    let delete = central.lambda.delete_event_source_mapping().uuid(made.uuid().unwrap());
    central.wait(delete.send()).unwrap();
    archive.subscribe();
    assert_eq!(
        names(central, "/shop/reader").len(),
        1,
        "it is the mapping that kept it out"
    );
}
