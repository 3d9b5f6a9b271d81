//! The function's environment. Every variable is set by the stack's template.

use std::net::SocketAddr;

use lambda_edge::{ConfigError, Variables};

/// What the stack's parameters say, as environment variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `TABLE_NAME`: what is known and what was blocked.
    pub table: String,
    /// `TOPIC_ARN`: who is told.
    pub topic: String,
    /// `HEALTH_DNS_SERVER`: the name server to ask for the Health API's active endpoint; empty for the system's.
    pub dns_server: Option<SocketAddr>,
}

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// Every variable that is missing or makes no sense, together.
    pub fn from_env() -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one place where the configuration is read")]
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// [`Config::from_env`] over any environment.
    ///
    /// # Errors
    /// Every variable that is missing or makes no sense, together.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut variables = Variables::new(lookup);
        let config = Self {
            table: variables.required("TABLE_NAME"),
            topic: variables.required("TOPIC_ARN"),
            dns_server: variables.optional_as("HEALTH_DNS_SERVER", "an address such as 10.0.0.2:53"),
        };
        variables.finish(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_is_an_address_with_a_port() {
        let with = |server: &str| {
            let server = server.to_owned();
            Config::from_lookup(move |name| {
                Some(if name == "HEALTH_DNS_SERVER" {
                    server.clone()
                } else {
                    "x".to_owned()
                })
            })
        };
        assert_eq!(with("").unwrap().dns_server, None);
        assert_eq!(
            with("10.0.0.2:53").unwrap().dns_server,
            Some(([10, 0, 0, 2], 53).into())
        );
        assert!(with("10.0.0.2").is_err());
    }
}
