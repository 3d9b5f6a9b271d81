//! What becomes of the deployment.

use gate_record::{Known, Override, Source};
use health_status::HealthEvent;
use jiff::Timestamp;

use crate::parameters::{OnApiFailure, OnEvent, Parameters};

/// What becomes of the deployment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    /// Nothing blocks.
    Clear(Source),
    /// Something blocks, and a person takes it upon themselves.
    Overridden(Cause, Override),
    /// Nobody knows, and the action allows that.
    Unchecked(String),
    /// The action fails.
    Block(Why),
    /// The action goes on and is asked again.
    Hold { why: Why, since: Timestamp },
    /// It was held for as long as it may be, and fails.
    GiveUp(Why),
}

/// What stands against a deployment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cause {
    /// These are open.
    Events(Vec<HealthEvent>, Source),
    /// Health could not be asked, for this reason.
    Unknown(String),
}

/// Why a deployment does not go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Why {
    pub(crate) cause: Cause,
    /// A sentence why a person's override does not count, where there is one.
    pub(crate) void: Option<String>,
}

/// What a person said about the pipeline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Word {
    /// Nothing.
    None,
    /// It may pass.
    Pass(Override),
    /// Something that does not count, for the reason in this sentence.
    Void(String),
}

/// Whether it passes without anybody's word: the error is what stands against it.
pub(crate) fn judge(on_api_failure: OnApiFailure, known: Known) -> Result<Decision, Cause> {
    match known {
        Known::Events { events, source } if events.is_empty() => Ok(Decision::Clear(source)),
        Known::Events { events, source } => Err(Cause::Events(events, source)),
        Known::Unknown(reason) => match on_api_failure {
            OnApiFailure::Allow => Ok(Decision::Unchecked(reason)),
            OnApiFailure::Block => Err(Cause::Unknown(reason)),
        },
    }
}

/// What becomes of a deployment that something stands against. `held_since` is when the action was held first, where it
/// was.
pub(crate) fn decide(
    parameters: &Parameters,
    cause: Cause,
    word: Word,
    held_since: Option<Timestamp>,
    now: Timestamp,
) -> Decision {
    let void = match word {
        Word::Pass(given) if now < given.until => return Decision::Overridden(cause, given),
        Word::Pass(given) => Some(format!(
            "The override by {} ended {}.",
            given.principal,
            given.until.strftime("%Y-%m-%d %H:%M UTC")
        )),
        Word::Void(reason) => Some(reason),
        Word::None => None,
    };
    let why = Why { cause, void };
    match parameters.on_event {
        OnEvent::Fail => Decision::Block(why),
        OnEvent::Hold => {
            // By another clock it may have begun later.
            let since = held_since.unwrap_or(now).min(now);
            if now.duration_since(since) >= parameters.longest {
                Decision::GiveUp(why)
            } else {
                Decision::Hold { why, since }
            }
        }
    }
}

#[cfg(test)]
mod tests;
