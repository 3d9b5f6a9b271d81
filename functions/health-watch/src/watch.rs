//! What the function asks and changes.

use aws_client::ServerTime;
use aws_types::SdkConfig;
use gate_notice::Topic;
use gate_record::Table;
use health_status::{Health, HealthEvent, Status};
use jiff::Timestamp;
use lambda_edge::with_causes;

use crate::config::Config;
use crate::event::Input;
use crate::pipeline::Pipelines;

/// The watch and its clients.
pub(crate) struct Watch {
    /// The function's region.
    pub(crate) home: String,
    pub(crate) health: Health,
    pub(crate) table: Table,
    pub(crate) pipelines: Pipelines,
    pub(crate) topic: Topic,
    pub(crate) time: ServerTime,
}

impl Watch {
    pub(crate) fn new(config: &Config, sdk_config: &SdkConfig, time: ServerTime) -> Self {
        Self {
            health: Health::new(sdk_config, config.dns_server),
            table: Table::new(sdk_config, &config.table),
            pipelines: Pipelines::new(sdk_config),
            topic: Topic::new(sdk_config, &config.topic),
            home: sdk_config.region().map(ToString::to_string).unwrap_or_default(),
            time,
        }
    }

    /// What could not be done is a text each.
    pub(crate) async fn take_in(&self, input: Input, clock: Timestamp) -> Vec<String> {
        match input {
            Input::Update(event) => self.update(&event, clock).await,
            Input::Heartbeat { region, at } => match self.table.heartbeat(&region, at).await {
                Ok(()) => Vec::new(),
                Err(error) => vec![format!(
                    "the heartbeat of {region} could not be recorded: {}",
                    with_causes(&error)
                )],
            },
            Input::Compare => {
                let mut problems = self.compare(clock).await;
                problems.extend(self.resume(clock).await);
                problems
            }
        }
    }

    /// A duplicate of a closing resumes too: the first one may have been cut off after it was recorded.
    async fn update(&self, event: &HealthEvent, clock: Timestamp) -> Vec<String> {
        match self.table.record(event).await {
            Ok(recorded) => tracing::info!(outcome = ?recorded, event = event.arn, status = ?event.status),
            Err(error) => return vec![format!("the event could not be recorded: {}", with_causes(&error))],
        }
        if event.status_at(self.time.now(clock)) == Status::Closed {
            self.resume(clock).await
        } else {
            Vec::new()
        }
    }
}
