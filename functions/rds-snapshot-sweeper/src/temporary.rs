//! Temporary instances and snapshots. The only file that names the RDS SDK.

use std::sync::OnceLock;

use aws_client::CallError;
use aws_sdk_rds::Client;
use aws_types::SdkConfig;
use rds_run::ownership::execution_of_temporary;
use rds_run::removal::{self, Found, Kind, Removal};
use rds_run::tags::Role;

/// Something temporary of this stack, whatever became of its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Temporary {
    pub(crate) found: Found,
    /// ARN of the execution that made it.
    pub(crate) execution: String,
}

/// RDS. The SDK's client is made by the first call.
pub(crate) struct Rds {
    config: SdkConfig,
    client: OnceLock<Client>,
}

impl Rds {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            config: config.clone(),
            client: OnceLock::new(),
        }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::new(&self.config))
    }

    /// All temporary resources of a kind that carry the tags of `stack`, over all pages.
    pub(crate) async fn temporary(&self, kind: Kind, stack: &str) -> Result<Vec<Temporary>, CallError> {
        let all = removal::list(self.client(), kind).await?;
        Ok(all
            .into_iter()
            .filter_map(|found| Temporary::of(found, stack))
            .collect())
    }

    pub(crate) async fn delete(&self, found: &Found) -> Result<Removal, CallError> {
        removal::delete(self.client(), found).await
    }
}

impl Temporary {
    fn of(found: Found, stack: &str) -> Option<Self> {
        let role = match found.kind {
            Kind::Instance => Role::TemporaryInstance,
            Kind::Snapshot => Role::TemporarySnapshot,
        };
        let execution = execution_of_temporary(&found.tags, stack, role)?.to_owned();
        Some(Self { found, execution })
    }
}
