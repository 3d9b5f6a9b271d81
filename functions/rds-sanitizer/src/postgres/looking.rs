//! What there is, and whether the masks can be computed of it.

use sanitizer_contract::Mask;

use super::dialect::{KeySource, Setting, expression, identifier, rows_of};
use super::{Session, refusal};
use crate::error::Error;
use crate::fit::{Change, Work};
use crate::schema::{Column, Table};

/// How many rows of a table the masks are tried on before anything changes.
const SAMPLE: u32 = 1_000;

/// What is found about a database before anything changes.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its tables.
    pub(crate) tables: Vec<Table>,
    /// Large objects, which have no columns to mask.
    pub(crate) large_objects: i64,
    /// Whether the user may rewrite the statistics, which hold values: the database is theirs.
    pub(crate) ours: bool,
    /// The role that owns the database.
    pub(crate) owner: String,
    /// Whether texts have no known encoding.
    pub(crate) raw_texts: bool,
}

impl Session {
    /// Looks at everything that masks care for.
    ///
    /// # Errors
    /// [`Error::MaskingFailed`], [`Error::ConnectionLost`].
    pub(crate) async fn find(&self) -> Result<Found, Error> {
        let about = "SELECT (SELECT count(*) FROM pg_largeobject_metadata), pg_has_role(d.datdba, 'USAGE'),
                     pg_get_userbyid(d.datdba)::text, current_setting('server_encoding')
                     FROM pg_database d WHERE d.datname = current_database()";
        let found = async {
            let about = self.client.query_one(about, &[]).await?;
            let tables = self.client.query(include_str!("catalog.sql"), &[]).await?;
            Ok((about, tables))
        };
        let (about, rows) = found
            .await
            .map_err(|error| self.masking("looking at its tables", &error))?;
        let tables = rows
            .iter()
            .map(|row| serde_json::from_str(row.get(0)).map_err(|_| Error::Defect));
        Ok(Found {
            tables: tables.collect::<Result<_, _>>()?,
            large_objects: about.get(0),
            ours: about.get(1),
            owner: about.get(2),
            raw_texts: about.get::<_, &str>(3) == "SQL_ASCII",
        })
    }

    /// Computes the masks of a table on some of its rows, with a key of zeros, and holds the results against types and
    /// CHECK constraints. Nothing changes, and no value leaves the server.
    ///
    /// # Errors
    /// [`Error::ConnectionLost`]. What does not fit is a problem in the answer.
    pub(crate) async fn try_masks(&self, work: &Work, raw_texts: bool) -> Result<Vec<String>, Error> {
        let setting = Setting {
            key: KeySource::Zeros,
            raw_texts,
        };
        let Change::Columns(columns) = &work.change else {
            return Ok(Vec::new());
        };
        let table = &work.table;
        let mut problems = Vec::new();
        let selected: Vec<_> = columns
            .iter()
            .map(|(column, mask)| masked_or_kept(column, mask, setting))
            .collect();
        let sample = format!("SELECT {} FROM {} LIMIT {SAMPLE}", selected.join(", "), rows_of(work));
        let mut queries = vec![(sample.clone(), None)];
        for check in &work.checks {
            let broken = format!(
                "SELECT 1 FROM ({sample}) {} WHERE NOT ({})",
                identifier(&work.table.name),
                check.condition
            );
            queries.push((broken, Some(&check.name)));
        }
        for (query, check) in queries {
            let counted = self.count_in_transaction(&query).await;
            let rolled_back = self.client.batch_execute("ROLLBACK").await;
            match (counted, check) {
                (Ok(_), None) | (Ok(0), _) => {}
                (Ok(rows), Some(check)) => problems.push(format!(
                    "tables.{table}: the masks break the CHECK constraint {check} in {rows} of the first {SAMPLE} rows"
                )),
                (Err(error), _) => {
                    if let Some(lost) = self.lost(&error, || format!("trying the masks of {table}")) {
                        return Err(lost);
                    }
                    problems.push(format!(
                        "tables.{table}: the masks cannot be computed: {}",
                        refusal::of_statement(&error, 0)
                    ));
                }
            }
            rolled_back.map_err(|error| self.masking("trying masks", &error))?;
        }
        Ok(problems)
    }
}

/// A column of a tried row: as it will be, under its own name.
fn masked_or_kept(column: &Column, mask: &Mask, setting: Setting) -> String {
    let name = identifier(&column.name);
    match expression(column, mask, setting) {
        Some(masked) => format!("({masked})::{} AS {name}", column.type_name),
        None => name,
    }
}
