//! Where a repository is. Pure.

use std::str::FromStr;

/// Who keeps the repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Host {
    /// CodeCommit, in the account and region of the stack.
    #[default]
    CodeCommit,
    /// GitHub, or a GitHub Enterprise Server.
    GitHub,
    /// GitLab, or one of one's own.
    GitLab,
    /// Bitbucket Cloud.
    Bitbucket,
}

impl Host {
    /// All, in words.
    pub const CHOICE: &'static str = "codecommit, github, gitlab or bitbucket";
}

impl FromStr for Host {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "codecommit" => Ok(Self::CodeCommit),
            "github" => Ok(Self::GitHub),
            "gitlab" => Ok(Self::GitLab),
            "bitbucket" => Ok(Self::Bitbucket),
            _ => Err(()),
        }
    }
}

/// Where a repository is cloned from.
///
/// `https` alone, but for this machine's own ports, and without a name or password in it: it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CloneUrl {
    /// `https://github.com`
    origin: String,
    /// `acme/shop`
    path: String,
}

impl CloneUrl {
    /// What it is, in words.
    pub const KIND: &'static str = "a clone URL that begins with https://";

    /// As builds clone it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}/{}", self.origin, self.path)
    }

    /// With the ending that all hosts know, so that none has to redirect.
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}.git", self.origin, self.bare_path())
    }

    /// `https://github.com`
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// `acme/shop`
    pub(crate) fn bare_path(&self) -> &str {
        self.path.strip_suffix(".git").unwrap_or(&self.path)
    }
}

impl FromStr for CloneUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (scheme, rest) = text.split_once("://").ok_or(())?;
        let (authority, path) = rest.trim_end_matches('/').split_once('/').ok_or(())?;
        let (name, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let is_local = matches!(name, "127.0.0.1" | "localhost");
        let is_safe = scheme == "https" || (scheme == "http" && is_local);
        let of = |text: &str, more: &str| {
            let mut letters = text.chars();
            !text.is_empty() && letters.all(|letter| letter.is_ascii_alphanumeric() || more.contains(letter))
        };
        let is_path = path.split('/').all(|part| of(part, "._~-") && !part.starts_with(".."));
        if !is_safe || !of(name, ".-") || port.parse::<u16>().is_err() || !is_path {
            return Err(());
        }
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
            path: path.to_owned(),
        })
    }
}

/// One repository: whose it is and what it takes to ask for it. All are parameters of the stack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// Its name, which environments, tags and events have.
    pub name: String,
    /// Who keeps it.
    pub host: Host,
    /// Where it is cloned from.
    pub url: CloneUrl,
    /// ARN of the secret whose value is the token that may read it; empty for CodeCommit.
    pub token_secret: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_url_is_of_https_or_of_this_machine() {
        for text in [
            "https://github.com/acme/shop",
            "https://github.com/acme/shop.git",
            "https://git.acme.example:8443/web/group/shop.git/",
            "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
            "http://127.0.0.1:4566/acme/shop.git",
            "http://localhost/acme/shop",
        ] {
            let url: CloneUrl = text.parse().unwrap();
            assert_eq!(url.text(), text.trim_end_matches('/'));
        }
        for text in [
            "",
            "acme/shop",
            "git@github.com:acme/shop.git",
            "ssh://github.com/acme/shop.git",
            "http://github.com/acme/shop.git",
            "http://127.0.0.1.acme.example/acme/shop.git",
            "https://mary:secret@github.com/acme/shop.git",
            "https://github.com",
            "https://github.com/",
            "https://github.com//shop",
            "https://github.com/acme/../shop",
            "https://github.com/acme/shop?x=1",
            "https://github.com:x/acme/shop",
            "https://github.com/acme/sh op",
        ] {
            assert_eq!(text.parse::<CloneUrl>(), Err(()), "{text}");
        }
    }

    #[test]
    fn it_is_asked_for_with_its_ending() {
        for text in ["https://gitlab.com/a/b/shop", "https://gitlab.com/a/b/shop.git"] {
            let url: CloneUrl = text.parse().unwrap();
            assert_eq!(url.repository(), "https://gitlab.com/a/b/shop.git");
            assert_eq!(url.bare_path(), "a/b/shop");
        }
    }
}
