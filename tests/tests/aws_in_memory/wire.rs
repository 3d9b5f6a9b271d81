//! The connection: requests of the real SDK are answered from the account, or not.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use jiff::{Timestamp, Unit, tz::TimeZone};
use tokio::sync::Notify;

use super::calls::{Calls, Fault, Treatment};

pub(crate) const REGION: &str = "eu-west-1";

/// AWS says no.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str) -> Self {
        let code = code.to_owned();
        Self { status, code }
    }

    /// The functions use an operation that nobody has taught this account yet.
    pub(crate) fn unknown(operation: &str) -> Self {
        Self::new(400, &format!("UnknownOperation{operation}"))
    }
}

/// What a model has in memory.
pub(crate) trait Account: Send + 'static {
    type Service: Copy + Ord;
    /// What is known of an invocation.
    type Caller;
    /// What was asked for.
    type Request: Send + 'static;

    fn calls(&mut self) -> &mut Calls<Self::Service, Self::Caller>;

    fn read(request: &HttpRequest) -> Self::Request;

    /// What is done with a request.
    fn treat(&mut self, request: &Self::Request) -> Treatment;

    /// The answer to it, and its effect.
    fn answer(&mut self, request: &Self::Request) -> HttpResponse;

    /// An answer without an effect.
    fn refuse(&self, request: &Self::Request, refusal: Refusal) -> HttpResponse;
}

/// A way into the account. `stopped` says that the current invocation's call was stopped.
pub(crate) struct Wire<A> {
    pub(crate) world: Arc<Mutex<A>>,
    pub(crate) stopped: Arc<Notify>,
}

impl<A> Clone for Wire<A> {
    fn clone(&self) -> Self {
        Self {
            world: self.world.clone(),
            stopped: self.stopped.clone(),
        }
    }
}

impl<A: Account> Wire<A> {
    pub(crate) fn into(account: A) -> Self {
        Self {
            world: Arc::new(Mutex::new(account)),
            stopped: Arc::default(),
        }
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut A) -> T) -> T {
        act(&mut self.world.lock().unwrap())
    }

    /// As the house's own, but for the connection.
    pub(crate) fn sdk_config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("AKIAEXAMPLE", "secret", None, None, "model");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .sleep_impl(TokioSleep::new())
            // It times every body, and none is ever slow here.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(RetryConfig::standard().with_max_attempts(4))
            .timeout_config(
                TimeoutConfig::builder()
                    .operation_attempt_timeout(Duration::from_secs(10))
                    .operation_timeout(Duration::from_secs(25))
                    .build(),
            )
            .build()
    }
}

impl<A> fmt::Debug for Wire<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Wire")
    }
}

impl<A: Account> HttpConnector for Wire<A> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = A::read(&request);
        let treatment = self.with(|world| world.treat(&request));
        let refused = |status, code| {
            let answer = self.with(|world| world.refuse(&request, Refusal::new(status, code)));
            HttpConnectorFuture::ready(Ok(answer))
        };
        let done = |effect: bool| effect.then(|| self.with(|world| world.answer(&request)));
        match treatment {
            Treatment::Answer => HttpConnectorFuture::ready(Ok(self.with(|world| world.answer(&request)))),
            Treatment::Refuse => refused(403, "AccessDeniedException"),
            Treatment::Fail(Fault::Throttled) => refused(400, "ThrottlingException"),
            Treatment::Fail(Fault::Broken { effect }) => {
                done(effect);
                refused(500, "InternalFailure")
            }
            Treatment::Fail(Fault::Lost { effect }) => {
                done(effect);
                HttpConnectorFuture::ready(Err(ConnectorError::io("the connection broke".into())))
            }
            Treatment::Silence => HttpConnectorFuture::new(std::future::pending()),
            Treatment::Stop { effect } => {
                let answer = done(effect);
                let go_on = self.with(|world| world.calls().stop());
                self.stopped.notify_one();
                let wire = self.clone();
                HttpConnectorFuture::new(async move {
                    let _ = go_on.await;
                    Ok(answer.unwrap_or_else(|| wire.with(|world| world.answer(&request))))
                })
            }
        }
    }
}

/// As HTTP and EventBridge write a time.
pub(crate) fn date(time: Timestamp) -> String {
    let time = time.to_zoned(TimeZone::UTC);
    let time = time.round(
        jiff::ZonedRound::new()
            .smallest(Unit::Second)
            .mode(jiff::RoundMode::Trunc),
    );
    time.unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
