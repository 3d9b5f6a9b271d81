//! Parameters of Systems Manager in one region, which point to versions. The only file that names its SDK.

use std::collections::BTreeMap;

use aws_client::{CallError, OnDemand};
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::Builder;
use aws_sdk_ssm::config::interceptors::InterceptorContext;
use aws_sdk_ssm::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_ssm::operation::put_parameter::PutParameterError;
use aws_sdk_ssm::types::ParameterType;
use aws_types::SdkConfig;

/// The most names that one call takes
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>).
const NAMES: usize = 10;

/// What a parameter holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer {
    /// `String`, `StringList` or `SecureString`, whose value is not decrypted.
    pub(crate) kind: String,
    pub(crate) value: String,
}

/// The parameters of one region. The SDK's client is made by the first call.
pub(crate) struct Pointers {
    client: OnDemand<Client>,
}

impl Pointers {
    /// Of the configuration's region. Opens no connection.
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            client: OnDemand::new(config, new_client),
        }
    }

    /// The parameters of these names, which are distinct; those that are not there are left out
    /// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>).
    pub(crate) async fn read(&self, names: &[String]) -> Result<BTreeMap<String, Pointer>, CallError> {
        let mut pointers = BTreeMap::new();
        for names in names.chunks(NAMES) {
            let request = self.client.get_parameters().set_names(Some(names.to_vec()));
            let answer = request.with_decryption(false).send().await?;
            pointers.extend(
                answer
                    .parameters
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|parameter| {
                        let pointer = Pointer {
                            kind: parameter.r#type?.as_str().to_owned(),
                            value: parameter.value.unwrap_or_default(),
                        };
                        Some((parameter.name?, pointer))
                    }),
            );
        }
        Ok(pointers)
    }

    /// Makes a parameter. If there is one, `ParameterAlreadyExists` is the error's code: also where a first attempt made it
    /// whose answer was lost.
    pub(crate) async fn create(&self, name: &str, value: &str) -> Result<(), CallError> {
        self.put(name, value, false).await
    }

    /// Writes a parameter, over what may be there.
    pub(crate) async fn replace(&self, name: &str, value: &str) -> Result<(), CallError> {
        self.put(name, value, true).await
    }

    /// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>.
    async fn put(&self, name: &str, value: &str, overwrite: bool) -> Result<(), CallError> {
        let request = self.client.put_parameter().name(name).value(value);
        let request = request.r#type(ParameterType::String).overwrite(overwrite);
        request.send().await?;
        Ok(())
    }

    /// Deletes a parameter; one that is gone already is fine
    /// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html>).
    pub(crate) async fn remove(&self, name: &str) -> Result<(), CallError> {
        match self
            .client
            .delete_parameter()
            .name(name)
            .send()
            .await
            .map_err(CallError::from)
        {
            Err(error) if error.code() != Some("ParameterNotFound") => Err(error),
            _ => Ok(()),
        }
    }
}

fn new_client(config: &SdkConfig) -> Client {
    Client::from_conf(Builder::from(config).retry_classifier(Contended).build())
}

/// `TooManyUpdates`: somebody writes the same parameter at this moment, so that nothing was written
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>). The SDK takes it for a refusal.
#[derive(Debug)]
struct Contended;

impl ClassifyRetry for Contended {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        let error = error.as_operation_error().and_then(|error| error.downcast_ref());
        if error.is_some_and(PutParameterError::is_too_many_updates) {
            RetryAction::throttling_error()
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "Contended"
    }
}

#[cfg(test)]
mod tests;
