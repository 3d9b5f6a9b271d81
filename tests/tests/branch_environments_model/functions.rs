//! The functions themselves, as Lambda runs them.

use std::rc::Rc;
use std::time::Duration;

use aws_client::ServerTime;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::events::Who;
use crate::script::PROTECTED;
use crate::wire::Wire;

/// What of its time branch-reconcile keeps for its end.
const RESERVE: Duration = Duration::from_mins(1);

pub(crate) struct Functions {
    create: branch_create::Function,
    destroy: branch_destroy::Function,
    finish: branch_finish::Function,
    reconcile: branch_reconcile::Function,
    /// So many environments may exist.
    pub(crate) maximum: usize,
}

impl Functions {
    pub(crate) fn new(wire: &Wire, maximum: usize) -> Rc<Self> {
        let sdk = wire.sdk_config();
        let variable = |name: &str| Some(variable(name, maximum));
        let time = ServerTime::default;
        Rc::new(Self {
            create: branch_create::Function::new(branch_create::Config::from_lookup(variable), &sdk, time()),
            destroy: branch_destroy::Function::new(branch_destroy::Config::from_lookup(variable), &sdk, time()),
            finish: branch_finish::Function::new(branch_finish::Config::from_lookup(variable), &sdk, time()),
            reconcile: branch_reconcile::Function::new(branch_reconcile::Config::from_lookup(variable), &sdk, time()),
            maximum,
        })
    }

    /// One invocation, and why it did not end well.
    pub(crate) fn invoke(
        self: Rc<Self>,
        who: Who,
        event: Value,
        now: Timestamp,
    ) -> LocalBoxFuture<'static, Result<Value, String>> {
        let limit = limit(who);
        let work = async move {
            match who {
                Who::Create => self.create.answer(&event, now).await.map_err(|error| error.to_string()),
                Who::Destroy => self
                    .destroy
                    .answer(&event, now)
                    .await
                    .map_err(|error| error.to_string()),
                Who::Finish => self.finish.answer(&event, now).await.map_err(|error| error.to_string()),
                Who::Reconcile => {
                    let left = limit.saturating_sub(RESERVE);
                    let done = self.reconcile.answer(&event, now, left).await;
                    done.map_err(|error| error.to_string())
                }
            }
        };
        let late = |_| Err("its time was over".to_owned());
        async move { timeout(limit, work).await.unwrap_or_else(late) }.boxed_local()
    }
}

fn limit(who: Who) -> Duration {
    match who {
        Who::Reconcile => Duration::from_mins(15),
        _ => Duration::from_mins(2),
    }
}

/// As the stack sets it.
fn variable(name: &str, maximum: usize) -> String {
    match name {
        "PREFIX" => "app".to_owned(),
        "REPOSITORY_NAME" => "shop".to_owned(),
        "REPOSITORY_HOST" => "codecommit".to_owned(),
        "REPOSITORY_URL" => "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop".to_owned(),
        "PROTECTED_BRANCHES" => format!("hotfix/*,{PROTECTED}"),
        "BUCKET_NAME" => "bucket".to_owned(),
        "TOPIC_ARN" => "arn:aws:sns:eu-west-1:123456789012:branches".to_owned(),
        "MAXIMUM_ENVIRONMENTS" => maximum.to_string(),
        "DAYS_TO_LIVE" | "DAYS_OF_WARNING" => "0".to_owned(),
        "DEPLOYMENT" => "sam".to_owned(),
        "BUILD_TIMEOUT_MINUTES" => "60".to_owned(),
        "REPOSITORY_GONE" => "keep".to_owned(),
        "PIPELINE_PARAMETERS" => json!({"ApplicationRole": "arn:aws:iam::123456789012:role/application"}).to_string(),
        "CREATE_FUNCTION" => Who::Create.function().to_owned(),
        "DESTROY_FUNCTION" => Who::Destroy.function().to_owned(),
        "FINISH_FUNCTION" => Who::Finish.function().to_owned(),
        other => other.to_lowercase(),
    }
}
