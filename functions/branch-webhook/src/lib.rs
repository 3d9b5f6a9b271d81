#![doc = include_str!("../README.md")]

mod bus;
mod config;
mod error;
mod hosts;
mod request;
mod secret;
mod secrets;
mod signature;

use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_edge::ConfigError;
use serde_json::Value;

pub use config::Config;
pub use error::WebhookError;

use crate::bus::Bus;
use crate::hosts::Notice;
use crate::request::{Request, answer};
use crate::secrets::Secrets;

/// What became of a request that is from somebody who knows the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// So many events were put on the bus.
    Told(usize),
    /// The host wanted to know whether anybody is there.
    Pinged,
    /// Nothing was done: it was nothing of a branch, or of another repository.
    OfSomethingElse,
}

impl Outcome {
    fn answer(self) -> (u16, &'static str) {
        match self {
            Self::Told(_) => (200, "told"),
            Self::Pinged => (200, "here"),
            Self::OfSomethingElse => (202, "nothing to do"),
        }
    }
}

/// The function: its configuration and its clients.
pub struct Function {
    receiver: Result<Receiver, ConfigError>,
}

struct Receiver {
    config: Config,
    secrets: Secrets,
    bus: Bus,
}

impl Function {
    /// A bad configuration is kept and reported by every invocation, in words. Ending the process instead would make
    /// Lambda start it again and again.
    #[must_use]
    pub fn new(config: Result<Config, ConfigError>, sdk_config: &SdkConfig) -> Self {
        let receiver = config.map(|config| Receiver {
            secrets: Secrets::new(&config.secret, sdk_config),
            bus: Bus::new(&config.bus, sdk_config),
            config,
        });
        Self { receiver }
    }

    /// Answers one request to the function's URL. Whatever comes is answered with a status: an error of the function would be
    /// 502, without a reason. What failed is counted by `Url5xxCount`
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html>).
    ///
    /// `clock` is this machine's time. That of AWS's answers would be of the last answer, before a pause of any length.
    pub async fn answer(&self, event: &Value, clock: Timestamp) -> Value {
        let request = Request::read(event);
        let delivery = request.as_ref().ok().and_then(|request| request.headers().delivery());
        let delivery = delivery.map(str::to_owned);
        let done = match request {
            Ok(request) => Box::pin(self.take_in(&request, clock)).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(outcome) => {
                let (status, word) = outcome.answer();
                tracing::info!(outcome = ?outcome, status, delivery, "done");
                answer(status, "outcome", word)
            }
            Err(error) => {
                let (status, word) = error.answer();
                if status < 500 {
                    tracing::warn!(outcome = error.name(), status, delivery, %error);
                } else {
                    tracing::error!(outcome = error.name(), status, delivery, %error);
                }
                answer(status, "error", word)
            }
        }
    }

    async fn take_in(&self, request: &Request, clock: Timestamp) -> Result<Outcome, WebhookError> {
        let receiver = self.receiver.as_ref().map_err(Clone::clone)?;
        let (headers, body) = (request.headers(), request.body()?);
        let secrets = receiver.secrets.at(clock).await?;
        let signed = signature::check(headers, &body, &secrets).ok_or(WebhookError::BadSignature)?;
        receiver.is_of_now(signed.at, clock)?;
        let news = match hosts::read(headers, &body)? {
            Notice::Ping => return Ok(Outcome::Pinged),
            Notice::OfSomethingElse => return Ok(Outcome::OfSomethingElse),
            Notice::Of(news) => news,
        };
        receiver.is_of_now(news.at, clock)?;
        if news.repository != receiver.config.host_repository {
            return Ok(Outcome::OfSomethingElse);
        }
        receiver.bus.put(&news, &receiver.config.repository).await?;
        Ok(Outcome::Told(news.changes.len()))
    }
}

impl Receiver {
    fn is_of_now(&self, at: Option<Timestamp>, now: Timestamp) -> Result<(), WebhookError> {
        let most = self.config.maximum_age_seconds;
        let seconds = at.map_or(0, |at| at.duration_since(now).as_secs().unsigned_abs());
        if seconds > u64::from(most) {
            return Err(WebhookError::OutsideWindow { seconds, most });
        }
        Ok(())
    }
}
