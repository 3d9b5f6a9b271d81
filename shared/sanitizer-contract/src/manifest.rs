//! `manifest.json`: the proof that this run applied these rules and every verification passed.

use serde::{Deserialize, Serialize};

use crate::report::KEEP;
use crate::{DatabaseReport, MaskReport, Outcome, Report, TableReport, VERSION, sha256_hex};

/// The manifest's file name below the run's evidence URI.
pub const MANIFEST_FILE: &str = "manifest.json";

/// The sanitizer's last word. A copy without an accepted manifest is never kept or shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// The run's id.
    pub run: String,
    /// SHA-256 of the rules document that was applied.
    pub rules_sha256: String,
    /// SHA-256 of the bytes of `report.json`.
    pub report_sha256: String,
    /// [`Outcome::Passed`]: there is no manifest of a failed run.
    pub outcome: Outcome,
    /// How many verifications ran and found nothing; at least one.
    pub verifications_passed: usize,
    /// RFC 3339, UTC.
    pub finished_at: String,
}

/// Why evidence proves nothing about this run. The message says what differs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The text is no manifest.
    #[error("the manifest cannot be read: {0}")]
    ManifestUnreadable(String),
    /// Written by another version of the sanitizer.
    #[error("the manifest has version {found}, known is {VERSION}: deploy functions and sanitizer of one version")]
    Version {
        /// The manifest's.
        found: u32,
    },
    /// Evidence of another run.
    #[error("the manifest is of run {found}, this is run {expected}")]
    Run {
        /// This run.
        expected: String,
        /// The manifest's.
        found: String,
    },
    /// Other rules were applied than those this run was planned with.
    #[error("the manifest is for rules with SHA-256 {found}, this run was planned with {expected}")]
    Rules {
        /// The hash the run was planned with.
        expected: String,
        /// The manifest's or the report's.
        found: String,
    },
    /// The sanitizer itself says that it failed.
    #[error("the {document} says that the sanitizer failed")]
    NotPassed {
        /// `manifest` or `report`.
        document: &'static str,
    },
    /// The report was changed after the manifest, or is of another attempt.
    #[error("the report has SHA-256 {found}, the manifest names {expected}")]
    ReportHash {
        /// The manifest's.
        expected: String,
        /// Of the bytes at hand.
        found: String,
    },
    /// The text is no report.
    #[error("the report cannot be read: {0}")]
    ReportUnreadable(String),
    /// The report is of another run.
    #[error("the report is of run {found}, this is run {expected}")]
    ReportRun {
        /// This run.
        expected: String,
        /// The report's.
        found: String,
    },
    /// A verification found rows.
    #[error("verification {number} of database {database} found {rows_found} rows")]
    RowsFound {
        /// The database.
        database: String,
        /// Counted from 1.
        number: usize,
        /// At least 1.
        rows_found: u64,
    },
    /// A mask was not proven.
    #[error("the mask of {table} in database {database} is not proven: {unmasked} rows are not of its making")]
    NotMasked {
        /// The database.
        database: String,
        /// The table, with the column where the mask is one column's.
        table: String,
        /// Rows; 0 where it was not looked.
        unmasked: u64,
    },
    /// Nothing was verified, or the two documents disagree on how much was.
    #[error(
        "the manifest counts {manifest} passed verifications, the report {report}; they must agree and be at least 1"
    )]
    VerificationCount {
        /// The manifest's.
        manifest: usize,
        /// The report's.
        report: usize,
    },
}

impl Manifest {
    /// The manifest of a report whose every verification passed.
    #[must_use]
    pub fn of(report: &Report, report_json: &[u8]) -> Self {
        Self {
            version: VERSION,
            run: report.run.clone(),
            rules_sha256: report.rules_sha256.clone(),
            report_sha256: sha256_hex(report_json),
            outcome: report.outcome,
            verifications_passed: report.verifications_passed(),
            finished_at: report.finished_at.clone(),
        }
    }

    /// The manifest out of `manifest.json`. Whether it proves anything is [`Manifest::accept`]'s to say.
    ///
    /// # Errors
    /// [`Rejection::ManifestUnreadable`], [`Rejection::Version`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, Rejection> {
        let manifest: Self =
            serde_json::from_slice(bytes).map_err(|error| Rejection::ManifestUnreadable(error.to_string()))?;
        if manifest.version == VERSION {
            Ok(manifest)
        } else {
            Err(Rejection::Version {
                found: manifest.version,
            })
        }
    }

    /// The bytes of `manifest.json`: indented, with a line end.
    ///
    /// # Errors
    /// None in practice: there is nothing in it that JSON cannot hold.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Accepts the manifest and the report it names as proof that `run` applied the rules with hash `rules_sha256`
    /// and that every verification passed.
    ///
    /// # Errors
    /// The first thing that differs.
    pub fn accept(&self, run: &str, rules_sha256: &str, report_json: &[u8]) -> Result<(), Rejection> {
        if self.version != VERSION {
            return Err(Rejection::Version { found: self.version });
        }
        if self.run != run {
            return Err(Rejection::Run {
                expected: run.into(),
                found: self.run.clone(),
            });
        }
        if self.rules_sha256 != rules_sha256 {
            return Err(Rejection::Rules {
                expected: rules_sha256.into(),
                found: self.rules_sha256.clone(),
            });
        }
        if self.outcome != Outcome::Passed {
            return Err(Rejection::NotPassed { document: "manifest" });
        }
        let found = sha256_hex(report_json);
        if self.report_sha256 != found {
            return Err(Rejection::ReportHash {
                expected: self.report_sha256.clone(),
                found,
            });
        }
        let report = Report::from_json(report_json).map_err(|error| Rejection::ReportUnreadable(error.to_string()))?;
        self.accept_report(run, rules_sha256, &report)
    }

    fn accept_report(&self, run: &str, rules_sha256: &str, report: &Report) -> Result<(), Rejection> {
        if report.run != run {
            return Err(Rejection::ReportRun {
                expected: run.into(),
                found: report.run.clone(),
            });
        }
        if report.rules_sha256 != rules_sha256 {
            return Err(Rejection::Rules {
                expected: rules_sha256.into(),
                found: report.rules_sha256.clone(),
            });
        }
        for database in &report.databases {
            if let Some(failed) = database
                .verifications
                .iter()
                .find(|verification| verification.rows_found > 0)
            {
                return Err(Rejection::RowsFound {
                    database: database.name.clone(),
                    number: failed.number,
                    rows_found: failed.rows_found,
                });
            }
        }
        if let Some((database, table, mask)) = unproven(report).next() {
            return Err(Rejection::NotMasked {
                database: database.name.clone(),
                table: match &mask.column {
                    Some(column) => format!("{}.{column}", table.table),
                    None => table.table.clone(),
                },
                unmasked: mask.unmasked.unwrap_or_default(),
            });
        }
        if report.outcome != Outcome::Passed || report.problem.is_some() {
            return Err(Rejection::NotPassed { document: "report" });
        }
        let in_report = report.verifications_passed();
        if self.verifications_passed != in_report || in_report == 0 {
            return Err(Rejection::VerificationCount {
                manifest: self.verifications_passed,
                report: in_report,
            });
        }
        Ok(())
    }
}

/// The masks that were not found to be done.
fn unproven(report: &Report) -> impl Iterator<Item = (&DatabaseReport, &TableReport, &MaskReport)> {
    let tables = report
        .databases
        .iter()
        .flat_map(|database| database.tables.iter().map(move |table| (database, table)));
    let masks = tables.flat_map(|(database, table)| table.masks.iter().map(move |mask| (database, table, mask)));
    masks.filter(|(_, _, mask)| mask.mask != KEEP && !mask.passed())
}

#[cfg(test)]
mod tests;
