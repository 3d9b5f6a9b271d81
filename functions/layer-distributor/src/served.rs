//! AWS at an address, for what only a connection has: it breaks, and it shows the bytes of a request.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_client::replay::Replay;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_types::SdkConfig;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Status, lines of the head, body.
    Said(u16, &'static str, String),
    /// The same before the request's body, which is never taken.
    SaidAtOnce(u16, String),
    /// The connection is closed when the request has arrived.
    Dropped,
    /// Success, and the connection is closed amid the body.
    BrokenOff,
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Method and target.
    pub(crate) line: String,
    /// By lower-case name.
    pub(crate) head: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// Gives the answers in their order; what is asked beyond them is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    address: String,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Served {
    pub(crate) async fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let served = Self {
            address: listener.local_addr().unwrap().to_string(),
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            requests: Arc::default(),
        };
        let this = served.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(this.clone().serve(BufReader::new(stream)));
            }
        });
        served
    }

    pub(crate) fn config(&self) -> SdkConfig {
        config(&format!("http://{}", self.address))
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    async fn serve(self, mut stream: BufReader<TcpStream>) {
        while let Some(mut request) = head(&mut stream).await {
            let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Answer::Dropped);
            let early = matches!(answer, Answer::SaidAtOnce(..));
            if !early {
                let length = request
                    .head
                    .get("content-length")
                    .map_or(0, |length| length.parse().unwrap());
                request.body = vec![0; length];
                stream.read_exact(&mut request.body).await.unwrap();
            }
            let bodiless = request.line.starts_with("HEAD ");
            self.requests.lock().unwrap().push(request);
            let answer = match answer {
                Answer::Said(status, head, body) => said(status, head, &body, bodiless),
                Answer::SaidAtOnce(status, body) => said(status, "connection: close\r\n", &body, bodiless),
                Answer::Dropped => return,
                Answer::BrokenOff => "HTTP/1.1 200 Said\r\ncontent-length: 100\r\n\r\n{".to_owned(),
            };
            let broken_off = answer.ends_with('{');
            stream.write_all(answer.as_bytes()).await.unwrap();
            if early {
                // To close now would reset the connection, and might take the answer with it.
                std::future::pending::<()>().await;
            }
            if broken_off {
                return;
            }
        }
    }
}

/// What the function has on Lambda, HTTP client, time-outs and retries included; only the pauses between attempts are of some
/// milliseconds.
pub(crate) fn config(endpoint: &str) -> SdkConfig {
    let config = aws_client::sdk_config();
    let retries = config.retry_config().unwrap().clone();
    let test = Replay::new(Vec::new()).sdk_config();
    let config = config
        .to_builder()
        .endpoint_url(endpoint)
        .region(test.region().cloned());
    config
        .credentials_provider(test.credentials_provider().unwrap())
        .retry_config(retries.with_initial_backoff(Duration::from_millis(1)))
        .build()
}

/// Takes every request and never answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Silent(Arc<AtomicUsize>);

impl Silent {
    pub(crate) fn config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let client = http_client_fn(move |_, _| connector.clone());
        config("http://127.0.0.1:1").to_builder().http_client(client).build()
    }

    pub(crate) fn requests(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl HttpConnector for Silent {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.0.fetch_add(1, Ordering::Relaxed);
        HttpConnectorFuture::new(std::future::pending())
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
    Some(Request {
        line,
        head: fields
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: Vec::new(),
    })
}

fn said(status: u16, head: &str, body: &str, bodiless: bool) -> String {
    let length = if head.contains("content-length") {
        String::new()
    } else {
        format!("content-length: {}\r\n", body.len())
    };
    let body = if bodiless { "" } else { body };
    format!("HTTP/1.1 {status} Said\r\nx-amzn-requestid: req-1\r\n{head}{length}\r\n{body}")
}
