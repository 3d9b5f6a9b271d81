use std::fmt::Write as _;

use super::*;

const GOOD: &str = "
version: 1
databases:
  - name: shop
    sql:
      - UPDATE users SET email = NULL
      - |
        DELETE FROM audit;
        ANALYZE
    verify:
      - expect_no_rows: SELECT 1 FROM users WHERE email IS NOT NULL
";

fn problems(document: &str) -> Vec<String> {
    Rules::parse(document.as_bytes()).unwrap_err().problems().to_vec()
}

#[test]
fn a_right_document_is_read_in_order() {
    let rules = Rules::parse(GOOD.as_bytes()).unwrap();
    let database = &rules.databases[0];
    assert_eq!(database.name, "shop");
    let sql: Vec<_> = database.sql.iter().map(Sql::as_str).collect();
    assert_eq!(sql, ["UPDATE users SET email = NULL", "DELETE FROM audit;\nANALYZE\n"]);
    assert_eq!(
        database.verify[0].expect_no_rows.as_str(),
        "SELECT 1 FROM users WHERE email IS NOT NULL"
    );
}

#[test]
fn json_and_anchors_are_accepted() {
    let json = r#"{"version": 1, "databases": [{"name": "a", "sql": ["x"], "verify": [{"expect_no_rows": "y"}]}]}"#;
    assert!(Rules::parse(json.as_bytes()).is_ok());
    let anchors = "
version: 1
databases:
  - {name: a, sql: &sql [x], verify: &verify [{expect_no_rows: y}]}
  - {name: b, sql: *sql, verify: *verify}
";
    assert_eq!(
        Rules::parse(anchors.as_bytes()).unwrap().databases[1].sql[0].as_str(),
        "x"
    );
}

#[test]
fn each_problem_names_its_place() {
    let cases = [
        ("version: 2", "version must be 1, the only one known"),
        ("version: '1'", "version must be 1, the only one known"),
        (
            "sede: x",
            "unknown key \"sede\"; known keys: version, seed, coverage, databases",
        ),
        (
            "[]",
            "the document must be a mapping with version, seed, coverage, databases, found a list",
        ),
        ("databases:", "databases must be a list, found nothing"),
        ("databases: []", "databases is empty"),
        (
            "databases: [1]",
            "databases[0] must be a mapping with name, sql, before, tables, after, verify, found a number",
        ),
        (
            "databases: [{table: {}}]",
            "unknown key \"table\" in databases[0]; known keys: name, sql, before, tables, after, verify",
        ),
        ("databases: [{}]", "databases[0].name is missing"),
        ("databases: [{}]", "databases[0].sql is missing"),
        ("databases: [{}]", "databases[0].verify is missing"),
        (
            "databases: [{name: 12}]",
            "databases[0].name must be a text, found a number: put it in quotes",
        ),
        ("databases: [{name: ' '}]", "databases[0].name is blank"),
        (
            "databases: [{name: \"a\\0b\"}]",
            "databases[0].name has a NUL character",
        ),
        ("databases: [{sql: []}]", "databases[0].sql is empty"),
        (
            "databases: [{sql: UPDATE x}]",
            "databases[0].sql must be a list, found a text",
        ),
        ("databases: [{sql: ['']}]", "databases[0].sql[0] is blank"),
        (
            "databases: [{sql: [ok, '; ;']}]",
            "databases[0].sql[1] has no statement",
        ),
        (
            "databases:\n- sql:\n  - UPDATE t SET a = 'x: y'",
            "databases[0].sql[0] must be a text, found a mapping: text that has a colon and a space needs quotes or a \
             block (|)",
        ),
        ("databases: [{verify: []}]", "databases[0].verify is empty"),
        (
            "databases: [{verify: [SELECT 1]}]",
            "databases[0].verify[0] must be a mapping with expect_no_rows, found a text",
        ),
        (
            "databases: [{verify: [{}]}]",
            "databases[0].verify[0].expect_no_rows is missing",
        ),
        (
            "databases: [{verify: [{expect_rows: x}]}]",
            "unknown key \"expect_rows\" in databases[0].verify[0]; known keys: expect_no_rows",
        ),
        (
            "databases: [{verify: [{expect_no_rows: }]}]",
            "expect_no_rows must be a text, found nothing",
        ),
        (
            "databases: [{name: a}, {name: a}]",
            "databases[1].name is the name of databases[0], too: put both into one entry",
        ),
    ];
    for (document, expected) in cases {
        let found = problems(document);
        assert!(
            found.iter().any(|problem| problem.ends_with(expected)),
            "{document}: {found:?}"
        );
    }
}

#[test]
fn masks_are_read_with_their_tables() {
    let document = r#"
version: 1
seed: secret
coverage: report
databases:
  - name: shop
    before: [DELETE FROM audit]
    tables:
      users: { id: keep, email: fake.email, ssn: null, note: "truncate-text(3)", role: { keep: { reason: role } } }
      sessions: truncate
      shop.orders: { keep: all }
      '"Odd.Name"': { '"x"': hash }
    after: [ANALYZE]
"#;
    let rules = Rules::parse(document.as_bytes()).unwrap();
    assert_eq!((rules.seed, rules.coverage), (Seed::Secret, Coverage::Report));
    let database = &rules.databases[0];
    assert_eq!((database.before.len(), database.after.len()), (1, 1));
    let found: Vec<_> = database
        .tables
        .iter()
        .map(|rules| (rules.table.to_string(), rules.rule.clone()))
        .collect();
    let kept = Kept {
        reason: Some("role".into()),
    };
    assert_eq!(
        found,
        [
            (
                "\"Odd.Name\"".into(),
                TableRule::Columns(vec![("\"x\"".into(), Mask::Hash { digits: 32 })])
            ),
            ("sessions".into(), TableRule::Truncate),
            (
                "users".into(),
                TableRule::Columns(vec![
                    ("email".into(), Mask::Fake(Fake::Email)),
                    ("id".into(), Mask::Keep(Kept::default())),
                    ("note".into(), Mask::TruncateText { characters: 3 }),
                    ("role".into(), Mask::Keep(kept)),
                    ("ssn".into(), Mask::Null),
                ])
            ),
            ("shop.orders".into(), TableRule::KeepAll),
        ]
    );
}

#[test]
fn each_problem_of_masks_names_its_place() {
    let table = "databases[0].tables.t";
    let cases = [
        (
            "{t: truncat}",
            "must be truncate, { keep: all } or a mapping from columns to masks, found a text",
        ),
        ("{t: {}}", "is empty: name its columns, or write { keep: all }"),
        ("{t: {a: 1}}", ".a must be a mask, found a number"),
        ("{t: {a: kep}}", ".a is no mask that is known; "),
        ("{t: {a: {keep: {}}}}", ".a.keep.reason is missing"),
        ("{t: {a: {json: x}}}", ".a must be a mask, or { keep: { reason: ... } }"),
        ("{t: truncate, '\"t\"': truncate}", " is given twice"),
    ];
    for (tables, expected) in cases {
        let found = problems(&format!(
            "{{version: 1, seed: run, databases: [{{name: d, tables: {tables}}}]}}"
        ));
        assert_eq!(found.len(), 1, "{tables}: {found:?}");
        let rest = found[0]
            .strip_prefix(table)
            .unwrap_or_else(|| panic!("{tables}: {found:?}"));
        assert!(
            rest.trim_start().starts_with(expected.trim_start()),
            "{tables}: {found:?}"
        );
    }
    let cases = [
        (
            "databases: [{name: d, tables: {t: truncate}}]",
            "seed is missing: secret gives every run the same replacements ",
        ),
        (
            "seed: x\ndatabases: [{name: d, tables: {t: truncate}}]",
            "seed must be secret or run",
        ),
        (
            "seed: run\ndatabases: [{name: d, tables: {t: truncate}, sql: [x]}]",
            "databases[0].sql goes without tables; beside them use before and after",
        ),
        (
            "databases: [{name: d, sql: [x], before: [x], verify: [{expect_no_rows: x}]}]",
            "databases[0].before goes with tables; scripts alone are sql",
        ),
        (
            "coverage: report\ndatabases: [{name: d, sql: [x], verify: [{expect_no_rows: x}]}]",
            "coverage is about masks, and no database has tables",
        ),
        (
            "seed: run\ndatabases: [{name: d, tables: {}}]",
            "databases[0].tables is empty",
        ),
        (
            "seed: run\ndatabases: [{name: d, tables: {'a b': truncate}}]",
            "databases[0].tables has a key that names no table: ",
        ),
    ];
    for (document, expected) in cases {
        let found = problems(&format!("version: 1\n{document}"));
        assert!(found[0].starts_with(expected), "{document}: {found:?}");
    }
}

#[test]
fn a_table_is_named_as_in_sql() {
    let name = |schema: Option<&str>, name: &str| {
        Some(TableName {
            schema: schema.map(Into::into),
            name: name.into(),
        })
    };
    let cases = [
        ("users", name(None, "users")),
        ("Straße_1$", name(None, "Straße_1$")),
        ("shop.users", name(Some("shop"), "users")),
        ("\"My \"\"x\"\".y\"", name(None, "My \"x\".y")),
        ("\"a.b\".\"c d\"", name(Some("a.b"), "c d")),
        ("a.b.c", None),
        ("a b", None),
        ("", None),
        (".a", None),
        ("\"a", None),
        ("\"\"", None),
    ];
    for (written, table) in cases {
        assert_eq!(TableName::parse(written), table, "{written}");
        if let Some(table) = table {
            assert_eq!(TableName::parse(&table.to_string()), Some(table), "{written}");
        }
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let found = problems("{version: 3, extra: 1, databases: [{name: a, sql: [], verify: [{expect: x}]}]}");
    assert_eq!(
        found,
        [
            "unknown key \"extra\"; known keys: version, seed, coverage, databases",
            "version must be 1, the only one known",
            "databases[0].sql is empty",
            "unknown key \"expect\" in databases[0].verify[0]; known keys: expect_no_rows",
            "databases[0].verify[0].expect_no_rows is missing",
        ]
    );
}

#[test]
fn what_is_not_yaml_is_reported_with_its_place() {
    let cases = [
        (
            "",
            "the document must be a mapping with version, seed, coverage, databases, found nothing",
        ),
        (
            "version: 1\nversion: 1",
            "\"version\" is given twice at line 2, column 1",
        ),
        ("version: 1\n---\nversion: 1", "more than one YAML document"),
        ("a: *x", "an alias without an anchor at line 1, column 4"),
        ("a: [", "not YAML: "),
        (
            "a: &a {b: 1}\nc:\n  <<: *a",
            "merge keys (<<) are not supported at line 3, column 3",
        ),
    ];
    for (document, expected) in cases {
        let found = problems(document);
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "{document}: {found:?}"
        );
    }
    assert_eq!(Rules::parse(b"a: \xff\xfe").unwrap_err().problems(), ["not UTF-8 text"]);
}

#[test]
fn a_document_that_explodes_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let before = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", [before.as_str(); 10].join(", ")).unwrap();
    }
    assert!(
        problems(&bomb)[0].starts_with("too many or too deeply nested parts"),
        "{:?}",
        problems(&bomb)
    );
    let deep = format!("version: {}1{}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(problems(&deep).len(), 1);
}

#[test]
fn a_document_over_the_limit_is_refused() {
    let padding = "#".repeat(MAX_RULES_BYTES - GOOD.len());
    assert!(Rules::parse(format!("{GOOD}{padding}").as_bytes()).is_ok());
    assert_eq!(
        problems(&format!("{GOOD}{padding}#")),
        ["it has 1048577 bytes, at most 1048576 are accepted"]
    );
}

#[test]
fn no_error_quotes_the_document() {
    const SECRET: &str = "s3cret";
    let documents = [
        "version: s3cret",
        "databases: s3cret",
        "s3cret",
        "{s3cret: 1",
        "databases: [{name: 'a', sql: [UPDATE t SET a = 's3cret': 1}]",
        "UPDATE t SET a = 's3cret x': 1",
        "UPDATE t SET a = 's3cret x': 1\nUPDATE t SET a = 's3cret x': 1",
        "databases:\n- sql:\n  - UPDATE t SET a = 's3cret: y'",
        "databases:\n- sql:\n  - UPDATE t: SET a = 's3cret: y'",
        "databases: [{verify: [\"SELECT 's3cret'\"]}]",
        "databases: [{verify: [{SELECT 's3cret' : 1}]}]",
        "databases: [{name: !s3cret x}]",
        "databases: [{name: !!int s3cret}]",
        "databases: [{name: !!binary s3cret}]",
        "databases: [{name: *s3cret}]",
        "databases: [{name: \"s3cret\\q\"}]",
        "databases: [{name: |s3cret",
        "%TAG ! s3cret",
        "%s3cret\n---\n@s3cret",
        "a: 's3cret\n---\nb",
        "? [s3cret, 1]\n: 2",
        "databases: [{name: a, sql: [x], verify: [{expect_no_rows: {s3cret: 1}}]}]",
    ];
    for document in documents {
        let error = Rules::parse(document.as_bytes()).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SECRET), "{document}: {shown}");
    }
    let rules = Rules::parse(GOOD.as_bytes()).unwrap();
    assert!(!format!("{rules:?}").contains("UPDATE"));
}
