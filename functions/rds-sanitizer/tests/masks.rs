//! Masks on a real PostgreSQL server.

#![allow(clippy::doc_markdown, reason = "the databases' names are no code")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod support;

use rds_sanitizer::key::Key;
use sanitizer_contract::{Fake, Mask};
use support::masks::{KEY, against, rules};
use support::postgres::{Server, number};
use support::{Run, reference};

/// Texts that SQL, YAML, encodings and hashing may stumble over.
fn texts() -> Vec<String> {
    let odd = [
        "",
        " ",
        "'",
        "\\",
        "\\'",
        "E'\\n",
        "$1",
        "{}",
        "ä",
        "日本語",
        "🐟",
        "a\tb\nc",
        "NULL",
        "0",
        "-1",
        "' OR ''='",
        "%",
        "\\x00",
    ];
    let many = (0..200_u32).map(|i| format!("person{}@bigcorp.example", i.wrapping_mul(2_654_435_761)));
    odd.into_iter().map(Into::into).chain(many).collect()
}

#[tokio::test]
async fn every_mask_gives_what_its_formula_says() {
    let masks: Vec<String> = Fake::ALL
        .into_iter()
        .map(|fake| format!("fake.{}", fake.word()))
        .chain([
            "hash".into(),
            "hash(8)".into(),
            "template(\"c-{digits:4}'\\\\{hash:6}\")".into(),
        ])
        .collect();
    let columns: Vec<_> = (0..masks.len()).map(|index| format!("c{index} text")).collect();
    let server = Server::shared();
    let database = server
        .database(&format!(
            "CREATE TABLE t (id int PRIMARY KEY, original text, {})",
            columns.join(", ")
        ))
        .await;
    let master = server.master(&database).await;
    let texts = texts();
    for (id, text) in (0_i32..).zip(&texts) {
        let values = vec!["$2"; masks.len()].join(", ");
        let insert = format!("INSERT INTO t VALUES ($1, $2, {values})");
        master.execute(&insert, &[&id, text]).await.unwrap();
    }
    let masked: Vec<_> = masks
        .iter()
        .enumerate()
        .map(|(index, mask)| format!("c{index}: '{}'", mask.replace('\'', "''")))
        .collect();
    let tables = format!("{{ t: {{ id: keep, original: keep, {} }} }}", masked.join(", "));
    against(&server, &rules(&database, &tables)).run().await.passed();

    let key = Key::new(KEY.as_bytes()).unwrap();
    let rows = master.query("SELECT * FROM t ORDER BY id", &[]).await.unwrap();
    assert_eq!(rows.len(), texts.len());
    for (row, text) in rows.iter().zip(&texts) {
        assert_eq!(row.get::<_, &str>(1), text);
        for (index, written) in masks.iter().enumerate() {
            let mask = Mask::parse(written).unwrap();
            let expected = reference::replacement(&key, &mask, text);
            assert_eq!(row.get::<_, String>(index + 2), expected, "{written} of {text:?}");
            if mask == Mask::Fake(Fake::Card) {
                assert_eq!(reference::luhn(&expected) % 10, 0, "{expected}");
            }
            if mask == Mask::Fake(Fake::Iban) {
                let turned = format!("{}1314{}", &expected[4..], &expected[2..4]);
                assert_eq!(reference::mod_97(&turned), 1, "{expected}");
            }
        }
    }
}

const SHOP: &str = "
    CREATE EXTENSION citext;
    CREATE TYPE role AS ENUM ('customer', 'admin');
    CREATE TABLE people (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email citext NOT NULL UNIQUE CHECK (email LIKE '%@%.%'),
        full_name varchar(40) NOT NULL,
        born date, seen timestamptz, salary numeric(8,2), points smallint,
        ssn text, token uuid UNIQUE, address inet, note text, code char(4), role role NOT NULL,
        domain text GENERATED ALWAYS AS (split_part(email::text, '@', 2)) STORED
    );
    CREATE UNIQUE INDEX people_lower ON people (lower(email::text));
    CREATE TABLE logins (email citext REFERENCES people (email) ON UPDATE CASCADE, at int, PRIMARY KEY (email, at));
    CREATE TABLE \"Odd \"\"Name\"\"\" (id int PRIMARY KEY, \"select\" text);
    CREATE TABLE sessions (id int PRIMARY KEY, secret text);
    CREATE TABLE audit (id serial PRIMARY KEY, old text);
    CREATE FUNCTION keep_old() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO audit (old) VALUES (OLD.email); RETURN NEW; END $$;
    CREATE TRIGGER keeps_old BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION keep_old();
    ALTER TABLE people ENABLE ALWAYS TRIGGER keeps_old;
    CREATE FUNCTION keep_who() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO audit (old) VALUES (OLD.who); RETURN NEW; END $$;
    CREATE TABLE events (at date NOT NULL, who text) PARTITION BY RANGE (at);
    CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
    CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
    CREATE TRIGGER keeps_old BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION keep_who();
    CREATE TRIGGER keeps_old_too AFTER UPDATE ON events_new FOR EACH ROW EXECUTE FUNCTION keep_who();
    CREATE RULE keeps_old AS ON UPDATE TO people DO ALSO INSERT INTO audit (old) VALUES (OLD.ssn);
    INSERT INTO people (email, full_name, born, seen, salary, points, ssn, token, address, note, code, role)
        SELECT 'Person' || i || '@bigcorp.example', 'Person ' || i, DATE '1970-01-01' + i, '2026-03-29 01:30+00'::timestamptz + i * interval '1h',
            1000 + i, 30000 + i, '123-45-' || (1000 + i), gen_random_uuid(), ('10.0.0.' || i)::inet,
            CASE WHEN i % 2 = 0 THEN 'call +44 20 7946 0' || (100 + i) || ' or write to person' || i || '@bigcorp.example' END, 'ab', 'customer'
        FROM generate_series(1, 100) i;
    INSERT INTO logins SELECT email, id FROM people;
    INSERT INTO \"Odd \"\"Name\"\"\" VALUES (1, 'Person1@bigcorp.example'), (2, NULL);
    INSERT INTO sessions SELECT i, 'topsecret' FROM generate_series(1, 9) i;
    INSERT INTO events VALUES ('2019-01-01', 'person1@bigcorp.example'), ('2021-01-01', 'person2@bigcorp.example');
    CREATE TABLE shown (secret text, other text);
    INSERT INTO shown SELECT 'hidden', 'other' FROM generate_series(1, 9) i;
    CREATE VIEW adults AS SELECT email, full_name FROM people;
    CREATE MATERIALIZED VIEW names AS SELECT full_name FROM people;
    ANALYZE";

const SHOP_RULES: &str = r#"
      people:
        id: keep
        email: fake.email
        full_name: fake.name
        born: date.shift(30d)
        seen: date.shift(3d)
        salary: number.noise(10%)
        points: number.noise(50%)
        ssn: null
        token: fake.uuid
        address: fake.ipv4
        note: redact
        code: truncate-text(1)
        role: constant("admin")
      logins: { email: fake.email, at: keep }
      '"Odd ""Name"""': { id: keep, select: hash }
      sessions: truncate
      shown: { secret: null, other: redact }
      audit: { keep: all }
      events: { at: keep, who: fake.email }
"#;

#[tokio::test]
async fn a_database_with_everything_is_masked_and_otherwise_as_it_was() {
    let server = Server::start(true);
    let database = server.database(SHOP).await;
    let master = server.master(&database).await;
    let before = definitions(&master).await;
    let run = against(&server, &rules(&database, SHOP_RULES)).run().await;
    let report = run.passed();
    assert_eq!(
        definitions(&master).await,
        before,
        "constraints, triggers and indexes are back"
    );

    let key = Key::new(KEY.as_bytes()).unwrap();
    let email =
        |i: usize| reference::replacement(&key, &Mask::Fake(Fake::Email), &format!("person{i}@bigcorp.example"));
    let rows = master
        .query("SELECT id, email::text, born::text, seen::text, salary::float8, points, note, domain FROM people ORDER BY id", &[])
        .await
        .unwrap();
    for (i, row) in (1_usize..).zip(&rows) {
        assert_eq!(row.get::<_, &str>(1), email(i), "the column compares without case");
        assert_eq!(
            row.get::<_, &str>(7),
            "example.com",
            "what is computed out of it follows"
        );
        let born: jiff::civil::Date = row.get::<_, &str>(2).parse().unwrap();
        let was: jiff::civil::Date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(i64::try_from(i).unwrap());
        let moved = reference::days(&key, 30, &was.to_string());
        assert_eq!(born, was + jiff::Span::new().days(moved), "{was}");
        let (salary, was): (f64, f64) = (row.get(4), 1000.0 + f64::from(u32::try_from(i).unwrap()));
        let by = (salary - was).abs();
        assert!(by > 1e-9 && by <= was / 10.0, "{salary} of {was}");
        assert!(row.get::<_, i16>(5) > 14_000, "within the type");
        let note: Option<&str> = row.get(6);
        assert_eq!(note, (i % 2 == 0).then_some("call [phone] or write to [email]"));
    }
    let same =
        "SELECT count(*) FROM people JOIN logins USING (email) JOIN \"Odd \"\"Name\"\"\" o ON true WHERE o.id = 1";
    assert_eq!(number(&master, same).await, 100, "rows stay joined");
    let cases = [
        (
            "SELECT count(*) FROM people WHERE ssn IS NOT NULL OR code <> 'a' OR role <> 'admin'",
            0,
        ),
        ("SELECT count(*) FROM people WHERE address <<= '198.18.0.0/15'", 100),
        ("SELECT count(DISTINCT token) FROM people", 100),
        ("SELECT count(*) FROM sessions", 0),
        ("SELECT count(*) FROM audit", 0),
        ("SELECT count(*) FROM names n JOIN people p USING (full_name)", 100),
        ("SELECT count(*) FROM events WHERE who LIKE '%@example.com'", 2),
        ("SELECT count(*) FROM \"Odd \"\"Name\"\"\" WHERE \"select\" IS NULL", 1),
    ];
    for (query, expected) in cases {
        let found = number(&master, query).await;
        assert!(
            found == expected || (query.contains(" names ") && found >= 100),
            "{query}: {found}"
        );
    }
    let people = report.databases[0]
        .tables
        .iter()
        .find(|table| table.table == "public.people")
        .unwrap();
    assert_eq!(people.rows, 100);
    let masks: Vec<_> = people
        .masks
        .iter()
        .map(|mask| (mask.column.as_deref().unwrap(), mask.unmasked))
        .collect();
    assert_eq!(masks[0], ("id", None));
    assert!(masks[1..].iter().all(|(_, unmasked)| *unmasked == Some(0)), "{masks:?}");
    drop(master);
    server.stop();
    for word in ["bigcorp", "Person 1", "topsecret", "123-45-1"] {
        assert_eq!(server.data_with(word.as_bytes()), Vec::<String>::new(), "{word}");
    }
    // The server logged every statement, with its parameters; the write-ahead log is searched, too.
    assert_eq!(server.files_with(b"wrasse_key FROM STDIN"), ["log"]);
    for block in [key.inner(), key.outer()] {
        let hex = block.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let (raw, hex) = (
            server.files_with(&block[..16]),
            server.files_with(&hex.as_bytes()[..32]),
        );
        assert!(raw.is_empty() && hex.is_empty(), "{raw:?} {hex:?}");
    }
}

/// Everything that a change could have left otherwise.
async fn definitions(master: &tokio_postgres::Client) -> Vec<String> {
    let query = "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated FROM pg_constraint WHERE conrelid <> 0
        UNION ALL SELECT tgrelid::regclass || ' ' || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT ev_class::regclass || ' ' || rulename || ev_enabled::text FROM pg_rewrite WHERE ev_class > 16383
        UNION ALL SELECT indexrelid::regclass || pg_get_indexdef(indexrelid) || indisvalid FROM pg_index WHERE indrelid > 16383
        UNION ALL SELECT n.nspname || '.' || c.relname || c.relowner || coalesce(c.relacl::text, '') FROM pg_class c JOIN pg_namespace n
            ON n.oid = c.relnamespace WHERE c.oid > 16383 AND n.nspname NOT LIKE 'pg\\_%'
        ORDER BY 1";
    let rows = master.query(query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_value_that_its_mask_cannot_have_made_fails_the_run() {
    let server = Server::shared();
    let setup =
        "CREATE TABLE t (id int PRIMARY KEY, email text, phone text, note text, cut text, gone text, same text);
        CREATE TABLE emptied (id int);
        INSERT INTO t VALUES (1, 'a', 'a', 'a', 'a', 'a', 'a'), (2, 'b', 'b', 'b', 'b', 'b', 'b')";
    let tables = "{ t: { id: keep, email: fake.email, phone: fake.phone, note: redact, cut: truncate-text(1), gone: null, same: 'constant(\"x\")' }, emptied: truncate }";
    let cases = [
        (
            "UPDATE t SET email = 'ada@bigcorp.example' WHERE id = 1",
            "1 rows of public.t.email are not what fake.email makes",
        ),
        (
            "UPDATE t SET phone = '+44 20 7946 0123' WHERE id = 1",
            "1 rows of public.t.phone are not what fake.phone makes",
        ),
        (
            "UPDATE t SET note = 'ada@bigcorp.example' WHERE id = 1",
            "1 rows of public.t.note are not what redact makes",
        ),
        (
            "UPDATE t SET cut = 'ab' WHERE id = 1",
            "1 rows of public.t.cut are not what truncate-text(1) makes",
        ),
        (
            "UPDATE t SET gone = 'ab'",
            "2 rows of public.t.gone are not what null makes",
        ),
        (
            "UPDATE t SET same = 'ab'",
            "2 rows of public.t.same are not what constant makes",
        ),
        (
            "INSERT INTO emptied VALUES (1)",
            "1 rows of public.emptied are not what truncate makes",
        ),
    ];
    for (after, expected) in cases {
        let database = server.database(setup).await;
        let rules = format!("{}    after: [\"{after}\"]\n", rules(&database, tables));
        let run = against(&server, &rules).run().await;
        let (code, message) = run.failed();
        assert_eq!(
            (code, message),
            (
                "NotMasked",
                format!("the copy is not proven: in database {database}, {expected}").as_str()
            )
        );
    }
}

#[tokio::test]
async fn what_somebody_still_reads_is_rewritten_when_they_are_done() {
    let server = Server::start(true);
    let setup = "CREATE TABLE t (id int PRIMARY KEY, email text); INSERT INTO t VALUES (1, 'ada@bigcorp.example')";
    let database = server.database(setup).await;
    let (reader, other) = (server.master(&database).await, server.master(&database).await);
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class LIMIT 1";
    reader.batch_execute(begin).await.unwrap();
    let reads_until_it_is_waited_for = async {
        let waits =
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%age(backend_xmin)%' AND pid <> pg_backend_pid()";
        while number(&other, waits).await == 0 {}
        reader.batch_execute("COMMIT").await.unwrap();
    };
    let run = against(&server, &rules(&database, "{ t: { id: keep, email: fake.email } }"));
    let mut run = std::pin::pin!(run.run());
    let outcome = tokio::select! {
        outcome = &mut run => outcome,
        () = reads_until_it_is_waited_for => run.await,
    };
    outcome.passed();
    server.stop();
    assert_eq!(server.data_with(b"bigcorp"), Vec::<String>::new());
}

#[tokio::test]
async fn numbers_too_small_to_move_may_stay() {
    let server = Server::shared();
    let setup = "CREATE TABLE t (id int PRIMARY KEY, zero int, one int, most smallint, ratio float8, price numeric(6,2), free numeric);
        INSERT INTO t SELECT i, 0, 1, 32767, i / 7.0, 0.01, i FROM generate_series(1, 200) i;
        INSERT INTO t (id) VALUES (0)";
    let database = server.database(setup).await;
    let noise = "number.noise(10%)";
    let tables = format!(
        "{{ t: {{ id: keep, zero: {noise}, one: {noise}, most: {noise}, ratio: {noise}, price: {noise}, free: {noise} }} }}"
    );
    against(&server, &rules(&database, &tables)).run().await.passed();
    let master = server.master(&database).await;
    let moved = "SELECT count(*) FROM t WHERE abs(ratio - id / 7.0) BETWEEN 1e-9 AND id / 70.0 AND free <> id AND free BETWEEN id * 0.9 AND id * 1.1";
    assert_eq!(number(&master, moved).await, 200);
}

#[tokio::test]
async fn statistics_that_cannot_be_emptied_fail_the_run() {
    let server = Server::shared();
    let setup = "CREATE TABLE t (secret text); INSERT INTO t SELECT 'topsecret' FROM generate_series(1, 9); ANALYZE t;
        CREATE VIEW v AS SELECT secret FROM t";
    let database = server.database(setup).await;
    let run = against(&server, &rules(&database, "{ t: truncate }")).run().await;
    let (code, message) = run.failed();
    assert_eq!(code, "NotMasked");
    assert!(
        message.ends_with("1 rows of public.t are not what truncate makes"),
        "{message}"
    );
}

#[tokio::test]
async fn the_same_key_gives_the_same_in_another_run_and_a_runs_own_key_does_not() {
    let server = Server::shared();
    let setup = "CREATE TABLE t (a text); INSERT INTO t VALUES ('x')";
    let mut found = Vec::new();
    for seed in ["secret", "secret", "run", "run"] {
        let database = server.database(setup).await;
        let rules = rules(&database, "{ t: { a: hash } }").replace("secret", seed);
        let run = Run::new(&rules, "localhost", server.port, &server.ca_bundle);
        let run = if seed == "secret" { run.with_key(KEY) } else { run };
        run.run().await.passed();
        let row = server
            .master(&database)
            .await
            .query_one("SELECT a FROM t", &[])
            .await
            .unwrap();
        found.push(row.get::<_, String>(0));
    }
    assert_eq!(found[0], found[1]);
    assert!(found[2] != found[3] && found[2] != found[0], "{found:?}");
}
