//! Tags of many resources at once. The only file that names the tagging API's SDK.

use std::collections::BTreeMap;

use aws_client::{CallError, OnDemand};
use aws_sdk_resourcegroupstagging::Client;
use aws_types::SdkConfig;

use crate::group::Group;
use crate::wanted::Tags;

/// AWS takes a hundred ARNs; a page of log groups is fifty
/// (<https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>).
const MOST_ARNS: usize = 100;

/// The tags of some log groups.
#[derive(Debug, Default)]
pub(crate) struct Tagged(BTreeMap<String, Tags>);

static UNTAGGED: Tags = Tags::new();

impl Tagged {
    pub(crate) fn of(&self, group: &Group) -> &Tags {
        self.0.get(&group.arn).unwrap_or(&UNTAGGED)
    }
}

/// The tagging API. The SDK's client is made by the first call.
pub(crate) struct Tagging {
    client: OnDemand<Client>,
}

impl Tagging {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// The tags of these groups. AWS leaves out resources that never had one; a change takes a while to be seen.
    pub(crate) async fn of(&self, groups: &[Group]) -> Result<Tagged, CallError> {
        let mut found = BTreeMap::new();
        for some in groups.chunks(MOST_ARNS) {
            let arns = some.iter().map(|group| group.arn.clone()).collect();
            let answer = self
                .client
                .get_resources()
                .set_resource_arn_list(Some(arns))
                .send()
                .await?;
            for resource in answer.resource_tag_mapping_list.unwrap_or_default() {
                let tags = resource.tags.unwrap_or_default();
                let tags = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
                found.insert(resource.resource_arn.unwrap_or_default(), tags);
            }
        }
        Ok(Tagged(found))
    }
}
