//! What a branch says of its deployment: the file `.wrasse.yaml` at the root of its source.

use std::path::{Component, Path};

use serde::Deserialize;

use crate::deployment::Kind;

/// Where the file is.
pub(crate) const PATH: &str = ".wrasse.yaml";

/// The file. What it does not say is as the stack says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RepositoryFile {
    /// `false`: this branch gets no environment.
    environment: Option<bool>,
    /// The tool that deploys.
    pub(crate) deployment: Option<Kind>,
    directory: Option<String>,
    template: Option<String>,
}

impl RepositoryFile {
    /// Reads the file of a branch; what is wrong with it is said in words.
    pub(crate) fn read(text: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
        let file: Self = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        for (key, path) in [("directory", &file.directory), ("template", &file.template)] {
            if path.as_deref().is_some_and(|path| !stays_inside(path)) {
                return Err(format!("its {key} must be a path within the repository, without .."));
            }
        }
        Ok(file)
    }

    pub(crate) fn wants_environment(&self) -> bool {
        self.environment.unwrap_or(true)
    }

    pub(crate) fn directory(&self) -> &str {
        self.directory.as_deref().unwrap_or(".")
    }

    pub(crate) fn template(&self) -> &str {
        self.template.as_deref().unwrap_or("template.yaml")
    }
}

/// A path that begins with a hyphen would be an option to a command.
fn stays_inside(path: &str) -> bool {
    let inside = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
    !path.is_empty() && !path.starts_with('-') && Path::new(path).components().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_as_usual() {
        let file = RepositoryFile::read(b"deployment: cdk\n").unwrap();
        assert_eq!(file.deployment, Some(Kind::Cdk));
        assert_eq!((file.directory(), file.template()), (".", "template.yaml"));
        assert!(file.wants_environment());
        let file = RepositoryFile::read(b"environment: false\ndirectory: infra/app\ntemplate: app.yaml").unwrap();
        assert_eq!((file.directory(), file.template()), ("infra/app", "app.yaml"));
        assert!(!file.wants_environment());
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            (&b"deployment: helm"[..], "helm"),
            (b"deploy: sam", "deploy"),
            (b"directory: ../other", "its directory must be a path within"),
            (b"directory: /etc", "its directory must be a path within"),
            (b"template: -x", "its template must be a path within"),
            (b"template: ''", "its template must be a path within"),
            (b"\xff", "not UTF-8"),
        ];
        for (text, says) in cases {
            let error = RepositoryFile::read(text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
