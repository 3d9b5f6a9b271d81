//! How often each record was put back, and which may be once more.

use std::collections::{BTreeMap, BTreeSet};

use crate::chunk::Entry;

/// What is to be done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Put,
    GiveUp,
}

/// Attempts by a record's digest.
pub(crate) type Attempts = BTreeMap<String, u32>;

/// Counts an attempt for each record that is to be put, one that occurs twice counts twice. `attempts` has how often
/// each was put back so far, and is brought up to date.
///
/// A record of more than `largest` bytes is given up: the source never takes it.
pub(crate) fn decide(entries: &[Entry], attempts: &mut Attempts, maximum: u32, largest: usize) -> Vec<Decision> {
    let decide = |entry: &Entry| {
        let count = attempts.entry(entry.digest.clone()).or_default();
        if entry.record.len() > largest || *count >= maximum {
            Decision::GiveUp
        } else {
            *count += 1;
            Decision::Put
        }
    };
    entries.iter().map(decide).collect()
}

/// Takes back the attempts of those that were not put, and returns what has changed by that.
pub(crate) fn take_back<'d>(attempts: &mut Attempts, not_put: impl Iterator<Item = &'d str>) -> Attempts {
    let mut changed = BTreeSet::new();
    for digest in not_put {
        if let Some(count) = attempts.get_mut(digest) {
            *count = count.saturating_sub(1);
            changed.insert(digest);
        }
    }
    let changed = changed.into_iter().filter_map(|digest| attempts.get_key_value(digest));
    changed.map(|(digest, count)| (digest.clone(), *count)).collect()
}

/// A count as the ledger's objects hold it: decimal digits.
pub(crate) fn parse(content: &[u8]) -> Option<u32> {
    std::str::from_utf8(content).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(record: &str) -> Entry {
        Entry {
            line: Vec::new(),
            record: record.into(),
            digest: record.to_uppercase(),
        }
    }

    fn attempts(counts: &[(&str, u32)]) -> Attempts {
        counts
            .iter()
            .map(|(digest, count)| ((*digest).to_owned(), *count))
            .collect()
    }

    #[test]
    fn a_record_is_put_until_its_attempts_are_used_up_also_within_one_object() {
        use Decision::{GiveUp, Put};
        let cases = [
            ("a", 0, vec![Put], 1),
            ("a", 1, vec![Put], 2),
            ("a", 2, vec![GiveUp], 2),
            ("a", 7, vec![GiveUp], 7),
            ("a a a", 0, vec![Put, Put, GiveUp], 2),
            ("too-large", 0, vec![GiveUp], 0),
        ];
        for (records, before, expected, after) in cases {
            let entries: Vec<Entry> = records.split(' ').map(entry).collect();
            let digest = entries[0].digest.clone();
            let mut counts = attempts(&[(&digest, before)]);
            assert_eq!(decide(&entries, &mut counts, 2, 4), expected, "{records}");
            assert_eq!(counts[&digest], after, "{records}");
        }
    }

    #[test]
    fn the_attempts_of_those_not_put_are_taken_back() {
        let mut counts = attempts(&[("A", 3), ("B", 1), ("C", 2)]);
        let changed = take_back(&mut counts, ["A", "B", "A"].into_iter());
        assert_eq!(changed, attempts(&[("A", 1), ("B", 0)]));
        assert_eq!(counts, attempts(&[("A", 1), ("B", 0), ("C", 2)]));
    }

    #[test]
    fn a_count_is_decimal_digits_and_nothing_else_is_guessed_at() {
        for (content, expected) in [
            ("0", Some(0)),
            ("12", Some(12)),
            ("", None),
            ("-1", None),
            ("1\n", None),
            ("x", None),
        ] {
            assert_eq!(parse(content.as_bytes()), expected, "{content}");
        }
    }
}
