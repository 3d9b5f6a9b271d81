//! What is in the account, found by listing everything.

use aws_sdk_rds::types::DbSnapshot;

use super::fleet::{Fleet, SOURCE};
use crate::engine;

/// The names under which something of a run is found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// DB instances other than the source.
    pub(crate) instances: Vec<String>,
    /// Manual snapshots other than sanitized ones.
    pub(crate) snapshots: Vec<String>,
    /// Sanitized snapshots of this run.
    pub(crate) finals: Vec<String>,
    /// Secrets that RDS keeps.
    pub(crate) secrets: Vec<String>,
    /// Running tasks.
    pub(crate) tasks: usize,
}

impl Left {
    /// Nothing at all.
    pub(crate) const NOTHING: Self = Self {
        instances: vec![],
        snapshots: vec![],
        finals: vec![],
        secrets: vec![],
        tasks: 0,
    };
}

/// The value of a tag of a snapshot.
pub(crate) fn tag<'a>(snapshot: &'a DbSnapshot, key: &str) -> Option<&'a str> {
    snapshot
        .tag_list()
        .iter()
        .find(|t| t.key() == Some(key))
        .and_then(|t| t.value())
}

impl Fleet {
    /// What there is of a run, and of any other beside the source and sanitized snapshots.
    pub(crate) fn left_by(&self, run: &str) -> Left {
        let instances = self.wait(self.rds.describe_db_instances().send()).unwrap();
        let instances = instances
            .db_instances()
            .iter()
            .filter_map(|i| i.db_instance_identifier());
        let snapshots = self.snapshots();
        let is_final = |s: &&DbSnapshot| tag(s, "wrasse:role") == Some("final-snapshot");
        let id = |s: &DbSnapshot| s.db_snapshot_identifier().unwrap().to_owned();
        Left {
            instances: instances.filter(|i| *i != SOURCE).map(ToOwned::to_owned).collect(),
            snapshots: snapshots.iter().filter(|s| !is_final(s)).map(id).collect(),
            finals: snapshots
                .iter()
                .filter(is_final)
                .filter(|s| tag(s, "wrasse:run") == Some(run))
                .map(id)
                .collect(),
            secrets: self.secrets_of_rds(),
            tasks: engine::processes()
                .iter()
                .filter(|name| name.contains("sanitizer"))
                .count(),
        }
    }

    /// The names of the secrets that RDS made; other systems have theirs in the account.
    pub(crate) fn secrets_of_rds(&self) -> Vec<String> {
        let listed = self.wait(self.secrets.list_secrets().send()).unwrap();
        let names = listed.secret_list().iter().filter_map(|s| s.name());
        names.filter(|n| n.starts_with("rds!")).map(ToOwned::to_owned).collect()
    }

    /// All manual snapshots.
    pub(crate) fn snapshots(&self) -> Vec<DbSnapshot> {
        let listed = self
            .wait(self.rds.describe_db_snapshots().snapshot_type("manual").send())
            .unwrap();
        listed.db_snapshots().to_vec()
    }

    /// The accounts that may restore a snapshot.
    pub(crate) fn shared_with(&self, snapshot: &str) -> Vec<String> {
        let call = self
            .rds
            .describe_db_snapshot_attributes()
            .db_snapshot_identifier(snapshot)
            .send();
        let result = self.wait(call).unwrap().db_snapshot_attributes_result.unwrap();
        let restore = result
            .db_snapshot_attributes()
            .iter()
            .find(|a| a.attribute_name() == Some("restore"));
        restore.map(|a| a.attribute_values().to_vec()).unwrap_or_default()
    }
}
