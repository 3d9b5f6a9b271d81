//! The token that may read a repository. The only file that names Secrets Manager's SDK.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_client::{CallError, OnDemand, Outlook};
use aws_sdk_secretsmanager::Client;
use aws_types::SdkConfig;
use serde::Deserialize;
use tokio::time::Instant;

/// How long a token is used before it is read again.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// A token. It has no `Display`, and its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(String);

#[derive(Deserialize)]
struct Keyed {
    token: String,
}

impl Token {
    /// A secret's value: the token itself, or `{"token": "<the token>"}`. What is wrong with it is said without quoting it.
    fn parse(value: &str) -> Result<Self, &'static str> {
        // Editors and shells end a file with a new line.
        let value = value.trim();
        let text = if value.starts_with('{') {
            let keyed: Keyed = serde_json::from_str(value).map_err(|_| "it is JSON without the text `token`")?;
            keyed.token
        } else {
            value.to_owned()
        };
        if text.is_empty() {
            return Err("it is empty");
        }
        // Anything else could not be in a header.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("it has spaces or characters that are not ASCII");
        }
        Ok(Self(text))
    }

    /// For APIs (<https://www.rfc-editor.org/rfc/rfc6750#section-2.1>).
    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// For git (<https://www.rfc-editor.org/rfc/rfc7617>).
    pub(super) fn basic(&self, user: &str) -> String {
        let pair = format!("{user}:{}", self.0);
        format!("Basic {}", base64_simd::STANDARD.encode_to_string(pair))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(not shown)")
    }
}

/// Where the token is kept. The SDK's client is made by the first call.
#[derive(Debug)]
pub(super) struct Tokens {
    arn: String,
    client: OnDemand<Client>,
    kept: Mutex<Option<(Arc<Token>, Instant)>>,
}

impl Tokens {
    pub(super) fn new(arn: &str, config: &SdkConfig) -> Self {
        Self {
            arn: arn.to_owned(),
            client: OnDemand::new(config, Client::new),
            kept: Mutex::new(None),
        }
    }

    /// The secret's ARN, for people.
    pub(super) fn arn(&self) -> &str {
        &self.arn
    }

    /// The token that was read last, if that is not long ago.
    pub(super) fn known(&self) -> Option<Arc<Token>> {
        let kept = self.kept.lock().ok()?;
        let (token, since) = kept.as_ref()?;
        (since.elapsed() < KEPT_FOR).then(|| Arc::clone(token))
    }

    /// It was refused: the next question reads it anew.
    pub(super) fn let_go(&self) {
        if let Ok(mut kept) = self.kept.lock() {
            *kept = None;
        }
    }

    /// The token as it is now.
    pub(super) async fn newest(&self) -> Result<Arc<Token>, CallError> {
        let unusable = |why: &str| {
            let text = format!("the secret {} cannot be used: {why}", self.arn);
            CallError::told(Outlook::Refused, text)
        };
        let value = self.client.get_secret_value().secret_id(&self.arn).send().await?;
        let text = value.secret_string().ok_or_else(|| unusable("its value is no text"))?;
        let token = Arc::new(Token::parse(text).map_err(unusable)?);
        if let Ok(mut kept) = self.kept.lock() {
            *kept = Some((Arc::clone(&token), Instant::now()));
        }
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_text_or_in_json_and_is_not_shown() {
        let token = Token::parse("ghp_secret\n").unwrap();
        assert_eq!(token, Token::parse(r#"{"token": "ghp_secret"}"#).unwrap());
        assert_eq!(token.bearer(), "Bearer ghp_secret");
        assert_eq!(token.basic("user"), "Basic dXNlcjpnaHBfc2VjcmV0");
        assert_eq!(format!("{token:?}"), "Token(not shown)");
    }

    #[test]
    fn what_no_header_can_have_is_no_token_and_is_not_quoted() {
        for (value, says) in [
            ("", "empty"),
            (r#"{"token": ""}"#, "empty"),
            ("ghp secret", "spaces"),
            ("ghp\r\nx-secret: 1", "spaces"),
            ("sécret", "not ASCII"),
            (r#"{"secret": "ghp_secret"}"#, "without the text `token`"),
        ] {
            let why = Token::parse(value).unwrap_err();
            assert!(why.contains(says) && !why.contains("secret"), "{value}: {why}");
        }
    }
}
