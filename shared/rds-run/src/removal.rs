//! Finding and deleting what a run made.
//!
//! Deleting takes time on RDS (a DB instance some minutes). Nothing here waits: a caller deletes, and looks again later.

use std::fmt;

use aws_client::CallError;
use aws_sdk_rds::Client;
use aws_sdk_rds::error::SdkError;
use aws_sdk_rds::operation::delete_db_instance::DeleteDBInstanceError;
use aws_sdk_rds::operation::delete_db_snapshot::DeleteDBSnapshotError;
use aws_sdk_rds::types::{DbInstance, DbSnapshot};
use jiff::Timestamp;

use crate::tags::Tags;

/// What RDS calls the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A DB instance.
    Instance,
    /// A manual DB snapshot.
    Snapshot,
}

impl Kind {
    /// For logs and answers: `instance` or `snapshot`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Snapshot => "snapshot",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Something that exists, with what tells whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Instance or snapshot.
    pub kind: Kind,
    /// Its identifier.
    pub id: String,
    /// RDS's status, such as `available`.
    pub status: String,
    /// When it was made. RDS leaves it out until the thing's creation has got so far.
    pub created: Option<Timestamp>,
    /// All its tags.
    pub tags: Tags,
}

/// What became of a wish to delete. None of these is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// RDS has begun to delete it.
    Started,
    /// RDS was deleting it already.
    Underway,
    /// It was gone already.
    Gone,
    /// RDS does not delete it in its present state, such as an instance that is just being backed up or a snapshot that
    /// is just being made. The state passes: try again later.
    NotNow,
}

/// All DB instances, or all manual DB snapshots, of this account and region: RDS has no filter by tag. Whose each is,
/// [`crate::ownership`] decides.
///
/// # Errors
/// A call for one of the pages failed.
pub async fn list(rds: &Client, kind: Kind) -> Result<Vec<Found>, CallError> {
    match kind {
        Kind::Instance => {
            let pages = rds.describe_db_instances().into_paginator().items().send();
            let instances = pages.collect::<Result<Vec<_>, _>>().await?;
            Ok(instances.into_iter().map(Found::from).collect())
        }
        Kind::Snapshot => {
            let pages = rds
                .describe_db_snapshots()
                .snapshot_type("manual")
                .into_paginator()
                .items()
                .send();
            let snapshots = pages.collect::<Result<Vec<_>, _>>().await?;
            Ok(snapshots.into_iter().map(Found::from).collect())
        }
    }
}

/// Deletes what `found` describes: an instance without a last snapshot and with its automated backups, which would
/// otherwise stay behind with the data (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html>).
///
/// The caller has the proof that it may; see [`crate::ownership`].
///
/// # Errors
/// The call failed for another reason than that it is gone, being deleted, or in a state that passes.
pub async fn delete(rds: &Client, found: &Found) -> Result<Removal, CallError> {
    if found.status == "deleting" {
        return Ok(Removal::Underway);
    }
    match found.kind {
        Kind::Instance => {
            let request = rds
                .delete_db_instance()
                .db_instance_identifier(&found.id)
                .skip_final_snapshot(true)
                .delete_automated_backups(true);
            match request.send().await {
                Ok(_) => Ok(Removal::Started),
                Err(error) if is(&error, DeleteDBInstanceError::is_db_instance_not_found_fault) => Ok(Removal::Gone),
                Err(error) if is(&error, DeleteDBInstanceError::is_invalid_db_instance_state_fault) => {
                    Ok(Removal::NotNow)
                }
                Err(error) => Err(error.into()),
            }
        }
        Kind::Snapshot => match rds.delete_db_snapshot().db_snapshot_identifier(&found.id).send().await {
            Ok(_) => Ok(Removal::Started),
            Err(error) if is(&error, DeleteDBSnapshotError::is_db_snapshot_not_found_fault) => Ok(Removal::Gone),
            Err(error) if is(&error, DeleteDBSnapshotError::is_invalid_db_snapshot_state_fault) => Ok(Removal::NotNow),
            Err(error) => Err(error.into()),
        },
    }
}

fn is<E, R>(error: &SdkError<E, R>, predicate: impl Fn(&E) -> bool) -> bool {
    error.as_service_error().is_some_and(predicate)
}

fn tags(tags: Option<Vec<aws_sdk_rds::types::Tag>>) -> Tags {
    tags.unwrap_or_default()
        .into_iter()
        .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
        .collect()
}

fn timestamp(time: Option<aws_sdk_rds::primitives::DateTime>) -> Option<Timestamp> {
    Timestamp::from_second(time?.secs()).ok()
}

impl From<DbInstance> for Found {
    fn from(instance: DbInstance) -> Self {
        Self {
            kind: Kind::Instance,
            id: instance.db_instance_identifier.unwrap_or_default(),
            status: instance.db_instance_status.unwrap_or_default(),
            created: timestamp(instance.instance_create_time),
            tags: tags(instance.tag_list),
        }
    }
}

impl From<DbSnapshot> for Found {
    fn from(snapshot: DbSnapshot) -> Self {
        Self {
            kind: Kind::Snapshot,
            id: snapshot.db_snapshot_identifier.unwrap_or_default(),
            status: snapshot.status.unwrap_or_default(),
            created: timestamp(snapshot.snapshot_create_time),
            tags: tags(snapshot.tag_list),
        }
    }
}
