//! What the server's refusals may say to people.
//!
//! PostgreSQL's messages and details quote values (`Key (email)=(a@b.example) already exists`) and SQL
//! (`syntax error at or near "..."`). Codes and the names of objects do not, so those are what is told: see
//! <https://www.postgresql.org/docs/current/protocol-error-fields.html> for the fields.

use std::error::Error as _;

use tokio_postgres::error::{DbError, ErrorPosition, Severity};

use super::sqlstate;
use crate::config::Config;
use crate::error::{Error, Refusal};
use crate::tls::Demand;

/// The fields of a server's error that are looked at.
#[derive(Debug, Clone, Copy, Default)]
struct Fields<'a> {
    code: &'a str,
    message: &'a str,
    /// Set where a function or trigger was running: its author may have worded the message.
    context: Option<&'a str>,
    routine: Option<&'a str>,
    schema: Option<&'a str>,
    table: Option<&'a str>,
    column: Option<&'a str>,
    datatype: Option<&'a str>,
    constraint: Option<&'a str>,
    /// Character of the statement, counted from 1.
    position: Option<usize>,
}

impl<'a> Fields<'a> {
    fn of(error: &'a DbError) -> Self {
        Self {
            code: error.code().code(),
            message: error.message(),
            context: error.where_(),
            routine: error.routine(),
            schema: error.schema(),
            table: error.table(),
            column: error.column(),
            datatype: error.datatype(),
            constraint: error.constraint(),
            position: match error.position() {
                Some(ErrorPosition::Original(position)) => usize::try_from(*position).ok(),
                _ => None,
            },
        }
    }
}

/// Why a connection was not made.
pub(super) fn of_connection(error: tokio_postgres::Error, config: &Config, demand: Demand, database: &str) -> Error {
    let host = config.host.clone();
    let Some(fields) = error.as_db_error().map(Fields::of) else {
        return without_answer(error, config, demand);
    };
    match fields.code {
        "3D000" => Error::DatabaseUnknown {
            host,
            database: database.into(),
        },
        "28P01" => Error::PasswordRefused {
            host,
            secret_arn: config.secret_arn.clone(),
        },
        _ => Error::ConnectionRefused {
            host,
            database: database.into(),
            refusal: describe(&fields, 0),
        },
    }
}

/// tokio-postgres tells its kinds of errors apart by their text alone.
fn without_answer(error: tokio_postgres::Error, config: &Config, demand: Demand) -> Error {
    let host = config.host.clone();
    if error.to_string() == "error performing TLS handshake" {
        let offered = error
            .source()
            .is_none_or(|cause| cause.to_string() != "server does not support TLS");
        return match (offered, demand) {
            (false, Demand::Required) => Error::TlsNotOffered { host },
            _ => Error::TlsFailed {
                host,
                source: error.into(),
            },
        };
    }
    Error::ServerUnreachable {
        host,
        port: config.port,
        source: error.into(),
    }
}

/// Whether the connection is gone, rather than a statement refused: the server ends a session after saying FATAL.
pub(super) fn is_lost_connection(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => matches!(db.parsed_severity(), Some(Severity::Fatal | Severity::Panic)),
        None => {
            error.is_closed()
                || error
                    .source()
                    .and_then(|cause| cause.downcast_ref::<std::io::Error>())
                    .is_some()
        }
    }
}

/// Why a statement was not done. `prefix` is how many characters of the statement are ours.
pub(super) fn of_statement(error: &tokio_postgres::Error, prefix: usize) -> Refusal {
    if let Some(db) = error.as_db_error() {
        return describe(&Fields::of(db), prefix);
    }
    if error.to_string() == "unexpected message from server" {
        return Refusal("COPY with STDIN or STDOUT needs a client program such as psql and cannot be used here".into());
    }
    Refusal(error.to_string())
}

fn describe(fields: &Fields<'_>, prefix: usize) -> Refusal {
    let condition = sqlstate::condition(fields.code).map(|name| format!(" ({name})"));
    let message = may_be_told(fields).then(|| format!(": {}", fields.message));
    let position = fields
        .position
        .and_then(|position| position.checked_sub(prefix))
        .filter(|position| *position > 0);
    let parts = [Some(format!("SQLSTATE {}", fields.code)), condition, message]
        .into_iter()
        .chain(names(fields))
        .chain([
            position.map(|position| format!(", at character {position}")),
            sqlstate::advice(fields.code).map(|advice| format!("; {advice}")),
        ]);
    Refusal(parts.flatten().collect())
}

/// The objects that the error is about. RAISE can put anything into these fields.
fn names(fields: &Fields<'_>) -> [Option<String>; 5] {
    [
        ("schema", fields.schema),
        ("table", fields.table),
        ("column", fields.column),
        ("type", fields.datatype),
        ("constraint", fields.constraint),
    ]
    .map(|(kind, name)| {
        name.filter(|_| !is_raised(fields))
            .map(|name| format!(", {kind} {name}"))
    })
}

/// Whether the message holds fixed words and names of objects alone: by its code, because the server itself worded it,
/// and because all it quotes looks like a name (`"` around a value is a frequent slip of those used to MySQL).
fn may_be_told(fields: &Fields<'_>) -> bool {
    sqlstate::MESSAGE_HAS_ONLY_NAMES.contains(&fields.code)
        && fields.context.is_none()
        && !is_raised(fields)
        && !fields.message.contains(['\'', '\n'])
        && fields.message.split('"').skip(1).step_by(2).all(is_plain_name)
}

/// RAISE of a function, which words the message itself.
fn is_raised(fields: &Fields<'_>) -> bool {
    fields.routine == Some("exec_stmt_raise")
}

fn is_plain_name(quoted: &str) -> bool {
    !quoted.is_empty()
        && quoted
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_names_is_told() {
        let cases = [
            (
                "42P01",
                r#"relation "nope" does not exist"#,
                "SQLSTATE 42P01 (undefined_table): relation \"nope\" does not exist",
            ),
            (
                "42703",
                r#"column "u.x" does not exist"#,
                "SQLSTATE 42703 (undefined_column): column \"u.x\" does not exist",
            ),
            (
                "42883",
                "function f(integer) does not exist",
                "SQLSTATE 42883 (undefined_function): function f(integer) does not exist",
            ),
            (
                "42501",
                "permission denied for table users",
                "SQLSTATE 42501 (insufficient_privilege): permission denied for table users; the secret's user is no superuser: \
                 it must own the object or be granted the right",
            ),
            (
                "57014",
                "canceling statement due to statement timeout",
                "SQLSTATE 57014 (query_canceled): canceling statement due to statement timeout; where a time-out of the \
                 role or database is too short, SET statement_timeout = 0 in the script",
            ),
        ];
        for (code, message, expected) in cases {
            assert_eq!(
                describe(
                    &Fields {
                        code,
                        message,
                        ..Fields::default()
                    },
                    0
                )
                .0,
                expected
            );
        }
    }

    #[test]
    fn a_message_that_could_carry_data_or_sql_is_not_told() {
        let cases = [
            Fields {
                code: "22P02",
                message: r#"invalid input syntax for type integer: "s3cret""#,
                ..Fields::default()
            },
            Fields {
                code: "42601",
                message: r#"syntax error at or near "s3cret""#,
                ..Fields::default()
            },
            Fields {
                code: "P0001",
                message: "s3cret",
                ..Fields::default()
            },
            Fields {
                code: "28P01",
                message: r#"password authentication failed for user "s3cret""#,
                ..Fields::default()
            },
            Fields {
                code: "99999",
                message: "s3cret",
                ..Fields::default()
            },
            Fields {
                code: "42703",
                message: r#"column "s3cret@b.example" does not exist"#,
                ..Fields::default()
            },
            Fields {
                code: "42703",
                message: r#"column "my s3cret" does not exist"#,
                ..Fields::default()
            },
            Fields {
                code: "42703",
                message: r#"column "s3cret does not exist"#.trim(),
                context: Some("x"),
                ..Fields::default()
            },
            Fields {
                code: "42501",
                message: "no s3cret",
                context: Some("PL/pgSQL function f() line 1"),
                ..Fields::default()
            },
            Fields {
                code: "42501",
                message: "no s3cret",
                routine: Some("exec_stmt_raise"),
                ..Fields::default()
            },
            Fields {
                code: "42501",
                message: "no 's3cret'",
                ..Fields::default()
            },
            Fields {
                code: "42501",
                message: "no\ns3cret",
                ..Fields::default()
            },
            Fields {
                code: "P0001",
                table: Some("s3cret"),
                routine: Some("exec_stmt_raise"),
                ..Fields::default()
            },
        ];
        for fields in cases {
            let told = describe(&fields, 0).0;
            assert!(told.starts_with("SQLSTATE ") && !told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn names_and_the_position_in_the_users_own_text_are_told() {
        let fields = Fields {
            code: "23505",
            message: "duplicate key value violates unique constraint \"users_email_key\"",
            schema: Some("public"),
            table: Some("users"),
            constraint: Some("users_email_key"),
            ..Fields::default()
        };
        assert_eq!(
            describe(&fields, 0).0,
            "SQLSTATE 23505 (unique_violation), schema public, table users, constraint users_email_key"
        );
        let at = |position, prefix| {
            describe(
                &Fields {
                    code: "42601",
                    position,
                    ..Fields::default()
                },
                prefix,
            )
            .0
        };
        assert_eq!(at(Some(15), 0), "SQLSTATE 42601 (syntax_error), at character 15");
        assert_eq!(at(Some(15), 10), "SQLSTATE 42601 (syntax_error), at character 5");
        assert_eq!(at(Some(5), 10), "SQLSTATE 42601 (syntax_error)");
        assert_eq!(at(Some(10), 10), "SQLSTATE 42601 (syntax_error)");
    }
}
