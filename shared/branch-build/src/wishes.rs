//! Whether a branch gets an environment.

use std::str::FromStr;

use aws_client::CallError;
use aws_types::SdkConfig;

use crate::ages::{Age, Ages};
use crate::branches::Repository;
use crate::location::Location;
use crate::protection::Protection;
use crate::{Environment, Wanted};

/// What becomes of environments whose repository is not there any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Gone {
    /// They stay as they are.
    #[default]
    Keep,
    /// They are destroyed.
    Destroy,
}

impl Gone {
    /// All, in words.
    pub const CHOICE: &'static str = "keep or destroy";
}

impl FromStr for Gone {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "keep" => Ok(Self::Keep),
            "destroy" => Ok(Self::Destroy),
            _ => Err(()),
        }
    }
}

/// What decides whether a branch gets an environment. All of it is asked now.
#[derive(Debug)]
pub struct Wishes {
    /// The stack's prefix.
    pub prefix: String,
    /// Where the branches are.
    pub repository: Repository,
    /// Branches that are left alone.
    pub protection: Protection,
    /// What was said of ages.
    pub ages: Ages,
    /// What becomes of environments whose repository is not there any more.
    pub gone: Gone,
}

impl Wishes {
    /// Makes no call. `protected` are patterns separated by commas.
    #[must_use]
    pub fn new(prefix: &str, repository: &Location, protected: &str, bucket: &str, config: &SdkConfig) -> Self {
        Self {
            prefix: prefix.to_owned(),
            repository: Repository::new(repository, config),
            protection: Protection::of(protected),
            ages: Ages::new(bucket, config),
            gone: Gone::default(),
        }
    }

    /// With this becoming of environments whose repository is not there any more; otherwise they stay as they are.
    #[must_use]
    pub fn with_gone(self, gone: Gone) -> Self {
        Self { gone, ..self }
    }

    /// The environment that a branch has, or would have.
    #[must_use]
    pub fn environment(&self, branch: &str) -> Environment {
        Environment::of(&self.prefix, self.repository.name(), branch)
    }

    /// Whether the branch gets an environment now.
    pub async fn of(&self, branch: &str) -> Result<Wanted, CallError> {
        let Some(wanted) = self.repository.wanted(branch, &self.protection).await? else {
            return Ok(self.without_repository(branch));
        };
        let Wanted::Present { commit } = &wanted else {
            return Ok(wanted);
        };
        let age = self.ages.read(&self.environment(branch)).await?;
        Ok(unless_over(wanted.clone(), commit, &age))
    }

    fn without_repository(&self, branch: &str) -> Wanted {
        match self.gone {
            Gone::Destroy if !self.protection.covers(branch, None) => Wanted::Absent,
            Gone::Destroy | Gone::Keep => Wanted::Untouched,
        }
    }
}

/// A branch whose environment was found too old at the very commit that it is at gets none.
#[must_use]
pub fn unless_over(wanted: Wanted, commit: &str, age: &Age) -> Wanted {
    if age.is_over(commit) { Wanted::Absent } else { wanted }
}
