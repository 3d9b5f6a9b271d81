//! One batch: decode, and where not all of it fits, plan, put back, and decode the rest.

use crate::answer::{self, Answer};
use crate::budget::{self, Budget, Claim, Found, Verdict};
use crate::decoder::{Decoded, Decoder};
use crate::event::{Event, Record};
use crate::reingest::{Put, Returns};
use crate::tally::{Fate, Tally};

/// A batch of which the first records are answered.
pub(crate) struct Batch<'e> {
    event: &'e Event,
    answer: Answer,
    /// Of the records that the answer has.
    fates: Vec<Fate>,
    /// What becomes of each record; empty if all of them are answered.
    plan: Vec<Verdict>,
}

impl<'e> Batch<'e> {
    /// Answers all that fits, in order. Where something does not, all of it is decoded and planned: how much a message takes
    /// as lines cannot be told from outside.
    pub(crate) fn decode(event: &'e Event, decoder: &mut Decoder) -> Self {
        let mut batch = Self {
            event,
            answer: Answer::new(),
            fates: Vec::with_capacity(event.len()),
            plan: Vec::new(),
        };
        let mut budget = Budget::new(event.records().map(|record| answer::smallest_bytes(record.quoted_id)));
        let mut claims = Vec::with_capacity(event.len());
        let mut positions = Vec::with_capacity(event.len());
        for record in event.records() {
            let contents = decoder.decode(record.data);
            let claim = claim(record, &contents);
            let fits = match claim.found {
                Found::Events { entry_bytes, .. } => budget.take(entry_bytes, claim.smallest_bytes),
                Found::Nothing | Found::Unreadable => true,
            };
            if fits && batch.fates.len() == claims.len() {
                positions.push(batch.answer.position());
                batch.write(record, &contents);
            }
            claims.push(claim);
        }
        if batch.fates.len() < event.len() {
            batch.plan = budget::plan(&claims);
            batch.take_back(&positions);
        }
        batch
    }

    /// What has to be put back, in records of at most `record_bytes`.
    pub(crate) fn returns(&mut self, decoder: &mut Decoder, record_bytes: usize) -> Returns {
        let mut returns = Returns::default();
        for (index, verdict) in self.plan.iter_mut().enumerate() {
            let data = self.event.record(index).data.unwrap_or_default();
            let parts = match verdict {
                Verdict::Answer | Verdict::TooLarge | Verdict::Dropped | Verdict::Failed => continue,
                Verdict::PutBackWhole => Some(vec![data.to_vec()]),
                Verdict::SplitInto(into) => decoder.split(data, *into, record_bytes),
            };
            match parts {
                Some(parts) => returns.push(index, parts),
                None => *verdict = Verdict::TooLarge,
            }
        }
        returns
    }

    /// Answers the rest, when everything to be put back has been, save what `put` says.
    pub(crate) fn finish(mut self, decoder: &mut Decoder, put: &Put) -> (Answer, Tally) {
        for index in self.fates.len()..self.event.len() {
            let record = self.event.record(index);
            match self.plan[index] {
                Verdict::Answer | Verdict::Dropped | Verdict::Failed => {
                    let contents = decoder.decode(record.data);
                    self.write(record, &contents);
                }
                Verdict::TooLarge => self.fail(record, Fate::TooLarge),
                Verdict::SplitInto(_) | Verdict::PutBackWhole if put.failed.contains(&index) => {
                    self.fail(record, Fate::NotPutBack);
                }
                Verdict::SplitInto(_) | Verdict::PutBackWhole => {
                    self.answer.dropped(record.quoted_id);
                    self.fates.push(Fate::PutBack);
                }
            }
        }
        let tally = self.fates.into_iter().collect();
        (self.answer.close(), tally)
    }

    fn write(&mut self, record: Record, contents: &Decoded) {
        match *contents {
            Decoded::Events { data, metadata, events } => {
                self.answer.ok(record.quoted_id, data, metadata);
                self.fates.push(Fate::Answered { events });
            }
            Decoded::Nothing => {
                self.answer.dropped(record.quoted_id);
                self.fates.push(Fate::Nothing);
            }
            Decoded::Huge { .. } => self.fail(record, Fate::TooLarge),
            Decoded::Unreadable(reason) => self.fail(record, Fate::Unreadable(reason)),
        }
    }

    fn fail(&mut self, record: Record, fate: Fate) {
        self.answer.failed(record.quoted_id);
        self.fates.push(fate);
    }

    /// Takes back what was answered from the first record on that has to make room for a later one.
    fn take_back(&mut self, positions: &[usize]) {
        let makes_room = |verdict: &Verdict| {
            matches!(
                verdict,
                Verdict::SplitInto(_) | Verdict::PutBackWhole | Verdict::TooLarge
            )
        };
        let first = self.plan.iter().position(makes_room).unwrap_or_default();
        if let Some(position) = positions.get(first) {
            self.answer.cut(*position);
            self.fates.truncate(first);
        }
    }
}

fn claim(record: Record, contents: &Decoded) -> Claim {
    let found = match *contents {
        Decoded::Events { data, metadata, events } => Found::Events {
            entry_bytes: answer::ok_bytes(record.quoted_id, data.len(), metadata),
            events,
        },
        Decoded::Huge { bytes, events } => Found::Events {
            entry_bytes: answer::ok_bytes(record.quoted_id, bytes, ""),
            events,
        },
        Decoded::Nothing => Found::Nothing,
        Decoded::Unreadable(_) => Found::Unreadable,
    };
    Claim {
        smallest_bytes: answer::smallest_bytes(record.quoted_id),
        found,
    }
}

#[cfg(test)]
mod tests;
