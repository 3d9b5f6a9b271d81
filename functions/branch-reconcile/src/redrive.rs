//! Does again what failed: what lies in the failure queue goes back to the function that failed at it.

use aws_types::SdkConfig;
use serde::Serialize;
use tokio::time::Instant;

use crate::config::{Config, Functions};
use crate::error::ReconcileError;
use crate::failure::Failure;
use crate::functions::Lambda;
use crate::queue::{Message, Queue};

/// The answer of a run, and its line in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Done {
    /// Messages that went back, and are no longer in the queue.
    pub(crate) redriven: usize,
    /// Messages that stay in the queue, by their ids, and why. They are received again a quarter of an hour later.
    pub(crate) left: Vec<String>,
    /// What could not be done.
    pub(crate) problems: Vec<String>,
}

pub(crate) struct Redriver {
    functions: Functions,
    queue: Queue,
    lambda: Lambda,
}

impl Redriver {
    pub(crate) fn new(config: &Config, sdk_config: &SdkConfig) -> Self {
        Self {
            functions: config.functions.clone(),
            queue: Queue::new(&config.failure_queue, sdk_config),
            lambda: Lambda::new(sdk_config),
        }
    }

    /// Until the queue is empty, or the time is up.
    pub(crate) async fn run(&self, deadline: Instant) -> Result<Done, ReconcileError> {
        let mut done = Done::default();
        while Instant::now() < deadline {
            let received = self.queue.receive().await;
            let messages = received.map_err(ReconcileError::of("reading the failure queue"))?;
            if messages.is_empty() {
                return Ok(done);
            }
            for message in messages {
                self.again(&message, &mut done).await;
            }
        }
        done.problems
            .push("the time was up before the failure queue was empty".to_owned());
        Ok(done)
    }

    async fn again(&self, message: &Message, done: &mut Done) {
        let id = &message.id;
        let failure = match Failure::read(&message.body, message.target.as_deref(), &self.functions) {
            Ok(failure) => failure,
            Err(why) => return done.left.push(format!("{id}: {why}")),
        };
        let function = &failure.function;
        if let Err(error) = self.lambda.ask(function, &failure.payload).await {
            return done.problems.push(format!("{id}: asking {function}: {error}"));
        }
        match self.queue.delete(message).await {
            Ok(()) => done.redriven += 1,
            // Done twice is done once: the function looks at what is true.
            Err(error) => done
                .problems
                .push(format!("{id}: {function} was asked; removing the message: {error}")),
        }
    }
}
