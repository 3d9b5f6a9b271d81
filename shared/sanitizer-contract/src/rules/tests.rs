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
        ("seed: x", "unknown key \"seed\"; known keys: version, databases"),
        (
            "[]",
            "the document must be a mapping with version, databases, found a list",
        ),
        ("databases:", "databases must be a list, found nothing"),
        ("databases: []", "databases is empty"),
        (
            "databases: [1]",
            "databases[0] must be a mapping with name, sql, verify, found a number",
        ),
        (
            "databases: [{tables: {}}]",
            "unknown key \"tables\" in databases[0]; known keys: name, sql, verify",
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
fn all_problems_are_reported_at_once() {
    let found = problems("{version: 3, extra: 1, databases: [{name: a, sql: [], verify: [{expect: x}]}]}");
    assert_eq!(
        found,
        [
            "unknown key \"extra\"; known keys: version, databases",
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
            "the document must be a mapping with version, databases, found nothing",
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
