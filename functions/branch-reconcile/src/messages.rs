//! What people are told. Pure.

use std::collections::BTreeSet;

use branch_build::Environment;
use jiff::Timestamp;

use crate::plan::Plan;

/// So many environments in one message: each takes less than 500 bytes of the 256 KiB that a message may have
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
pub(crate) const MOST_IN_A_MESSAGE: usize = 100;

/// Subject and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) subject: String,
    pub(crate) text: String,
}

pub(crate) fn repository_is_gone(repository: &str) -> Message {
    Message {
        subject: format!("{repository}: the repository is not there"),
        text: format!(
            "There is no repository {repository} any more. Its environments are kept as they are, since RepositoryGone is keep. \
             Set it to destroy to have them destroyed, or bring the repository back."
        ),
    }
}

pub(crate) fn destroyed_with_repository(repository: &str) -> Message {
    Message {
        subject: format!("{repository}: the repository is not there"),
        text: format!(
            "There is no repository {repository} any more. Its environments are being destroyed, since RepositoryGone is destroy."
        ),
    }
}

/// Of plans that warn.
pub(crate) fn warning(repository: &str, plans: &[Plan]) -> Message {
    let lines = plans.iter().filter_map(|plan| {
        let (branch, environment, end) = (&plan.subject.branch, &plan.subject.environment, minutes(plan.warning?));
        Some(format!("- {branch} ({environment}), on {end} or soon after"))
    });
    let lines = lines.collect::<Vec<_>>().join("\n");
    Message {
        subject: format!("{repository}: environments will be destroyed"),
        text: format!(
            "Nobody has pushed to these branches of {repository} for a long time. Their environments will be destroyed:\n\
             {lines}\n\nA push keeps one, and brings back one that was destroyed. The branches themselves are left as they are."
        ),
    }
}

pub(crate) fn unsure(repository: &str, environments: &BTreeSet<Environment>) -> Message {
    let lines = environments.iter().take(MOST_IN_A_MESSAGE);
    let lines = lines
        .map(|environment| format!("- {environment}"))
        .collect::<Vec<_>>()
        .join("\n");
    let more = environments.len().saturating_sub(MOST_IN_A_MESSAGE);
    let more = if more == 0 {
        String::new()
    } else {
        format!("\nand {more} more")
    };
    Message {
        subject: format!("{repository}: environments to remove by hand"),
        text: format!(
            "It is not sure which branch of {repository} these environments belong to, since tags or variables of theirs were \
             changed, or the branch's name is too long for a tag. They are left as they are. Remove their stacks and build \
             projects by hand, if nobody needs them:\n{lines}{more}"
        ),
    }
}

fn minutes(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Action, Subject};

    #[test]
    fn a_warning_names_branches_and_when() {
        let plan = Plan {
            subject: Subject {
                environment: Environment::of("app", "shop", "feature/login"),
                branch: "feature/login".to_owned(),
                has_branch: true,
                counts: true,
                is_orphan: false,
            },
            action: Action::Nothing,
            warning: Some("2026-11-22T12:00:59Z".parse().unwrap()),
            expires: false,
            age: None,
        };
        let message = warning("shop", std::slice::from_ref(&plan));
        let environment = &plan.subject.environment;
        let line = format!("\n- feature/login ({environment}), on 2026-11-22 12:00 UTC or soon after\n");
        assert!(message.text.contains(&line), "{}", message.text);
    }

    #[test]
    fn of_very_many_the_rest_is_counted() {
        let environments = (0..102)
            .map(|n| Environment::of("app", "shop", &format!("b{n}")))
            .collect();
        let message = unsure("shop", &environments);
        assert_eq!(message.text.matches("\n- app-b").count(), 100);
        assert!(message.text.ends_with("\nand 2 more"));
    }
}
