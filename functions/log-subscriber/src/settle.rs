//! One log group: look at its filters, decide, do it.

use crate::Context;
use crate::action::{self, Action};
use crate::error::{SubscriberError, failed_to};
use crate::group::{Class, Group};
use crate::logs::{Change, Subscription};
use crate::run::Settled;
use crate::wanted::{Tags, Verdict};

/// Brings a group's filters to what is wanted. Everything is decided from what is there, so that a repeat does no harm.
pub(crate) async fn settle(
    context: &Context,
    group: &Group,
    tags: &Tags,
    verdict: Verdict,
    dry_run: bool,
) -> Result<Settled, SubscriberError> {
    let name = group.name.as_str();
    if group.class != Class::Standard {
        let settled = did(Action::Leave);
        log(name, verdict, settled, dry_run);
        return Ok(settled);
    }
    let have = context.logs.filters(name).await;
    let Some(have) = have.map_err(failed_to(format!("read the subscription filters of `{name}`")))? else {
        return Ok(Settled::Gone);
    };
    let action = action::decide(verdict, &have, &context.filter);
    let days = match action {
        Action::Keep => action::retention(group, tags, context.config.retention_days),
        _ => None,
    };
    let settled = if dry_run {
        Settled::Did {
            action,
            retention: days.is_some(),
        }
    } else {
        perform(context, name, action, days).await?
    };
    log(name, verdict, settled, dry_run);
    Ok(settled)
}

async fn perform(context: &Context, name: &str, action: Action, days: Option<i32>) -> Result<Settled, SubscriberError> {
    match (action, days) {
        (Action::Subscribe | Action::Update, _) => subscribe(context, name, action).await,
        (Action::Remove, _) => {
            let attempt = format!("remove our subscription filter from `{name}`");
            let change = context.logs.unsubscribe(name, &context.filter.name).await;
            // Removed by another, or with its group: what was wanted.
            made(change.map_err(failed_to(attempt.as_str()))?, attempt)?;
            Ok(did(action))
        }
        (Action::Keep, Some(days)) => {
            let attempt = format!("set the retention of `{name}` to {days} days");
            let change = context.logs.set_retention(name, days).await;
            let retention = made(change.map_err(failed_to(attempt.as_str()))?, attempt)?;
            Ok(if retention {
                Settled::Did { action, retention }
            } else {
                Settled::Gone
            })
        }
        (Action::Keep | Action::Conflict | Action::Leave, _) => Ok(did(action)),
    }
}

async fn subscribe(context: &Context, name: &str, action: Action) -> Result<Settled, SubscriberError> {
    let attempt = format!("subscribe `{name}` to {}", context.filter.destination);
    let subscription = context.logs.subscribe(name, &context.filter).await;
    match subscription.map_err(failed_to(attempt.as_str()))? {
        Subscription::Made => Ok(did(action)),
        Subscription::Full => Ok(did(Action::Conflict)),
        Subscription::Later(source) => Err(SubscriberError::ServiceUnavailable { attempt, source }),
        Subscription::Missing(source) => {
            let group = context.logs.filters(name).await;
            match group.map_err(failed_to(format!("read the subscription filters of `{name}`")))? {
                None => Ok(Settled::Gone),
                Some(_) => Err(SubscriberError::ServiceRefused { attempt, source }),
            }
        }
    }
}

/// Whether it was there to be changed.
fn made(change: Change, attempt: String) -> Result<bool, SubscriberError> {
    match change {
        Change::Made => Ok(true),
        Change::Missing => Ok(false),
        Change::Later(source) => Err(SubscriberError::ServiceUnavailable { attempt, source }),
    }
}

fn did(action: Action) -> Settled {
    Settled::Did {
        action,
        retention: false,
    }
}

/// A line a group for what changed and for what cannot be; of a dry run one for every group.
fn log(group: &str, verdict: Verdict, settled: Settled, dry_run: bool) {
    let reason: Option<&str> = match verdict {
        Verdict::Wanted => None,
        Verdict::Excluded(reason) => Some(reason.into()),
    };
    match settled {
        Settled::Did {
            action: Action::Keep | Action::Leave,
            retention: false,
        } if !dry_run => {}
        Settled::Did { action, retention } => {
            let action: &str = action.into();
            tracing::info!(group, action, reason, retention, dry_run, "log group");
        }
        Settled::Gone => tracing::info!(group, dry_run, "log group is gone"),
    }
}
