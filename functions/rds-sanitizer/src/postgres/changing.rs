//! The change itself: the key, and one transaction a unit.

use std::pin::pin;

use sanitizer_contract::{Mask, TableName};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

use super::Session;
use super::dialect::{KeySource, Setting, expression, fingerprint, identifier, rows_of, sql_name, unmoved};
use crate::error::Error;
use crate::fit::{Change, Unit, Work, mask_has_no_form};
use crate::key::Key;
use crate::schema::Trigger;

/// What came of the change of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Rows that were written.
    pub(crate) rows: u64,
    /// For each masked column in order whose mask has no form of its own: rows whose value is the original's, though it
    /// should not.
    pub(crate) same: Vec<u64>,
}

/// How a change is proven whose result looks like any other value.
struct Proof {
    /// Notes the keyed hash of every row's original.
    before: String,
    /// Counts the rows that have it still.
    after: String,
}

impl Proof {
    fn of(work: &Work, setting: Setting) -> Option<Self> {
        let columns: Vec<_> = work.masked().filter(|(_, mask)| mask_has_no_form(mask)).collect();
        if columns.is_empty() {
            return None;
        }
        let key: Vec<_> = work.key.iter().map(|name| identifier(name)).collect();
        let key = key.join(", ");
        let hashes: Vec<_> = columns.iter().map(|(column, _)| fingerprint(column, setting)).collect();
        let noted = hashes
            .iter()
            .enumerate()
            .map(|(index, hash)| format!("{hash} AS wrasse_{index}"));
        let counted = columns.iter().zip(&hashes).enumerate();
        let counted = counted.map(|(index, ((column, mask), hash))| {
            let same = format!("{hash} = wrasse_{index}");
            match mask {
                Mask::NumberNoise { percent } => unmoved(column, *percent, &same),
                // What is infinitely far away is so on any other day.
                _ => format!(
                    "count(*) FILTER (WHERE {same} AND isfinite({}))",
                    identifier(&column.name)
                ),
            }
        });
        let rows = rows_of(work);
        Some(Self {
            before: format!(
                "CREATE TEMPORARY TABLE wrasse_before AS SELECT {key}, {} FROM {rows}",
                noted.collect::<Vec<_>>().join(", ")
            ),
            after: format!(
                "SELECT {} FROM {rows} JOIN pg_temp.wrasse_before USING ({key})",
                counted.collect::<Vec<_>>().join(", ")
            ),
        })
    }
}

impl Session {
    /// Puts the key where this session's masks find it. The rows of COPY are in no log, whatever the server logs of
    /// statements and their parameters, and a temporary table of one row stays in the session's memory.
    ///
    /// # Errors
    /// [`Error::MaskingFailed`], [`Error::ConnectionLost`].
    pub(crate) async fn load_key(&self, key: &Key) -> Result<(), Error> {
        let load = async {
            self.client
                .batch_execute(
                    "CREATE TEMPORARY TABLE wrasse_key (inner_block bytea NOT NULL, outer_block bytea NOT NULL)",
                )
                .await?;
            let sink = self
                .client
                .copy_in("COPY pg_temp.wrasse_key FROM STDIN (FORMAT binary)")
                .await?;
            let mut rows = pin!(BinaryCopyInWriter::new(sink, &[Type::BYTEA, Type::BYTEA]));
            rows.as_mut().write(&[&key.inner(), &key.outer()]).await?;
            rows.finish().await
        };
        load.await
            .map(drop)
            .map_err(|error| self.masking("bringing the key", &error))
    }

    /// Changes the tables of a unit, in one transaction: all of them, or none.
    ///
    /// # Errors
    /// [`Error::MaskingFailed`], [`Error::ConnectionLost`].
    pub(crate) async fn change(&self, unit: &Unit, raw_texts: bool) -> Result<Vec<Changed>, Error> {
        let setting = Setting {
            key: KeySource::Session,
            raw_texts,
        };
        let changed = self.change_in_transaction(unit, setting).await;
        changed.map_err(|error| {
            let tables: Vec<_> = unit.tables.iter().map(|work| work.table.to_string()).collect();
            self.masking(&format!("masking {}", tables.join(", ")), &error)
        })
    }

    async fn change_in_transaction(
        &self,
        unit: &Unit,
        setting: Setting,
    ) -> Result<Vec<Changed>, tokio_postgres::Error> {
        self.client.batch_execute("BEGIN").await?;
        self.client.batch_execute(&taken_away(unit)).await?;
        let mut changed = Vec::new();
        for work in &unit.tables {
            if work.change == Change::Truncate {
                self.forget_statistics(&work.table).await?;
            }
            changed.push(match update(work, setting) {
                Some(update) => self.mask(work, &update, setting).await?,
                None => Changed::default(),
            });
        }
        self.client.batch_execute(&brought_back(unit)).await?;
        self.client.batch_execute("COMMIT").await?;
        Ok(changed)
    }

    /// Empties the statistics of a table that was emptied: ANALYZE leaves those of a table without rows as they are, and
    /// they hold its most common values. Setting a column's type does, even to what it is. PostgreSQL does not for a column
    /// that a view shows; then the proof finds the statistics.
    async fn forget_statistics(&self, table: &TableName) -> Result<(), tokio_postgres::Error> {
        let columns = "SELECT format('%I TYPE %s', a.attname, format_type(a.atttypid, a.atttypmod)) || coalesce((
                SELECT format(' COLLATE %I.%I', n.nspname, c.collname) FROM pg_collation c JOIN pg_namespace n
                ON n.oid = c.collnamespace WHERE c.oid = a.attcollation AND c.collname <> 'default'), '')
            FROM pg_attribute a
            WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''";
        let table = sql_name(table);
        for column in self.client.query(columns, &[&table]).await? {
            let column: &str = column.get(0);
            let alter = format!("ALTER TABLE {table} ALTER COLUMN {column}");
            self.client.batch_execute("SAVEPOINT wrasse_statistics").await?;
            if self.client.batch_execute(&alter).await.is_err() {
                self.client.batch_execute("ROLLBACK TO wrasse_statistics").await?;
            }
        }
        Ok(())
    }

    /// The change itself, and for masks whose values look like any others the proof of it: by keyed hashes of what was.
    async fn mask(&self, work: &Work, update: &str, setting: Setting) -> Result<Changed, tokio_postgres::Error> {
        let Some(proof) = Proof::of(work, setting) else {
            let rows = self.client.execute(update, &[]).await?;
            return Ok(Changed { rows, same: Vec::new() });
        };
        self.client.batch_execute(&proof.before).await?;
        let rows = self.client.execute(update, &[]).await?;
        let row = self.client.query_one(&proof.after, &[]).await?;
        self.client.batch_execute("DROP TABLE pg_temp.wrasse_before").await?;
        let same = (0..row.len())
            .map(|index| row.get::<_, i64>(index).unsigned_abs())
            .collect();
        Ok(Changed { rows, same })
    }
}

/// Triggers, rewrite rules and foreign keys go for the time of the change, in its own transaction: whatever ends it, they
/// are back. Tables are emptied in one statement, as they may refer to one another.
fn taken_away(unit: &Unit) -> String {
    let off = |(what, it): (&str, &Trigger)| {
        let (table, name) = (sql_name(&it.table()), identifier(&it.name));
        format!("ALTER TABLE {table} DISABLE {what} {name}")
    };
    let keys = unit.foreign_keys.iter().map(|(table, key)| {
        let (table, name) = (sql_name(table), identifier(&key.name));
        format!("ALTER TABLE {table} DROP CONSTRAINT {name}")
    });
    let emptied = unit.tables.iter().filter(|work| work.change == Change::Truncate);
    let emptied: Vec<_> = emptied.map(|work| sql_name(&work.table)).collect();
    let truncate = (!emptied.is_empty()).then(|| format!("TRUNCATE {}", emptied.join(", ")));
    let statements = watching(unit).map(off).chain(keys).chain(truncate);
    statements.collect::<Vec<_>>().join("; ")
}

fn brought_back(unit: &Unit) -> String {
    let keys = unit.foreign_keys.iter().map(|(table, key)| {
        let (table, name) = (sql_name(table), identifier(&key.name));
        format!("ALTER TABLE {table} ADD CONSTRAINT {name} {}", key.definition)
    });
    let on = |(what, it): (&str, &Trigger)| {
        let (table, name) = (sql_name(&it.table()), identifier(&it.name));
        format!("ALTER TABLE {table} {} {what} {name}", it.enable)
    };
    // A table with checks still to come cannot be altered.
    let now = std::iter::once("SET CONSTRAINTS ALL IMMEDIATE".to_owned());
    let statements = now.chain(keys).chain(watching(unit).map(on));
    statements.collect::<Vec<_>>().join("; ")
}

/// Everything that would see the change of a unit.
fn watching(unit: &Unit) -> impl Iterator<Item = (&'static str, &Trigger)> {
    let works = unit.tables.iter().filter(|work| work.changes());
    works.flat_map(|work| {
        let triggers = work.triggers.iter().map(|trigger| ("TRIGGER", trigger));
        triggers.chain(work.rules.iter().map(|rule| ("RULE", rule)))
    })
}

/// One pass over the table; none where nothing of it changes.
fn update(work: &Work, setting: Setting) -> Option<String> {
    let sets: Vec<_> = work
        .masked()
        .filter_map(|(column, mask)| {
            let masked = expression(column, mask, setting)?;
            Some(format!("{} = {masked}", identifier(&column.name)))
        })
        .collect();
    (!sets.is_empty()).then(|| format!("UPDATE {} SET {}", rows_of(work), sets.join(", ")))
}
