//! AWS behind the SDK's connection, without a socket, so that tokio's paused clock is the clients' clock: several regions, each
//! with one layer, its functions, parameters and buckets, and one pipeline that takes answers.
//!
//! Each call can be made to go wrong: before or after its effect, loudly or silently, or with an effect that comes late.

mod faults;
mod jobs;
mod lambda;
mod others;
mod request;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_client::replay::Replay;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_types::SdkConfig;
use serde_json::Value;

pub(crate) use crate::aws::faults::{Fault, Kind};
pub(crate) use crate::aws::jobs::Told;
pub(crate) use crate::aws::lambda::{LAYER, Version, account_statement};
use crate::aws::request::{Request, Said, refused};

pub(crate) const ACCOUNT: &str = "123456789012";

/// A call that arrived.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) region: String,
    pub(crate) operation: String,
    /// Which version, parameter or object it is about.
    pub(crate) about: String,
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.region, self.operation, self.about)
    }
}

/// What there is in one region.
#[derive(Debug, Clone, Default)]
pub(crate) struct Region {
    pub(crate) versions: BTreeMap<i64, Version>,
    /// The highest number that a version ever had.
    pub(crate) last: i64,
    /// As `ListFunctions` describes them.
    pub(crate) functions: Vec<Value>,
    /// Kind and value by name.
    pub(crate) parameters: BTreeMap<String, (String, String)>,
    /// By bucket and key.
    pub(crate) objects: BTreeMap<(String, String), Vec<u8>>,
    in_flight: usize,
    pub(crate) most_in_flight: usize,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) regions: BTreeMap<String, Region>,
    /// The input artifact of every job.
    pub(crate) artifact: Vec<u8>,
    /// The operation and its body, in the order in which they were taken: one for a job.
    pub(crate) answers: Vec<(String, Value)>,
    pub(crate) calls: Vec<Call>,
    faults: Vec<Fault>,
    /// Effects that come after so many more listings of the region.
    late: Vec<(usize, Request)>,
    /// Bytes of zips in requests that are under way.
    held: usize,
    pub(crate) most_held: usize,
    /// Chance, for how long each call is on its way there and back.
    pub(crate) seed: Option<u64>,
    /// How many calls of each kind an invocation made.
    counts: BTreeMap<(String, String, String), u64>,
}

impl State {
    /// As it is, or empty.
    pub(crate) fn region(&mut self, name: &str) -> &mut Region {
        self.regions.entry(name.to_owned()).or_default()
    }
}

#[derive(Clone, Default)]
pub(crate) struct Aws(Arc<Mutex<State>>);

impl Aws {
    /// Empty regions, and this layer in the artifact, as `layer.zip`.
    pub(crate) fn new(layer: &[u8]) -> Self {
        let aws = Self::default();
        aws.build(layer);
        aws
    }

    /// Another account that looks the same.
    pub(crate) fn copy(&self) -> Self {
        let state = self.state();
        let (regions, artifact) = (state.regions.clone(), state.artifact.clone());
        Self(Arc::new(Mutex::new(State {
            regions,
            artifact,
            ..State::default()
        })))
    }

    /// From now on the artifact has this layer.
    pub(crate) fn build(&self, layer: &[u8]) {
        self.state().artifact = crate::zips::stored(&[("layer.zip", layer)]);
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn go_wrong(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// From now on nothing goes wrong, and what is late is lost.
    pub(crate) fn calm(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.late.clear();
    }

    /// What was asked since the last time.
    pub(crate) fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.state().calls)
    }

    /// The calls of one operation, by region and what they are about.
    pub(crate) fn asked(&self, operation: &str) -> Vec<String> {
        let calls = self.state().calls.clone();
        let mut asked: Vec<String> = (calls.into_iter().filter(|call| call.operation == operation))
            .map(|call| format!("{} {}", call.region, call.about))
            .collect();
        asked.sort();
        asked
    }

    /// What the function has on Lambda, time-outs and retries included, but for the connection. The access key tells the
    /// invocations apart.
    fn config(&self, invocation: &str) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = aws_credential_types::Credentials::new(invocation, "secret", None, None, "wire");
        let mut config = aws_client::sdk_config().to_builder();
        config.set_endpoint_url(None);
        config
            .region(Replay::new(Vec::new()).sdk_config().region().cloned())
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                credentials,
            ))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build()
    }

    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = Request::read(request).await;
        let (kind, [there, back]) = self.arrived(&request);
        let _under_way = UnderWay {
            aws: &self,
            request: &request,
        };
        faults::wait(there).await;
        let serve = |request: &Request| self.state().serve(request);
        let said = match kind {
            None => serve(&request),
            Some(Kind::Fail) => refused(500, "InternalFailure"),
            Some(Kind::FailAfter) => {
                drop(serve(&request));
                refused(500, "InternalFailure")
            }
            Some(Kind::Throttle) => faults::throttled(&request),
            Some(Kind::Refuse(status, code)) => refused(status, code),
            Some(Kind::Silence) => std::future::pending().await,
            Some(Kind::SilenceAfter) => {
                drop(serve(&request));
                std::future::pending().await
            }
            Some(Kind::Late { listings }) => {
                self.state().late.push((listings, request.clone()));
                std::future::pending().await
            }
            Some(Kind::Slow(time)) => {
                faults::wait(time).await;
                serve(&request)
            }
            Some(Kind::Meanwhile(deed)) => {
                deed(self.state().region(&request.region));
                serve(&request)
            }
        };
        faults::wait(back).await;
        Ok(said.into_response(&request))
    }

    /// What is to become of it, and how long it is on its way there and back.
    fn arrived(&self, request: &Request) -> (Option<Kind>, [Duration; 2]) {
        let mut state = self.state();
        state.calls.push(request.call());
        state.held += request.zip_bytes();
        state.most_held = state.most_held.max(state.held);
        let region = state.region(&request.region);
        region.in_flight += 1;
        region.most_in_flight = region.most_in_flight.max(region.in_flight);
        (faults::next(&mut state.faults, request), state.ways(request))
    }
}

/// What an answer or a client that hangs up ends.
struct UnderWay<'a> {
    aws: &'a Aws,
    request: &'a Request,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.aws.state();
        state.held -= self.request.zip_bytes();
        state.region(&self.request.region).in_flight -= 1;
    }
}

impl State {
    fn serve(&mut self, request: &Request) -> Said {
        let said = self.effect(request);
        if request.operation == "ListLayerVersions" && !said.has_more() {
            for late in self.come_late(&request.region) {
                drop(self.effect(&late));
            }
        }
        said
    }

    fn effect(&mut self, request: &Request) -> Said {
        let operation = &*request.operation;
        if let Some(said) = self.answered(request) {
            return said;
        }
        if operation == "GetObject" {
            return others::part(&self.artifact, request);
        }
        let region = self.region(&request.region);
        (region
            .lambda(request)
            .or_else(|| region.parameters(request))
            .or_else(|| region.bucket(request)))
        .unwrap_or_else(|| refused(400, "UnknownOperationException"))
    }

    fn come_late(&mut self, region: &str) -> Vec<Request> {
        for (listings, late) in &mut self.late {
            if late.region == region {
                *listings -= 1;
            }
        }
        self.late
            .extract_if(.., |(listings, _)| *listings == 0)
            .map(|(_, late)| late)
            .collect()
    }

    /// The artifact is read by a thread that blocks, during which a paused clock stands.
    fn ways(&mut self, request: &Request) -> [Duration; 2] {
        let Some(seed) = self.seed.filter(|_| request.operation != "GetObject") else {
            return [Duration::ZERO; 2];
        };
        let key = (
            request.invocation.clone(),
            request.region.clone(),
            request.operation.clone(),
        );
        let count = self.counts.entry(key.clone()).or_default();
        *count += 1;
        [0, 1].map(|way| faults::chance(&(seed, &key, *count, way)))
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Aws")
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}
