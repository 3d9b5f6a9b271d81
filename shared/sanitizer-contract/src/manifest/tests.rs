use super::*;
use crate::{DatabaseReport, MaskReport, Problem, TableReport, VerificationReport};

const RUN: &str = "0123456789abcdef";
const RULES: &str = "aa11";

fn mask(column: &str, mask: &str, unmasked: Option<u64>) -> MaskReport {
    MaskReport {
        column: Some(column.into()),
        mask: mask.into(),
        unmasked,
        reason: None,
    }
}

fn passed_report() -> Report {
    Report {
        version: VERSION,
        run: RUN.into(),
        outcome: Outcome::Passed,
        rules_sha256: RULES.into(),
        started_at: "2026-11-20T10:00:00Z".into(),
        finished_at: "2026-11-20T10:00:02Z".into(),
        databases: vec![DatabaseReport {
            name: "shop".into(),
            scripts: vec![],
            tables: vec![TableReport {
                table: "public.users".into(),
                rows: 3,
                seconds: 0.1,
                masks: vec![mask("email", "fake.email", Some(0)), mask("id", "keep", None)],
            }],
            unclassified: vec![],
            verifications: vec![
                VerificationReport {
                    number: 1,
                    rows_found: 0,
                    seconds: 0.1,
                },
                VerificationReport {
                    number: 2,
                    rows_found: 0,
                    seconds: 0.1,
                },
            ],
        }],
        problem: None,
    }
}

/// Evidence as the sanitizer would write it for a report changed by `change`.
fn evidence(change: impl FnOnce(&mut Report)) -> (Manifest, Vec<u8>) {
    let mut report = passed_report();
    change(&mut report);
    let json = report.to_json().unwrap();
    (Manifest::of(&report, &json), json)
}

#[test]
fn evidence_of_a_passed_run_is_accepted_also_after_a_trip_through_json() {
    let (manifest, report) = evidence(|_| ());
    let manifest = Manifest::from_json(&manifest.to_json().unwrap()).unwrap();
    assert_eq!(manifest.verifications_passed, 3);
    assert_eq!(manifest.accept(RUN, RULES, &report), Ok(()));
}

#[test]
fn a_manifest_that_differs_is_rejected_with_what_differs() {
    type Change = fn(&mut Manifest);
    let cases: [(&str, Change); 7] = [
        (
            "the manifest has version 2, known is 1: deploy functions and sanitizer of one version",
            |m| {
                m.version = 2;
            },
        ),
        ("the manifest is of run other, this is run 0123456789abcdef", |m| {
            m.run = "other".into();
        }),
        (
            "the manifest is for rules with SHA-256 bb22, this run was planned with aa11",
            |m| {
                m.rules_sha256 = "bb22".into();
            },
        ),
        ("the manifest says that the sanitizer failed", |m| {
            m.outcome = Outcome::Failed;
        }),
        ("the manifest names 00", |m| m.report_sha256 = "00".into()),
        (
            "the manifest counts 4 passed verifications, the report 3; they must agree and be at least 1",
            |m| m.verifications_passed = 4,
        ),
        (
            "the manifest counts 0 passed verifications, the report 3; they must agree and be at least 1",
            |m| m.verifications_passed = 0,
        ),
    ];
    for (expected, change) in cases {
        let (mut manifest, report) = evidence(|_| ());
        change(&mut manifest);
        let message = manifest.accept(RUN, RULES, &report).unwrap_err().to_string();
        assert!(message.ends_with(expected), "{message} is not {expected}");
    }
}

#[test]
fn a_report_that_differs_is_rejected_even_when_its_manifest_matches_it() {
    type Change = fn(&mut Report);
    let cases: [(&str, Change); 8] = [
        ("the report cannot be read: version is 7, known is 1", |r| r.version = 7),
        (
            "the mask of public.users.email in database shop is not proven: 4 rows are not of its making",
            |r| r.databases[0].tables[0].masks[0].unmasked = Some(4),
        ),
        (
            "the mask of public.users in database shop is not proven: 0 rows are not of its making",
            |r| {
                r.databases[0].tables[0].masks[0] = MaskReport {
                    column: None,
                    ..mask("", "truncate", None)
                };
            },
        ),
        ("verification 2 of database shop found 4 rows", |r| {
            r.databases[0].verifications[1].rows_found = 4;
        }),
        ("the report says that the sanitizer failed", |r| {
            r.problem = Some(Problem {
                code: "X".into(),
                message: "x".into(),
            });
        }),
        (
            "the manifest counts 0 passed verifications, the report 0; they must agree and be at least 1",
            |r| {
                r.databases[0].verifications.clear();
                r.databases[0].tables.clear();
            },
        ),
        (
            "the manifest counts 0 passed verifications, the report 0; they must agree and be at least 1",
            |r| r.databases.clear(),
        ),
        ("the manifest is of run other, this is run 0123456789abcdef", |r| {
            r.run = "other".into();
        }),
    ];
    for (expected, change) in cases {
        let (manifest, report) = evidence(change);
        assert_eq!(manifest.accept(RUN, RULES, &report).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_manifest_that_claims_more_than_its_report_is_rejected() {
    type Change = fn(&mut Report);
    let cases: [(&str, Change); 3] = [
        ("the report says that the sanitizer failed", |r| {
            r.outcome = Outcome::Failed;
        }),
        ("the report is of run other, this is run 0123456789abcdef", |r| {
            r.run = "other".into();
        }),
        (
            "the manifest is for rules with SHA-256 cc33, this run was planned with aa11",
            |r| {
                r.rules_sha256 = "cc33".into();
            },
        ),
    ];
    for (expected, change) in cases {
        let (manifest, report) = evidence(change);
        let manifest = Manifest {
            run: RUN.into(),
            rules_sha256: RULES.into(),
            outcome: Outcome::Passed,
            ..manifest
        };
        assert_eq!(manifest.accept(RUN, RULES, &report).unwrap_err().to_string(), expected);
    }
}

#[test]
fn what_is_no_manifest_is_rejected() {
    for text in ["", "{}", "[]", "null", r#"{"version":1}"#] {
        let rejection = Manifest::from_json(text.as_bytes()).unwrap_err();
        assert!(
            matches!(rejection, Rejection::ManifestUnreadable(_)),
            "{text}: {rejection}"
        );
    }
    let (manifest, _) = evidence(|_| ());
    let newer = Manifest { version: 2, ..manifest }.to_json().unwrap();
    assert_eq!(Manifest::from_json(&newer), Err(Rejection::Version { found: 2 }));
}

#[test]
fn a_changed_report_byte_is_noticed() {
    let (manifest, mut report) = evidence(|_| ());
    report.push(b' ');
    assert!(matches!(
        manifest.accept(RUN, RULES, &report),
        Err(Rejection::ReportHash { .. })
    ));
}
