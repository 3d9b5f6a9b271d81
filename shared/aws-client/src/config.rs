//! The configuration that every SDK client of a process is made from.

use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::server_time::ServerTime;

/// AWS's regional endpoints accept a connection in far less; the SDK's own default is 3.1 s.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// One attempt. RDS takes several seconds to accept some requests.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// One call with all its attempts and the pauses between them. A step makes at most seven calls, and its function has
/// 180 s: it says which call failed rather than being cut off.
const CALL_TIMEOUT: Duration = Duration::from_secs(25);
/// The first attempt and three more, with pauses of up to 1, 2 and 4 s. What is still failing then is for the caller's
/// caller (the state machine's Retry), which can wait longer without being billed for it.
const MAX_ATTEMPTS: u32 = 4;

/// What the process's environment says about AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`. Lambda and Fargate set the first.
    pub region: Option<String>,
    /// `AWS_ENDPOINT_URL`: one endpoint for all services, as the embedded engine and other stand-ins for AWS have.
    pub endpoint_url: Option<String>,
}

impl Environment {
    /// Reads the environment of this process. An empty variable counts as missing.
    #[must_use]
    pub fn of_process() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the AWS variables are read"
        )]
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name| lookup(name).filter(|value| !value.is_empty());
        Self {
            region: variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")),
            endpoint_url: variable("AWS_ENDPOINT_URL"),
        }
    }
}

/// The configuration to make every SDK client of a process from, with one HTTP client and one credentials cache.
///
/// Credentials are AWS's default chain (environment on Lambda, the container credentials endpoint on Fargate, profiles
/// on a laptop), built when the first request asks for them. A missing region is reported by the first request.
/// Profile files set credentials only, not the region or the endpoint.
#[must_use]
pub fn sdk_config() -> SdkConfig {
    sdk_config_and_time().0
}

/// [`sdk_config`], and the time that the answers to its clients tell.
#[must_use]
pub fn sdk_config_and_time() -> (SdkConfig, ServerTime) {
    let time = ServerTime::default();
    let config = build(Environment::of_process(), crate::http::client(time.clone()));
    (config, time)
}

fn build(environment: Environment, http_client: SharedHttpClient) -> SdkConfig {
    let region = environment.region.map(Region::new);
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.clone())
        .credentials_provider(credentials_on_demand(region, http_client.clone()))
        .http_client(http_client)
        .sleep_impl(TokioSleep::new())
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(CALL_TIMEOUT)
                .build(),
        );
    builder.set_endpoint_url(environment.endpoint_url);
    builder.build()
}

/// The default chain, made anew whenever the SDK's cache asks (at the first request and shortly before expiry).
fn credentials_on_demand(region: Option<Region>, http_client: SharedHttpClient) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(provide_credentials_fn(move || {
        let config = ProviderConfig::without_region()
            .with_region(region.clone())
            .with_http_client(http_client.clone());
        let mut chain = DefaultCredentialsChain::builder().configure(config);
        chain.set_region(region.clone());
        async move { chain.build().await.provide_credentials().await }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::from_lookup(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_region_of_lambda_wins_over_the_default_region() {
        let found = environment(&[("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "us-east-1")]);
        assert_eq!(found.region.as_deref(), Some("eu-west-1"));
        let found = environment(&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "us-east-1")]);
        assert_eq!(found.region.as_deref(), Some("us-east-1"));
    }

    #[test]
    fn an_endpoint_in_the_environment_is_used_for_every_service() {
        let config = build(
            environment(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")]),
            crate::http::client(ServerTime::default()),
        );
        assert_eq!(config.endpoint_url(), Some("http://127.0.0.1:4566"));
        assert_eq!(
            build(Environment::default(), crate::http::client(ServerTime::default())).endpoint_url(),
            None
        );
    }

    #[test]
    fn every_call_is_bounded_in_time_and_attempts() {
        let config = build(Environment::default(), crate::http::client(ServerTime::default()));
        let timeouts = config.timeout_config().unwrap();
        assert_eq!(timeouts.connect_timeout(), Some(CONNECT_TIMEOUT));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(ATTEMPT_TIMEOUT));
        assert_eq!(timeouts.operation_timeout(), Some(CALL_TIMEOUT));
        assert_eq!(config.retry_config().unwrap().max_attempts(), MAX_ATTEMPTS);
    }
}
