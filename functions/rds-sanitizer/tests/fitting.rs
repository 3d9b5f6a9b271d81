//! Rules that do not fit a real database are told before anything changes.

#![allow(clippy::doc_markdown, reason = "the databases' names are no code")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod support;

use support::Run;
use support::masks::{against, rules};
use support::postgres::{Server, number};

#[tokio::test]
async fn what_does_not_fit_is_told_all_at_once_before_anything_changes() {
    let server = Server::shared();
    let database = server
        .database(
            "CREATE TYPE mood AS ENUM ('good', 'bad');
             CREATE TABLE t (id int PRIMARY KEY, email text UNIQUE, short varchar(5), age int NOT NULL, mood mood, day date,
                twice int GENERATED ALWAYS AS (age * 2) STORED, number int GENERATED ALWAYS AS IDENTITY,
                checked text CHECK (checked LIKE 'x%'), span int4range, EXCLUDE USING gist (span WITH &&));
             CREATE TABLE child (id int PRIMARY KEY, email text REFERENCES t (email));
             CREATE TABLE keyless (day date);
             CREATE TABLE parts (a int) PARTITION BY LIST (a);
             CREATE TABLE part PARTITION OF parts DEFAULT;
             CREATE MATERIALIZED VIEW seen AS SELECT 1 AS one;
             INSERT INTO t (id, email, age, checked) VALUES (1, 'ada@bigcorp.example', 36, 'x1');
             INSERT INTO child VALUES (1, 'ada@bigcorp.example')",
        )
        .await;
    let tables = r#"
      t: { id: keep, email: fake.name, short: fake.email, age: null, mood: constant("so-so"), day: fake.name, twice: hash,
           number: number.noise(1%), checked: fake.city, span: null, nope: keep }
      child: { id: keep, email: keep }
      keyless: { day: date.shift(1d) }
      parts: { a: keep }
      part: { a: keep }
      seen: { one: keep }
      missing: truncate
"#;
    let run = against(&server, &rules(&database, tables)).run().await;
    let (code, message) = run.failed();
    assert_eq!(code, "RulesDoNotFit");
    let expected = [
        "databases[0].tables.missing is for a table that the database does not have",
        "databases[0].tables.public.t.nope is for a column that the table does not have",
        "databases[0].tables.public.t.email is part of the unique index t_email_key, and fake.name may give two rows the same value: ",
        "databases[0].tables.public.t.short is of type character varying(5), and the replacement may have 34 characters: ",
        "databases[0].tables.public.t.age is NOT NULL and cannot become null",
        "databases[0].tables.public.t.mood is of the enum type mood, whose labels are good, bad",
        "databases[0].tables.public.t.day is of type date: fake.name is for texts",
        "databases[0].tables.public.t.twice is computed out of other columns: ",
        "databases[0].tables.public.t.number is GENERATED ALWAYS AS IDENTITY, ",
        "databases[0].tables.public.t.span is part of the exclusion constraint t_span_excl, ",
        "databases[0].tables.public.child.email is kept while what it refers to becomes fake.name: the foreign key child_email_fkey ties it to public.t.email; ",
        "databases[0].tables.public.keyless.day becomes date.shift(1d), which is proven row by row: the table needs a primary key that is kept",
        "databases[0].tables.public.part is a partition: ",
        "databases[0].tables.public.seen is a materialized view: ",
    ];
    for problem in expected {
        assert!(message.contains(problem), "{problem}\nis not in\n{message}");
    }
    assert_eq!(message.matches("databases[0].").count(), expected.len(), "{message}");
    let master = server.master(&database).await;
    assert_eq!(
        number(&master, "SELECT count(*) FROM t WHERE email = 'ada@bigcorp.example'").await,
        1
    );
}

#[tokio::test]
async fn masks_that_break_a_check_or_a_type_are_found_on_a_sample() {
    let server = Server::shared();
    let setup = "CREATE DOMAIN postcode AS text CHECK (VALUE ~ '^[0-9]{5}$');
        CREATE TABLE t (id int PRIMARY KEY, name text CHECK (name LIKE 'x%'));
        CREATE TABLE u (id int PRIMARY KEY, code postcode);
        INSERT INTO t SELECT i, 'x' || i FROM generate_series(1, 9) i;
        INSERT INTO u SELECT i, '12345' FROM generate_series(1, 9) i";
    let database = server.database(setup).await;
    let tables = "{ t: { id: keep, name: fake.city }, u: { id: keep, code: fake.city } }";
    let run = against(&server, &rules(&database, tables)).run().await;
    let (code, message) = run.failed();
    assert_eq!(code, "RulesDoNotFit");
    for problem in [
        "databases[0].tables.public.t: the masks break the CHECK constraint t_name_check in 9 of the first 1000 rows",
        "databases[0].tables.public.u: the masks cannot be computed: SQLSTATE 23514 (check_violation)",
    ] {
        assert!(message.contains(problem), "{problem}\nis not in\n{message}");
    }
}

#[tokio::test]
async fn a_column_without_a_word_stops_the_run_with_the_rules_to_paste() {
    let server = Server::shared();
    let setup = "CREATE TABLE users (id int PRIMARY KEY, email text, \"Last Name\" text, born date);
        CREATE TABLE notes (body text);
        CREATE SCHEMA other; CREATE TABLE other.t (ip inet);
        INSERT INTO users VALUES (1, 'ada@bigcorp.example')";
    let database = server.database(setup).await;
    let run = against(&server, &rules(&database, "{ users: { id: keep } }"))
        .run()
        .await;
    let (code, message) = run.failed();
    assert_eq!(code, "RulesDoNotFit");
    let stub = "databases[0].tables says nothing of 5 columns. Paste this, and look at each guess:
      \"other.t\":
        ip: fake.ipv4  # inet
      notes:
        body: redact  # text
      users:
        email: fake.email  # text
        \"Last Name\": fake.name  # text
        born: keep  # date
";
    let stub = stub.replace("\"other.t\"", "other.t");
    assert!(message.contains(&stub), "{message}");
    let pasted = format!(
        "version: 1\nseed: run\ndatabases:\n  - name: {database}\n    tables:\n{}",
        stub.split_once('\n')
            .unwrap()
            .1
            .replace("users:", "users:\n        id: keep")
    );
    let report = format!(
        "coverage: report\n{}    verify: [{{ expect_no_rows: SELECT 1 FROM users WHERE id = 2 }}]\n",
        rules(&database, "{ users: { id: keep } }")
    );
    let run = against(&server, &report).run().await;
    let unclassified = &run.passed().databases[0].unclassified;
    assert_eq!(unclassified.len(), 5, "{unclassified:?}");
    against(&server, &pasted.replace("seed: run", "seed: secret"))
        .run()
        .await
        .passed();
}

#[tokio::test]
async fn a_key_that_is_missing_or_short_changes_nothing() {
    let server = Server::shared();
    let database = server
        .database("CREATE TABLE t (a text); INSERT INTO t VALUES ('x')")
        .await;
    let rules = rules(&database, "{ t: { a: hash } }");
    let short =
        Run::new(&rules, "localhost", server.port, &server.ca_bundle).with_key("0123456789012345678901234567890");
    let outcome = short.run().await;
    let (code, message) = outcome.failed();
    assert_eq!(code, "KeyUnusable");
    assert!(
        message.starts_with("the secret arn:") && message.contains(" is shorter than 32 bytes; "),
        "{message}"
    );
    let none = Run::new(&rules, "localhost", server.port, &server.ca_bundle)
        .run()
        .await;
    let (code, message) = none.failed();
    assert_eq!(code, "KeyUnusable");
    assert!(message.starts_with("WRASSE_MASKING_KEY_SECRET_ARN "), "{message}");
    let master = server.master(&database).await;
    assert_eq!(number(&master, "SELECT count(*) FROM t WHERE a = 'x'").await, 1);
}
