//! An account with 10,000 log groups.

use serde_json::{Value, json};

use super::account::Account;
use super::archive::{OTHERS, archive, deploy_to};
use crate::engine::{control, invocations, trace, until};

const GROUPS: u64 = 10_000;

/// The output of the newest turn in an execution's history.
fn last_turn(account: &Account, execution: &str) -> Option<Value> {
    let history = account.states.get_execution_history().execution_arn(execution);
    let events = account.wait(history.send()).unwrap().events;
    let left = events
        .iter()
        .filter_map(|e| Some((e.id(), e.state_exited_event_details()?)));
    let (_, newest) = left
        .filter(|(_, d)| d.name() == "Subscribe")
        .max_by_key(|(id, _)| *id)?;
    serde_json::from_str(newest.output()?).ok()
}

#[test]
fn ten_thousand_log_groups_are_subscribed_five_a_second_and_a_stopped_run_goes_on() {
    let archive = archive();
    let account = Account::new(OTHERS[1]);
    let destination = archive.output("LogDestinationArn");
    // The groups are there before the stack, whose rule would else hear of each.
    control(
        "logs/groups",
        &json!({"prefix": "/many/", "count": GROUPS, "account": account.id}),
    );
    let parameters = [("DestinationArn", destination), ("IncludeGroups", "/many/*")];
    let outputs = deploy_to(&account.id, "many", &parameters);
    let machine = &outputs["StateMachineArn"];
    let started = account.states.list_executions().state_machine_arn(machine).send();
    let stopped = account.wait(started).unwrap().executions.remove(0).execution_arn;
    until("the run is in the middle", || {
        (invocations(&outputs["SubscriberFunctionName"]) > 300).then_some(())
    });
    let stop = account.states.stop_execution().execution_arn(&stopped);
    account.wait(stop.send()).unwrap();
    assert_eq!(account.finish(&stopped).0, "ABORTED");
    let turn = last_turn(&account, &stopped).unwrap();
    assert!(turn["tally"]["subscribed"].as_u64().unwrap() > 1_000, "{turn}");

    let tally = account.run(machine, &json!({"position": turn["position"], "tally": turn["tally"]}));
    println!("{tally}");
    assert_eq!(tally["wanted"], GROUPS, "{tally}");
    assert_eq!(
        (&tally["errors"], &tally["conflicts"]),
        (&json!(0), &json!(0)),
        "{tally}"
    );
    let ours = tally["subscribed"].as_u64().unwrap() + tally["already"].as_u64().unwrap();
    assert_eq!(ours, GROUPS, "{tally}");

    let last = account.settled(machine).remove(0);
    let waits: u64 = trace(&last).iter().flat_map(|(_, waits)| waits).sum();
    println!("waits asked for by the resumed run: {waits} s");
    assert!(
        waits >= (GROUPS - 2_000) / 5,
        "{waits} s are too few for five calls a second"
    );
    assert_eq!(account.filters("/many/00000").len(), 1);
    assert_eq!(account.filters("/many/09999").len(), 1);
}
