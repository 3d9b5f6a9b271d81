//! A log group that was just created.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::Context;
use crate::action::Action;
use crate::count;
use crate::destination;
use crate::error::{SubscriberError, failed_to};
use crate::event::Created;
use crate::run::Settled;
use crate::settle::settle;
use crate::wanted::{Tags, Verdict};

/// What was done with a new log group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewGroup {
    /// It has our filter.
    Subscribed,
    /// It is not wanted.
    Excluded,
    /// It has two subscription filters of others.
    Conflict,
    /// It was deleted again.
    Gone,
}

/// The same decision as in a run, for one group, at once.
///
/// What lies behind the destination is looked at only for a group that would be wanted otherwise.
pub(crate) async fn created(context: &Context, event: &Created) -> Result<NewGroup, SubscriberError> {
    let name = event.group.as_str();
    let found = context.logs.group(name).await;
    let Some(group) = found.map_err(failed_to(format!("find log group `{name}`")))? else {
        return Ok(NewGroup::Gone);
    };
    let tagged = context.tags(std::slice::from_ref(&group)).await?;
    let tags = merged(&event.tags, tagged.of(&group));
    let selection = &context.config.selection;
    let mut verdict = selection.verdict(&group, &tags, &BTreeSet::new());
    if verdict == Verdict::Wanted {
        let guard = destination::guard(context).await?;
        verdict = selection.verdict(&group, &tags, &guard);
        if verdict == Verdict::Wanted {
            count::check_maximum(context, &guard, Some(name)).await?;
        }
    }
    Ok(match settle(context, &group, &tags, verdict, false).await? {
        Settled::Gone => NewGroup::Gone,
        Settled::Did { action, .. } => match action {
            Action::Subscribe | Action::Update | Action::Keep => NewGroup::Subscribed,
            Action::Conflict => NewGroup::Conflict,
            Action::Remove | Action::Leave => NewGroup::Excluded,
        },
    })
}

/// The tags that the group was created with, which the tagging API does not know yet, and those that it knows: they
/// are newer.
fn merged(created_with: &Tags, known: &Tags) -> Tags {
    let mut tags = created_with.clone();
    tags.extend(known.clone());
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_was_changed_since_wins_over_the_events() {
        let tags = |pairs: &[(&str, &str)]| -> Tags {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        let found = merged(&tags(&[("a", "1"), ("b", "1")]), &tags(&[("b", "2")]));
        assert_eq!(found, tags(&[("a", "1"), ("b", "2")]));
    }
}
