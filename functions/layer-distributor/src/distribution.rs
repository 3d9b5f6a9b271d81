//! The one way of a release through all regions: look, publish, settle, share, point, prune.
//!
//! In each step all regions go at a time. A step that fails anywhere ends the job when every region is through with it: the next
//! job finds what was done, and does the rest. So nothing is kept between jobs.

use codepipeline_job::{Answer, FailureKind};
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::alignment::{Plan, Standing, plan};
use crate::layers::Version;
use crate::pointing::{self, Names};
use crate::problem::Problem;
use crate::publishing::{HELD_KIB, bring, check_way};
pub(crate) use crate::region::Order;
use crate::region::Region;
use crate::report::{Report, Stop};
use crate::settling::{Kept, check_spare, settle, spare};
use crate::sharing::Policy;
use crate::{pruning, sharing};

/// Each round publishes where the last one's plan met a number that was taken. Two suffice where nobody else publishes.
const ROUNDS: usize = 5;

/// Publishes the release wherever it is missing, and lets people use it.
pub(crate) async fn distribute(order: &Order<'_>) -> Answer {
    if let Err(message) = check_way(order.zip.size, order.request) {
        let kind = FailureKind::ConfigurationError;
        return Answer::Fail { message, kind };
    }
    let mut report = Report::new(order);
    match Box::pin(release(order, &mut report)).await {
        Ok(kept) => report.succeed(&kept),
        Err(stop) => report.stop(&stop),
    }
}

async fn release(order: &Order<'_>, report: &mut Report<'_>) -> Result<Vec<Kept>, Stop> {
    let held = Semaphore::new(HELD_KIB);
    let names = order.request.regions.iter();
    let regions: Vec<Region<'_>> = names.map(|name| Region::new(name, order, &held)).collect();

    everywhere(report, "looking at its pointer", &regions, pointing::check_latest).await?;
    let kept = Box::pin(publish(&regions, report)).await?;
    let audience = &order.request.audience;
    let share = async |region: &Region<'_>, kept: &Kept| share(region, audience, kept).await;
    everywhere_with(report, "sharing", &regions, &kept, share).await?;
    Box::pin(point(&regions, report, &kept)).await?;
    prune(&regions, report, &kept).await;
    Ok(kept)
}

/// Until every region has one version of the release, at the same number where that is wanted.
async fn publish(regions: &[Region<'_>], report: &mut Report<'_>) -> Result<Vec<Kept>, Stop> {
    let align = report.order.request.align_versions;
    let mut standings = vec![Standing::unknown(); regions.len()];
    for _ in 0..ROUNDS {
        let list = async |region: &Region<'_>| Ok(region.layers.versions().await?);
        let versions = everywhere(report, "listing its versions", regions, list).await?;
        standings = (regions.iter().zip(&versions).zip(&standings))
            .map(|((region, versions), known)| region.standing(versions, known))
            .collect();
        let plans = plan(&standings, align);
        report.found(&plans);
        if let Some(numbers) = plans.iter().map(Plan::kept).collect::<Option<Vec<i64>>>() {
            let todo: Vec<_> = numbers.into_iter().zip(versions).collect();
            let settle = async |region: &Region<'_>, (number, versions): &(i64, Vec<Version>)| {
                settle(region, versions, *number).await
            };
            return everywhere_with(report, "settling", regions, &todo, settle).await;
        }
        let todo: Vec<_> = plans.into_iter().zip(versions).zip(standings.clone()).collect();
        everywhere_with(report, "looking at who uses it", regions, &todo, replaced).await?;
        let publish = async |region: &Region<'_>, ((plan, _), standing): &((Plan, _), Standing)| {
            bring(region, *plan, standing).await
        };
        let results = all(regions, &todo, publish).await;
        report.published(&results);
        standings = report.through("publishing", results)?;
    }
    Err(report.restless())
}

/// What another number takes the place of must be free to go before anything is published in its stead, anywhere.
async fn replaced(region: &Region<'_>, todo: &((Plan, Vec<Version>), Standing)) -> Result<(), Problem> {
    let ((plan, versions), _) = todo;
    match plan {
        Plan::Keep(number) | Plan::PublishAt(number) => check_spare(region, &spare(region, versions, *number)).await,
        Plan::Publish => Ok(()),
    }
}

async fn share(region: &Region<'_>, audience: &crate::parameters::Audience, kept: &Kept) -> Result<(), Problem> {
    let changes = async || -> Result<sharing::Changes, Problem> {
        let policy = region.layers.policy(kept.number).await?;
        Policy::read(policy.as_deref()).changes(audience).map_err(|statement| {
            Problem::conflict(format!(
                "the policy of version {} has a statement {statement:?} that is not this function's: remove it if nobody needs it",
                kept.number
            ))
        })
    };
    let wanted = changes().await?;
    if wanted.is_empty() {
        return Ok(());
    }
    for statement in &wanted.revoke {
        region.layers.revoke(kept.number, statement).await?;
    }
    for grant in &wanted.grant {
        region.layers.grant(kept.number, grant).await?;
    }
    if changes().await?.is_empty() {
        return Ok(());
    }
    Err(Problem::conflict(format!(
        "the policy of version {} does not say what was granted when it is read again: somebody else changes it; retry the stage",
        kept.number
    )))
}

/// Names the versions in all regions, then moves `latest` in all of them, or in none.
async fn point(regions: &[Region<'_>], report: &mut Report<'_>, kept: &[Kept]) -> Result<(), Stop> {
    let Some(names) = regions.first().and_then(Names::of) else {
        return Ok(());
    };
    let look = async |region: &Region<'_>, kept: &Kept| pointing::look(region, &names, kept).await;
    let before = everywhere_with(report, "looking at its pointers", regions, kept, look).await?;
    let moves: Vec<_> = kept.iter().zip(&before).collect();
    let name = async |region: &Region<'_>, (kept, before): &(&Kept, &pointing::Before)| {
        pointing::name_version(region, &names, kept, before).await
    };
    everywhere_with(report, "writing its pointer", regions, &moves, name).await?;
    // What follows is not to be broken off in the middle.
    report.order.time_is_left().map_err(|_| Stop::Unfinished)?;
    let latest = async |region: &Region<'_>, (kept, before): &(&Kept, &pointing::Before)| {
        pointing::move_latest(region, &names, kept, before).await
    };
    let Err(stop) = everywhere_with(report, "moving `latest`", regions, &moves, latest).await else {
        return Ok(());
    };
    let back = regions
        .iter()
        .zip(&moves)
        .map(async |(region, (kept, before))| pointing::put_back(region, &names, kept, before).await);
    report.put_back(&join_all(back).await);
    Err(stop)
}

/// The release is done: what cannot be pruned stays, and is said.
async fn prune(regions: &[Region<'_>], report: &mut Report<'_>, kept: &[Kept]) {
    if let Some(keep) = pruning::wanted(report.order.request, report.order.account) {
        let prune = regions
            .iter()
            .zip(kept)
            .map(|(region, kept)| pruning::prune(region, keep, kept));
        report.pruned(join_all(prune).await);
    }
}

async fn everywhere<T>(
    report: &mut Report<'_>,
    step: &'static str,
    regions: &[Region<'_>],
    work: impl AsyncFn(&Region<'_>) -> Result<T, Problem>,
) -> Result<Vec<T>, Stop> {
    let nothing = vec![(); regions.len()];
    everywhere_with(report, step, regions, &nothing, async |region, ()| work(region).await).await
}

async fn everywhere_with<I, T>(
    report: &mut Report<'_>,
    step: &'static str,
    regions: &[Region<'_>],
    inputs: &[I],
    work: impl AsyncFn(&Region<'_>, &I) -> Result<T, Problem>,
) -> Result<Vec<T>, Stop> {
    report.through(step, all(regions, inputs, work).await)
}

async fn all<I, T>(
    regions: &[Region<'_>],
    inputs: &[I],
    work: impl AsyncFn(&Region<'_>, &I) -> Result<T, Problem>,
) -> Vec<Result<T, Problem>> {
    join_all(regions.iter().zip(inputs).map(|(region, input)| work(region, input))).await
}
