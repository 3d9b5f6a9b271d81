//! Three regions in which a release meets a fault, and what they must have when it is through.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::calls::Case;
use super::distributor::{Distributor, HOME};
use super::layer::Layer;
use super::pipeline::{Ended, LAYER, Pipeline, jobs};
use super::zips;
use crate::engine::look;

/// Three regions each. The first lags the most, the last does not.
pub(crate) const LANES: [[&str; 3]; 8] = [
    ["eu-west-1", "us-east-2", "ap-south-1"],
    ["eu-west-2", "us-west-1", "ap-south-2"],
    ["eu-west-3", "us-west-2", "ap-northeast-1"],
    ["eu-central-1", "ca-central-1", "ap-northeast-2"],
    ["eu-central-2", "ca-west-1", "ap-northeast-3"],
    ["eu-north-1", "sa-east-1", "ap-southeast-1"],
    ["eu-south-1", "af-south-1", "ap-southeast-2"],
    ["eu-south-2", "me-south-1", "ap-southeast-3"],
];
/// One that fails ends with the first retry; what is left of a fault may need another.
const MOST_RETRIES: usize = 3;
const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

/// Three regions with a pipeline for them.
pub(crate) struct Lane<'d> {
    distributor: &'d Distributor,
    pub(crate) pipeline: Pipeline<'d>,
    pub(crate) regions: [&'static str; 3],
    content: &'d [u8],
}

/// A layer of which the regions have different numbers of versions, the last one an earlier release's.
pub(crate) struct Before<'d> {
    layer: Layer<'d>,
    pub(crate) name: String,
    latest: Vec<Option<String>>,
}

impl<'d> Lane<'d> {
    pub(crate) fn create(distributor: &'d Distributor, number: usize, content: &'d [u8]) -> Self {
        let regions = LANES[number];
        let parameters = json!({
            "layer_name": LAYER, "regions": regions, "artifact_path": "build/layer.zip", "principals": ACCOUNTS,
            "ssm_prefix": "/layers", "align_versions": true, "keep_versions": 1, "prune_shared": true,
        });
        let pipeline = distributor.pipeline(&format!("faults-{number}"), &parameters);
        pipeline.has(content);
        Self {
            distributor,
            pipeline,
            regions,
            content,
        }
    }

    /// A layer of that name before the release.
    pub(crate) fn before(&self, name: String) -> Before<'d> {
        let layer = self.distributor.layer(&name);
        for (lead, region) in self.regions.iter().enumerate() {
            for number in 0..lead {
                layer.publish(region, "by hand", &zips::layer(&format!("by hand {number}")));
            }
            layer.release_by_hand(region, &zips::layer("an earlier release"));
        }
        let latest = self.regions.iter().map(|region| layer.latest(region)).collect();
        Before { layer, name, latest }
    }

    /// Releases a fresh layer while a call fails in that way, and retries until it succeeds. How many jobs that took.
    pub(crate) fn run(&self, case: &Case, name: String) -> Result<usize> {
        let before = self.before(name);
        case.set(&self.regions);
        let execution = self.pipeline.start(&before.name);
        let mut ended = self.pipeline.ended(&execution);
        ensure!(
            matches!(ended, Ended::Failed { .. }) == case.stops(),
            "the first job: {ended:?}"
        );
        for _ in 0..MOST_RETRIES {
            let Ended::Failed { message, .. } = &ended else { break };
            let named = case
                .call
                .region
                .map_or("the input artifact", |region| self.regions[region]);
            ensure!(message.contains(named), "{named} is not named: {message}");
            self.check_unmoved_or_moved(&before)?;
            ended = self.pipeline.retry(&execution);
        }
        let jobs = jobs(&execution);
        for job in &jobs {
            ensure!(job["refused"] == 0, "answered more than once: {job}");
        }
        self.check_done(&before, &ended, Some(case))?;
        Ok(jobs.len())
    }

    fn check_unmoved_or_moved(&self, before: &Before<'_>) -> Result<()> {
        let latest: Vec<_> = self.regions.iter().map(|region| before.layer.latest(region)).collect();
        let old = latest
            .iter()
            .zip(&before.latest)
            .filter(|(now, before)| now == before)
            .count();
        ensure!(
            old == 0 || old == latest.len(),
            "`latest` moved in some regions: {latest:?}"
        );
        Ok(())
    }

    /// What every release ends with, whatever failed before.
    pub(crate) fn check_done(&self, before: &Before<'_>, ended: &Ended, case: Option<&Case>) -> Result<()> {
        let Ended::Succeeded { summary, variables } = ended else {
            bail!("it never succeeds: {ended:?}");
        };
        let faults = look("calls/faults");
        let mut left = faults["faults"].as_array().unwrap().iter();
        let mine = |fault: &Value| {
            let region = fault["region"].as_str().unwrap();
            self.regions.contains(&region) || (region == HOME && case.is_some_and(|case| case.call.region.is_none()))
        };
        ensure!(!left.any(mine), "not all of it was met: {faults}");
        let mut numbers = BTreeSet::new();
        for (lead, region) in self.regions.iter().enumerate() {
            let unpruned = summary.contains(&format!("{region}: old versions were not deleted"));
            let here = case.filter(|case| case.call.prunes && case.call.region == Some(lead));
            ensure!(unpruned == here.is_some_and(Case::is_felt), "{region}: {summary}");
            numbers.insert(self.check_region(before, region, lead, unpruned, variables)?);
        }
        ensure!(numbers.len() == 1, "not the same number everywhere: {numbers:?}");
        Ok(())
    }

    /// One version of the content, nothing that is left over, its policy and pointers. Its number.
    fn check_region(
        &self,
        before: &Before<'_>,
        region: &str,
        lead: usize,
        unpruned: bool,
        variables: &Value,
    ) -> Result<i64> {
        let layer = &before.layer;
        let mut expected: Vec<i64> = (1..).take(lead).collect();
        let (old, versions) = (i64::try_from(lead)? + 1, layer.versions(region));
        let numbers: Vec<i64> = versions.iter().map(|version| version.number).collect();
        let old_stays = numbers.contains(&old);
        ensure!(
            !old_stays || unpruned,
            "{region} still has the old version: {versions:?}"
        );
        expected.extend(old_stays.then_some(old));
        let kept = versions.iter().find(|version| version.says(self.content));
        let Some(kept) = kept else {
            bail!("{region} has no version of the content: {versions:?}")
        };
        expected.push(kept.number);
        ensure!(numbers == expected, "{region} has {versions:?}");
        ensure!(
            layer.sha256(region, kept.number) == zips::base64(self.content),
            "{region}: {kept:?}"
        );

        let policy = layer.policy(region, kept.number);
        let wanted = ACCOUNTS.map(|account| {
            let principal = json!({"AWS": format!("arn:aws:iam::{account}:root")});
            (format!("wrasse-{account}"), principal)
        });
        ensure!(policy == BTreeMap::from(wanted), "{region}: {policy:?}");

        let mut pointers = layer.pointers(region);
        let of_old = pointers.remove(&old.to_string());
        ensure!(
            of_old.is_none() || old_stays,
            "{region}: a pointer leads nowhere: {of_old:?}"
        );
        let wanted = ["latest".to_owned(), kept.number.to_string()].map(|name| (name, kept.arn.clone()));
        ensure!(pointers == BTreeMap::from(wanted), "{region}: {pointers:?}");
        let variable = &variables[format!("LayerVersionArn_{region}")];
        ensure!(*variable == kept.arn, "{region}: {variables}");
        Ok(kept.number)
    }
}
