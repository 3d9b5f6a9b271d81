//! A replay: the objects under a prefix, one after another.

use std::collections::HashSet;

use aws_types::SdkConfig;
use lambda_edge::ConfigError;
use log_source::Source;
use tokio::time::Instant;

use crate::Response;
use crate::bucket::Bucket;
use crate::config::Config;
use crate::error::Failure;
use crate::invocation::Invocation;
use crate::object::{self, End};
use crate::places::Places;
use crate::request::Request;

/// What every object is replayed with.
pub(crate) struct Replay {
    pub(crate) bucket: Bucket,
    pub(crate) source: Source,
    pub(crate) places: Places,
    pub(crate) maximum_attempts: u32,
    stack: String,
}

impl Replay {
    pub(crate) fn new(config: Config, sdk_config: &SdkConfig) -> Result<Self, ConfigError> {
        let source = Source::from_arn(&config.source_arn, sdk_config).map_err(|error| ConfigError {
            problems: vec![format!("SOURCE_ARN: {error}")],
        })?;
        Ok(Self {
            bucket: Bucket::new(config.bucket, sdk_config),
            source,
            places: Places::new(&config.error_prefix),
            maximum_attempts: config.maximum_attempts,
            stack: config.stack,
        })
    }

    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    pub(crate) fn stack(&self) -> &str {
        &self.stack
    }

    /// Replays what is under the request's prefix until the deadline. What fails does not keep the rest.
    pub(crate) async fn run(&self, request: &Request, invocation: &Invocation) -> (Response, Vec<Failure>) {
        let mut response = Response {
            dry_run: request.dry_run,
            ..Response::default()
        };
        let mut failures = Vec::new();
        // Listed later on, if their keys come later.
        let mut left_by_us = HashSet::new();
        let mut page = None;
        loop {
            let listed = match self.bucket.list(&request.prefix, page).await {
                Ok(listed) => listed,
                Err(source) => {
                    let attempt = format!("the objects under `{}` not listed", request.prefix);
                    failures.push(Failure::call(attempt, source));
                    return (response, failures);
                }
            };
            for object in &listed.objects {
                // What a console makes to show a folder.
                let is_folder = object.bytes == 0 && object.key.ends_with('/');
                if is_folder || left_by_us.contains(&object.key) {
                    continue;
                }
                if Instant::now() >= invocation.deadline {
                    response.more = true;
                    return (response, failures);
                }
                let (done, end) = object::replay(self, object, request.dry_run, invocation).await;
                response.replayed += done.replayed;
                response.given_up += done.given_up;
                response.left += done.left;
                response.objects += u64::from(matches!(end, Ok(End::Finished)));
                left_by_us.extend(done.left_keys);
                failures.extend(done.failures);
                failures.extend(end.err());
                if done.time_up {
                    response.more = true;
                    return (response, failures);
                }
            }
            match listed.next {
                Some(next) => page = Some(next),
                None => return (response, failures),
            }
        }
    }
}
