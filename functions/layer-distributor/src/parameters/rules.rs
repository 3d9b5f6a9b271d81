//! What each parameter may be.

use std::collections::BTreeSet;

use crate::parameters::shapes::{
    is_account, is_bucket, is_layer_name, is_organization, is_parameter_part, is_region, is_runtime,
};
use crate::parameters::{Audience, BucketNames, Place};

/// More would not be the regions of one account.
const MOST_REGIONS: usize = 40;
/// <https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html>
const MOST_RUNTIMES: usize = 15;
const ARCHITECTURES: [&str; 2] = ["arm64", "x86_64"];
/// <https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html>
const LONGEST_LICENSE: usize = 512;
/// A name has 1,011 characters, with the ARN before it
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>): what is left of them beside the
/// longest region, layer and version.
const LONGEST_PREFIX: usize = 800;
/// Of 15 levels, the layer and the version take two.
const DEEPEST_PREFIX: usize = 13;
/// What a zip without the zip64 extension can list.
const MOST_ENTRIES: i64 = 65_535;

/// All that is wrong, a sentence each.
#[derive(Default)]
pub(super) struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    fn unless(&mut self, fine: bool, problem: impl FnOnce() -> String) {
        if !fine {
            self.add(problem());
        }
    }

    pub(super) fn none_or<T>(self, value: T) -> Result<T, String> {
        match &self.0[..] {
            [] => Ok(value),
            problems => Err(format!(
                "the action's UserParameters are wrong: {}",
                problems.join("; ")
            )),
        }
    }
}

pub(super) fn layer(written: Option<String>, problems: &mut Problems) -> String {
    let name = required(written, "`layer_name` is missing: give the layer's name", problems);
    let fine = name.as_deref().is_none_or(is_layer_name);
    problems.unless(fine, || {
        "`layer_name` takes 1 to 64 letters, digits, hyphens and underscores, and no ARN".to_owned()
    });
    name.unwrap_or_default()
}

pub(super) fn regions(written: Option<Vec<String>>, problems: &mut Problems) -> Vec<String> {
    let missing = "`regions` is missing: list the regions in which the layer is published";
    let Some(regions) = required(written, missing, problems) else {
        return Vec::new();
    };
    problems.unless((1..=MOST_REGIONS).contains(&regions.len()), || {
        format!("`regions` has {} entries: give 1 to {MOST_REGIONS}", regions.len())
    });
    each("regions", &regions, is_region, "a region such as `eu-west-1`", problems);
    regions
}

/// The artifact's own paths are relative, and a path with `..` in it could mean two files.
pub(super) fn place(written: Option<String>, problems: &mut Problems) -> Place {
    let missing = "`artifact_path` is missing: give the path of the layer's zip in the input artifact, or `.` where the \
                   artifact itself is the layer";
    match required(written, missing, problems) {
        None => Place::Artifact,
        Some(path) if path == "." => Place::Artifact,
        Some(path) => {
            let odd = |part: &str| part.is_empty() || part == "." || part == "..";
            let fine =
                !path.split('/').any(odd) && !path.contains(|letter: char| letter == '\\' || letter.is_control());
            problems.unless(fine, || {
                "`artifact_path` is the path of a file in the artifact, such as `build/layer.zip`: without a slash at \
                 either end, without `..`"
                    .to_owned()
            });
            Place::File(path)
        }
    }
}

/// Which runtimes there are is for Lambda to say: new ones come every year.
pub(super) fn runtimes(written: Option<Vec<String>>, problems: &mut Problems) -> Vec<String> {
    let runtimes = set(
        "compatible_runtimes",
        written,
        is_runtime,
        "a runtime such as `python3.13`",
        problems,
    );
    problems.unless(runtimes.len() <= MOST_RUNTIMES, || {
        format!(
            "`compatible_runtimes` has {} entries: Lambda takes {MOST_RUNTIMES}",
            runtimes.len()
        )
    });
    runtimes
}

pub(super) fn architectures(written: Option<Vec<String>>, problems: &mut Problems) -> Vec<String> {
    let is_architecture = |name: &str| ARCHITECTURES.contains(&name);
    set(
        "compatible_architectures",
        written,
        is_architecture,
        "`arm64` or `x86_64`",
        problems,
    )
}

pub(super) fn license(written: Option<String>, problems: &mut Problems) -> Option<String> {
    let length = written.as_ref().map(|license| license.chars().count());
    problems.unless(length.is_none_or(|length| (1..=LONGEST_LICENSE).contains(&length)), || {
        format!("`license` takes 1 to {LONGEST_LICENSE} characters: an SPDX identifier, an address or the license's text")
    });
    written
}

/// A layer's policy has statements for one account each, for an organization, or for everybody
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>).
pub(super) fn audience(
    principals: Option<Vec<String>>,
    organization: Option<String>,
    public: bool,
    problems: &mut Problems,
) -> Audience {
    if public && (principals.is_some() || organization.is_some()) {
        problems.add(
            "`public` gives the layer to everybody, so it goes with neither `principals` nor `organization_id`: leave it \
             out, or them",
        );
    } else if principals.is_some() && organization.is_some() {
        problems.add(
            "`organization_id` and `principals` do not go together: AWS gives a layer to an organization by the principal \
             `*`, so single accounts beside it would either be of it, and have the layer already, or not be kept to it: \
             leave one of the two out",
        );
    }
    match (principals, organization) {
        (Some(accounts), _) => {
            problems.unless(!accounts.is_empty(), || {
                "`principals` is empty: leave it out where no other account may use the layer".to_owned()
            });
            let kind = "an account: 12 digits, in quotes";
            Audience::Accounts(set("principals", Some(accounts), is_account, kind, problems))
        }
        (None, Some(organization)) => {
            problems.unless(is_organization(&organization), || {
                "`organization_id` is no organization's ID: `o-` and 10 to 32 lower-case letters and digits".to_owned()
            });
            Audience::Organization(organization)
        }
        (None, None) if public => Audience::Public,
        (None, None) => Audience::Account,
    }
}

pub(super) fn keep_versions(written: Option<i64>, problems: &mut Problems) -> Option<usize> {
    let written = written?;
    let keep = usize::try_from(written).ok().filter(|keep| *keep > 0);
    problems.unless(keep.is_some(), || {
        format!("`keep_versions` is {written}: give 1 or more, the version that is published is one of them")
    });
    keep
}

pub(super) fn prune_shared(written: bool, keep_versions: Option<i64>, problems: &mut Problems) -> bool {
    problems.unless(!written || keep_versions.is_some(), || {
        "`prune_shared` does nothing without `keep_versions`: say how many versions are kept, or leave it out"
            .to_owned()
    });
    written
}

/// As `PutParameter` takes names (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>).
pub(super) fn ssm_prefix(written: Option<String>, problems: &mut Problems) -> Option<String> {
    let prefix = written?;
    let parts: Vec<&str> = prefix.strip_prefix('/').unwrap_or_default().split('/').collect();
    let first = parts[0].to_ascii_lowercase();
    problems.unless(parts.iter().all(|part| is_parameter_part(part)), || {
        "`ssm_prefix` begins with a slash, ends without one, and has letters, digits and `_.-` between slashes: `/layers`"
            .to_owned()
    });
    problems.unless(!first.starts_with("aws") && !first.starts_with("ssm"), || {
        "`ssm_prefix` begins with `aws` or `ssm`, whose parameters are AWS's own: take another name".to_owned()
    });
    problems.unless(parts.len() <= DEEPEST_PREFIX && prefix.len() <= LONGEST_PREFIX, || {
        format!("`ssm_prefix` takes up to {DEEPEST_PREFIX} levels and {LONGEST_PREFIX} characters")
    });
    Some(prefix)
}

/// As S3 takes names (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>), in every region.
pub(super) fn bucket(written: Option<String>, regions: &[String], problems: &mut Problems) -> Option<BucketNames> {
    let names = BucketNames(written?);
    if names.0.contains("{region}") {
        // A region that is none has its own problem.
        let longest = regions
            .iter()
            .filter(|region| is_region(region))
            .max_by_key(|region| region.len());
        let name = names.in_region(longest.map_or("eu-west-1", String::as_str));
        problems.unless(is_bucket(&name), || {
            "`bucket` is no bucket's name where {region} is filled in: 3 to 63 lower-case letters, digits, hyphens and dots"
                .to_owned()
        });
    } else {
        problems.add(
            "`bucket` lacks `{region}`: Lambda takes a layer from a bucket of the layer's own region only, so each region \
             has one",
        );
    }
    Some(names)
}

pub(super) fn max_entries(written: Option<i64>, problems: &mut Problems) -> Option<u64> {
    let written = written?;
    problems.unless((1..=MOST_ENTRIES).contains(&written), || {
        format!("`max_entries` is {written}: give 1 to {MOST_ENTRIES}")
    });
    u64::try_from(written).ok()
}

fn required<T>(written: Option<T>, missing: &str, problems: &mut Problems) -> Option<T> {
    problems.unless(written.is_some(), || missing.to_owned());
    written
}

/// A list in which the order says nothing: sorted.
fn set(
    key: &str,
    written: Option<Vec<String>>,
    is_one: impl Fn(&str) -> bool,
    kind: &str,
    problems: &mut Problems,
) -> Vec<String> {
    let mut entries = written.unwrap_or_default();
    each(key, &entries, is_one, kind, problems);
    entries.sort_unstable();
    entries.dedup();
    entries
}

/// Each entry is one, and is there once.
fn each(key: &str, entries: &[String], is_one: impl Fn(&str) -> bool, kind: &str, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for (index, entry) in entries.iter().enumerate() {
        if !is_one(entry) {
            problems.add(format!("`{key}`: entry {} is not {kind}", index + 1));
        } else if !seen.insert(entry) {
            problems.add(format!("`{key}` has `{entry}` more than once"));
        }
    }
}
