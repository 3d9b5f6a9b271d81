//! Actions that the gate failed, and the one retry that each may get.

use health_status::Filter;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::condition::Expression;
use crate::item::{Item, Value};

/// The partition of blocks.
pub(crate) const PARTITION: &str = "BLOCK";

/// How long a claim keeps others away. Whoever claims and then dies leaves the block to the next one after this, so a
/// claimer must be done, one way or the other, before: its function's time-out is shorter.
pub const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(2);

/// How long a block is kept after it is given up.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An action of a pipeline that the gate failed, and that goes on when what it waits for is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Name of the pipeline.
    pub pipeline: String,
    /// ID of the pipeline's execution.
    pub execution: String,
    /// Name of the stage with the gate.
    pub stage: String,
    /// Name of the gate's action.
    pub action: String,
    /// ID of the action's execution: another try of the stage is another block.
    pub action_execution: String,
    /// Which events block it.
    pub filter: Filter,
    /// ARNs of the events that did. Empty where Health could not be asked.
    pub events: Vec<String>,
    /// Where they were found: `api`, `events` or `none`.
    pub source: String,
    /// When the gate answered.
    pub blocked_at: Timestamp,
    /// From here on it is given up.
    pub until: Timestamp,
    /// How far its retry is.
    pub state: State,
    /// Why, for people.
    pub reason: String,
}

/// How far the retry of a block is that is not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for its events to close.
    Waiting,
    /// Somebody is about to retry it.
    Resuming {
        /// Since when.
        claimed_at: Timestamp,
    },
}

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its stage was retried.
    Resumed,
    /// There is nothing to retry any more: superseded, stopped, retried by somebody, deleted.
    Settled,
    /// Its time was over first.
    GaveUp,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Resumed => "resumed",
            Self::Settled => "settled",
            Self::GaveUp => "gave-up",
        }
    }
}

impl Block {
    /// Nothing of it may contain `#`: CodePipeline's names and IDs have none
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html>).
    pub(crate) fn sort_key(&self) -> String {
        format!("{}#{}#{}", self.pipeline, self.execution, self.action_execution)
    }
}

pub(crate) fn write(block: &Block) -> Item {
    let (state, claimed_at) = match block.state {
        State::Waiting => ("waiting", None),
        State::Resuming { claimed_at } => ("resuming", Some(claimed_at)),
    };
    let expires = block.until.checked_add(KEPT).unwrap_or(Timestamp::MAX);
    Item::keyed(PARTITION, &block.sort_key())
        .with("pipeline", block.pipeline.as_str())
        .with("execution", block.execution.as_str())
        .with("stage", block.stage.as_str())
        .with("action", block.action.as_str())
        .with("action_execution", block.action_execution.as_str())
        .with("filter", json!(block.filter).to_string().as_str())
        .with("events", Value::Texts(block.events.clone()))
        .with("source", block.source.as_str())
        .with("blocked_at", block.blocked_at)
        .with("until", block.until)
        .with("state", state)
        .with("reason", block.reason.as_str())
        .with_some("claimed_at", claimed_at)
        .with("expires", Value::seconds(expires))
}

/// A state that this version does not know is no state to retry from. What only people read may be missing.
pub(crate) fn read(item: &Item) -> Result<Block, String> {
    let block = Block {
        pipeline: item.text("pipeline")?,
        execution: item.text("execution")?,
        stage: item.text("stage")?,
        action: item.text("action")?,
        action_execution: item.text("action_execution")?,
        filter: serde_json::from_str(&item.text("filter")?).map_err(|error| format!("`filter` is none: {error}"))?,
        events: item.texts("events")?,
        source: item.optional_text("source")?,
        blocked_at: item.time("blocked_at")?,
        until: item.time("until")?,
        state: match item.text("state")?.as_str() {
            "waiting" => State::Waiting,
            "resuming" => State::Resuming {
                claimed_at: item.time("claimed_at")?,
            },
            _ => return Err("`state` is none that this version knows".to_owned()),
        },
        reason: item.optional_text("reason")?,
    };
    if block.sort_key() != item.sort_key() {
        return Err("it tells of another execution than its key".to_owned());
    }
    Ok(block)
}

/// Everything that is not known to have ended.
pub(crate) fn not_ended() -> Expression {
    Expression::new("attribute_not_exists(#state) OR NOT #state IN (:resumed, :settled, :gave_up)")
        .with(":resumed", Outcome::Resumed.as_str())
        .with(":settled", Outcome::Settled.as_str())
        .with(":gave_up", Outcome::GaveUp.as_str())
}

/// A change of a block and what it must find.
pub(crate) struct Change {
    pub(crate) set: Expression,
    pub(crate) condition: Expression,
}

/// What a claim changes, if the block is free: the state must still be the one that was read.
pub(crate) fn claim(state: State, now: Timestamp) -> Option<Change> {
    let condition = match state {
        State::Waiting => Expression::new("#state = :waiting").with(":waiting", "waiting"),
        State::Resuming { claimed_at } if now.duration_since(claimed_at) > CLAIM_LASTS => {
            Expression::new("#state = :resuming AND #claimed_at = :claimed_at").with(":claimed_at", claimed_at)
        }
        State::Resuming { .. } => return None,
    };
    Some(Change {
        set: Expression::new("SET #state = :resuming, #claimed_at = :now")
            .with(":resuming", "resuming")
            .with(":now", now),
        condition,
    })
}

/// What an outcome changes, if there is none yet.
pub(crate) fn settle(outcome: Outcome, reason: &str) -> Change {
    Change {
        set: Expression::new("SET #state = :outcome, #reason = :reason")
            .with(":outcome", outcome.as_str())
            .with(":reason", reason),
        condition: Expression::new("#state IN (:waiting, :resuming)")
            .with(":waiting", "waiting")
            .with(":resuming", "resuming"),
    }
}
