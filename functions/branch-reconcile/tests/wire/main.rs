//! Runs through the real SDK up to the connection.
//!
//! Answers of AWS are hand-written and small, after the API references
//! (<https://docs.aws.amazon.com/codecommit/latest/APIReference/>, <https://docs.aws.amazon.com/codebuild/latest/APIReference/>,
//! <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/>,
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/>, <https://docs.aws.amazon.com/lambda/latest/api/>).

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

mod ages;
mod failing;
mod github;
mod many;
mod mending;
mod redriving;
mod world;

use std::time::Duration;

use aws_client::ServerTime;
use branch_build::{Gone, Location};
use branch_reconcile::{Config, Function, Functions};
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};

use crate::world::{Aws, now};

const FIFTEEN_MINUTES: Duration = Duration::from_mins(15);

fn config() -> Config {
    Config {
        prefix: "app".to_owned(),
        repository: Location {
            name: "shop".to_owned(),
            ..Location::default()
        },
        gone: Gone::Keep,
        protected: "release/*".to_owned(),
        bucket: "bucket".to_owned(),
        topic: "arn:aws:sns:us-east-1:123456789012:people".to_owned(),
        days_to_live: 0,
        days_of_warning: 3,
        maximum: 50,
        functions: Functions {
            create: "create".to_owned(),
            destroy: "destroy".to_owned(),
            finish: "finish".to_owned(),
        },
        failure_queue: "https://sqs.us-east-1.amazonaws.com/123456789012/failures".to_owned(),
    }
}

type Answer = Result<Value, (String, String)>;

async fn answer(aws: &Aws, config: Config, event: &Value, left: Duration) -> Answer {
    let function = Function::new(Ok(config), &aws.config(), ServerTime::default());
    function.answer(event, now(), left).await.map_err(|error| {
        let diagnostic = Diagnostic::from(error);
        (diagnostic.error_type, diagnostic.error_message)
    })
}

async fn run(aws: &Aws, config: Config) -> Answer {
    answer(aws, config, &json!({}), FIFTEEN_MINUTES).await
}

/// What is not zero of a summary.
fn counts(summary: &Value) -> Value {
    let counts = summary.as_object().unwrap().iter();
    let counts = counts.filter(|(_, count)| **count != 0 && **count != json!([]));
    counts.map(|(name, count)| (name.clone(), count.clone())).collect()
}
