//! The process behind a Runtime API: what it sends for an event, for what is no event, and without a configuration.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// What the function posted: path, headers in lower case, body.
struct Posted {
    path: String,
    headers: Vec<String>,
    body: Value,
}

/// The process, and the Runtime API that it speaks to.
struct Runtime {
    process: Child,
    listener: TcpListener,
}

impl Runtime {
    fn start(variables: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_log-decoder"))
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().unwrap().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "decoder")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_REGION", "us-east-1")
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, listener }
    }

    /// Hands out each event, and takes what is posted for it. Each of the two kinds of request has its connection.
    fn run(&self, events: &[&str]) -> Vec<Posted> {
        let (mut asking, _) = self.listener.accept().unwrap();
        let mut answering = None;
        let posted = events.iter().map(|event| {
            let (line, _, _) = request(&mut asking);
            assert_eq!(line, "GET /2018-06-01/runtime/invocation/next HTTP/1.1");
            hand_out(&mut asking, event);
            let answering = answering.get_or_insert_with(|| self.listener.accept().unwrap().0);
            let (line, headers, body) = request(answering);
            answering
                .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            let path = line.strip_prefix("POST ").unwrap().strip_suffix(" HTTP/1.1").unwrap();
            Posted {
                path: path.to_owned(),
                headers,
                body: serde_json::from_slice(&body).unwrap(),
            }
        });
        posted.collect()
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn hand_out(asking: &mut TcpStream, event: &str) {
    let length = event.len();
    write!(
        asking,
        "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: request-1\r\nlambda-runtime-deadline-ms: 4102444800000\r\n\
         lambda-runtime-invocation-id: try-7\r\nlambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:123456789012:function:decoder\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{event}"
    )
    .unwrap();
}

fn request(stream: &mut TcpStream) -> (String, Vec<String>, Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers: Vec<String> = lines.drain(1..).map(|line| line.to_lowercase()).collect();
    let length = headers
        .iter()
        .find_map(|header| header.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    (lines.remove(0), headers, body)
}

const CONFIGURED: [(&str, &str); 4] = [
    ("FORMAT", "raw"),
    ("NEWLINES", "keep"),
    ("PARTITION_BY", "none"),
    ("SOURCE_ARN", "arn:aws:kinesis:us-east-1:123456789012:stream/logs"),
];

#[test]
fn an_answer_follows_each_event_and_a_sentence_what_is_none() {
    let runtime = Runtime::start(&CONFIGURED);
    let event = json!({"records": [{"recordId": "1", "data": "bm8gZ3ppcA=="}]}).to_string();
    let secret = "{\"records\":[{\"recordId\":7,\"data\":\"bXkgc2VjcmV0\"}]}";
    let posted = runtime.run(&[&event, secret, "[]", &event]);
    let paths: Vec<&str> = posted
        .iter()
        .map(|posted| {
            posted
                .path
                .strip_prefix("/2018-06-01/runtime/invocation/request-1/")
                .unwrap()
        })
        .collect();
    assert_eq!(paths, ["response", "error", "error", "response"]);
    for posted in &posted {
        assert!(
            posted
                .headers
                .contains(&"lambda-runtime-invocation-id: try-7".to_owned()),
            "{:?}",
            posted.headers
        );
    }
    for answered in [0, 3] {
        assert_eq!(
            posted[answered].body,
            json!({"records": [{"recordId": "1", "result": "ProcessingFailed"}]})
        );
    }
    assert_eq!(
        posted[1].body,
        json!({
            "errorType": "InvalidEvent",
            "errorMessage": "this is no event of a Firehose transformation, it is something else from line 1, column 25 on: let \
                             Firehose alone invoke this function",
        })
    );
    assert_eq!(posted[2].body["errorType"], "InvalidEvent");
}

#[test]
fn without_a_configuration_every_event_is_told_what_is_missing() {
    let runtime = Runtime::start(&CONFIGURED[..3]);
    let posted = runtime.run(&["{\"records\":[]}", "{\"records\":[]}"]);
    for posted in posted {
        assert!(posted.path.ends_with("/error"), "{}", posted.path);
        assert_eq!(posted.body["errorType"], "InvalidConfiguration");
        let message = posted.body["errorMessage"].as_str().unwrap();
        assert!(message.contains("SOURCE_ARN is missing"), "{message}");
    }
}
