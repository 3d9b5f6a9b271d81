//! What the gate tells itself by a continuation token: since when it holds the action.

use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Token {
    /// Seconds since 1970.
    since: i64,
}

pub(crate) fn token(since: Timestamp) -> String {
    format!("{{\"since\":{}}}", since.as_second())
}

/// A token that is not ours counts as held for ever: nothing is held beyond its maximum.
pub(crate) fn since(token: &str) -> Timestamp {
    serde_json::from_str::<Token>(token)
        .ok()
        .and_then(|token| Timestamp::from_second(token.since).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_since_when_to_the_second() {
        let noon: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        assert_eq!(since(&token(noon)), noon);
        assert_eq!(since(&token("2026-11-20T12:00:00.9Z".parse().unwrap())), noon);
    }

    #[test]
    fn a_strange_token_holds_nothing() {
        for strange in ["", "{}", "{\"since\":\"noon\"}", "{\"since\":99999999999999}", "17"] {
            assert_eq!(since(strange), Timestamp::UNIX_EPOCH, "{strange}");
        }
    }
}
