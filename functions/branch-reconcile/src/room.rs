//! Which new environments there is room for. Pure.

use crate::plan::{Action, Plan};

/// Holds back the environments that there is no room for. Which come first changes with every `turn`: one that is asked for
/// may not come to be, as its branch wants none, and must not keep out others for ever.
pub(crate) fn hold_back(plans: &mut [Plan], room: usize, turn: usize) {
    let mut new: Vec<&mut Plan> = plans
        .iter_mut()
        .filter(|plan| plan.action == Action::CreateNew)
        .collect();
    let first = turn.checked_rem(new.len()).unwrap_or_default();
    new.rotate_left(first);
    for plan in new.into_iter().skip(room) {
        plan.action = Action::HoldBack;
    }
}

#[cfg(test)]
mod tests {
    use branch_build::Environment;

    use super::*;
    use crate::plan::Subject;

    fn plan(action: Action) -> Plan {
        Plan {
            subject: Subject {
                environment: Environment::of("app", "shop", "x"),
                branch: "x".to_owned(),
                has_branch: true,
                counts: false,
                is_orphan: false,
            },
            action,
            warning: None,
            expires: false,
            age: None,
        }
    }

    #[test]
    fn so_many_as_there_is_room_for_are_created_and_each_has_its_turn() {
        let (old, new, held_back) = (Action::Create, Action::CreateNew, Action::HoldBack);
        let held = |room: usize, turn: usize| {
            let mut plans = [new, old, new, new].map(plan);
            hold_back(&mut plans, room, turn);
            plans.map(|plan| plan.action)
        };
        assert_eq!(held(0, 0), [held_back, old, held_back, held_back]);
        assert_eq!(held(1, 0), [new, old, held_back, held_back]);
        assert_eq!(held(1, 1), [held_back, old, new, held_back]);
        assert_eq!(held(2, 5), [new, old, held_back, new]);
        assert_eq!(held(7, 4), [new, old, new, new]);
        hold_back(&mut [], 1, 1);
    }
}
