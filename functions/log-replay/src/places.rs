//! Where things stand in the bucket.

use log_source::digest;

/// The keys of one archive.
///
/// What is written anew is named by its content as well: the same content gets the same name, so that writing it again
/// changes nothing, and other content never takes its place.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    errors: String,
}

impl Places {
    /// `error_prefix` ends with a slash.
    pub(crate) fn new(error_prefix: &str) -> Self {
        Self {
            errors: error_prefix.to_owned(),
        }
    }

    /// The error prefix.
    pub(crate) fn errors(&self) -> &str {
        &self.errors
    }

    /// Where the original of a replayed object goes.
    pub(crate) fn replayed(&self, key: &str) -> String {
        self.beside("replayed", self.below_errors(key))
    }

    /// Where an object goes that is no text of lines.
    pub(crate) fn given_up(&self, key: &str) -> String {
        self.beside("given-up", self.below_errors(key))
    }

    /// Where lines of an object go that were given up.
    pub(crate) fn given_up_lines(&self, key: &str, lines: &[u8]) -> String {
        format!("{}.{}", self.given_up(key), digest(lines))
    }

    /// Where lines of an object go that were not put: to its folder, so that a prefix that finds the one finds the other,
    /// and under its key's digest, so that it is never the object itself.
    pub(crate) fn left_lines(key: &str, lines: &[u8]) -> String {
        let folder = key.rfind('/').map_or(0, |slash| slash + 1);
        format!(
            "{}left-{:.16}-{}",
            &key[..folder],
            digest(key.as_bytes()),
            digest(lines)
        )
    }

    /// Where the attempts of a record are counted.
    pub(crate) fn ledger(&self, record: &str) -> String {
        self.beside("ledger", record)
    }

    fn below_errors<'k>(&self, key: &'k str) -> &'k str {
        key.strip_prefix(&self.errors).unwrap_or(key)
    }

    fn beside(&self, what: &str, rest: &str) -> String {
        format!("{}-{what}/{rest}", self.errors.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_ours_lies_outside_the_error_prefix_and_only_what_is_left_inside() {
        let places = Places::new("a/errors/");
        let key = "a/errors/processing-failed/2026/11/20/logs-1";
        let abc = digest(b"abc");
        assert_eq!(
            places.replayed(key),
            "a/errors-replayed/processing-failed/2026/11/20/logs-1"
        );
        assert_eq!(
            places.given_up(key),
            "a/errors-given-up/processing-failed/2026/11/20/logs-1"
        );
        assert_eq!(
            places.given_up_lines(key, b"abc"),
            format!("a/errors-given-up/processing-failed/2026/11/20/logs-1.{abc}")
        );
        assert_eq!(places.ledger("abc"), "a/errors-ledger/abc");
        let left = Places::left_lines(key, b"abc");
        assert!(
            left.starts_with("a/errors/processing-failed/2026/11/20/left-"),
            "{left}"
        );
        assert!(left.ends_with(&abc), "{left}");
    }

    #[test]
    fn what_is_left_of_what_was_left_has_another_name_that_is_no_longer() {
        let first = Places::left_lines("errors/logs-1", b"a\nb\n");
        let second = Places::left_lines(&first, b"b\n");
        assert_eq!(first.len(), second.len());
        assert_ne!(first, second);
        assert_ne!(first, Places::left_lines(&first, b"a\nb\n"));
    }
}
