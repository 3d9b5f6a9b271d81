//! A bucket and a Kinesis stream behind the real SDK's connection: what S3 and Kinesis answer, as far as this function
//! asks (<https://docs.aws.amazon.com/AmazonS3/latest/API/>,
//! <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>).

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_client::replay::Replay;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use log_replay::{Config, Function, Invocation, ReplayError, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::time::Instant;

/// What there is, and what is wrong with it.
#[derive(Default)]
pub(crate) struct State {
    /// Content by key.
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// Sizes that the listing states instead of the true ones.
    pub(crate) stated_sizes: BTreeMap<String, u64>,
    /// The records that the stream took, in order.
    pub(crate) source: Vec<String>,
    /// One line a request that was answered.
    pub(crate) calls: Vec<String>,
    /// Keys of one page of a listing; 0 for all.
    pub(crate) page: usize,
    /// Records that contain this are throttled.
    pub(crate) throttled: Option<&'static str>,
    /// Calls that begin with this are refused.
    pub(crate) refused: Option<&'static str>,
    /// A copy's answer says nothing of the copy.
    pub(crate) copies_silently: bool,
    /// The process dies after that many requests: none has an effect any more, and none an answer.
    pub(crate) dies_after: Option<usize>,
    /// How long the stream takes.
    pub(crate) put_takes: Duration,
    /// Chance, for the order in which requests of several invocations meet.
    pub(crate) seed: Option<u64>,
}

#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<State>>);

impl World {
    pub(crate) fn new(objects: &[(&str, &[u8])]) -> Self {
        let objects = objects
            .iter()
            .map(|(key, content)| ((*key).to_owned(), content.to_vec()));
        Self(Arc::new(Mutex::new(State {
            objects: objects.collect(),
            ..State::default()
        })))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// What was asked since the last time.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    pub(crate) fn text(&self, key: &str) -> String {
        String::from_utf8(self.state().objects[key].clone()).unwrap()
    }

    /// Invokes the function with two attempts for each record.
    pub(crate) async fn invoke(&self, event: Value) -> (Result<Response, ReplayError>, Vec<u8>) {
        self.invoke_until(event, Instant::now() + Duration::from_hours(1)).await
    }

    pub(crate) async fn invoke_until(
        &self,
        event: Value,
        deadline: Instant,
    ) -> (Result<Response, ReplayError>, Vec<u8>) {
        let config = Config {
            bucket: "archive".into(),
            error_prefix: "errors/".into(),
            source_arn: "arn:aws:kinesis:us-east-1:123456789012:stream/logs".into(),
            maximum_attempts: 2,
            stack: "wrasse".into(),
        };
        let world = self.clone();
        let http = http_client_fn(move |_, _| SharedHttpConnector::new(world.clone()));
        let sdk_config = Replay::new(vec![]).sdk_config().to_builder().http_client(http).build();
        let invocation = Invocation {
            clock: "2026-11-20T12:00:00Z".parse().unwrap(),
            deadline,
            random: || 0.0,
        };
        let mut metrics = Vec::new();
        let function = Function::new(Ok(config), &sdk_config);
        let answer = function.answer(&event, &invocation, &mut metrics).await;
        (answer, metrics)
    }

    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (yields, put_takes) = {
            let mut state = self.state();
            let seed = state
                .seed
                .map(|seed| seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_041));
            state.seed = seed;
            (seed.map_or(0, |seed| seed >> 61), state.put_takes)
        };
        for _ in 0..yields {
            tokio::task::yield_now().await;
        }
        let is_put = request.method() == "POST";
        let answer = self.effect(&request)?;
        if is_put {
            tokio::time::sleep_until(Instant::now() + put_takes).await;
        }
        Ok(answer)
    }

    fn effect(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let mut state = self.state();
        if state.dies_after.is_some_and(|after| state.calls.len() >= after) {
            return Err(ConnectorError::io("the process is dead".into()));
        }
        let call = Call::of(request);
        state.calls.push(call.to_string());
        let refused = state
            .refused
            .is_some_and(|refused| call.to_string().starts_with(refused));
        let answer = if refused {
            Err((403, "AccessDenied"))
        } else {
            state.answer(&call)
        };
        let (status, body) = answer.unwrap_or_else(|(status, code)| {
            (
                status,
                format!("<Error><Code>{code}</Code><Message>in words</Message></Error>").into_bytes(),
            )
        });
        Ok(HttpResponse::new(
            StatusCode::try_from(status).unwrap(),
            SdkBody::from(body),
        ))
    }
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("World")
    }
}

impl HttpConnector for World {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}

/// A request in this function's words.
enum Call {
    List {
        prefix: String,
        after: String,
    },
    Get {
        key: String,
        range: Option<(usize, usize)>,
        etag: Option<String>,
    },
    Put {
        key: String,
        content: Vec<u8>,
    },
    Copy {
        from: String,
        to: String,
        etag: String,
    },
    Delete {
        key: String,
        etag: String,
    },
    Records(Vec<String>),
}

impl Call {
    fn of(request: &HttpRequest) -> Self {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let header = |name| request.headers().get(name).map(ToOwned::to_owned);
        let body = request.body().bytes().unwrap_or_default();
        let Some(rest) = request
            .uri()
            .strip_prefix("https://archive.s3.us-east-1.amazonaws.com/")
        else {
            assert_eq!(
                request.uri(),
                "https://123456789012.data-kinesis.us-east-1.amazonaws.com/"
            );
            let body: Value = serde_json::from_slice(body).unwrap();
            let data = body["Records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|record| record["Data"].as_str().unwrap());
            let record = |data| String::from_utf8(base64_simd::STANDARD.decode_to_vec(data).unwrap()).unwrap();
            return Self::Records(data.map(record).collect());
        };
        let (path, query) = rest.split_once('?').unwrap();
        let key = decoded(path);
        let parameter = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(known, _)| *known == name).map(|(_, value)| decoded(value))
        };
        match (request.method(), header("x-amz-copy-source")) {
            ("GET", _) if key.is_empty() => Self::List {
                prefix: parameter("prefix").unwrap(),
                after: parameter("continuation-token").unwrap_or_default(),
            },
            ("GET", _) => Self::Get {
                key,
                range: header("range").map(|range| {
                    let (start, end) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
                    (start.parse().unwrap(), end.parse().unwrap())
                }),
                etag: header("if-match"),
            },
            ("PUT", Some(from)) => Self::Copy {
                from: decoded(from.strip_prefix("archive/").unwrap()),
                to: key,
                etag: header("x-amz-copy-source-if-match").unwrap(),
            },
            ("PUT", None) => Self::Put {
                key,
                content: body.to_vec(),
            },
            ("DELETE", _) => Self::Delete {
                key,
                etag: header("if-match").unwrap(),
            },
            (method, _) => unreachable!("{method} {rest}"),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List { prefix, after } if after.is_empty() => write!(formatter, "list {prefix}"),
            Self::List { prefix, after } => write!(formatter, "list {prefix} after {after}"),
            Self::Get { key, .. } => write!(formatter, "get {key}"),
            Self::Put { key, .. } => write!(formatter, "put {key}"),
            Self::Copy { from, to, .. } => write!(formatter, "copy {from} to {to}"),
            Self::Delete { key, .. } => write!(formatter, "delete {key}"),
            Self::Records(records) => write!(formatter, "records {}", records.join(" ")),
        }
    }
}

type Answer = Result<(u16, Vec<u8>), (u16, &'static str)>;

impl State {
    fn answer(&mut self, call: &Call) -> Answer {
        match call {
            Call::List { prefix, after } => Ok((200, self.list(prefix, after).into_bytes())),
            Call::Get { key, range, etag } => {
                let content = self.current(key, etag.as_deref())?;
                Ok(match *range {
                    Some((start, end)) => (206, content[start..=end].to_vec()),
                    None => (200, content.clone()),
                })
            }
            Call::Put { key, content } => {
                self.objects.insert(key.clone(), content.clone());
                Ok((200, Vec::new()))
            }
            Call::Copy { from, to, etag } => {
                let content = self.current(from, Some(etag))?.clone();
                self.objects.insert(to.clone(), content);
                let confirmation = "<CopyObjectResult><ETag>\"copy\"</ETag></CopyObjectResult>";
                Ok((
                    200,
                    if self.copies_silently {
                        Vec::new()
                    } else {
                        confirmation.into()
                    },
                ))
            }
            Call::Delete { key, etag } => {
                self.current(key, Some(etag))?;
                self.objects.remove(key);
                Ok((204, Vec::new()))
            }
            Call::Records(records) => Ok((200, self.records(records).into_bytes())),
        }
    }

    fn current(&self, key: &str, etag: Option<&str>) -> Result<&Vec<u8>, (u16, &'static str)> {
        match self.objects.get(key) {
            None => Err((404, "NoSuchKey")),
            Some(content) if etag.is_some_and(|etag| etag != etag_of(content)) => Err((412, "PreconditionFailed")),
            Some(content) => Ok(content),
        }
    }

    fn list(&self, prefix: &str, after: &str) -> String {
        let found = self
            .objects
            .iter()
            .filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
        let found: Vec<_> = found.collect();
        let page = if self.page == 0 { found.len() } else { self.page };
        let mut answer = "<ListBucketResult>".to_owned();
        for (key, content) in found.iter().take(page) {
            let size = self.stated_sizes.get(*key).copied().unwrap_or(content.len() as u64);
            let etag = etag_of(content);
            write!(
                answer,
                "<Contents><Key>{key}</Key><ETag>{etag}</ETag><Size>{size}</Size></Contents>"
            )
            .unwrap();
        }
        if found.len() > page {
            let last = found[page - 1].0;
            write!(answer, "<NextContinuationToken>{last}</NextContinuationToken>").unwrap();
        }
        answer + "</ListBucketResult>"
    }

    fn records(&mut self, records: &[String]) -> String {
        let mut failed = 0;
        let mut results = Vec::new();
        for record in records {
            if self.throttled.is_some_and(|throttled| record.contains(throttled)) {
                failed += 1;
                results
                    .push(json!({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "in words"}));
            } else {
                self.source.push(record.clone());
                results.push(json!({"SequenceNumber": "1", "ShardId": "shardId-000000000000"}));
            }
        }
        json!({"FailedRecordCount": failed, "Records": results}).to_string()
    }
}

fn etag_of(content: &[u8]) -> String {
    format!("\"{}\"", log_source::digest(content))
}

/// Firehose's line of a record.
pub(crate) fn line(record: &str) -> String {
    let data = base64_simd::STANDARD.encode_to_string(record);
    let line = json!({
        "attemptsMade": 4, "arrivalTimestamp": 1_795_176_000_000_u64, "errorCode": "Lambda.FunctionError",
        "errorMessage": "in words", "attemptEndingTimestamp": 1_795_176_060_000_u64, "rawData": data,
        "lambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:log-decoder:$LATEST",
    });
    format!("{line}\n")
}

/// An object of them.
pub(crate) fn lines(records: &[&str]) -> Vec<u8> {
    records
        .iter()
        .map(|record| line(record))
        .collect::<String>()
        .into_bytes()
}
