//! Which old versions go.

use crate::layers::Version;
use crate::parameters::{Audience, Request};
use crate::pointing::Names;
use crate::problem::Problem;
use crate::region::Region;
use crate::release::{Mark, Release, digest_said};
use crate::settling::Kept;
use crate::sharing::Policy;

/// How many versions are to be kept. `None`: nothing is pruned, because nobody asked for it, or because people outside the
/// account use the layer, who cannot be seen.
pub(crate) fn wanted(request: &Request, account: &str) -> Option<usize> {
    let shared = match &request.audience {
        Audience::Account => false,
        Audience::Accounts(accounts) => accounts.iter().any(|named| named != account),
        Audience::Organization(_) | Audience::Public => true,
    };
    request.keep_versions.filter(|_| request.prune_shared || !shared)
}

/// Deletes what is surplus and neither used in the region nor shared; how many versions that were.
pub(crate) async fn prune(region: &Region<'_>, keep: usize, kept: &Kept) -> Result<usize, Problem> {
    let order = region.order;
    let versions = region.layers.versions().await?;
    let surplus = surplus(&versions, order.release, keep, kept.number);
    if surplus.is_empty() {
        return Ok(0);
    }
    let users = region.layers.users().await?;
    let mut deleted = 0;
    for version in surplus {
        order.time_is_left()?;
        if !users.contains_key(&version.number) && may_go(region, version).await? {
            forget(region, version).await?;
            region.layers.delete(version.number).await?;
            tracing::info!(outcome = "Pruned", region = region.name, version = version.number);
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// Whether it is ours by its content, and nobody outside the account may use it.
async fn may_go(region: &Region<'_>, version: &Version) -> Result<bool, Problem> {
    let policy = region.layers.policy(version.number).await?;
    if !region.order.request.prune_shared && Policy::read(policy.as_deref()).reaches_beyond(region.order.account) {
        return Ok(false);
    }
    let found = region.layers.code_sha256(version.number).await?;
    let said = digest_said(&version.description).map(|digest| digest.base64());
    Ok(found.is_some() && found == said)
}

/// Deletes the version's pointer before the version: one that leads nowhere is worse than none.
async fn forget(region: &Region<'_>, version: &Version) -> Result<(), Problem> {
    let Some(names) = Names::of(region) else {
        return Ok(());
    };
    let name = names.version(version.number);
    let found = region.pointers.read(std::slice::from_ref(&name)).await?;
    if found.get(&name).is_some_and(|pointer| pointer.value == version.arn) {
        region.pointers.remove(&name).await?;
    }
    Ok(())
}

/// The versions of ours beyond the newest `keep`, newest first. Never `current`, and none of somebody else's.
///
/// Whether one is used or shared is to be asked before it is deleted.
pub(crate) fn surplus<'v>(versions: &'v [Version], release: &Release, keep: usize, current: i64) -> Vec<&'v Version> {
    let ours = |version: &&Version| matches!(release.mark(&version.description), Mark::This | Mark::Another);
    let mut ours: Vec<&Version> = versions.iter().filter(ours).collect();
    ours.sort_by_key(|version| std::cmp::Reverse(version.number));
    ours.into_iter()
        .skip(keep)
        .filter(|version| version.number != current)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Attributes;
    use crate::release::{Digest, FILLER};

    fn release(content: u8) -> Release {
        Release::new(Digest([content; 32]), Attributes::default())
    }

    fn version(number: i64, description: &str) -> Version {
        Version {
            number,
            arn: format!("arn:aws:lambda:eu-west-1:123456789012:layer:deps:{number}"),
            description: description.to_owned(),
        }
    }

    fn request(audience: Audience, keep_versions: Option<usize>, prune_shared: bool) -> Request {
        Request {
            layer: "deps".to_owned(),
            regions: vec!["eu-west-1".to_owned()],
            place: crate::parameters::Place::Artifact,
            attributes: Attributes::default(),
            audience,
            keep_versions,
            prune_shared,
            align_versions: false,
            ssm_prefix: None,
            bucket: None,
            max_entries: 10_000,
        }
    }

    #[test]
    fn a_layer_that_others_use_is_pruned_only_where_that_is_spelled_out() {
        let accounts = |account: &str| Audience::Accounts(vec![account.to_owned()]);
        let organization = Audience::Organization("o-abcdefghij".to_owned());
        let cases = [
            (Audience::Account, None, false, None),
            (Audience::Account, Some(3), false, Some(3)),
            (accounts("123456789012"), Some(3), false, Some(3)),
            (accounts("210987654321"), Some(3), false, None),
            (accounts("210987654321"), Some(3), true, Some(3)),
            (organization, Some(3), false, None),
            (Audience::Public, Some(3), false, None),
            (Audience::Public, Some(3), true, Some(3)),
        ];
        for (audience, keep, spelled_out, expected) in cases {
            let request = request(audience, keep, spelled_out);
            assert_eq!(wanted(&request, "123456789012"), expected, "{request:?}");
        }
    }

    #[test]
    fn the_newest_of_ours_and_the_current_one_stay_and_so_does_what_is_not_ours() {
        let ours = |number: u8| version(i64::from(number), &release(number).description);
        let versions = [
            ours(1),
            ours(2),
            ours(3),
            ours(6),
            version(4, "by hand"),
            version(5, FILLER),
        ];
        let surplus = |keep, current: u8| -> Vec<i64> {
            let found = super::surplus(&versions, &release(current), keep, current.into());
            found.iter().map(|version| version.number).collect()
        };
        assert_eq!(surplus(1, 6), [3, 2, 1]);
        assert_eq!(surplus(2, 6), [2, 1]);
        assert_eq!(surplus(4, 6), [0; 0]);
        // After a step back.
        assert_eq!(surplus(1, 2), [3, 1]);
    }
}
