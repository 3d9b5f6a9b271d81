//! No secret in any state, log line, environment or argument of a run.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::fleet::{Fleet, PRODUCTION_PASSWORD, SOURCE, fleet};
use crate::engine::{self, aws, until};

/// Rules whose first script waits for a row in `go`, so that the test can look around in the middle of the run.
const WAITING: &str = "
version: 1
databases:
  - name: shop
    sql:
      - DO $$ BEGIN FOR n IN 1..20000 LOOP EXIT WHEN EXISTS (SELECT 1 FROM go); PERFORM pg_sleep(0.05); END LOOP; END $$
      - UPDATE people SET email = 'x', full_name = 'x', notes = NULL
    verify:
      - expect_no_rows: SELECT 1 FROM people WHERE email <> 'x'
";

/// Everything that the run has written or shown so far, with where.
fn seen(fleet: &Fleet, arn: &str) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    // By the command line: the SDK's own output hides inputs and outputs, from this test too.
    let history = aws(&["stepfunctions", "get-execution-history", "--execution-arn", arn]);
    seen.push(("execution history".to_owned(), history.to_string()));
    let groups = aws(&["logs", "describe-log-groups"]);
    for group in groups["logGroups"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|g| g["logGroupName"].as_str())
        // Other tests have hundreds of their own.
        .filter(|group| group.contains("RdsSnapshots"))
    {
        let events = aws(&["logs", "filter-log-events", "--log-group-name", group]);
        let messages = events["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|e| e["message"].as_str());
        seen.push((group.to_owned(), messages.collect::<Vec<_>>().join("\n")));
    }
    seen.extend(files(&engine::state().join("logs")));
    let run = rds_run::names::run_id(arn);
    for name in ["rules.yaml", "report.json", "manifest.json"] {
        let object = fleet.evidence(&run, name).unwrap_or_default();
        seen.push((name.to_owned(), String::from_utf8_lossy(&object).into_owned()));
    }
    seen.extend(process_table());
    seen
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            found.push((path.display().to_string(), text));
        }
    }
    found
}

/// Arguments and environments of all processes but this one.
fn process_table() -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let pid = entry.file_name().to_string_lossy().into_owned();
        if pid.parse::<u32>().is_ok_and(|pid| pid != std::process::id()) {
            for part in ["cmdline", "environ"] {
                let text = fs::read(entry.path().join(part)).unwrap_or_default();
                seen.push((
                    format!("process {pid} {part}"),
                    String::from_utf8_lossy(&text).replace('\0', "\n"),
                ));
            }
        }
    }
    seen
}

fn places<'a>(seen: &'a [(String, String)], word: &str) -> Vec<&'a str> {
    seen.iter()
        .filter(|(_, text)| text.contains(word))
        .map(|(place, _)| place.as_str())
        .collect()
}

#[test]
fn no_password_is_ever_seen_outside_the_secret() {
    let fleet = fleet();
    fleet.rules(WAITING);
    let arn = fleet.start("secrets");
    let run = rds_run::names::run_id(&arn);
    until("the sanitizer runs", || {
        engine::processes()
            .iter()
            .any(|n| n.contains("sanitizer"))
            .then_some(())
    });
    let secret = &fleet.secrets_of_rds()[0];
    let value = fleet
        .wait(fleet.secrets.get_secret_value().secret_id(secret).send())
        .unwrap();
    let value: Value = serde_json::from_str(value.secret_string().unwrap()).unwrap();
    let password = value["password"].as_str().unwrap();

    let during = seen(&fleet, &arn);
    fleet.sql(
        &format!("wrasse-tmp-{run}"),
        "shopkeeper",
        password,
        "INSERT INTO go VALUES (true)",
    );
    let ended = fleet.finish(&arn);
    assert_eq!(ended.status, "SUCCEEDED", "{}: {}", ended.error, ended.cause);
    let after = seen(&fleet, &arn);

    for (when, seen) in [("during", &during), ("after", &after)] {
        assert_eq!(
            places(seen, password),
            Vec::<&str>::new(),
            "the temporary password, {when} the run"
        );
        assert_eq!(
            places(seen, PRODUCTION_PASSWORD),
            Vec::<&str>::new(),
            "production's password, {when} the run"
        );
    }
    // The search itself finds what is there: the run's id in the history, a log, an environment; the secret's ARN in a state.
    let found = places(&during, &run);
    assert!(found.contains(&"execution history"), "{found:?}");
    assert!(
        found.iter().any(|place| place.ends_with("rds-snapshot-step")),
        "{found:?}"
    );
    assert!(found.iter().any(|place| place.ends_with("environ")), "{found:?}");
    assert!(places(&after, secret).contains(&"execution history"));
    assert_eq!(
        fleet.sql(SOURCE, "shopkeeper", PRODUCTION_PASSWORD, "SELECT count(*) FROM go"),
        "0"
    );
}
