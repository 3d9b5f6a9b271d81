//! What is to be done about a block: by what is known of Health, then by where its action stands.

use gate_notice::What;
use gate_record::{Block, CLAIM_LASTS, Known, Outcome, State};
use jiff::Timestamp;

use crate::standing::Standing;

/// What is to be done about a block, by what is known of Health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Something blocks it, or may, or somebody else is about to retry it.
    Leave,
    /// Something blocks it again, but it may have been retried before that.
    Look,
    /// Its time is over.
    GiveUp,
    /// Nothing blocks it: if it is still the one to retry, it is retried.
    Retry,
}

/// A fresh claim is its claimer's business alone. Whoever claimed longer ago died over it.
pub(crate) fn next(block: &Block, known: &Known, now: Timestamp) -> Next {
    let clear = matches!(known, Known::Events { events, .. } if events.is_empty());
    match block.state {
        State::Resuming { claimed_at } if now.duration_since(claimed_at) <= CLAIM_LASTS => Next::Leave,
        _ if now >= block.until => Next::GiveUp,
        _ if clear => Next::Retry,
        State::Resuming { .. } => Next::Look,
        State::Waiting => Next::Leave,
    }
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Nothing,
    Retry,
    End(Ending),
}

/// How a block ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It was retried by this function.
    Resumed,
    /// Somebody saw to it otherwise, for this reason.
    Settled(&'static str),
    /// It is not retried, and nobody may know, for this reason.
    Lost(&'static str),
    /// Its time is over.
    GaveUp,
}

/// A retry of what nobody claimed was somebody else's; of what was claimed it was the claimer's, who died before saying so.
pub(crate) fn act(next: Next, state: State, standing: Standing) -> Act {
    match (standing, next) {
        (_, Next::Leave) => Act::Nothing,
        (Standing::Over(reason), _) => Act::End(Ending::Settled(reason)),
        (Standing::Lost(reason), _) => Act::End(Ending::Lost(reason)),
        (Standing::Retried, _) => Act::End(match state {
            State::Waiting => Ending::Settled("somebody else retried it"),
            State::Resuming { .. } => Ending::Resumed,
        }),
        (Standing::Failed, Next::Retry) => Act::Retry,
        (Standing::Failed | Standing::Early, Next::GiveUp) => Act::End(Ending::GaveUp),
        (Standing::Running | Standing::Early, _) | (Standing::Failed, Next::Look) => Act::Nothing,
    }
}

impl Ending {
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Resumed => Outcome::Resumed,
            Self::Settled(_) | Self::Lost(_) => Outcome::Settled,
            Self::GaveUp => Outcome::GaveUp,
        }
    }

    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Resumed => "nothing blocks it any more",
            Self::Settled(reason) | Self::Lost(reason) => reason,
            Self::GaveUp => "its events were not closed in time",
        }
    }

    /// What people are told: nothing where somebody did something else on purpose.
    pub(crate) fn told(self) -> Option<What> {
        match self {
            Self::Resumed => Some(What::Resumed),
            Self::Settled(_) => None,
            Self::Lost(_) | Self::GaveUp => Some(What::GaveUp),
        }
    }
}

#[cfg(test)]
mod tests {
    use gate_record::Source;
    use jiff::SignedDuration;

    use super::*;
    use crate::fixtures::{block, event, noon};

    fn claimed(ago: SignedDuration) -> State {
        State::Resuming {
            claimed_at: noon() - ago,
        }
    }

    #[test]
    fn only_what_is_known_to_be_clear_and_nobody_is_at_is_retried() {
        let second = SignedDuration::from_secs(1);
        let fresh = claimed(CLAIM_LASTS);
        let left = claimed(CLAIM_LASTS + second);
        let events = |events| Known::Events {
            events,
            source: Source::Api,
        };
        let (clear, open) = (events(vec![]), events(vec![event()]));
        let unknown = Known::Unknown("it is silent".to_owned());
        let (early, late) = (noon() + second, noon());
        let cases = [
            (State::Waiting, &clear, early, Next::Retry),
            (State::Waiting, &open, early, Next::Leave),
            (State::Waiting, &unknown, early, Next::Leave),
            (State::Waiting, &open, late, Next::GiveUp),
            (State::Waiting, &unknown, late, Next::GiveUp),
            (State::Waiting, &clear, late, Next::GiveUp),
            (fresh, &clear, early, Next::Leave),
            (fresh, &open, late, Next::Leave),
            (left, &clear, early, Next::Retry),
            (left, &open, early, Next::Look),
            (left, &unknown, early, Next::Look),
            (left, &clear, late, Next::GiveUp),
        ];
        for (state, known, until, expected) in cases {
            let block = Block {
                state,
                until,
                ..block()
            };
            assert_eq!(next(&block, known, noon()), expected, "{state:?} {known:?} {until}");
        }
    }

    #[test]
    fn what_failed_is_retried_and_what_ended_otherwise_is_settled() {
        let over = || Standing::Over("it was stopped");
        let lost = || Standing::Lost("it is gone");
        let left = claimed(CLAIM_LASTS * 2);
        let end = Act::End;
        let cases = [
            (Next::Retry, State::Waiting, Standing::Failed, Act::Retry),
            (Next::Retry, left, Standing::Failed, Act::Retry),
            (Next::Retry, State::Waiting, Standing::Early, Act::Nothing),
            (Next::Retry, State::Waiting, Standing::Running, Act::Nothing),
            (
                Next::Retry,
                State::Waiting,
                over(),
                end(Ending::Settled("it was stopped")),
            ),
            (Next::Retry, State::Waiting, lost(), end(Ending::Lost("it is gone"))),
            (
                Next::Retry,
                State::Waiting,
                Standing::Retried,
                end(Ending::Settled("somebody else retried it")),
            ),
            (Next::Retry, left, Standing::Retried, end(Ending::Resumed)),
            (Next::GiveUp, State::Waiting, Standing::Failed, end(Ending::GaveUp)),
            (Next::GiveUp, State::Waiting, Standing::Early, end(Ending::GaveUp)),
            (Next::GiveUp, State::Waiting, Standing::Running, Act::Nothing),
            (
                Next::GiveUp,
                State::Waiting,
                over(),
                end(Ending::Settled("it was stopped")),
            ),
            (Next::GiveUp, left, Standing::Retried, end(Ending::Resumed)),
            (Next::Look, left, Standing::Failed, Act::Nothing),
            (Next::Look, left, Standing::Retried, end(Ending::Resumed)),
            (Next::Look, left, over(), end(Ending::Settled("it was stopped"))),
            (Next::Leave, State::Waiting, Standing::Failed, Act::Nothing),
        ];
        for (next, state, standing, expected) in cases {
            assert_eq!(act(next, state, standing), expected, "{next:?} {state:?} {standing:?}");
        }
    }

    #[test]
    fn people_are_told_of_what_nobody_did_on_purpose() {
        let cases = [
            (Ending::Resumed, Outcome::Resumed, Some(What::Resumed)),
            (Ending::GaveUp, Outcome::GaveUp, Some(What::GaveUp)),
            (Ending::Lost("it is gone"), Outcome::Settled, Some(What::GaveUp)),
            (Ending::Settled("it was stopped"), Outcome::Settled, None),
        ];
        for (ending, outcome, told) in cases {
            assert_eq!((ending.outcome(), ending.told()), (outcome, told), "{ending:?}");
        }
    }
}
