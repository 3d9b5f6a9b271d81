//! Leaves one version of the release in a region, and makes sure that it is the right one.

use crate::layers::Version;
use crate::problem::Problem;
use crate::publishing::FILLER_ZIP;
use crate::region::Region;
use crate::release::{Digest, Mark};
use crate::sharing::Policy;

/// The version that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) number: i64,
    pub(crate) arn: String,
}

/// Deletes what a publication left beside version `keep`, and looks whether that has the content it should have.
///
/// A second version of the release is there when two invocations published at once or a request took effect after it was given
/// up, and when the release got another number by alignment.
pub(crate) async fn settle(region: &Region<'_>, versions: &[Version], keep: i64) -> Result<Kept, Problem> {
    for filler in region.numbers(versions, Mark::Filler) {
        delete_if(region, filler, &Digest::of(FILLER_ZIP)).await?;
    }
    let spare = spare(region, versions, keep);
    check_spare(region, &spare).await?;
    for number in spare {
        delete_if(region, number, &region.order.release.digest).await?;
    }
    let found = region.layers.code_sha256(keep).await?;
    match (found, versions.iter().find(|version| version.number == keep)) {
        (Some(found), Some(version)) if found == region.order.release.digest.base64() => Ok(Kept {
            number: keep,
            arn: version.arn.clone(),
        }),
        (Some(_), Some(_)) => Err(Problem::conflict(format!(
            "version {keep} says that it has this release's content, but has another: delete it, and find out who published it"
        ))),
        _ => Err(Problem::conflict(format!(
            "version {keep} was there and is gone: somebody else deletes versions of this layer; retry the stage"
        ))),
    }
}

/// The versions of the release beside the one that stays.
pub(crate) fn spare(region: &Region<'_>, versions: &[Version], keep: i64) -> Vec<i64> {
    let ours = region.numbers(versions, Mark::This);
    ours.into_iter().filter(|&number| number != keep).collect()
}

/// Nobody may have begun to use what is to be deleted. Asked before anything is published in its place.
pub(crate) async fn check_spare(region: &Region<'_>, spare: &[i64]) -> Result<(), Problem> {
    if spare.is_empty() {
        return Ok(());
    }
    let users = region.layers.users().await?;
    for number in spare {
        if let Some(functions) = users.get(number) {
            return Err(in_use(
                *number,
                &format!("the functions that use it ({})", functions.join(", ")),
            ));
        }
        let policy = region.layers.policy(*number).await?;
        if Policy::read(policy.as_deref()).reaches_beyond(region.order.account) {
            return Err(in_use(*number, "the other accounts that may use it"));
        }
    }
    Ok(())
}

fn in_use(number: i64, by: &str) -> Problem {
    Problem::conflict(format!(
        "version {number} has this release too, and one of them has to go; deleting it would take it from {by}. Move them to \
         another version, or leave out `align_versions`"
    ))
}

async fn delete_if(region: &Region<'_>, number: i64, digest: &Digest) -> Result<(), Problem> {
    match region.layers.code_sha256(number).await? {
        Some(found) if found == digest.base64() => {
            region.layers.delete(number).await?;
            tracing::info!(outcome = "Deleted", region = region.name, version = number);
            Ok(())
        }
        Some(_) => Err(Problem::conflict(format!(
            "version {number} has a description of ours and a content that is not: delete it if nobody needs it"
        ))),
        None => Ok(()),
    }
}
