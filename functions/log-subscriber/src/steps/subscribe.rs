//! One turn of the walk over all log groups.

use serde::Serialize;

use crate::Context;
use crate::error::{SubscriberError, failed_to};
use crate::group::Group;
use crate::logs::Listing;
use crate::run::{Mode, Next, Position, Run, Tally};
use crate::settle::settle;
use crate::tagging::Tagged;
use crate::turn;
use crate::wanted::{Reason, Verdict};

/// The answer: where the run is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turned {
    /// As it was given.
    pub run: Run,
    /// Where the next turn begins.
    pub position: Position,
    /// With this turn's groups.
    pub tally: Tally,
    /// What follows.
    pub next: Next,
}

/// Repeating a turn does no harm, so a failure that may pass ends it: with the groups that were dealt with before, or
/// with [`SubscriberError::ServiceUnavailable`] if there were none. A group that AWS refuses to change is counted.
pub(crate) async fn subscribe(
    context: &Context,
    run: Run,
    position: Position,
    mut tally: Tally,
) -> Result<Turned, SubscriberError> {
    let listing = context.logs.page(position.token.as_deref()).await;
    let page = match listing.map_err(failed_to("list the log groups"))? {
        Listing::Page(page) => page,
        Listing::TokenExpired(error) => {
            tracing::warn!(after = position.after, %error, "the page's token has expired, the list is read again");
            let (position, next) = turn::begin_again(position);
            return Ok(Turned {
                run,
                position,
                tally,
                next,
            });
        }
    };
    let groups = turn::groups(&page, &position);
    let tags = match run.mode {
        Mode::Subscribe => context.tags(groups).await?,
        Mode::Remove => Tagged::default(),
    };
    let mut done: Option<&Group> = None;
    for group in groups {
        let verdict = match run.mode {
            Mode::Subscribe => context.config.selection.verdict(group, tags.of(group), &run.guard),
            Mode::Remove => Verdict::Excluded(Reason::Removing),
        };
        match settle(context, group, tags.of(group), verdict, run.dry_run).await {
            Ok(settled) => tally.count(&group.name, verdict, settled),
            Err(error @ SubscriberError::ServiceUnavailable { .. }) if done.is_none() => return Err(error),
            Err(error @ SubscriberError::ServiceUnavailable { .. }) => {
                tracing::warn!(
                    group = group.name,
                    error = lambda_edge::with_causes(&error),
                    "left to the next turn"
                );
                break;
            }
            Err(error) => {
                let text = lambda_edge::with_causes(&error);
                tracing::error!(group = group.name, error = text, "not dealt with");
                tally.count_failure(verdict, &text);
            }
        }
        done = Some(group);
    }
    let (position, next) = turn::advance(position, &page, done);
    Ok(Turned {
        run,
        position,
        tally,
        next,
    })
}
