//! S3 with one object, and CodePipeline, at an address: what a connection does to an answer can be seen only there.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_client::replay::Replay;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What becomes of a request for the object.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Served as S3 does.
    Serve,
    /// Refused: status, code, message.
    Refuse(u16, &'static str, String),
    /// After so many bytes of the body the connection closes.
    CutAfter(usize),
    /// The object gets this content, and is served.
    Change(Vec<u8>),
    /// Nothing comes until the client hangs up.
    Silence,
    /// All of the object comes, as from a server that does not know ranges.
    Whole,
    /// A part comes that was not asked for.
    Elsewhere,
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Method and path.
    pub(crate) line: String,
    /// By lower-case name.
    pub(crate) head: BTreeMap<String, String>,
}

/// A call of CodePipeline: its operation and its body.
pub(crate) type Call = (String, Value);

#[derive(Clone)]
pub(crate) struct Store {
    address: String,
    state: Arc<Mutex<State>>,
    asked: Arc<Notify>,
    hung_up: Arc<Notify>,
}

struct State {
    object: Vec<u8>,
    version: u32,
    acts: VecDeque<Act>,
    requests: Vec<Request>,
    calls: Vec<Call>,
    others: Vec<Request>,
}

impl Store {
    /// Requests for the object meet the acts in their order, and are served after these.
    pub(crate) async fn new(object: &[u8], acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let store = Self {
            address: listener.local_addr().unwrap().to_string(),
            state: Arc::new(Mutex::new(State {
                object: object.to_vec(),
                version: 1,
                acts: acts.into_iter().collect(),
                requests: Vec::new(),
                calls: Vec::new(),
                others: Vec::new(),
            })),
            asked: Arc::default(),
            hung_up: Arc::default(),
        };
        let this = store.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(this.clone().serve(BufReader::new(stream)));
            }
        });
        store
    }

    /// What the function has on Lambda, HTTP client, time-outs and retries included; only the pauses between attempts are of
    /// some milliseconds.
    pub(crate) fn config(&self) -> SdkConfig {
        let config = aws_client::sdk_config();
        let attempts = config.retry_config().unwrap().max_attempts();
        let test = Replay::new(Vec::new()).sdk_config();
        (config.to_builder().endpoint_url(format!("http://{}", self.address)))
            .region(test.region().cloned())
            .credentials_provider(test.credentials_provider().unwrap())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(attempts)
                    .with_initial_backoff(Duration::from_millis(1)),
            )
            .build()
    }

    /// For the object.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }

    /// Of CodePipeline.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.lock().unwrap().calls.clone()
    }

    /// For anything else.
    pub(crate) fn others(&self) -> Vec<Request> {
        self.state.lock().unwrap().others.clone()
    }

    /// Until a request met `Silence`.
    pub(crate) async fn asked_in_vain(&self) {
        self.asked.notified().await;
    }

    /// Until the client gave up on `Silence`.
    pub(crate) async fn hung_up(&self) {
        self.hung_up.notified().await;
    }

    async fn serve(self, mut stream: BufReader<TcpStream>) {
        while let Some(request) = head(&mut stream).await {
            let length = request
                .head
                .get("content-length")
                .map_or(0, |length| length.parse().unwrap());
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            let answer = match request.head.get("x-amz-target") {
                Some(target) => {
                    let operation = target.rsplit('.').next().unwrap().to_owned();
                    let body = serde_json::from_slice(&body).unwrap();
                    self.state.lock().unwrap().calls.push((operation, body));
                    said(200, "", b"{}")
                }
                None if request.line.starts_with("GET /artifacts/") => {
                    let act = self.state.lock().unwrap().take(request.clone());
                    let Some((answer, whole)) = self.act(act, &request) else {
                        self.asked.notify_one();
                        while stream.read_u8().await.is_ok() {}
                        self.hung_up.notify_one();
                        return;
                    };
                    if !whole {
                        stream.write_all(&answer).await.unwrap();
                        return;
                    }
                    answer
                }
                None => {
                    self.state.lock().unwrap().others.push(request);
                    said(404, "", b"{}")
                }
            };
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        }
    }

    /// The answer, and whether it is a whole one. None for silence.
    fn act(&self, act: Act, request: &Request) -> Option<(Vec<u8>, bool)> {
        let mut state = self.state.lock().unwrap();
        match act {
            Act::Serve => Some((state.answer(request), true)),
            Act::Refuse(status, code, message) => Some((refused(status, code, &message), true)),
            Act::CutAfter(bytes) => {
                let answer = state.answer(request);
                let head = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
                Some((answer[..head + bytes].to_vec(), false))
            }
            Act::Change(object) => {
                state.object = object;
                state.version += 1;
                Some((state.answer(request), true))
            }
            Act::Silence => None,
            Act::Whole => Some((said(200, &state.etag(), &state.object), true)),
            Act::Elsewhere => {
                let size = state.object.len();
                let head = format!("{}Content-Range: bytes 1-{}/{size}\r\n", state.etag(), size - 1);
                Some((said(206, &head, &state.object[1..]), true))
            }
        }
    }
}

impl State {
    fn take(&mut self, request: Request) -> Act {
        self.requests.push(request);
        self.acts.pop_front().unwrap_or(Act::Serve)
    }

    fn etag(&self) -> String {
        format!("ETag: \"version-{}\"\r\n", self.version)
    }

    fn answer(&self, request: &Request) -> Vec<u8> {
        if let Some(wanted) = request.head.get("if-match")
            && !self.etag().contains(wanted.as_str())
        {
            return refused(
                412,
                "PreconditionFailed",
                "At least one of the preconditions you specified did not hold.",
            );
        }
        let size = self.object.len();
        let (first, last) = request.head["range"]
            .strip_prefix("bytes=")
            .unwrap()
            .split_once('-')
            .unwrap();
        let (first, end) = match first.parse::<usize>() {
            Ok(first) => (first, size.min(last.parse::<usize>().unwrap() + 1)),
            Err(_) => (size.saturating_sub(last.parse().unwrap()), size),
        };
        if first >= end {
            return refused(416, "InvalidRange", "The requested range is not satisfiable");
        }
        let head = format!("{}Content-Range: bytes {first}-{}/{size}\r\n", self.etag(), end - 1);
        said(206, &head, &self.object[first..end])
    }
}

async fn head(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let line = lines.first()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let fields = lines.iter().filter_map(|line| line.split_once(": "));
    let head = fields.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Some(Request {
        line,
        head: head.collect(),
    })
}

fn said(status: u16, head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Said\r\nx-amz-request-id: req-1\r\n{head}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn refused(status: u16, code: &str, message: &str) -> Vec<u8> {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message><RequestId>req-1</RequestId></Error>");
    said(status, "content-type: application/xml\r\n", body.as_bytes())
}
