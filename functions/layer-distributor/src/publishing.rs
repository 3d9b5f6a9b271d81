//! Brings the release to a region in which it is missing.

use aws_client::{CallError, Outlook};

use crate::alignment::{Plan, Standing};
use crate::layers::{Content, Version};
use crate::parameters::{Attributes, Request};
use crate::problem::Problem;
use crate::region::Region;
use crate::release::{FILLER, Mark};

/// A request for more holds the zip, its base64 and the JSON around it, for each region. Lambda would take 50 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
pub(crate) const DIRECT_LIMIT: u64 = 5 * 1024 * 1024;
/// What direct requests may hold of zips at a time, in KiB: eight of the largest.
pub(crate) const HELD_KIB: usize = 40 * 1024;
/// A publication whose fate is unknown, and that is not listed, is asked for once more.
const ATTEMPTS: u32 = 2;

/// One small file `filler`, stored.
pub(crate) const FILLER_ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0\xd5\xad\xf1m\x06\0\0\0\x06\0\0\0\x06\0\0\0fillerfiller\
    PK\x01\x02\x14\x03\x14\0\0\0\0\0\0\0!\0\xd5\xad\xf1m\x06\0\0\0\x06\0\0\0\x06\0\0\0\0\0\0\0\0\0\0\0\xa4\x81\0\0\0\0filler\
    PK\x05\x06\0\0\0\0\x01\0\x01\x004\0\0\0*\0\0\0\0\0";

/// Whether there is a way to Lambda for a zip of that size; the error is for the pipeline's author.
pub(crate) fn check_way(size: u64, request: &Request) -> Result<(), String> {
    if size <= DIRECT_LIMIT || request.bucket.is_some() {
        return Ok(());
    }
    Err(format!(
        "the layer's zip has {size} bytes. Up to {DIRECT_LIMIT} are published directly; a larger one goes through a bucket in each \
         region: deploy stacks/layer-bucket.yaml there, and name the buckets in `bucket`, for example \
         \"wrasse-layers-111122223333-{{region}}\""
    ))
}

/// Does what the plan says, from this standing; what the layer's standing is then. A number that was taken by something that is
/// deleted by now is found out here: the next plan knows it.
pub(crate) async fn bring(region: &Region<'_>, plan: Plan, from: &Standing) -> Result<Standing, Problem> {
    let mut standing = from.clone();
    if matches!(plan, Plan::Keep(_)) {
        return Ok(standing);
    }
    region.order.time_is_left()?;
    if let Some((bucket, key)) = place(region) {
        region.buckets.place(&bucket, &key, region.order.zip).await?;
    }
    let mut filler = None;
    if let Plan::PublishAt(number) = plan {
        while standing.next < number {
            region.order.time_is_left()?;
            let next = publish(region, Mark::Filler, &standing).await?;
            standing.next = standing.next.max(next.number + 1);
            delete(region, filler.replace(next.number)).await?;
        }
        if standing.next > number {
            return Ok(standing);
        }
    }
    region.order.time_is_left()?;
    let version = publish(region, Mark::This, &standing).await?;
    tracing::info!(outcome = "Published", region = region.name, version = version.number);
    delete(region, filler).await?;
    standing.ours.insert(version.number);
    standing.next = standing.next.max(version.number + 1);
    Ok(standing)
}

/// A filler goes when the number after it is taken: the list, which is all that the next job has, must show how far it got.
async fn delete(region: &Region<'_>, filler: Option<i64>) -> Result<(), Problem> {
    if let Some(number) = filler {
        region.layers.delete(number).await?;
    }
    Ok(())
}

/// Bucket and key of a zip that is too large for a request.
fn place(region: &Region<'_>) -> Option<(String, String)> {
    let order = region.order;
    let bucket = order
        .request
        .bucket
        .as_ref()
        .filter(|_| order.zip.size > DIRECT_LIMIT)?;
    let key = format!("layers/{}.zip", order.release.digest.hex());
    Some((bucket.in_region(region.name), key))
}

/// Publishes exactly one version, as far as one can know: when a request's fate is unknown, the list tells it.
async fn publish(region: &Region<'_>, mark: Mark, from: &Standing) -> Result<Version, Problem> {
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        let error = match request(region, mark).await? {
            Ok(version) => return Ok(version),
            Err(error) => error,
        };
        if error.outlook() == Outlook::Refused {
            return Err(error.into());
        }
        tracing::warn!(outcome = "FateUnknown", region = region.name, %error);
        let versions = region.layers.versions().await?;
        let new = |version: &Version| version.number >= from.next;
        let is_it = |version: &Version| new(version) && region.order.release.mark(&version.description) == mark;
        if let Some(version) = versions.into_iter().find(is_it) {
            return Ok(version);
        }
        if left == 0 {
            return Err(error.into());
        }
    }
}

async fn request(region: &Region<'_>, mark: Mark) -> Result<Result<Version, CallError>, Problem> {
    let (layers, order) = (&region.layers, region.order);
    if mark == Mark::Filler {
        let content = Content::Direct(FILLER_ZIP.to_vec());
        return Ok(layers.publish(FILLER, &Attributes::default(), content).await);
    }
    let (description, attributes) = (&order.release.description, &order.release.attributes);
    if let Some((bucket, key)) = place(region) {
        return Ok(layers
            .publish(description, attributes, Content::Object { bucket, key })
            .await);
    }
    let kib = u32::try_from(order.zip.size.div_ceil(1024)).unwrap_or(u32::MAX);
    let _held = region
        .held
        .acquire_many(kib)
        .await
        .map_err(|error| unexpected(&error))?;
    let zip = std::fs::read(order.zip.path()).map_err(|error| unexpected(&error))?;
    Ok(layers.publish(description, attributes, Content::Direct(zip)).await)
}

fn unexpected(error: &dyn std::error::Error) -> Problem {
    Problem::conflict(format!(
        "the function could not read the layer that it has just checked: {error}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filler_is_a_zip_of_one_small_file() {
        let archive = rawzip::ZipArchive::from_slice(FILLER_ZIP).unwrap();
        let mut entries = archive.entries();
        let entry = entries.next_entry().unwrap().unwrap();
        assert_eq!(entry.file_path().as_ref(), b"filler");
        assert_eq!(archive.get_entry(entry.wayfinder()).unwrap().data(), b"filler");
        assert!(entries.next_entry().unwrap().is_none());
    }
}
