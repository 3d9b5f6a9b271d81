//! Which branches a repository in CodeCommit has. The only file that names CodeCommit's SDK.

use std::collections::BTreeMap;

use aws_client::{CallError, OnDemand};
use aws_sdk_codecommit::Client;
use aws_sdk_codecommit::operation::get_branch::GetBranchError;
use aws_sdk_codecommit::operation::get_file::GetFileError;
use aws_sdk_codecommit::operation::get_repository::GetRepositoryError;
use aws_types::SdkConfig;

use crate::Wanted;
use crate::branches::Branches;
use crate::protection::Protection;

/// One repository in CodeCommit. The SDK's client is made by the first call.
#[derive(Debug)]
pub(super) struct CodeCommit {
    name: String,
    client: OnDemand<Client>,
}

impl CodeCommit {
    /// Makes no call.
    pub(super) fn new(name: &str, config: &SdkConfig) -> Self {
        Self {
            name: name.to_owned(),
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether a branch gets an environment, by what is true now; `None` if there is no such repository.
    pub(super) async fn wanted(&self, branch: &str, protection: &Protection) -> Result<Option<Wanted>, CallError> {
        let Some(default) = self.default_branch().await? else {
            return Ok(None);
        };
        if protection.covers(branch, default.as_deref()) {
            return Ok(Some(Wanted::Untouched));
        }
        let head = self.head(branch).await?;
        Ok(Some(head.map_or(Wanted::Absent, |commit| Wanted::Present { commit })))
    }

    /// All branches, and which of them is the default.
    pub(super) async fn branches(&self) -> Result<Branches, CallError> {
        let Some(default) = self.default_branch().await? else {
            return Ok(Branches::NoRepository);
        };
        let mut names = Vec::new();
        let mut pages = self
            .client
            .list_branches()
            .repository_name(&self.name)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            names.extend(page?.branches.unwrap_or_default());
        }
        Ok(Branches::Of {
            default,
            names,
            heads: BTreeMap::new(),
        })
    }

    /// The commit that a branch is at; `None` if there is no such branch
    /// (<https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBranch.html>).
    pub(super) async fn head(&self, branch: &str) -> Result<Option<String>, CallError> {
        let get = self.client.get_branch().repository_name(&self.name).branch_name(branch);
        match get.send().await {
            Ok(found) => Ok(found.branch.and_then(|branch| branch.commit_id)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetBranchError::is_branch_does_not_exist_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A file as it is in a commit; `None` if it has none of this path
    /// (<https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFile.html>).
    pub(super) async fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, CallError> {
        let get = self.client.get_file().repository_name(&self.name);
        match get.commit_specifier(commit).file_path(path).send().await {
            Ok(found) => Ok(Some(found.file_content.into_inner())),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetFileError::is_file_does_not_exist_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// `None` if there is no such repository; of one that is empty, no branch.
    async fn default_branch(&self) -> Result<Option<Option<String>>, CallError> {
        match self.client.get_repository().repository_name(&self.name).send().await {
            Ok(found) => Ok(Some(
                found
                    .repository_metadata
                    .and_then(|repository| repository.default_branch),
            )),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetRepositoryError::is_repository_does_not_exist_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}
