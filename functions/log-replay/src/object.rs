//! One object: its lines go where they belong, then it is moved aside.

use crate::bucket::{Copy, Object};
use crate::error::Failure;
use crate::invocation::Invocation;
use crate::pass::{Done, Pass, Stop};
use crate::replay::Replay;

/// The largest object that S3 copies in one call
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html>).
const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// How it ended with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Moved aside; in a dry run: would be.
    Finished,
    /// None of its lines went anywhere, so it stays as it is.
    Untouched,
    /// Another invocation was quicker.
    Gone,
}

/// Replays an object. Where that fails or stops halfway, the object stays.
pub(crate) async fn replay(
    replay: &Replay,
    object: &Object,
    dry_run: bool,
    invocation: &Invocation,
) -> (Done, Result<End, Failure>) {
    let mut pass = Pass::new(replay, object, dry_run, invocation);
    let end = through(&mut pass, replay, object, dry_run).await;
    let done = pass.into_done();
    log(object, &done, &end);
    (done, end)
}

async fn through(pass: &mut Pass<'_>, replay: &Replay, object: &Object, dry_run: bool) -> Result<End, Failure> {
    let Object { key, bytes, .. } = object;
    if *bytes > LARGEST {
        let (key, bytes) = (key.clone(), *bytes);
        return Err(Failure::TooLarge { key, bytes });
    }
    let aside = match pass.go_through().await {
        Ok(()) => replay.places.replayed(key),
        Err(Stop::Gone) => return Ok(End::Gone),
        Err(Stop::Failed(failure)) => return Err(failure),
        Err(Stop::NotLines(reason)) => {
            tracing::warn!(object = key, %reason, "given up whole");
            pass.give_up_whole();
            replay.places.given_up(key)
        }
    };
    if dry_run {
        return Ok(End::Finished);
    }
    if pass.is_untouched() {
        return Ok(End::Untouched);
    }
    pass.write_rest().await?;
    move_to(replay, object, aside).await
}

/// Deletes only what was listed under the error prefix, was copied just now, and is still the same.
async fn move_to(replay: &Replay, object: &Object, to: String) -> Result<End, Failure> {
    let copied = replay.bucket.copy(object, &to).await;
    let copied = copied.map_err(|source| Failure::call(format!("`{}` not copied to `{to}`", object.key), source))?;
    match copied {
        Copy::Gone => return Ok(End::Gone),
        Copy::Unconfirmed => {
            let key = object.key.clone();
            return Err(Failure::CopyUnconfirmed { key, to });
        }
        Copy::Made => {}
    }
    let deleted = replay.bucket.delete(object).await;
    deleted.map_err(|source| Failure::call(format!("`{}` not deleted after its copy was made", object.key), source))?;
    Ok(End::Finished)
}

/// One line in the log, with nothing of what the object holds.
fn log(object: &Object, done: &Done, end: &Result<End, Failure>) {
    let Done {
        replayed,
        given_up,
        left,
        ..
    } = *done;
    let key = &object.key;
    match end {
        Ok(end) => tracing::info!(object = key, ?end, replayed, given_up, left),
        Err(error) => {
            let error = lambda_edge::with_causes(error);
            tracing::error!(object = key, replayed, given_up, left, error);
        }
    }
}
