//! The action's `UserParameters`: which layer, where, for whom.

mod rules;
mod shapes;

use codepipeline_job::Job;
use serde::Deserialize;

use crate::parameters::rules::Problems;

/// Files and folders in a layer's zip, where the parameters do not say: about what AWS's own larger layers have.
const MAX_ENTRIES: u64 = 10_000;

/// What the action asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) layer: String,
    /// Distinct, in the order in which they were written.
    pub(crate) regions: Vec<String>,
    pub(crate) place: Place,
    pub(crate) attributes: Attributes,
    pub(crate) audience: Audience,
    /// `None`: nothing is pruned.
    pub(crate) keep_versions: Option<usize>,
    /// Prune although users outside the account cannot be seen.
    pub(crate) prune_shared: bool,
    /// The same number in every region.
    pub(crate) align_versions: bool,
    /// Begins with a slash and does not end with one. `None`: no pointers.
    pub(crate) ssm_prefix: Option<String>,
    /// The buckets for layers above what a request takes.
    pub(crate) bucket: Option<BucketNames>,
    /// Files and folders in the layer's zip, at most.
    pub(crate) max_entries: u64,
}

/// Where the layer's zip is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The artifact itself is the layer.
    Artifact,
    /// The file of that name in the artifact.
    File(String),
}

/// What a version says of itself beside its content. A version never changes, so other attributes are another release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// Sorted, distinct.
    pub(crate) runtimes: Vec<String>,
    /// Sorted, distinct.
    pub(crate) architectures: Vec<String>,
    pub(crate) license: Option<String>,
}

/// Who may use the layer beside the account it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Nobody.
    Account,
    /// These accounts, sorted, distinct, not empty.
    Accounts(Vec<String>),
    /// All accounts of an organization.
    Organization(String),
    /// Everybody.
    Public,
}

/// A bucket's name with `{region}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BucketNames(pub(crate) String);

impl BucketNames {
    pub(crate) fn in_region(&self, region: &str) -> String {
        self.0.replace("{region}", region)
    }
}

/// What is missing is told with all that is wrong, so nothing is required here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    layer_name: Option<String>,
    regions: Option<Vec<String>>,
    artifact_path: Option<String>,
    compatible_runtimes: Option<Vec<String>>,
    compatible_architectures: Option<Vec<String>>,
    license: Option<String>,
    principals: Option<Vec<String>>,
    organization_id: Option<String>,
    #[serde(default)]
    public: bool,
    keep_versions: Option<i64>,
    #[serde(default)]
    prune_shared: bool,
    #[serde(default)]
    align_versions: bool,
    ssm_prefix: Option<String>,
    bucket: Option<String>,
    max_entries: Option<i64>,
}

impl Request {
    /// A job's. The error is for the pipeline's author, has all that is wrong, and quotes only what has the right shape: a
    /// parameter's value may be anything, a misplaced secret too.
    pub(crate) fn of(job: &Job) -> Result<Self, String> {
        let written: Written = job.parameters().map_err(|error| error.to_string())?;
        let mut problems = Problems::default();
        let regions = rules::regions(written.regions, &mut problems);
        let request = Self {
            layer: rules::layer(written.layer_name, &mut problems),
            place: rules::place(written.artifact_path, &mut problems),
            attributes: Attributes {
                runtimes: rules::runtimes(written.compatible_runtimes, &mut problems),
                architectures: rules::architectures(written.compatible_architectures, &mut problems),
                license: rules::license(written.license, &mut problems),
            },
            audience: rules::audience(
                written.principals,
                written.organization_id,
                written.public,
                &mut problems,
            ),
            prune_shared: rules::prune_shared(written.prune_shared, written.keep_versions, &mut problems),
            keep_versions: rules::keep_versions(written.keep_versions, &mut problems),
            align_versions: written.align_versions,
            ssm_prefix: rules::ssm_prefix(written.ssm_prefix, &mut problems),
            bucket: rules::bucket(written.bucket, &regions, &mut problems),
            max_entries: rules::max_entries(written.max_entries, &mut problems).unwrap_or(MAX_ENTRIES),
            regions,
        };
        problems.none_or(request)
    }
}

#[cfg(test)]
mod tests;
