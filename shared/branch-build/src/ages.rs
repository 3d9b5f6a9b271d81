//! What was said and decided about an environment's age: an object in the stack's bucket. It outlives an environment that was
//! too old, so that the same commit does not get another one. The only file that names the SDK of S3.

use aws_client::{CallError, OnDemand};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::{Client, config};
use aws_types::SdkConfig;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Environment;

/// What keys of all of them begin with: [`Environment::age_key`].
const FOLDER: &str = "ages/";

/// What was said and decided about one environment's age.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Age {
    /// The branch was pushed to, long enough ago that its builds may not tell any more.
    pub pushed: Option<Said>,
    /// Its people were told that it will be destroyed.
    pub warned: Option<Said>,
    /// It was found too old.
    pub expired: Option<Said>,
}

/// Something that was said of a branch at a commit. A push makes it void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The commit's id.
    pub commit: String,
    /// When.
    pub at: Timestamp,
}

impl Age {
    /// Whether the environment of a branch that is at this commit was found too old.
    #[must_use]
    pub fn is_over(&self, commit: &str) -> bool {
        self.expired.as_ref().is_some_and(|said| said.commit == commit)
    }
}

/// The ages in one bucket. The SDK's client is made by the first call.
#[derive(Debug)]
pub struct Ages {
    bucket: String,
    client: OnDemand<Client>,
}

impl Ages {
    /// Makes no call.
    #[must_use]
    pub fn new(bucket: &str, config: &SdkConfig) -> Self {
        Self {
            bucket: bucket.to_owned(),
            // Path style works for every name of a bucket, and for an endpoint without subdomains.
            client: OnDemand::new(config, |config| {
                Client::from_conf(config::Builder::from(config).force_path_style(true).build())
            }),
        }
    }

    /// What was said of an environment's age. An object that is not readable says nothing.
    pub async fn read(&self, environment: &Environment) -> Result<Age, CallError> {
        let get = self.client.get_object().bucket(&self.bucket).key(environment.age_key());
        let found = match get.send().await {
            Ok(found) => found,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                return Ok(Age::default());
            }
            Err(error) => return Err(error.into()),
        };
        let text = found.body.collect().await?.into_bytes();
        Ok(serde_json::from_slice(&text).unwrap_or_default())
    }

    /// The environments of whose age something was said.
    pub async fn all(&self, prefix: &str) -> Result<Vec<Environment>, CallError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(FOLDER);
        let mut found = Vec::new();
        let mut pages = list.into_paginator().send();
        while let Some(page) = pages.next().await {
            let keys = page?
                .contents
                .unwrap_or_default()
                .into_iter()
                .filter_map(|object| object.key);
            found.extend(keys.filter_map(|key| {
                let name = key.strip_prefix(FOLDER)?.strip_suffix(".json")?;
                Environment::named(prefix, name)
            }));
        }
        Ok(found)
    }

    /// Keeps what was said.
    pub async fn keep(&self, environment: &Environment, age: &Age) -> Result<(), CallError> {
        let text = serde_json::json!(age).to_string();
        let put = self.client.put_object().bucket(&self.bucket).key(environment.age_key());
        put.body(ByteStream::from(text.into_bytes())).send().await?;
        Ok(())
    }

    /// Forgets what was said. Nothing having been said is no error.
    pub async fn forget(&self, environment: &Environment) -> Result<(), CallError> {
        let key = environment.age_key();
        self.client.delete_object().bucket(&self.bucket).key(key).send().await?;
        Ok(())
    }
}
