//! Where secrets are kept. The only file that names Secrets Manager's SDK.

use std::sync::{Arc, Mutex};

use aws_client::{CallError, OnDemand};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::{GetSecretValueError, GetSecretValueOutput};
use aws_types::SdkConfig;
use jiff::{SignedDuration, Timestamp};

use crate::error::WebhookError;
use crate::secret::Secret;

/// How long a secret is used before it is read again.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(5);
/// How long the secret before the current one is good, from when the current one was made. Who replaces a secret that got
/// known wants the old one to end.
const PREVIOUS_IS_GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The secret of one stack. The SDK's client is made by the first call.
pub(crate) struct Secrets {
    arn: String,
    client: OnDemand<Client>,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    secrets: Arc<[Secret]>,
    since: Timestamp,
}

impl Secrets {
    pub(crate) fn new(arn: &str, config: &SdkConfig) -> Self {
        Self {
            arn: arn.to_owned(),
            client: OnDemand::new(config, Client::new),
            kept: Mutex::new(None),
        }
    }

    /// The secrets that requests may be signed with now: the current one, and for a day the one before it.
    pub(crate) async fn at(&self, now: Timestamp) -> Result<Arc<[Secret]>, WebhookError> {
        if let Some(secrets) = self.kept(now) {
            return Ok(secrets);
        }
        let secrets: Arc<[Secret]> = self.read(now).await?.into();
        if let Ok(mut kept) = self.kept.lock() {
            *kept = Some(Kept {
                secrets: Arc::clone(&secrets),
                since: now,
            });
        }
        Ok(secrets)
    }

    fn kept(&self, now: Timestamp) -> Option<Arc<[Secret]>> {
        let kept = self.kept.lock().ok()?;
        let kept = kept.as_ref()?;
        let age = now.duration_since(kept.since);
        (!age.is_negative() && age < KEPT_FOR).then(|| Arc::clone(&kept.secrets))
    }

    async fn read(&self, now: Timestamp) -> Result<Vec<Secret>, WebhookError> {
        let unusable = |why| WebhookError::SecretUnusable {
            arn: self.arn.clone(),
            why,
        };
        let current = self.version("AWSCURRENT").await?;
        let current = current.ok_or_else(|| unusable("it has no value, or there is no such secret"))?;
        let text = current
            .secret_string()
            .ok_or_else(|| unusable("its value is no text"))?;
        let mut secrets = vec![Secret::read(text).map_err(unusable)?];
        let made = current
            .created_date()
            .and_then(|made| Timestamp::from_second(made.secs()).ok());
        if made.is_some_and(|made| now.duration_since(made) < PREVIOUS_IS_GOOD_FOR) {
            let previous = self.version("AWSPREVIOUS").await?;
            let text = previous.as_ref().and_then(GetSecretValueOutput::secret_string);
            // One that could never be used is none.
            secrets.extend(text.and_then(|text| Secret::read(text).ok()));
        }
        Ok(secrets)
    }

    /// The version that has a staging label; `None` where no version has it
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>).
    async fn version(&self, label: &str) -> Result<Option<GetSecretValueOutput>, WebhookError> {
        let get = self.client.get_secret_value().secret_id(&self.arn).version_stage(label);
        match get.send().await {
            Ok(version) => Ok(Some(version)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(WebhookError::of(format!("reading the secret {}", self.arn))(
                CallError::from(error),
            )),
        }
    }
}
