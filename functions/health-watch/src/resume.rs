//! Takes up again what the gate blocked.

use aws_client::{CallError, Outlook};
use gate_notice::{Notice, Release};
use gate_record::{Block, Known, Outcome, known};
use health_status::Filter;
use jiff::Timestamp;
use lambda_edge::with_causes;

use crate::next::{Act, Ending, Next, act, next};
use crate::pipeline::Retry;
use crate::standing::{Standing, standing};
use crate::watch::Watch;

impl Watch {
    /// Looks at every block that has no outcome. What could not be done is a text each.
    pub(crate) async fn resume(&self, clock: Timestamp) -> Vec<String> {
        let blocks = match self.table.blocks().await {
            Ok(blocks) => blocks,
            Err(error) => return vec![format!("the blocks could not be read: {}", with_causes(&error))],
        };
        for problem in &blocks.unreadable {
            tracing::error!(outcome = "BlockUnreadable", %problem);
        }
        let mut asked: Vec<(Filter, Known)> = Vec::new();
        let mut problems = Vec::new();
        for block in &blocks.found {
            // Many deployments wait for the same.
            let known = match asked.iter().find(|(filter, _)| *filter == block.filter) {
                Some((_, known)) => known.clone(),
                None => self.ask(&block.filter, clock, &mut asked).await,
            };
            let next = next(block, &known, self.time.now(clock));
            problems.extend(self.take(block, next, clock).await.err());
        }
        problems
    }

    async fn ask(&self, filter: &Filter, clock: Timestamp, asked: &mut Vec<(Filter, Known)>) -> Known {
        let known = known(&self.health, &self.table, filter, || self.time.now(clock)).await;
        if let Known::Unknown(reason) = &known {
            tracing::warn!(outcome = "NotKnown", reason, "nothing is resumed until it is");
        }
        asked.push((filter.clone(), known.clone()));
        known
    }

    /// Nothing is done to a block that is not claimed: of several at once, one retries it, and one tells people.
    async fn take(&self, block: &Block, next: Next, clock: Timestamp) -> Result<(), String> {
        if next == Next::Leave {
            return Ok(());
        }
        let act = match self.pipelines.stage(block).await {
            Ok(stage) => act(next, block.state, standing(block, stage.as_ref())),
            // It will not be readable later either, and its time is over.
            Err(error) if next == Next::GiveUp && error.outlook() == Outlook::Refused => {
                tracing::warn!(outcome = "PipelineUnreadable", pipeline = block.pipeline, %error);
                Act::End(Ending::GaveUp)
            }
            Err(error) => return Err(failed("looking at", block, &error)),
        };
        if act == Act::Nothing {
            return Ok(());
        }
        let claimed = self.table.claim(block, self.time.now(clock)).await;
        if !claimed.map_err(|error| failed("claiming", block, &error))? {
            return Ok(());
        }
        match act {
            Act::Nothing => Ok(()),
            Act::End(ending) => self.end(block, ending, ending.reason()).await,
            Act::Retry => match self.pipelines.retry(block).await {
                Retry::Begun => self.end(block, Ending::Resumed, Ending::Resumed.reason()).await,
                Retry::Refused(error) => self.refused(block, &error).await,
                Retry::Unclear(error) => Err(failed("retrying", block, &error)),
            },
        }
    }

    /// There is nothing to retry: because somebody was first, or because this function was, and did not hear it.
    async fn refused(&self, block: &Block, refusal: &CallError) -> Result<(), String> {
        let stage = self.pipelines.stage(block).await;
        let stage = stage.map_err(|error| failed("looking again at", block, &error))?;
        let ending = match standing(block, stage.as_ref()) {
            Standing::Retried => Ending::Resumed,
            Standing::Over(reason) => Ending::Settled(reason),
            Standing::Lost(reason) => Ending::Lost(reason),
            Standing::Failed => {
                let reason = format!("CodePipeline does not retry it ({refusal})");
                return self.end(block, Ending::Lost(""), &reason).await;
            }
            // The claim stays, and once it is old somebody looks again.
            Standing::Early | Standing::Running => return Err(failed("retrying", block, refusal)),
        };
        self.end(block, ending, ending.reason()).await
    }

    async fn end(&self, block: &Block, ending: Ending, reason: &str) -> Result<(), String> {
        let outcome = ending.outcome();
        let settled = self.table.settle(block, outcome, reason).await;
        let settled = settled.map_err(|error| failed("writing down the outcome of", block, &error))?;
        tracing::info!(
            outcome = name(outcome),
            pipeline = block.pipeline,
            execution = block.execution,
            reason,
        );
        let Some(what) = ending.told().filter(|_| settled) else {
            return Ok(());
        };
        let notice = Notice {
            what,
            release: Some(Release {
                pipeline: block.pipeline.clone(),
                execution: block.execution.clone(),
            }),
            reason: format!("{reason}. It had been blocked: {}", block.reason),
        };
        if let Err(error) = self.topic.send(&notice).await {
            tracing::error!(outcome = "NoticeLost", error = with_causes(&error));
        }
        Ok(())
    }
}

fn failed(what: &str, block: &Block, error: &CallError) -> String {
    format!(
        "{what} the execution {} of the pipeline {}: {}",
        block.execution,
        block.pipeline,
        with_causes(error)
    )
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Resumed => "Resumed",
        Outcome::Settled => "Settled",
        Outcome::GaveUp => "GaveUp",
    }
}
