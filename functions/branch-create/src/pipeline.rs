//! A branch's pipeline, as a stack: a template that never changes, and its parameters.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;

use branch_build::Environment;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::deployment::Commands;
use crate::repository_file::RepositoryFile;

/// The template. No text of a branch is in it.
pub(crate) const TEMPLATE: &str = include_str!("../pipeline.yaml");

/// The parameters that all pipelines' stacks have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedParameters(BTreeMap<String, String>);

impl FromStr for SharedParameters {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text).map(Self)
    }
}

impl SharedParameters {
    /// The role that the application is deployed with.
    pub(crate) fn application_role(&self) -> &str {
        self.0.get("ApplicationRole").map_or("", String::as_str)
    }

    /// All parameters of one pipeline's stack, as `create-stack` and `deploy` of the command line read them from a
    /// file (<https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/>).
    pub(crate) fn of(
        &self,
        environment: &Environment,
        branch: &str,
        tags: &str,
        file: &RepositoryFile,
        commands: &Commands,
    ) -> String {
        let own = [
            ("Name", environment.name()),
            ("SourceKey", &environment.source_key()),
            ("PackagePrefix", &format!("{}package", environment.objects())),
            ("StateKey", &environment.state_key()),
            ("Branch", branch),
            ("EnvironmentTags", tags),
            ("Directory", file.directory()),
            ("TemplateFile", file.template()),
            ("BuildCommand", &commands.build),
            ("DeployCommand", &commands.deploy),
        ];
        let shared = self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let all = own.into_iter().chain(shared);
        let all = all.map(|(key, value)| json!({ "ParameterKey": key, "ParameterValue": value }));
        all.collect::<Value>().to_string()
    }
}

/// Where the template is: a changed one is another object, so that a build reads the one that it was started with.
pub(crate) fn template_key() -> String {
    let digest = Sha256::digest(TEMPLATE);
    let hex = digest.iter().fold(String::new(), |mut hex, byte| {
        // A String takes everything.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("templates/{hex}.yaml")
}
