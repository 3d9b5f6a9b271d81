//! Environments that nobody pushes to. Days pass here for the whole engine: by its name this comes after all other tests.

use crate::branch_environments::team::{days, team};

#[test]
fn an_old_environment_is_warned_of_then_destroyed_and_a_push_brings_it_back() {
    let team = team();
    team.branch("old");
    team.settled(&[("old", "Hello")]);
    days(1);
    let run = team.reconcile();
    assert_eq!(run["warned"], 1, "{run}");
    let notice = team.told("old");
    assert!(notice.contains("destroyed"), "{notice}");
    assert_eq!(team.reconcile()["warned"], 0);
    days(1);
    let run = team.reconcile();
    assert_eq!(run["expired"], 1, "{run}");
    team.settled(&[]);
    team.reconcile();
    assert_eq!(team.environments(), [].into());
    team.push("old", "Back");
    team.settled(&[("old", "Back")]);
    team.delete("old");
    team.settled(&[]);
}
