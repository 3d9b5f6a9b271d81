//! Which branches a repository has, whoever keeps it.

mod advertisement;
mod codecommit;
mod git;
mod hosts;
mod token;

use std::collections::BTreeMap;

use aws_client::CallError;
use aws_types::SdkConfig;

use crate::Wanted;
use crate::location::{Host, Location};
use crate::protection::Protection;
use codecommit::CodeCommit;
use git::GitHost;

/// One repository. Clients are made by the first call.
#[derive(Debug)]
pub struct Repository(Kept);

#[derive(Debug)]
enum Kept {
    InCodeCommit(Box<CodeCommit>),
    AtHost(Box<GitHost>),
}

/// What is asked of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Branches {
    /// It is there.
    Of {
        /// The default branch; an empty repository has none.
        default: Option<String>,
        /// All branches.
        names: Vec<String>,
        /// The commits that they are at, where the host tells all at once. CodeCommit has to be asked for each.
        heads: BTreeMap<String, String>,
    },
    /// There is no such repository.
    NoRepository,
}

impl Repository {
    /// Makes no call.
    #[must_use]
    pub fn new(location: &Location, config: &SdkConfig) -> Self {
        Self(match location.host {
            Host::CodeCommit => Kept::InCodeCommit(Box::new(CodeCommit::new(&location.name, config))),
            Host::GitHub | Host::GitLab | Host::Bitbucket => Kept::AtHost(Box::new(GitHost::new(location, config))),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.0 {
            Kept::InCodeCommit(repository) => repository.name(),
            Kept::AtHost(repository) => repository.name(),
        }
    }

    /// Whether a branch gets an environment, by what is true now; `None` if there is no such repository.
    pub async fn wanted(&self, branch: &str, protection: &Protection) -> Result<Option<Wanted>, CallError> {
        match &self.0 {
            Kept::InCodeCommit(repository) => repository.wanted(branch, protection).await,
            Kept::AtHost(repository) => repository.wanted(branch, protection).await.map(Some),
        }
    }

    /// All branches, and which of them is the default.
    pub async fn branches(&self) -> Result<Branches, CallError> {
        match &self.0 {
            Kept::InCodeCommit(repository) => repository.branches().await,
            Kept::AtHost(repository) => repository.all().await,
        }
    }

    /// The commit that a branch is at; `None` if there is no such branch.
    pub async fn head(&self, branch: &str) -> Result<Option<String>, CallError> {
        match &self.0 {
            Kept::InCodeCommit(repository) => repository.head(branch).await,
            Kept::AtHost(repository) => repository.head(branch).await,
        }
    }

    /// A file as it is in a commit; `None` if it has none of this path.
    pub async fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, CallError> {
        match &self.0 {
            Kept::InCodeCommit(repository) => repository.file(commit, path).await,
            Kept::AtHost(repository) => repository.file(commit, path).await,
        }
    }
}
