//! How an application is deployed: by one of a few well-known tools, or by commands of the stack's own.

use std::str::FromStr;

use serde::Deserialize;

/// The tool that deploys an application.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// AWS SAM.
    #[default]
    Sam,
    /// The AWS CDK.
    Cdk,
    /// A template as it is.
    CloudFormation,
    /// Terraform, with its state in the stack's bucket.
    Terraform,
    /// The stack's own commands.
    Custom,
}

/// What is run, by bash, in the folder of the source that the branch names. The scripts get all they work with in variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commands {
    /// Makes what is deployed. It may use nothing of AWS but the bucket.
    pub build: String,
    /// Deploys it.
    pub deploy: String,
    /// Removes what is no stack with the environment's tag; those are removed without it.
    pub destroy: String,
}

impl Kind {
    /// All, in words.
    pub(crate) const CHOICE: &'static str = "sam, cdk, cloudformation, terraform or custom";

    /// What a kind means; `custom` is what the stack says.
    pub(crate) fn commands(self, custom: &Commands) -> Commands {
        let (build, deploy, destroy) = match self {
            Self::Sam => (
                include_str!("../deployments/sam/build.sh"),
                include_str!("../deployments/cloudformation/deploy.sh"),
                "",
            ),
            Self::Cdk => (
                include_str!("../deployments/cdk/build.sh"),
                include_str!("../deployments/cdk/deploy.sh"),
                "",
            ),
            Self::CloudFormation => (
                include_str!("../deployments/cloudformation/build.sh"),
                include_str!("../deployments/cloudformation/deploy.sh"),
                "",
            ),
            Self::Terraform => (
                include_str!("../deployments/terraform/build.sh"),
                include_str!("../deployments/terraform/deploy.sh"),
                include_str!("../deployments/terraform/destroy.sh"),
            ),
            Self::Custom => return custom.clone(),
        };
        Commands {
            build: build.to_owned(),
            deploy: deploy.to_owned(),
            destroy: destroy.to_owned(),
        }
    }
}

impl FromStr for Kind {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_value(text.into())
    }
}
