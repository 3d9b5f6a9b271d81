//! Knows the rules document, the report and the manifest; does not know databases or AWS.
//!
//! Three documents connect the state machine and the sanitizer: the rules (what to do, written by a person), the report
//! (what was done, always written) and the manifest (the proof that everything passed, written last and only then).

mod hash;
mod manifest;
mod report;
mod rules;

pub use hash::sha256_hex;
pub use manifest::{MANIFEST_FILE, Manifest, Rejection};
pub use report::{
    DatabaseReport, MaskReport, Outcome, Problem, REPORT_FILE, Report, ScriptList, ScriptReport, TableReport,
    VerificationReport,
};
pub use rules::{
    Constant, Coverage, Database, Fake, Kept, MAX_RULES_BYTES, Mask, Part, Rules, RulesError, Seed, Sql, TableName,
    TableRule, TableRules, Verification,
};

/// The version of all three documents that this code writes and accepts.
pub const VERSION: u32 = 1;
