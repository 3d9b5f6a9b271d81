//! Counts the wanted log groups, where there may not be more than a bound.

use std::collections::BTreeSet;

use crate::Context;
use crate::error::{SubscriberError, failed_to};
use crate::group::Group;
use crate::logs::Listing;
use crate::turn::Page;
use crate::wanted::Verdict;

/// `TooManyGroups` if more groups are wanted than may be. `new` is one that the list may not have yet.
pub(crate) async fn check_maximum(
    context: &Context,
    guard: &BTreeSet<String>,
    new: Option<&str>,
) -> Result<(), SubscriberError> {
    let Some(maximum) = context.config.maximum_groups else {
        return Ok(());
    };
    let mut wanted = usize::from(new.is_some());
    let mut token = None;
    loop {
        let page = list(context, token.as_deref()).await?;
        wanted += count(context, &page.groups, guard, new).await?;
        if wanted > maximum {
            return Err(SubscriberError::TooManyGroups(maximum));
        }
        match page.token {
            Some(next) => token = Some(next),
            None => return Ok(()),
        }
    }
}

async fn list(context: &Context, token: Option<&str>) -> Result<Page, SubscriberError> {
    let attempt = "list the log groups";
    match context.logs.page(token).await.map_err(failed_to(attempt))? {
        Listing::Page(page) => Ok(page),
        Listing::TokenExpired(source) => Err(SubscriberError::ServiceUnavailable {
            attempt: attempt.to_owned(),
            source,
        }),
    }
}

async fn count(
    context: &Context,
    groups: &[Group],
    guard: &BTreeSet<String>,
    except: Option<&str>,
) -> Result<usize, SubscriberError> {
    let tags = context.tags(groups).await?;
    let selection = &context.config.selection;
    let wanted = groups
        .iter()
        .filter(|group| except != Some(group.name.as_str()))
        .filter(|group| selection.verdict(group, tags.of(group), guard) == Verdict::Wanted);
    Ok(wanted.count())
}
