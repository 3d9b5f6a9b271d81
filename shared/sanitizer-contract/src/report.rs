//! `report.json`: what the sanitizer did, for people and for the state machine. Written on success and on failure.
//!
//! It holds names, numbers and times: never SQL text, never a value out of the database.

use serde::{Deserialize, Serialize};

use crate::VERSION;

/// The report's file name below the run's evidence URI.
pub const REPORT_FILE: &str = "report.json";

/// The mask of a column that stays, which needs no proof.
pub(crate) const KEEP: &str = "keep";

/// Whether everything passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every script ran and no verification found a row.
    Passed,
    /// Something did not; the report's `problem` says what.
    Failed,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// The run's id.
    pub run: String,
    /// Whether everything passed.
    pub outcome: Outcome,
    /// SHA-256 of the rules document the run was asked to apply.
    pub rules_sha256: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC.
    pub finished_at: String,
    /// The databases in the order of the rules, as far as the work came.
    pub databases: Vec<DatabaseReport>,
    /// Why the run failed; `None` when it passed.
    pub problem: Option<Problem>,
}

/// What was done in one database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseReport {
    /// The database's name.
    pub name: String,
    /// The scripts that completed, in order.
    pub scripts: Vec<ScriptReport>,
    /// The tables that masks were for, in order, as far as the work came.
    pub tables: Vec<TableReport>,
    /// Columns of which the rules say nothing (`table.column`); they were kept.
    pub unclassified: Vec<String>,
    /// The verifications that completed, in order.
    pub verifications: Vec<VerificationReport>,
}

/// Where a script stands in the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScriptList {
    /// `sql`.
    Sql,
    /// `before`.
    Before,
    /// `after`.
    After,
}

/// One table that masks were for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableReport {
    /// The table, with its schema.
    pub table: String,
    /// Rows that were written; none of a table that was emptied.
    pub rows: u64,
    /// Wall time in seconds, with that of the tables that change together with it.
    pub seconds: f64,
    /// What was done to it, and what was found of it afterwards.
    pub masks: Vec<MaskReport>,
}

/// One mask and its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskReport {
    /// The column; `None` where the mask is for the table.
    pub column: Option<String>,
    /// As in the rules; a constant's text is not told.
    pub mask: String,
    /// Rows whose value the mask cannot have made; the proof passed when there are none. `None` before it was looked.
    pub unmasked: Option<u64>,
    /// Why the column is kept, where the rules say so.
    pub reason: Option<String>,
}

impl MaskReport {
    /// Whether it was looked at and found to be done.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.unmasked == Some(0)
    }
}

/// One completed script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptReport {
    /// The list that it is in.
    pub list: ScriptList,
    /// Position in that list, counted from 1.
    pub number: usize,
    /// Rows that its statements say they affected or returned.
    pub rows: u64,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// One completed verification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationReport {
    /// Position among the database's `verify` entries, counted from 1.
    pub number: usize,
    /// Rows that were found; the verification passed when there are none.
    pub rows_found: u64,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// A stable name, for machines.
    pub code: String,
    /// What was attempted, on what, what was found, and what to do; for people.
    pub message: String,
}

impl Report {
    /// The report out of `report.json`.
    ///
    /// # Errors
    /// The text is no report of version [`VERSION`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let report: Self = serde_json::from_slice(bytes)?;
        if report.version == VERSION {
            Ok(report)
        } else {
            Err(serde::de::Error::custom(format_args!(
                "version is {}, known is {VERSION}",
                report.version
            )))
        }
    }

    /// The bytes of `report.json`: indented, with a line end.
    ///
    /// # Errors
    /// None for a report made of finite numbers, as all of ours are.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// How many verifications ran and found nothing, and masks were proven.
    #[must_use]
    pub fn verifications_passed(&self) -> usize {
        let verified = self.verifications().filter(|verification| verification.rows_found == 0);
        verified.count() + self.masks().filter(|mask| mask.passed()).count()
    }

    /// All masks of all tables.
    pub fn masks(&self) -> impl Iterator<Item = &MaskReport> {
        let tables = self.databases.iter().flat_map(|database| &database.tables);
        tables.flat_map(|table| &table.masks)
    }

    /// All verifications of all databases.
    pub fn verifications(&self) -> impl Iterator<Item = &VerificationReport> {
        self.databases.iter().flat_map(|database| &database.verifications)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_the_documented_shape() {
        let report = Report {
            version: VERSION,
            run: "0123456789abcdef".into(),
            outcome: Outcome::Failed,
            rules_sha256: "ab".into(),
            started_at: "2026-11-20T10:00:00Z".into(),
            finished_at: "2026-11-20T10:00:02Z".into(),
            databases: vec![DatabaseReport {
                name: "shop".into(),
                scripts: vec![ScriptReport {
                    list: ScriptList::Before,
                    number: 1,
                    rows: 7,
                    seconds: 0.5,
                }],
                tables: vec![TableReport {
                    table: "public.users".into(),
                    rows: 7,
                    seconds: 1.5,
                    masks: vec![MaskReport {
                        column: Some("email".into()),
                        mask: "fake.email".into(),
                        unmasked: Some(0),
                        reason: None,
                    }],
                }],
                unclassified: vec!["public.users.note".into()],
                verifications: vec![VerificationReport {
                    number: 1,
                    rows_found: 2,
                    seconds: 0.25,
                }],
            }],
            problem: Some(Problem {
                code: "RowsFound".into(),
                message: "2 rows".into(),
            }),
        };
        let json = report.to_json().unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&json).unwrap(),
            serde_json::json!({
                "version": 1, "run": "0123456789abcdef", "outcome": "failed", "rules_sha256": "ab",
                "started_at": "2026-11-20T10:00:00Z", "finished_at": "2026-11-20T10:00:02Z",
                "databases": [{
                    "name": "shop",
                    "scripts": [{"list": "before", "number": 1, "rows": 7, "seconds": 0.5}],
                    "tables": [{
                        "table": "public.users", "rows": 7, "seconds": 1.5,
                        "masks": [{"column": "email", "mask": "fake.email", "unmasked": 0, "reason": null}],
                    }],
                    "unclassified": ["public.users.note"],
                    "verifications": [{"number": 1, "rows_found": 2, "seconds": 0.25}],
                }],
                "problem": {"code": "RowsFound", "message": "2 rows"},
            })
        );
        assert_eq!(Report::from_json(&json).unwrap(), report);
    }

    #[test]
    fn a_report_of_another_version_is_not_read() {
        let text = br#"{"version":2,"run":"r","outcome":"passed","rules_sha256":"","started_at":"","finished_at":"",
            "databases":[],"problem":null}"#;
        let error = Report::from_json(text).unwrap_err().to_string();
        assert!(error.starts_with("version is 2, known is 1"), "{error}");
    }
}
