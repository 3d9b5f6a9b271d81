//! The program itself: arguments, exit codes, signals, and AWS over plain HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Sender, channel};

use rds_sanitizer::config::VARIABLES;
use sanitizer_contract::{Outcome, Report, sha256_hex};

const RULES: &str =
    r#"{"version": 1, "databases": [{"name": "a", "sql": ["x"], "verify": [{"expect_no_rows": "y"}]}]}"#;

fn sanitizer(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rds-sanitizer"));
    command.args(arguments).env_clear();
    command
}

fn output(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = sanitizer(arguments).output().unwrap();
    (
        status.code(),
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

#[test]
fn help_and_version_succeed_and_an_unknown_argument_is_bad_configuration() {
    let (code, help, _) = output(&["--help"]);
    assert!(code == Some(0) && help.contains("Usage: rds-sanitizer run"), "{help}");
    assert_eq!(
        output(&["--version"]).1,
        format!("rds-sanitizer {}\n", env!("CARGO_PKG_VERSION"))
    );
    let (code, _, error) = output(&["walk"]);
    assert_eq!(
        (code, error.as_str()),
        (
            Some(2),
            "rds-sanitizer: unknown argument walk; try rds-sanitizer --help\n"
        )
    );
}

#[test]
fn an_empty_environment_is_bad_configuration_and_names_every_variable() {
    let (code, log, _) = output(&["run"]);
    assert_eq!(code, Some(2));
    for (name, _) in VARIABLES {
        assert!(log.contains(&format!("{name} is missing")), "{log}");
    }
}

#[test]
fn sigterm_ends_the_run_at_once_with_a_failed_report() {
    let aws = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", aws.local_addr().unwrap());
    let mut child = sanitizer(&["run"])
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "AKIATEST")
        .env("AWS_SECRET_ACCESS_KEY", "s3cret")
        .env("WRASSE_RUN_ID", "0123456789abcdef")
        .env("WRASSE_RULES_URI", "s3://evidence/runs/1/rules.yaml")
        .env("WRASSE_RULES_SHA256", sha256_hex(RULES.as_bytes()))
        .env("WRASSE_EVIDENCE_URI", "s3://evidence/runs/1/")
        .env("DB_HOST", "127.0.0.1")
        .env("DB_PORT", "1")
        .env(
            "DB_SECRET_ARN",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
        )
        .env("RDS_CA_BUNDLE", "/none")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (requests, received) = channel();
    std::thread::spawn(move || {
        for connection in aws.incoming() {
            let requests = requests.clone();
            std::thread::spawn(move || answer(connection.unwrap(), &requests));
        }
    });
    let next = || {
        received
            .recv_timeout(std::time::Duration::from_secs(30))
            .expect("a request")
    };
    assert_eq!(next().0, "GET /evidence/runs/1/rules.yaml?x-id=GetObject");
    assert_eq!(next().0, "POST /");
    let terminated = Command::new("kill")
        .arg("-TERM")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(terminated.success());
    let (put, body) = next();
    assert_eq!(put, "PUT /evidence/runs/1/report.json?x-id=PutObject");
    let report = Report::from_json(&body).unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(report.problem.unwrap().code, "Terminated");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let mut log = String::new();
    child.stdout.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(
        log.contains(r#""problem":"Terminated""#) && !log.contains("s3cret"),
        "{log}"
    );
}

/// Answers as S3 would; a request for a secret gets no answer.
fn answer(connection: TcpStream, requests: &Sender<(String, Vec<u8>)>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let mut writer = connection;
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line.trim().is_empty() {
                break;
            }
            head.push(line.trim().to_owned());
        }
        let length = head.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let request = head[0].trim_end_matches(" HTTP/1.1").to_owned();
        let content = if request.starts_with("GET ") { RULES } else { "" };
        let silent = request.starts_with("POST ");
        requests.send((request, body)).unwrap();
        if !silent {
            write!(
                writer,
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{content}",
                content.len()
            )
            .unwrap();
        }
    }
}
