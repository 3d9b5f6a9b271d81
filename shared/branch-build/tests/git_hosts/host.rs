//! A git host and Secrets Manager, at one address of this machine: connections are what a host is asked over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_client::replay::Replay;
use aws_types::SdkConfig;
use branch_build::{Host, Location, Repository};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-token-AbCdEf";
pub(crate) const ONE: &str = "7217a7c7e582c46cec22a130adf4b9d7d950fba0";
pub(crate) const OTHER: &str = "525128480b96c89e6418b1e40909bf6c5b2d580f";

/// One answer to one request.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// What the head says of the body's length beyond what there is.
    pub(crate) missing: usize,
}

impl Answer {
    pub(crate) fn of(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            head: format!("content-type: {kind}\r\n"),
            body: body.into(),
            missing: 0,
        }
    }
}

/// A list of branches as git sends it.
pub(crate) fn listed(branches: &[(&str, &str)]) -> Answer {
    let line = |text: String| format!("{:04x}{text}", text.len() + 4);
    let mut body = line("# service=git-upload-pack\n".to_owned()) + "0000";
    body += &line(format!(
        "{ONE} HEAD\0side-band-64k symref=HEAD:refs/heads/main agent=git/2.47\n"
    ));
    for (name, id) in branches {
        body += &line(format!("{id} refs/heads/{name}\n"));
    }
    body += "0000";
    Answer::of(200, "application/x-git-upload-pack-advertisement", body)
}

/// The value of the secret.
pub(crate) fn secret(token: &str) -> Answer {
    let body = json!({"ARN": SECRET, "Name": "shop-token", "SecretString": token}).to_string();
    Answer::of(200, "application/x-amz-json-1.1", body)
}

pub(crate) fn refused(status: u16) -> Answer {
    Answer::of(status, "text/plain", "ghp_quoted")
}

/// Gives the answers in their order; what is asked beyond them gets none.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    address: String,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
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

    /// The HTTP client of functions, without retries.
    pub(crate) fn config(&self) -> SdkConfig {
        let test = Replay::new(Vec::new()).sdk_config();
        let client = aws_client::sdk_config().http_client().unwrap();
        let config = test.to_builder().http_client(client);
        config.endpoint_url(format!("http://{}", self.address)).build()
    }

    pub(crate) fn location(&self, host: Host) -> Location {
        Location {
            name: "acme/shop".to_owned(),
            host,
            url: format!("http://{}/acme/shop", self.address).parse().unwrap(),
            token_secret: SECRET.to_owned(),
        }
    }

    pub(crate) fn repository(&self, host: Host) -> Repository {
        Repository::new(&self.location(host), &self.config())
    }

    /// Method and target of every request, and its authorization where that is the token.
    #[track_caller]
    pub(crate) fn requests(&self) -> Vec<String> {
        assert!(self.answers.lock().unwrap().is_empty(), "answers are left");
        self.requests.lock().unwrap().clone()
    }

    async fn serve(self, mut stream: BufReader<TcpStream>) {
        while let Some(request) = head(&mut stream).await {
            self.requests.lock().unwrap().push(request);
            let Some(answer) = self.answers.lock().unwrap().pop_front() else {
                return;
            };
            let length = answer.body.len() + answer.missing;
            let head = format!(
                "HTTP/1.1 {} Said\r\n{}content-length: {length}\r\n\r\n",
                answer.status, answer.head
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&answer.body).await.unwrap();
            if answer.missing > 0 {
                return;
            }
        }
    }
}

async fn head(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut first, mut token, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        match line.split_once(": ") {
            _ if line.is_empty() => break,
            Some(("authorization", value)) if !value.starts_with("AWS4") => token = format!(" {value}"),
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(("git-protocol", value)) => panic!("another version is asked for: {value}"),
            Some(_) => {}
            None => first = line.strip_suffix(" HTTP/1.1").unwrap().to_owned(),
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(first + &token)
}
