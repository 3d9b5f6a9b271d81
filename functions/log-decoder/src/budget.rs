//! What fits into the answer, and what becomes of the rest.

use crate::answer::FRAME_BYTES;

/// Bytes of a synchronous invocation's answer at most, 6 MB
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
pub(crate) const ANSWER_BYTES: usize = 6 * 1024 * 1024;

/// What the lines of one part of a split message may take of an answer, about: a few parts then share one.
const PART_BYTES: usize = ANSWER_BYTES / 4;

/// What can't shrink is put back only if its entry leaves this much to others: there are always others, with entries of their
/// own, and it would come again and again.
const ROOM_FOR_OTHERS: usize = 1024 * 1024;

/// What a record turned out to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Log events, whose entry takes so many bytes.
    Events { entry_bytes: usize, events: usize },
    /// Nothing to archive.
    Nothing,
    /// Nothing that can be read.
    Unreadable,
}

/// What a record asks of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    /// Its entry without data, which is reserved in any case.
    pub(crate) smallest_bytes: usize,
    pub(crate) found: Found,
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its data is in the answer.
    Answer,
    /// Its events go back to the source in so many messages.
    SplitInto(usize),
    /// One event: it goes back to the source as it is.
    PutBackWhole,
    /// One event, which no answer holds.
    TooLarge,
    /// There is nothing to archive.
    Dropped,
    /// It cannot be read.
    Failed,
}

/// What is left of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    /// Every record's smallest entry is taken off at once, so that each can be answered whatever comes.
    pub(crate) fn new(smallest_bytes: impl Iterator<Item = usize>) -> Self {
        Self {
            left: ANSWER_BYTES.saturating_sub(FRAME_BYTES + smallest_bytes.sum::<usize>()),
        }
    }

    /// Whether the entry fits, in the place of its smallest. Then it is taken.
    pub(crate) fn take(&mut self, entry_bytes: usize, smallest_bytes: usize) -> bool {
        match self.left.checked_sub(entry_bytes.saturating_sub(smallest_bytes)) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

/// What becomes of each record of a batch that does not fit.
///
/// Messages of one event come first: the others can be split, and are smaller when they come again. So each time that a batch
/// comes back there is less of it, in records that can only get smaller, until all is answered.
pub(crate) fn plan(claims: &[Claim]) -> Vec<Verdict> {
    let mut budget = Budget::new(claims.iter().map(|claim| claim.smallest_bytes));
    let single: Vec<Option<Verdict>> = claims
        .iter()
        .map(|claim| match claim.found {
            Found::Events { entry_bytes, events: 1 } => Some(match budget.take(entry_bytes, claim.smallest_bytes) {
                true => Verdict::Answer,
                false if entry_bytes <= ANSWER_BYTES - ROOM_FOR_OTHERS => Verdict::PutBackWhole,
                false => Verdict::TooLarge,
            }),
            _ => None,
        })
        .collect();
    let rest = claims
        .iter()
        .zip(single)
        .map(|(claim, single)| match (claim.found, single) {
            (_, Some(verdict)) => verdict,
            (Found::Events { entry_bytes, events }, None) => {
                if budget.take(entry_bytes, claim.smallest_bytes) {
                    Verdict::Answer
                } else {
                    Verdict::SplitInto(entry_bytes.div_ceil(PART_BYTES).clamp(2, events))
                }
            }
            (Found::Nothing, None) => Verdict::Dropped,
            (Found::Unreadable, None) => Verdict::Failed,
        });
    rest.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: usize = 100;

    fn events(entry_bytes: usize, events: usize) -> Claim {
        Claim {
            smallest_bytes: SMALLEST,
            found: Found::Events { entry_bytes, events },
        }
    }

    const fn nothing(found: Found) -> Claim {
        Claim {
            smallest_bytes: SMALLEST,
            found,
        }
    }

    /// All that one record can have beside `others` without data.
    const fn all_beside(others: usize) -> usize {
        ANSWER_BYTES - FRAME_BYTES - others * SMALLEST
    }

    #[test]
    fn what_becomes_of_records_by_their_size_and_order() {
        const MIB: usize = 1024 * 1024;
        use Verdict::{Answer, Dropped, Failed, PutBackWhole, SplitInto, TooLarge};
        let cases = [
            ("nothing", vec![], vec![]),
            ("exactly at the limit", vec![events(all_beside(0), 7)], vec![Answer]),
            (
                "one byte over it",
                vec![events(all_beside(0) + 1, 7)],
                vec![SplitInto(4)],
            ),
            ("one event at the limit", vec![events(all_beside(0), 1)], vec![Answer]),
            ("one event over it", vec![events(all_beside(0) + 1, 1)], vec![TooLarge]),
            (
                "others' smallest entries are reserved",
                vec![
                    events(all_beside(2), 7),
                    nothing(Found::Nothing),
                    nothing(Found::Unreadable),
                ],
                vec![Answer, Dropped, Failed],
            ),
            (
                "and not one byte of them can be had",
                vec![
                    nothing(Found::Unreadable),
                    nothing(Found::Nothing),
                    events(all_beside(2) + 1, 7),
                ],
                vec![Failed, Dropped, SplitInto(4)],
            ),
            (
                "one event goes first, wherever it is",
                vec![events(4 * MIB, 50), events(100, 50), events(3 * MIB, 1)],
                vec![SplitInto(3), Answer, Answer],
            ),
            (
                "of those the first go first",
                vec![events(3 * MIB, 1), events(4 * MIB, 1), events(2 * MIB, 1)],
                vec![Answer, PutBackWhole, Answer],
            ),
            (
                "what would not fit beside many others is not put back",
                vec![events(3 * MIB, 1), events(5 * MIB + 1, 1), events(5 * MIB, 1)],
                vec![Answer, TooLarge, PutBackWhole],
            ),
            (
                "no more parts than events, and two at least",
                vec![
                    events(5 * MIB, 9),
                    events(30 * MIB, 3),
                    events(2 * MIB, 2),
                    events(1_400_000, 9),
                ],
                vec![Answer, SplitInto(3), SplitInto(2), SplitInto(2)],
            ),
        ];
        for (name, claims, verdicts) in cases {
            assert_eq!(plan(&claims), verdicts, "{name}");
        }
    }

    #[test]
    fn an_entry_smaller_than_the_reserved_one_takes_nothing() {
        let mut budget = Budget::new([ANSWER_BYTES].into_iter());
        assert!(budget.take(SMALLEST - 1, SMALLEST));
        assert!(budget.take(SMALLEST, SMALLEST));
        assert!(!budget.take(SMALLEST + 1, SMALLEST));
    }
}
