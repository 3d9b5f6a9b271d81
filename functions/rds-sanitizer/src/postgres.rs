//! The only place that names tokio-postgres: connecting, running a script, counting what a query finds.

mod changing;
mod dialect;
mod looking;
mod proving;
mod refusal;
mod settling;
mod sqlstate;

pub(crate) use changing::Changed;
pub(crate) use looking::Found;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::Config;
use crate::error::{Error, Finding};
use crate::secrets::Credentials;
use crate::tls::{self, Demand};

/// One address; a security group that drops packets answers nothing.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A statement may run for hours without a byte on the wire: NAT and load balancers forget a silent connection after
/// minutes (AWS's after 350 s, <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html>).
const KEEPALIVE: Duration = Duration::from_mins(1);

/// PostgreSQL's usual schema.
pub(crate) const USUAL_SCHEMA: &str = "public";

/// What a verification is prefixed with. The server accepts exactly one `SELECT`, `VALUES` or read-only `WITH` after it.
const CURSOR: &str = "DECLARE wrasse_verification NO SCROLL CURSOR FOR ";

/// A database server and who to be on it.
pub(crate) struct Server<'a> {
    config: &'a Config,
    credentials: Credentials,
    tls: MakeRustlsConnect,
    addresses: Vec<IpAddr>,
}

impl<'a> Server<'a> {
    /// The server of the configuration. Its name is resolved once, so that the address that decides whether TLS may be
    /// left out is the one that is connected to.
    ///
    /// # Errors
    /// [`Error::CaBundleUnusable`], [`Error::HostNotFound`].
    pub(crate) async fn resolve(config: &'a Config, credentials: Credentials) -> Result<Self, Error> {
        let tls = MakeRustlsConnect::new(tls::client(&config.ca_bundle)?);
        let addresses = tokio::net::lookup_host((config.host.as_str(), config.port))
            .await
            .map_err(|source| Error::HostNotFound {
                host: config.host.clone(),
                source,
            })?
            .map(|address: SocketAddr| address.ip())
            .collect();
        Ok(Self {
            config,
            credentials,
            tls,
            addresses,
        })
    }

    /// A session in a database, over the first address that answers.
    ///
    /// # Errors
    /// Why the last address did not answer, or what the server answered instead of a session.
    pub(crate) async fn connect(&self, database: &str) -> Result<Session, Error> {
        let mut unreachable = None;
        for address in &self.addresses {
            match self.connect_to(*address, tls::demand(*address), database).await {
                Err(error @ Error::ServerUnreachable { .. }) => unreachable = Some(error),
                answered => return answered,
            }
        }
        Err(unreachable.unwrap_or_else(|| Error::HostNotFound {
            host: self.config.host.clone(),
            source: std::io::ErrorKind::NotFound.into(),
        }))
    }

    async fn connect_to(&self, address: IpAddr, demand: Demand, database: &str) -> Result<Session, Error> {
        let (client, connection) = tokio_postgres::Config::new()
            .host(&self.config.host)
            .hostaddr(address)
            .port(self.config.port)
            .ssl_mode(match demand {
                Demand::Required => SslMode::Require,
                Demand::Offered => SslMode::Prefer,
            })
            .user(&self.credentials.username)
            .password(self.credentials.password.expose())
            .dbname(database)
            .application_name(format!("rds-sanitizer {}", self.config.run))
            // Rows that a policy hides from the master user would be neither changed nor found by a verification: with
            // this they are an error (42501).
            .options("-c row_security=off")
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(KEEPALIVE)
            .keepalives_interval(KEEPALIVE)
            .connect(self.tls.clone())
            .await
            .map_err(|error| refusal::of_connection(error, self.config, demand, database))?;
        Ok(Session {
            client,
            connection: tokio::spawn(async move { drop(connection.await) }),
            database: database.into(),
        })
    }
}

/// A session in one database.
pub(crate) struct Session {
    client: Client,
    connection: JoinHandle<()>,
    database: String,
}

impl Session {
    /// Runs a script as one batch and counts the rows that its statements affected or returned. Returned rows are
    /// counted one by one and forgotten.
    ///
    /// # Errors
    /// [`Error::ScriptFailed`], [`Error::TransactionLeftOpen`], [`Error::ConnectionLost`].
    pub(crate) async fn run_script(&self, list: &'static str, number: usize, sql: &str) -> Result<u64, Error> {
        let failed = |error: tokio_postgres::Error| {
            self.lost(&error, || format!("{list} script {number}"))
                .unwrap_or_else(|| Error::ScriptFailed {
                    database: self.database.clone(),
                    list,
                    number,
                    refusal: refusal::of_statement(&error, 0),
                })
        };
        let rows = self.rows(sql).await.map_err(failed)?;
        if self.in_transaction().await.map_err(failed)? {
            return Err(Error::TransactionLeftOpen {
                database: self.database.clone(),
                list,
                number,
            });
        }
        Ok(rows)
    }

    async fn rows(&self, sql: &str) -> Result<u64, tokio_postgres::Error> {
        self.client
            .simple_query_raw(sql)
            .await?
            .try_fold(0_u64, |rows, message| async move {
                Ok(match message {
                    SimpleQueryMessage::CommandComplete(more) => rows.saturating_add(more),
                    _ => rows,
                })
            })
            .await
    }

    /// A transaction of this statement's own starts with it; one that was left open started before.
    async fn in_transaction(&self) -> Result<bool, tokio_postgres::Error> {
        let probe =
            "SELECT pg_catalog.transaction_timestamp() OPERATOR(pg_catalog.<>) pg_catalog.statement_timestamp()";
        let messages = self.client.simple_query(probe).await?;
        Ok(messages.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("t"),
            _ => false,
        }))
    }

    /// Counts the rows that a query finds. The server runs it in a read-only transaction and moves a cursor over the
    /// result, so that no value leaves it.
    ///
    /// # Errors
    /// [`Error::ConnectionLost`]. A query that the server does not accept is a [`Finding`].
    pub(crate) async fn count_rows(&self, number: usize, query: &str) -> Result<Finding, Error> {
        let counted = self.count_in_transaction(query).await;
        let finding = match counted {
            Ok(rows) => Ok(Finding::Rows(rows)),
            Err(error) => match self.lost(&error, || format!("verification {number}")) {
                Some(lost) => Err(lost),
                None => Ok(Finding::Refused(refusal::of_statement(&error, CURSOR.chars().count()))),
            },
        }?;
        self.client.batch_execute("ROLLBACK").await.map_err(|error| {
            let refusal = refusal::of_statement(&error, 0);
            Error::ConnectionLost {
                database: self.database.clone(),
                during: format!("verification {number}"),
                refusal,
            }
        })?;
        Ok(finding)
    }

    async fn count_in_transaction(&self, query: &str) -> Result<u64, tokio_postgres::Error> {
        // Cursors are planned for their first rows by default; here all are counted.
        self.client
            .batch_execute("BEGIN READ ONLY; SET LOCAL cursor_tuple_fraction = 1")
            .await?;
        // The extended protocol, because it refuses more than one statement.
        self.client.execute(&format!("{CURSOR}{query}"), &[]).await?;
        self.client
            .execute("MOVE FORWARD ALL IN wrasse_verification", &[])
            .await
    }

    /// Lets statements of masks take the time they need, whatever the role or database has set; a lock that somebody else holds
    /// shall not hold the run up for hours.
    ///
    /// # Errors
    /// [`Error::MaskingFailed`], [`Error::ConnectionLost`].
    pub(crate) async fn take_time(&self) -> Result<(), Error> {
        let set = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '1min'";
        self.client
            .batch_execute(set)
            .await
            .map_err(|error| self.masking("setting time-outs", &error))
    }

    fn masking(&self, step: &str, error: &tokio_postgres::Error) -> Error {
        self.lost(error, || step.to_owned())
            .unwrap_or_else(|| Error::MaskingFailed {
                database: self.database.clone(),
                step: step.to_owned(),
                refusal: refusal::of_statement(error, 0),
            })
    }

    /// Ends the session and waits until the server was told. An open transaction is rolled back.
    pub(crate) async fn close(self) {
        drop(self.client);
        // The task cannot fail, and whether the server still hears the good-bye does not matter.
        drop(self.connection.await);
    }

    fn lost(&self, error: &tokio_postgres::Error, during: impl FnOnce() -> String) -> Option<Error> {
        refusal::is_lost_connection(error).then(|| Error::ConnectionLost {
            database: self.database.clone(),
            during: during(),
            refusal: refusal::of_statement(error, 0),
        })
    }
}

#[cfg(test)]
mod tests;
