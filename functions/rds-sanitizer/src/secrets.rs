//! The only file that names Secrets Manager's SDK.

use std::fmt;

use aws_client::CallError;
use aws_sdk_secretsmanager::Client;
use serde::Deserialize;

use crate::error::Error;
use crate::key::{self, Key};

/// Who to be on the database server.
#[derive(Debug, Deserialize)]
pub(crate) struct Credentials {
    /// The master user's name.
    pub(crate) username: String,
    /// Its password.
    pub(crate) password: Password,
}

/// A password. It has no `Display`, and its `Debug` does not show it.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Password(String);

impl Password {
    /// The text, for the database driver alone.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(not shown)")
    }
}

/// The credentials in a secret that RDS made
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html>).
///
/// # Errors
/// [`Error::SecretUnreadable`], [`Error::SecretMalformed`].
pub(crate) async fn credentials(secrets: &Client, arn: &str) -> Result<Credentials, Error> {
    let answer = secrets
        .get_secret_value()
        .secret_id(arn)
        .send()
        .await
        .map_err(|error| Error::SecretUnreadable {
            arn: arn.into(),
            source: CallError::from(error).into(),
        })?;
    answer
        .secret_string()
        .and_then(parse)
        .ok_or_else(|| Error::SecretMalformed { arn: arn.into() })
}

/// The key of the masks: the secret's whole text or bytes.
///
/// # Errors
/// [`Error::SecretUnreadable`], [`Error::KeyUnusable`].
pub(crate) async fn key(secrets: &Client, arn: &str) -> Result<Key, Error> {
    let answer = secrets.get_secret_value().secret_id(arn).send().await;
    let answer = answer.map_err(|error| Error::SecretUnreadable {
        arn: arn.into(),
        source: CallError::from(error).into(),
    })?;
    let text = answer.secret_string().map(str::as_bytes);
    let bytes = text.or_else(|| answer.secret_binary().map(AsRef::as_ref));
    bytes.and_then(Key::new).ok_or_else(|| Error::KeyUnusable {
        problem: format!("the secret {arn} is shorter than {} bytes", key::LEAST_BYTES),
    })
}

/// serde's own error may quote what it read, so there is none.
fn parse(secret: &str) -> Option<Credentials> {
    serde_json::from_str(secret).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_rds_is_understood_and_not_shown() {
        let credentials = parse(r#"{"username":"master","password":"hunter2","engine":"postgres"}"#).unwrap();
        assert_eq!(credentials.username, "master");
        assert_eq!(credentials.password.expose(), "hunter2");
        assert!(!format!("{credentials:?}").contains("hunter2"));
    }

    #[test]
    fn what_is_no_such_secret_is_refused() {
        for text in [
            "",
            "hunter2",
            "{}",
            r#"{"username":"x"}"#,
            r#"{"username":"x","password":1}"#,
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
