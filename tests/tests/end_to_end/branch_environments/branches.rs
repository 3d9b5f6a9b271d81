//! Branches come, change and go.

use std::path::Path;

use serde_json::json;

use super::team::{MAXIMUM, Team, application, team};
use super::view::name_of;
use crate::engine::{control, invocations, state, until};

const NASTY: &str = "x;$(touch${IFS}pwned)#{codepipeline.PipelineExecutionId}";

/// Files that a branch's name would have made, had it been run.
fn traces(folder: &Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.file_name().is_some_and(|name| name == "pwned") {
            found.push(path.display().to_string());
        }
        if path.is_dir() && !path.is_symlink() {
            found.extend(traces(&path));
        }
    }
    found
}

#[test]
fn every_branch_gets_its_environment_a_push_updates_it_and_it_goes_with_the_branch() {
    let team = team();
    for branch in ["feature/login", "feature-login", NASTY] {
        team.branch(branch);
    }
    let hello = [("feature/login", "Hello"), ("feature-login", "Hello"), (NASTY, "Hello")];
    let created = team.settled(&hello);
    let login = name_of(&created, "feature/login");
    assert!(login.starts_with("team-feature-login-"), "{login}");

    team.push("feature/login", "Welcome");
    let welcome = [
        ("feature/login", "Welcome"),
        ("feature-login", "Hello"),
        (NASTY, "Hello"),
    ];
    let updated = team.settled(&welcome);
    assert!(updated.keys().eq(created.keys()), "{updated:?}");

    team.delete("feature-login");
    team.settled(&[("feature/login", "Welcome"), (NASTY, "Hello")]);
    team.delete("feature/login");
    team.delete(NASTY);
    team.settled(&[]);
    assert_eq!(traces(&state()), Vec::<String>::new());
    assert_eq!(team.notices(), Vec::<String>::new());
}

#[test]
fn the_default_and_protected_branches_are_left_alone() {
    let team = team();
    let before = invocations(team.output("CreateFunctionName"));
    team.push_file("main", "README.md", "The shop.");
    team.branch("release/1");
    team.delete("release/1");
    until("the events to be taken in", || {
        (invocations(team.output("CreateFunctionName")) >= before + 2).then_some(())
    });
    let run = team.reconcile();
    assert_eq!(team.environments(), [].into(), "{run}");
}

#[test]
fn lost_events_are_made_up_for_by_one_reconciliation() {
    let team = team();
    team.branch("early");
    team.settled(&[("early", "Hello")]);
    Team::lose_events(3);
    team.push("early", "Welcome");
    team.branch("late");
    team.reconcile();
    team.settled(&[("early", "Welcome"), ("late", "Hello")]);
    Team::lose_events(2);
    team.delete("early");
    team.delete("late");
    team.reconcile();
    team.settled(&[]);
}

#[test]
fn events_that_come_twice_do_nothing_twice() {
    let team = team();
    control("events/faults", &json!({"kind": "duplicate", "count": 2}));
    team.branch("twice");
    let name = name_of(&team.settled(&[("twice", "Hello")]), "twice");
    let once = team.builds(&format!("{name}-create"));
    assert_eq!(once, 1);
    // Late: the branch is there, so that a deletion that was told before is none.
    let event = json!({
        "detail-type": "CodeCommit Repository State Change", "source": "aws.codecommit",
        "detail": {"event": "referenceDeleted", "repositoryName": "team", "referenceType": "branch", "referenceName": "twice"},
    });
    let answer = team.invoke("DestroyFunctionName", &event);
    assert!(answer.to_string().contains("left as it is"), "{answer}");
    team.delete("twice");
    team.settled(&[]);
    let late = team.invoke("CreateFunctionName", &json!({"branch": "twice"}));
    assert!(late.to_string().contains("Nothing"), "{late}");
    let unknown = team.invoke("DestroyFunctionName", &json!({"branch": "never-there"}));
    assert!(unknown.to_string().contains("Nothing"), "{unknown}");
    assert_eq!(team.environments(), [].into());
}

#[test]
fn a_branch_that_is_deleted_while_it_is_created_and_made_again_ends_as_it_is() {
    let team = team();
    team.branch("hasty");
    until("the build that creates", || {
        team.environments()
            .values()
            .any(|view| view.branch.is_some())
            .then_some(())
    });
    team.delete("hasty");
    team.branch("hasty");
    team.push("hasty", "Again");
    team.settled(&[("hasty", "Again")]);
    team.delete("hasty");
    team.branch("hasty");
    team.settled(&[("hasty", "Hello")]);
    team.delete("hasty");
    team.settled(&[]);
}

#[test]
fn no_more_environments_are_made_than_may_exist() {
    let team = team();
    let names: Vec<String> = (0..=MAXIMUM).map(|number| format!("b{number}")).collect();
    for name in &names[..MAXIMUM] {
        team.branch(name);
    }
    let wanted: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "Hello")).collect();
    team.settled(&wanted[..MAXIMUM]);
    team.branch(&names[MAXIMUM]);
    let notice = team.told("gets no environment");
    assert!(notice.contains(&names[MAXIMUM]), "{notice}");
    team.delete(&names[0]);
    team.settled(&wanted[1..MAXIMUM]);
    team.reconcile();
    team.settled(&wanted[1..]);
    for name in &names[1..] {
        team.delete(name);
    }
    team.settled(&[]);
}

#[test]
fn a_deleted_repository_takes_its_environments_along_where_that_is_asked_for() {
    let team = Team::deploy(
        "branches-gone",
        "gone",
        &[("BranchEnvironmentsRepositoryGone", "destroy")],
    );
    team.branch("one");
    team.branch("two");
    team.settled(&[("one", "Hello"), ("two", "Hello")]);
    team.delete_repository();
    team.reconcile();
    team.settled(&[]);
}

#[test]
fn a_branch_may_choose_another_tool() {
    let team = team();
    team.branch("sam");
    let template = format!("Transform: AWS::Serverless-2016-10-31\n{}", application("Served"));
    team.push_file("sam", "template.yaml", &template);
    team.push_file("sam", ".wrasse.yaml", "deployment: sam\n");
    team.settled(&[("sam", "Served")]);
    team.delete("sam");
    team.settled(&[]);
}
