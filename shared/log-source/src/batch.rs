//! What goes into one call.

use std::collections::VecDeque;

use crate::NotPut;

/// What a source takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one record, before base64; what the source itself adds to a record is already taken off.
    pub record_bytes: usize,
    /// Bytes that the source counts for a record beside its own.
    pub(crate) overhead_bytes: usize,
    /// Records of one call.
    pub(crate) call_records: usize,
    /// Bytes of one call, before base64.
    pub(crate) call_bytes: usize,
}

/// A record that waits for its next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) index: usize,
    pub(crate) bytes: usize,
    /// How often it was sent already.
    pub(crate) tries: u32,
}

/// What is to be sent, and for each record what is said of it if no answer ever comes.
pub(crate) fn queue(
    sizes: impl Iterator<Item = usize>,
    limits: Limits,
) -> (VecDeque<Pending>, Vec<Result<(), NotPut>>) {
    let mut pending = VecDeque::new();
    let mut outcomes = Vec::new();
    for (index, bytes) in sizes.enumerate() {
        let limit = limits.record_bytes;
        if bytes > limit {
            outcomes.push(Err(NotPut::TooLarge { bytes, limit }));
        } else {
            pending.push_back(Pending { index, bytes, tries: 0 });
            outcomes.push(Err(NotPut::TimeUp));
        }
    }
    (pending, outcomes)
}

/// Takes the next call's records from the front, at least one.
pub(crate) fn next(pending: &mut VecDeque<Pending>, limits: Limits) -> Vec<Pending> {
    let mut bytes = 0;
    let fitting = pending
        .iter()
        .take(limits.call_records)
        .take_while(|entry| {
            bytes += entry.bytes + limits.overhead_bytes;
            bytes <= limits.call_bytes
        })
        .count();
    pending.drain(..fitting.max(1).min(pending.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        record_bytes: 60,
        overhead_bytes: 4,
        call_records: 3,
        call_bytes: 100,
    };

    fn calls(sizes: &[usize]) -> Vec<Vec<usize>> {
        let (mut pending, _) = queue(sizes.iter().copied(), LIMITS);
        let mut calls = Vec::new();
        while !pending.is_empty() {
            calls.push(next(&mut pending, LIMITS).iter().map(|entry| entry.index).collect());
        }
        calls
    }

    #[test]
    fn a_call_has_as_many_records_as_number_and_bytes_allow() {
        let cases: [(&[usize], &[&[usize]]); 6] = [
            (&[], &[]),
            (&[1, 1, 1, 1], &[&[0, 1, 2], &[3]]),
            (&[46, 46, 1], &[&[0, 1], &[2]]),
            (&[46, 47, 1], &[&[0], &[1, 2]]),
            (&[60, 60, 60], &[&[0], &[1], &[2]]),
            (&[0, 0, 0], &[&[0, 1, 2]]),
        ];
        for (sizes, expected) in cases {
            assert_eq!(calls(sizes), expected, "{sizes:?}");
        }
    }

    #[test]
    fn a_record_over_the_limit_is_never_sent() {
        let (pending, outcomes) = queue([61, 60].into_iter(), LIMITS);
        assert_eq!(pending.iter().map(|entry| entry.index).collect::<Vec<_>>(), [1]);
        assert_eq!(
            outcomes,
            [Err(NotPut::TooLarge { bytes: 61, limit: 60 }), Err(NotPut::TimeUp)]
        );
    }
}
