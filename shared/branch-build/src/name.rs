//! Names of everything that belongs to one branch's environment.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// So that the longest name, with its longest ending, is one that an IAM session, a pipeline (100), a project (150) and a
/// stack (128) may have, and leaves room for what an application adds to its stack's name.
const SLUG_LENGTH: usize = 24;
/// 60 bits: of a million branches, two have the same hash with a probability of 4 in 10 million.
const HASH_LENGTH: usize = 12;
const BITS_OF_A_LETTER: u32 = 5;
/// RFC 4648's, in lower case.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The environment of one branch, by its name: `<prefix>-<slug>-<hash>`.
///
/// The slug is for people. The hash, of the repository's name and the branch's, is what tells branches apart: `feature/x` and
/// `feature-x` have one slug and two environments. A branch whose name has no letter or digit of ASCII has no slug.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Environment {
    name: String,
}

/// What a build project of an environment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Keeps the source and deploys the branch's pipeline.
    Create,
    /// Removes what the pipeline deployed, then the pipeline.
    Destroy,
}

impl Purpose {
    /// The end of the project's name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Destroy => "destroy",
        }
    }
}

impl Environment {
    /// The environment of a branch. `prefix` is the stack's, of at most 20 characters.
    #[must_use]
    pub fn of(prefix: &str, repository: &str, branch: &str) -> Self {
        let (slug, hash) = (slug(branch), hash(repository, branch));
        let name = if slug.is_empty() {
            format!("{prefix}-{hash}")
        } else {
            format!("{prefix}-{slug}-{hash}")
        };
        Self { name }
    }

    /// The environment and the purpose that a project's name stands for; `None` for a project that is none of ours by its
    /// name alone. That one is ours takes more: its tags.
    #[must_use]
    pub fn of_project(prefix: &str, project: &str) -> Option<(Self, Purpose)> {
        let (name, word) = project.rsplit_once('-')?;
        let purpose = [Purpose::Create, Purpose::Destroy]
            .into_iter()
            .find(|p| p.word() == word)?;
        let environment = Self::named(prefix, name)?;
        Some((environment, purpose))
    }

    /// The environment of this name, if it is one that [`Environment::of`] could have made.
    #[must_use]
    pub fn named(prefix: &str, name: &str) -> Option<Self> {
        let rest = name.strip_prefix(prefix)?.strip_prefix('-')?;
        let (slug, hash) = rest.rsplit_once('-').unwrap_or(("", rest));
        let of_hash = |letter: u8| LETTERS.contains(&letter);
        let of_slug = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        let is_one = hash.len() == HASH_LENGTH
            && hash.bytes().all(of_hash)
            && slug.len() <= SLUG_LENGTH
            && slug.bytes().all(of_slug);
        is_one.then(|| Self { name: name.to_owned() })
    }

    /// The name, which is the application's stack's and the pipeline's too.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The build project's name.
    #[must_use]
    pub fn project(&self, purpose: Purpose) -> String {
        format!("{}-{}", self.name, purpose.word())
    }

    /// What the keys of all its objects in the stack's bucket begin with.
    #[must_use]
    pub fn objects(&self) -> String {
        format!("environments/{}/", self.name)
    }

    /// The key of the source as it was deployed last: the branch is gone when it is needed.
    #[must_use]
    pub fn source_key(&self) -> String {
        format!("{}source.zip", self.objects())
    }

    /// The key of Terraform's state.
    #[must_use]
    pub fn state_key(&self) -> String {
        format!("{}terraform.tfstate", self.objects())
    }

    /// The key of what was said and decided about its age.
    #[must_use]
    pub fn age_key(&self) -> String {
        format!("ages/{}.json", self.name)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// The lower-case letters and digits of ASCII; one hyphen for whatever is between them.
fn slug(branch: &str) -> String {
    let mut slug = String::new();
    for letter in branch.chars() {
        if slug.len() == SLUG_LENGTH {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// A repository's name has no NUL, a reference of git neither (<https://git-scm.com/docs/git-check-ref-format>), so what is
/// hashed is different for every two branches.
fn hash(repository: &str, branch: &str) -> String {
    let digest = Sha256::new()
        .chain_update(repository)
        .chain_update([0])
        .chain_update(branch)
        .finalize();
    let bits = digest
        .iter()
        .take(8)
        .fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
    let letter = |place: usize| {
        let place = u32::try_from(place).unwrap_or_default();
        let index = bits >> (u64::BITS - (place + 1) * BITS_OF_A_LETTER) & 31;
        char::from(LETTERS[usize::try_from(index).unwrap_or_default()])
    };
    (0..HASH_LENGTH).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(branch: &str) -> String {
        Environment::of("app", "shop", branch).name().to_owned()
    }

    #[test]
    fn a_name_has_a_readable_part_and_one_that_tells_branches_apart() {
        let cases = [
            ("feature/login", "app-feature-login-"),
            ("feature-login", "app-feature-login-"),
            ("Feature/Login", "app-feature-login-"),
            (";$(touch pwned)", "app-touch-pwned-"),
            ("#{codepipeline.x}", "app-codepipeline-x-"),
            ("a--b__c", "app-a-b-c-"),
            ("ветка", "app-"),
            ("🐠", "app-"),
            ("x/abcdefghijklmnopqrstuvwxyz", "app-x-abcdefghijklmnopqrstuv-"),
            ("abcdefghijklmnopqrstuvw/yz", "app-abcdefghijklmnopqrstuvw-"),
        ];
        let mut names = std::collections::HashSet::new();
        for (branch, begins) in cases {
            let name = name(branch);
            assert_eq!(name.strip_prefix(begins).map(str::len), Some(12), "{branch}: {name}");
            assert!(names.insert(name), "{branch}");
        }
    }

    /// Names are what finds an environment again: they must stay what they are.
    #[test]
    fn a_branchs_name_never_changes() {
        assert_eq!(name("feature/login"), "app-feature-login-pr5rbygjx6t6");
    }

    #[test]
    fn repository_and_branch_are_apart() {
        assert_ne!(Environment::of("app", "ab", "c"), Environment::of("app", "a", "bc"));
    }

    #[test]
    fn a_project_is_known_by_its_name() {
        for branch in ["feature/login", "🐠", "create", "x-destroy", "2"] {
            let environment = Environment::of("app", "shop", branch);
            for purpose in [Purpose::Create, Purpose::Destroy] {
                let project = environment.project(purpose);
                assert_eq!(
                    Environment::of_project("app", &project),
                    Some((environment.clone(), purpose)),
                    "{project}"
                );
            }
            assert_eq!(Environment::of_project("app", &format!("{environment}-build")), None);
            assert_eq!(
                Environment::of_project("ap", &environment.project(Purpose::Create)),
                None
            );
        }
        for other in [
            "app-create",
            "app-login-create",
            "application-x-abcdefghijkl-create",
            "create",
            "",
        ] {
            assert_eq!(Environment::of_project("app", other), None, "{other}");
        }
    }
}
