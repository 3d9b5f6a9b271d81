//! Looking at every masked value.

use sanitizer_contract::{Mask, TableName};

use super::Session;
use super::dialect::{identifier, literal, rows_of, sql_name};
use crate::error::Error;
use crate::fit::{Change, Work, mask_has_no_form};
use crate::masks::{Formula, REDACTIONS};
use crate::schema::{Column, Kind};

impl Session {
    /// Counts, for every mask of a table whose values have a form, the rows that it cannot have made, in one pass.
    ///
    /// # Errors
    /// [`Error::MaskingFailed`], [`Error::ConnectionLost`].
    pub(crate) async fn unmasked(&self, work: &Work) -> Result<Vec<u64>, Error> {
        let counts: Vec<_> = match &work.change {
            Change::Truncate => vec![format!("count(*) + ({})", statistics_of(&work.table))],
            Change::Columns(_) => {
                let masked = work.masked().filter(|(_, mask)| !mask_has_no_form(mask));
                masked
                    .map(|(column, mask)| format!("count(*) FILTER (WHERE {})", not_of(column, mask)))
                    .collect()
            }
        };
        if counts.is_empty() {
            return Ok(Vec::new());
        }
        let query = format!("SELECT {} FROM {}", counts.join(", "), rows_of(work));
        let row = self
            .client
            .query_one(&query, &[])
            .await
            .map_err(|error| self.masking(&format!("verifying {}", work.table), &error))?;
        Ok((0..counts.len())
            .map(|index| row.get::<_, i64>(index).unsigned_abs())
            .collect())
    }
}

/// Counts the statistics of a table and its indexes that hold values.
fn statistics_of(table: &TableName) -> String {
    format!(
        "SELECT count(*) FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename JOIN pg_namespace n ON n.oid = c.relnamespace \
         AND n.nspname = s.schemaname WHERE (s.most_common_vals IS NOT NULL OR s.histogram_bounds IS NOT NULL) AND (c.oid = \
         {table}::regclass OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = {table}::regclass))",
        table = literal(&sql_name(table))
    )
}

/// True for a value that the mask cannot have made.
fn not_of(column: &Column, mask: &Mask) -> String {
    let value = identifier(&column.name);
    match mask {
        Mask::Null => format!("{value} IS NOT NULL"),
        Mask::Constant(text) => format!("{value} <> {}::{}", literal(text.as_str()), column.type_name),
        Mask::TruncateText { characters } => format!("char_length({value}::text) > {characters}"),
        Mask::Redact => {
            let patterns = REDACTIONS.iter();
            let found: Vec<_> = patterns
                .map(|(pattern, _)| format!("{value}::text ~ {}", literal(pattern)))
                .collect();
            found.join(" OR ")
        }
        Mask::Keep(_) | Mask::DateShift { .. } | Mask::NumberNoise { .. } => "false".into(),
        Mask::Hash { .. } | Mask::Fake(_) | Mask::Template(_) => match Formula::of(mask) {
            Some(formula) if column.kind == Kind::Address => {
                format!("host({value}) !~ {}", literal(&formula.form()))
            }
            Some(formula) => format!("{value}::text !~ {}", literal(&formula.form())),
            None => "false".into(),
        },
    }
}
