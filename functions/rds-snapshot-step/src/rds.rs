//! RDS in this function's words. The only file that names the RDS SDK; what to do about an answer is decided elsewhere.

use aws_client::{CallError, OnDemand};
use aws_sdk_rds::Client;
use aws_sdk_rds::error::SdkError;
use aws_sdk_rds::operation::create_db_snapshot::CreateDBSnapshotError;
use aws_sdk_rds::operation::describe_db_instances::DescribeDBInstancesError;
use aws_sdk_rds::operation::describe_db_snapshots::DescribeDBSnapshotsError;
use aws_sdk_rds::operation::describe_db_subnet_groups::DescribeDBSubnetGroupsError;
use aws_sdk_rds::operation::modify_db_instance::ModifyDBInstanceError;
use aws_sdk_rds::operation::restore_db_instance_from_db_snapshot::RestoreDBInstanceFromDBSnapshotError;
use aws_sdk_rds::types::{DbInstance, DbSnapshot, Tag};
use aws_types::SdkConfig;
use rds_run::removal::{self, Found, Kind, Removal};
use rds_run::tags::Tags;

/// RDS. The SDK's client is made by the first call.
pub(crate) struct Rds {
    client: OnDemand<Client>,
}

/// A DB instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instance {
    /// Identifier, status, tags.
    pub(crate) found: Found,
    /// RDS's name of the engine.
    pub(crate) engine: String,
    pub(crate) class: String,
    /// ARN of the KMS key that its storage, and so every copy's, is encrypted with.
    pub(crate) key: Option<String>,
    /// The cluster that it is part of.
    pub(crate) cluster: Option<String>,
    /// DNS name and TCP port, once it has them.
    pub(crate) endpoint: Option<(String, i32)>,
    /// The secret that RDS keeps the master password in.
    pub(crate) secret: Option<Secret>,
    /// A change of the master password is still to be applied.
    pub(crate) password_pending: bool,
}

/// A secret that RDS manages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) arn: String,
    /// RDS's status of it, such as `active`.
    pub(crate) status: String,
}

/// A DB snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// Identifier, status, tags.
    pub(crate) found: Found,
    pub(crate) arn: String,
}

/// What became of a wish to make or change something. None of these is a failure yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// RDS has begun.
    Accepted,
    /// Something of that name exists.
    Exists,
    /// The instance it concerns is in a state that does not allow it.
    WrongState,
}

/// What became of the wish to restore an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Restored {
    /// RDS has begun.
    Begun,
    /// An instance of that name exists.
    Exists,
}

/// What to restore, and where to.
#[derive(Debug)]
pub(crate) struct Restore<'a> {
    pub(crate) snapshot: &'a str,
    pub(crate) instance: &'a str,
    pub(crate) class: &'a str,
    pub(crate) subnet_group: &'a str,
    pub(crate) security_group: &'a str,
    pub(crate) tags: &'a Tags,
}

/// An account's quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) used: i64,
    pub(crate) max: i64,
}

impl Rds {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// The DB instance of this name, if there is one.
    pub(crate) async fn instance(&self, id: &str) -> Result<Option<Instance>, CallError> {
        match self
            .client
            .describe_db_instances()
            .db_instance_identifier(id)
            .send()
            .await
        {
            Ok(page) => Ok(page
                .db_instances
                .unwrap_or_default()
                .into_iter()
                .next()
                .map(Instance::from)),
            Err(error) if is(&error, DescribeDBInstancesError::is_db_instance_not_found_fault) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The manual or automated DB snapshot of this name, if there is one.
    pub(crate) async fn snapshot(&self, id: &str) -> Result<Option<Snapshot>, CallError> {
        match self
            .client
            .describe_db_snapshots()
            .db_snapshot_identifier(id)
            .send()
            .await
        {
            Ok(page) => Ok(page
                .db_snapshots
                .unwrap_or_default()
                .into_iter()
                .next()
                .map(Snapshot::from)),
            Err(error) if is(&error, DescribeDBSnapshotsError::is_db_snapshot_not_found_fault) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All manual and automated snapshots of a DB instance, over all pages.
    pub(crate) async fn snapshots_of(&self, instance: &str) -> Result<Vec<Snapshot>, CallError> {
        let pages = self
            .client
            .describe_db_snapshots()
            .db_instance_identifier(instance)
            .into_paginator()
            .items()
            .send();
        let snapshots = pages.collect::<Result<Vec<_>, _>>().await?;
        Ok(snapshots.into_iter().map(Snapshot::from).collect())
    }

    /// All manual snapshots of the account and region, over all pages.
    pub(crate) async fn manual_snapshots(&self) -> Result<Vec<Found>, CallError> {
        removal::list(&self.client, Kind::Snapshot).await
    }

    /// The instance or snapshot of this name, if there is one.
    pub(crate) async fn find(&self, kind: Kind, id: &str) -> Result<Option<Found>, CallError> {
        match kind {
            Kind::Instance => Ok(self.instance(id).await?.map(|instance| instance.found)),
            Kind::Snapshot => Ok(self.snapshot(id).await?.map(|snapshot| snapshot.found)),
        }
    }

    pub(crate) async fn delete(&self, found: &Found) -> Result<Removal, CallError> {
        removal::delete(&self.client, found).await
    }

    /// Begins to take a snapshot.
    pub(crate) async fn take_snapshot(&self, id: &str, instance: &str, tags: &Tags) -> Result<Effect, CallError> {
        let request = self
            .client
            .create_db_snapshot()
            .db_snapshot_identifier(id)
            .db_instance_identifier(instance)
            .set_tags(Some(sdk_tags(tags)));
        match request.send().await {
            Ok(_) => Ok(Effect::Accepted),
            Err(error) if is(&error, CreateDBSnapshotError::is_db_snapshot_already_exists_fault) => Ok(Effect::Exists),
            Err(error) if is(&error, CreateDBSnapshotError::is_invalid_db_instance_state_fault) => {
                Ok(Effect::WrongState)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Begins to restore a snapshot to a new instance that nobody outside its subnets reaches and that can be deleted.
    ///
    /// A restore takes over what the source had, so everything that matters is said: no automated backups (0 days), no
    /// standby, no tags on its snapshots, no upgrade while it is used
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html>).
    pub(crate) async fn restore(&self, restore: &Restore<'_>) -> Result<Restored, CallError> {
        let request = self
            .client
            .restore_db_instance_from_db_snapshot()
            .db_instance_identifier(restore.instance)
            .db_snapshot_identifier(restore.snapshot)
            .db_instance_class(restore.class)
            .db_subnet_group_name(restore.subnet_group)
            .vpc_security_group_ids(restore.security_group)
            .publicly_accessible(false)
            .multi_az(false)
            .auto_minor_version_upgrade(false)
            .deletion_protection(false)
            .copy_tags_to_snapshot(false)
            .backup_retention_period(0)
            .set_tags(Some(sdk_tags(restore.tags)));
        match request.send().await {
            Ok(_) => Ok(Restored::Begun),
            Err(error)
                if is(
                    &error,
                    RestoreDBInstanceFromDBSnapshotError::is_db_instance_already_exists_fault,
                ) =>
            {
                Ok(Restored::Exists)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Has RDS make a new master password and keep it in Secrets Manager
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html>).
    pub(crate) async fn manage_master_password(&self, instance: &str) -> Result<Effect, CallError> {
        let request = self
            .client
            .modify_db_instance()
            .db_instance_identifier(instance)
            .manage_master_user_password(true)
            .apply_immediately(true);
        match request.send().await {
            Ok(_) => Ok(Effect::Accepted),
            Err(error) if is(&error, ModifyDBInstanceError::is_invalid_db_instance_state_fault) => {
                Ok(Effect::WrongState)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Lets other accounts restore a snapshot. Adding an account twice changes nothing
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html>).
    pub(crate) async fn share(&self, snapshot: &str, accounts: &[String]) -> Result<(), CallError> {
        let request = self
            .client
            .modify_db_snapshot_attribute()
            .db_snapshot_identifier(snapshot)
            .attribute_name("restore")
            .set_values_to_add(Some(accounts.to_vec()));
        request.send().await?;
        Ok(())
    }

    /// Adds tags to a snapshot, named by its ARN. Adding them twice changes nothing
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AddTagsToResource.html>).
    pub(crate) async fn add_tags(&self, arn: &str, tags: &Tags) -> Result<(), CallError> {
        let request = self
            .client
            .add_tags_to_resource()
            .resource_name(arn)
            .set_tags(Some(sdk_tags(tags)));
        request.send().await?;
        Ok(())
    }

    /// How many manual snapshots the account has and may have; `None` where RDS does not say.
    pub(crate) async fn manual_snapshot_quota(&self) -> Result<Option<Quota>, CallError> {
        let attributes = self.client.describe_account_attributes().send().await?;
        let quotas = attributes.account_quotas.unwrap_or_default();
        let quota = quotas
            .iter()
            .find(|quota| quota.account_quota_name() == Some("ManualSnapshots"));
        Ok(quota.and_then(|quota| {
            Some(Quota {
                used: quota.used()?,
                max: quota.max()?,
            })
        }))
    }

    pub(crate) async fn subnet_group_exists(&self, name: &str) -> Result<bool, CallError> {
        match self
            .client
            .describe_db_subnet_groups()
            .db_subnet_group_name(name)
            .send()
            .await
        {
            Ok(_) => Ok(true),
            Err(error) if is(&error, DescribeDBSubnetGroupsError::is_db_subnet_group_not_found_fault) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn is<E, R>(error: &SdkError<E, R>, predicate: impl Fn(&E) -> bool) -> bool {
    error.as_service_error().is_some_and(predicate)
}

fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

impl From<DbInstance> for Instance {
    fn from(instance: DbInstance) -> Self {
        let endpoint = instance.endpoint.as_ref();
        let secret = instance.master_user_secret.as_ref();
        Self {
            engine: instance.engine.clone().unwrap_or_default(),
            class: instance.db_instance_class.clone().unwrap_or_default(),
            key: instance.kms_key_id.clone(),
            cluster: instance.db_cluster_identifier.clone(),
            endpoint: endpoint.and_then(|endpoint| Some((endpoint.address.clone()?, endpoint.port?))),
            secret: secret.and_then(|secret| {
                Some(Secret {
                    arn: secret.secret_arn.clone()?,
                    status: secret.secret_status.clone().unwrap_or_default(),
                })
            }),
            password_pending: instance
                .pending_modified_values
                .as_ref()
                .is_some_and(|pending| pending.master_user_password.is_some()),
            found: Found::from(instance),
        }
    }
}

impl From<DbSnapshot> for Snapshot {
    fn from(snapshot: DbSnapshot) -> Self {
        Self {
            arn: snapshot.db_snapshot_arn.clone().unwrap_or_default(),
            found: Found::from(snapshot),
        }
    }
}
