//! Stacks by their tags. The only file that names the tagging API's SDK.

use aws_client::{CallError, OnDemand};
use aws_sdk_resourcegroupstagging::Client;
use aws_sdk_resourcegroupstagging::types::{Tag, TagFilter};
use aws_types::SdkConfig;
use branch_build::{BRANCH_TAG, ENVIRONMENT, REPOSITORY, encoded};

use crate::found::StackTags;

/// The stacks of an account. The SDK's client is made by the first call.
pub(crate) struct Stacks {
    client: OnDemand<Client>,
}

impl Stacks {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, Client::new),
        }
    }

    /// What the tags of all stacks of a repository's environments say. A stack that was deleted a while ago may be among them
    /// (<https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>).
    pub(crate) async fn of(&self, repository: &str) -> Result<Vec<StackTags>, CallError> {
        let of_an_environment = TagFilter::builder().key(ENVIRONMENT).build();
        let of_repository = TagFilter::builder().key(REPOSITORY).values(encoded(repository)).build();
        let get = self
            .client
            .get_resources()
            .resource_type_filters("cloudformation:stack");
        let get = get.tag_filters(of_an_environment).tag_filters(of_repository);
        let mut found = Vec::new();
        let mut pages = get.into_paginator().send();
        while let Some(page) = pages.next().await {
            let resources = page?.resource_tag_mapping_list.unwrap_or_default();
            found.extend(resources.into_iter().filter_map(|resource| tags(&resource.tags?)));
        }
        found.sort();
        found.dedup();
        Ok(found)
    }
}

fn tags(tags: &[Tag]) -> Option<StackTags> {
    let value = |key| tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.clone());
    Some(StackTags {
        environment: value(ENVIRONMENT)?,
        branch: value(BRANCH_TAG).unwrap_or_default(),
    })
}
