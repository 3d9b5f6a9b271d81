//! The sanitizer against a real PostgreSQL server over a real connection, with AWS's answers recorded.

#![allow(clippy::doc_markdown, reason = "the databases' names are no code")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod support;

use support::Run;
use support::postgres::{Server, number};

const USERS: &str = "
    CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE CHECK (email <> 'bad'), age int);
    INSERT INTO users SELECT i, 'person' || i || '@bigcorp.example', i FROM generate_series(1, 100) i";

fn rules(database: &str, sql: &[&str], verify: &[&str]) -> String {
    let verify: Vec<_> = verify
        .iter()
        .map(|query| serde_json::json!({"expect_no_rows": query}))
        .collect();
    serde_json::json!({"version": 1, "databases": [{"name": database, "sql": sql, "verify": verify}]}).to_string()
}

fn against(server: &Server, rules: &str) -> Run {
    Run::new(rules, "localhost", server.port, &server.ca_bundle)
}

#[tokio::test]
async fn a_run_changes_the_data_proves_it_and_writes_the_manifest_last() {
    let server = Server::shared();
    let database = server.database(USERS).await;
    let rules = rules(
        &database,
        &[
            "UPDATE users SET email = 'user' || id || '@example.invalid'; DELETE FROM users WHERE id > 90",
            "VACUUM FULL users",
            "CREATE TABLE seen AS SELECT ssl, application_name FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE pid = pg_backend_pid()",
        ],
        &[
            "SELECT 1 FROM users WHERE email LIKE '%@bigcorp.example'",
            "SELECT id, email FROM users WHERE id > 90;",
        ],
    );
    let outcome = against(&server, &rules).run().await;
    let report = outcome.passed();
    let rows: Vec<_> = report.databases[0]
        .scripts
        .iter()
        .map(|script| (script.number, script.rows))
        .collect();
    assert_eq!(rows, [(1, 110), (2, 0), (3, 1)]);
    assert_eq!(report.verifications_passed(), 2);
    let lines: Vec<_> = outcome
        .requests
        .iter()
        .map(|request| request.lines().next().unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            "GET https://evidence.s3.us-east-1.amazonaws.com/runs/1/rules.yaml?x-id=GetObject",
            "POST https://secretsmanager.us-east-1.amazonaws.com/",
            "PUT https://evidence.s3.us-east-1.amazonaws.com/runs/1/report.json?x-id=PutObject",
            "PUT https://evidence.s3.us-east-1.amazonaws.com/runs/1/manifest.json?x-id=PutObject",
        ]
    );
    let look = server.master(&database).await;
    assert_eq!(
        number(&look, "SELECT count(*) FROM users WHERE email LIKE '%@example.invalid'").await,
        90
    );
    let encrypted = "SELECT count(*) FROM seen WHERE ssl AND application_name = 'rds-sanitizer 0123456789abcdef'";
    assert_eq!(number(&look, encrypted).await, 1);
}

#[tokio::test]
async fn a_script_that_fails_half_way_names_its_place_and_no_data() {
    let server = Server::shared();
    let cases = [
        (
            "UPDATE users SET age = 1; UPDATE users SET email = 's3cret'",
            "SQLSTATE 23505 (unique_violation), schema public, table users, constraint users_email_key",
        ),
        (
            "UPDATE users SET email = 'bad' WHERE id = 1",
            "SQLSTATE 23514 (check_violation), schema public, table users, constraint users_email_check",
        ),
        (
            "UPDATE users SET id = NULL",
            "SQLSTATE 23502 (not_null_violation), schema public, table users, column id",
        ),
        (
            "SELECT 's3cret'::int",
            "SQLSTATE 22P02 (invalid_text_representation), at character 8",
        ),
        (
            "SELECT email::int FROM users",
            "SQLSTATE 22P02 (invalid_text_representation)",
        ),
        ("SELEC 's3cret'", "SQLSTATE 42601 (syntax_error), at character 1"),
        (
            "UPDATE nope SET a = 's3cret'",
            "SQLSTATE 42P01 (undefined_table): relation \"nope\" does not exist, at character 8",
        ),
        (
            "UPDATE users SET nme = 's3cret'",
            "SQLSTATE 42703 (undefined_column): column \"nme\" of relation \"users\" does not exist, at character 18",
        ),
        (
            "SELECT 1 FROM users WHERE email = \"s3cret@x.example\"",
            "SQLSTATE 42703 (undefined_column), at character 35",
        ),
        (
            "DO $$ BEGIN RAISE EXCEPTION 's3cret' USING ERRCODE = '42501', TABLE = 's3cret'; END $$",
            "SQLSTATE 42501 (insufficient_privilege); the secret's user is no superuser: it must own the object or be granted the right",
        ),
        (
            "SET statement_timeout = 1; SELECT pg_sleep(600)",
            "SQLSTATE 57014 (query_canceled): canceling statement due to statement timeout; where a time-out of the role or database is too short, SET statement_timeout = 0 in the script",
        ),
        (
            "COPY users TO STDOUT",
            "COPY with STDIN or STDOUT needs a client program such as psql and cannot be used here",
        ),
        (
            "COPY users FROM STDIN",
            "COPY with STDIN or STDOUT needs a client program such as psql and cannot be used here",
        ),
        (
            "VACUUM users; SELECT 1",
            "SQLSTATE 25001 (active_sql_transaction): VACUUM cannot run inside a transaction block; give this statement an sql entry of its own",
        ),
        ("COPY users TO '/tmp/s3cret'", "SQLSTATE 42501 (insufficient_privilege)"),
    ];
    for (sql, expected) in cases {
        let database = server.database(USERS).await;
        let rules = rules(
            &database,
            &["UPDATE users SET age = 0", sql, "DELETE FROM users"],
            &["SELECT 1 WHERE false"],
        );
        let outcome = against(&server, &rules).run().await;
        let (code, message) = outcome.failed();
        assert_eq!(code, "ScriptFailed");
        let expected = format!("sql script 2 of database {database} failed: {expected}");
        assert!(message.starts_with(&expected), "{sql}: {message}");
        assert!(
            !String::from_utf8_lossy(&outcome.report_json).contains("s3cret"),
            "{message}"
        );
        let done: Vec<_> = outcome.report.databases[0]
            .scripts
            .iter()
            .map(|script| script.rows)
            .collect();
        assert_eq!(done, [100]);
        // The failed batch was rolled back as a whole, and the next script was not run.
        let look = server.master(&database).await;
        assert_eq!(number(&look, "SELECT count(*) FROM users WHERE age = 0").await, 100);
    }
}

#[tokio::test]
async fn a_transaction_left_open_is_refused_because_its_changes_would_be_lost() {
    let server = Server::shared();
    let database = server.database(USERS).await;
    let open = rules(&database, &["BEGIN; DELETE FROM users"], &["SELECT 1 FROM users"]);
    let outcome = against(&server, &open).run().await;
    let expected =
        format!("sql script 1 of database {database} leaves a transaction open: end it with COMMIT in the script");
    assert_eq!(outcome.failed(), ("TransactionLeftOpen", expected.as_str()));
    assert_eq!(
        number(&server.master(&database).await, "SELECT count(*) FROM users").await,
        100
    );

    let ended = rules(
        &database,
        &["BEGIN; DELETE FROM users; COMMIT"],
        &["SELECT 1 FROM users"],
    );
    against(&server, &ended).run().await.passed();
}

#[tokio::test]
async fn every_verification_is_made_and_every_one_that_finds_rows_is_named() {
    let server = Server::shared();
    let first = server.database(USERS).await;
    let second = server.database(USERS).await;
    let entry = |name: &str| {
        serde_json::json!({"name": name, "sql": ["SELECT 1"], "verify": [
            {"expect_no_rows": "SELECT email FROM users"},
            {"expect_no_rows": "SELECT 1 WHERE false"},
            {"expect_no_rows": "SELECT id, id FROM users WHERE id = 7"},
        ]})
    };
    let rules = serde_json::json!({"version": 1, "databases": [entry(&first), entry(&second)]}).to_string();
    let outcome = against(&server, &rules).run().await;
    let expected = format!(
        "the copy is not proven: verification 1 of database {first} found 100 rows; verification 3 of database {first} found \
         1 row; verification 1 of database {second} found 100 rows; verification 3 of database {second} found 1 row"
    );
    assert_eq!(outcome.failed(), ("VerificationFailed", expected.as_str()));
    let found: Vec<_> = outcome
        .report
        .verifications()
        .map(|verification| verification.rows_found)
        .collect();
    assert_eq!(found, [100, 0, 1, 100, 0, 1]);
    assert!(!String::from_utf8_lossy(&outcome.report_json).contains("bigcorp"));
}

#[tokio::test]
async fn a_verification_that_is_no_single_read_only_query_fails_and_changes_nothing() {
    let server = Server::shared();
    let function = "CREATE FUNCTION wipe() RETURNS SETOF int LANGUAGE sql AS 'DELETE FROM users RETURNING id'";
    let queries = [
        ("DELETE FROM users", "SQLSTATE 42601"),
        ("DELETE FROM users RETURNING id", "SQLSTATE 42601"),
        ("SELECT 1 WHERE false; DELETE FROM users", "SQLSTATE 42601"),
        ("SELECT 1 WHERE false; COMMIT; DELETE FROM users", "SQLSTATE 42601"),
        (
            "WITH gone AS (DELETE FROM users RETURNING id) SELECT 1 FROM gone WHERE false",
            "SQLSTATE 0A000",
        ),
        ("SELECT 1 FROM wipe()", "SQLSTATE 25006 (read_only_sql_transaction)"),
        (
            "SELECT set_config('transaction_read_only', 'off', true), wipe()",
            "SQLSTATE ",
        ),
        ("-- nothing", "SQLSTATE 42601"),
        ("COMMIT", "SQLSTATE 42601"),
        ("SELECT $1::int", "expected 1 parameters but got 0"),
        (
            "SELECT 1 FROM nope",
            "SQLSTATE 42P01 (undefined_table): relation \"nope\" does not exist, at character 15",
        ),
        ("SELECT 1/0", "SQLSTATE 22012 (division_by_zero)"),
    ];
    let database = server.database(&format!("{USERS}; {function}")).await;
    for (query, expected) in queries {
        let rules = rules(&database, &["SELECT 1"], &[query, "SELECT 1 WHERE false"]);
        let outcome = against(&server, &rules).run().await;
        let (code, message) = outcome.failed();
        assert_eq!(code, "VerificationFailed");
        let expected = format!(
            "the copy is not proven: verification 1 of database {database} must be one read-only query and failed: {expected}"
        );
        assert!(message.starts_with(&expected), "{query}: {message}");
        // The next one was made all the same.
        let made: Vec<_> = outcome
            .report
            .verifications()
            .map(|verification| verification.number)
            .collect();
        assert_eq!(made, [2], "{query}");
        assert_eq!(
            number(&server.master(&database).await, "SELECT count(*) FROM users").await,
            100,
            "{query}"
        );
    }
}

#[tokio::test]
async fn rows_that_a_policy_hides_are_an_error_and_not_overlooked() {
    let server = Server::shared();
    let hiding = "
        ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY young ON users USING (age < 10)";
    let database = server.database(&format!("{USERS}; {hiding}")).await;
    let change = "UPDATE users SET email = 'user' || id || '@example.invalid'";
    let left = "SELECT 1 FROM users WHERE email LIKE '%@bigcorp.example'";
    for sql in [change, "SELECT 1"] {
        let outcome = against(&server, &rules(&database, &[sql], &[left])).run().await;
        let (_, message) = outcome.failed();
        assert!(message.contains("42501"), "{message}");
        assert!(outcome.manifest.is_none());
    }
}

#[tokio::test]
async fn an_unknown_database_is_named_before_anything_is_changed() {
    let server = Server::shared();
    let database = server.database(USERS).await;
    let verify = serde_json::json!([{"expect_no_rows": "SELECT 1 WHERE false"}]);
    let rules = serde_json::json!({"version": 1, "databases": [
        {"name": database, "sql": ["DELETE FROM users"], "verify": verify},
        {"name": "shopp", "sql": ["SELECT 1"], "verify": verify},
    ]});
    let outcome = against(&server, &rules.to_string()).run().await;
    assert_eq!(
        outcome.failed(),
        (
            "DatabaseUnknown",
            "there is no database shopp on localhost; correct databases[].name in the rules"
        )
    );
    assert_eq!(
        number(&server.master(&database).await, "SELECT count(*) FROM users").await,
        100
    );
}

#[tokio::test]
async fn a_wrong_password_is_refused_without_showing_it_or_the_user() {
    let server = Server::shared();
    let database = server.database(USERS).await;
    let mut run = against(&server, &rules(&database, &["SELECT 1"], &["SELECT 1 WHERE false"]));
    run.password = "hunter3".into();
    let outcome = run.run().await;
    assert_eq!(
        outcome.failed(),
        (
            "PasswordRefused",
            "localhost refused the password of the secret \
             arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1; it must be the current one of this server"
        )
    );
}

#[tokio::test]
async fn a_server_with_the_certificate_of_another_authority_or_name_gets_no_password() {
    let server = Server::shared();
    let database = server.database(USERS).await;
    let rules = rules(&database, &["SELECT 1"], &["SELECT 1 WHERE false"]);
    let other_authority = Run::new(&rules, "localhost", server.port, &server.other_ca_bundle());
    let other_name = Run::new(&rules, "127.0.0.1", server.port, &server.ca_bundle);
    for (run, cause) in [(other_authority, "UnknownIssuer"), (other_name, "not valid for name")] {
        let outcome = run.run().await;
        let (code, message) = outcome.failed();
        assert_eq!(code, "TlsFailed", "{message}");
        assert!(
            message.contains("the TLS handshake with ") && message.contains(cause),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_loopback_server_may_do_without_tls() {
    let server = Server::start(false);
    let database = server.database(USERS).await;
    let rules = rules(&database, &["DELETE FROM users"], &["SELECT 1 FROM users"]);
    against(&server, &rules).run().await.passed();
}

#[tokio::test]
async fn a_server_that_goes_away_in_the_middle_is_a_lost_connection() {
    for signal in ["INT", "KILL"] {
        let server = Server::start(true);
        let database = server.database(USERS).await;
        let blocker = server.master(&database).await;
        blocker.batch_execute("BEGIN; LOCK TABLE users").await.unwrap();
        let rules = rules(&database, &["SELECT 1", "DELETE FROM users"], &["SELECT 1 FROM users"]);
        let run = against(&server, &rules);
        let stop_the_server = async {
            let watcher = server.master("postgres").await;
            while number(&watcher, "SELECT count(*) FROM pg_locks WHERE NOT granted").await == 0 {}
            server.signal(signal);
        };
        let (outcome, ()) = tokio::join!(run.run(), stop_the_server);
        let (code, message) = outcome.failed();
        assert_eq!(code, "ConnectionLost", "{message}");
        let expected = format!("the connection to database {database} was lost during sql script 2 (");
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(outcome.report.databases[0].scripts.len(), 1);
    }
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_ends_at_once_with_a_failed_report() {
    let server = Server::shared();
    let database = server.database(USERS).await;
    let rules = rules(
        &database,
        &["SELECT 1", "SELECT pg_sleep(600)"],
        &["SELECT 1 WHERE false"],
    );
    let told_to_stop = async {
        let watcher = server.master(&database).await;
        let asleep =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
        while number(&watcher, asleep).await == 0 {}
    };
    let outcome = Box::pin(against(&server, &rules).run_until(told_to_stop)).await;
    let (code, message) = outcome.failed();
    assert_eq!(code, "Terminated", "{message}");
    assert_eq!(outcome.report.databases[0].scripts.len(), 1);
}

#[tokio::test]
async fn a_script_that_returns_many_rows_is_counted_without_keeping_them() {
    let server = Server::shared();
    let database = server.database(USERS).await;
    let many = "SELECT repeat('x', 1000) FROM generate_series(1, 100000)";
    let rules = rules(&database, &[many], &[&format!("{many} WHERE false")]);
    let before = peak_memory_kib();
    let outcome = against(&server, &rules).run().await;
    assert_eq!(outcome.passed().databases[0].scripts[0].rows, 100_000);
    let grown = peak_memory_kib() - before;
    assert!(grown < 50_000, "100 MB of rows took {grown} KiB");
}

fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
