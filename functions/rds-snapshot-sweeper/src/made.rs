//! What the runs of this stack made. The only file that names the RDS SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_rds::Client;
use aws_types::SdkConfig;
use rds_run::ownership::execution_of;
use rds_run::removal::{self, Found, Kind, Removal};
use rds_run::tags::Role;

/// Something that a run of this stack made, whatever became of that run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) found: Found,
    /// What for.
    pub(crate) role: Role,
    /// ARN of the execution that made it.
    pub(crate) execution: String,
}

/// RDS. The SDK's client is made by the first call.
pub(crate) struct Rds {
    client: OnDemand<Client>,
}

impl Rds {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Everything of a kind that carries the tags of `stack`, over all pages.
    pub(crate) async fn made(&self, kind: Kind, stack: &str) -> Result<Vec<Made>, CallError> {
        let all = removal::list(&self.client, kind).await?;
        Ok(all.into_iter().filter_map(|found| Made::of(found, stack)).collect())
    }

    pub(crate) async fn delete(&self, found: &Found) -> Result<Removal, CallError> {
        removal::delete(&self.client, found).await
    }
}

impl Made {
    fn of(found: Found, stack: &str) -> Option<Self> {
        let roles: &[Role] = match found.kind {
            Kind::Instance => &[Role::TemporaryInstance],
            Kind::Snapshot => &[Role::TemporarySnapshot, Role::FinalSnapshot],
        };
        let (role, execution) = roles
            .iter()
            .find_map(|role| Some((*role, execution_of(&found.tags, stack, *role)?.to_owned())))?;
        Some(Self { found, role, execution })
    }
}
