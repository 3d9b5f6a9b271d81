//! Leaving no trace: old rows out of the files, old values out of statistics and materialized views.

use std::time::Duration;

use sanitizer_contract::TableName;

use super::Session;
use super::dialect::sql_name;
use crate::error::Error;

/// How long is waited for sessions that see what was there before the masks.
const READERS_PAUSE: Duration = Duration::from_secs(1);
const READERS_ATTEMPTS: u32 = 300;

impl Session {
    /// Waits until nobody reads what was there before: a rewrite copies rows that somebody may still see. Sessions of other
    /// roles tell their horizon to members of `pg_monitor` alone, as RDS's master user is one.
    ///
    /// # Errors
    /// [`Error::StillRead`] after five minutes, [`Error::MaskingFailed`], [`Error::ConnectionLost`].
    pub(crate) async fn wait_for_readers(&self) -> Result<(), Error> {
        let readers = "SELECT count(*), min(pid) FROM pg_stat_activity, (SELECT pg_current_xact_id()::xid AS now) n
                       WHERE pid <> pg_backend_pid() AND datname = current_database() AND age(backend_xmin) > age(now)";
        for _ in 0..READERS_ATTEMPTS {
            let row = self.client.query_one(readers, &[]).await;
            let row = row.map_err(|error| self.masking("looking for readers", &error))?;
            if row.get::<_, i64>(0) == 0 {
                return Ok(());
            }
            pause().await;
        }
        Err(Error::StillRead {
            database: self.database.clone(),
        })
    }

    /// Rewrites a table and its indexes, so that nothing of its old rows is left in its files, and its statistics.
    ///
    /// # Errors
    /// [`Error::MaskingFailed`], [`Error::ConnectionLost`].
    pub(crate) async fn rewrite(&self, table: &TableName) -> Result<(), Error> {
        let rewrite = format!("VACUUM (FULL, ANALYZE) {}", sql_name(table));
        let rewritten = self.client.batch_execute(&rewrite).await;
        rewritten.map_err(|error| self.masking(&format!("rewriting {table}"), &error))
    }

    /// Fills materialized views anew, in the order in which they were made, and rewrites the statistics: their old rows hold
    /// values of the tables.
    ///
    /// # Errors
    /// [`Error::MaskingFailed`], [`Error::ConnectionLost`].
    pub(crate) async fn refresh(&self) -> Result<(), Error> {
        let views =
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE c.relkind = 'm' AND c.relispopulated ORDER BY c.oid";
        let refresh = async {
            for view in self.client.query(views, &[]).await? {
                let view: &str = view.get(0);
                self.client
                    .batch_execute(&format!("REFRESH MATERIALIZED VIEW {view}"))
                    .await?;
                self.client.batch_execute(&format!("ANALYZE {view}")).await?;
            }
            for catalog in ["pg_statistic", "pg_statistic_ext_data"] {
                self.client
                    .batch_execute(&format!("VACUUM (FULL) pg_catalog.{catalog}"))
                    .await?;
            }
            Ok(())
        };
        refresh
            .await
            .map_err(|error| self.masking("filling materialized views and rewriting statistics", &error))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is a task, not a function: it is there to wait"
)]
async fn pause() {
    tokio::time::sleep(READERS_PAUSE).await;
}
