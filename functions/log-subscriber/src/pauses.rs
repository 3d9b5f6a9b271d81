//! The waits that this function makes itself, while CloudFormation waits for it and nothing else can.

use std::time::Duration;

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pauses {
    /// Between two tries to answer CloudFormation.
    pub before_another_try: Duration,
    /// Between two looks at an execution that removes filters.
    pub before_another_look: Duration,
}

impl Pauses {
    /// Seconds: a removal takes minutes.
    #[must_use]
    pub fn of_production() -> Self {
        Self {
            before_another_try: Duration::from_secs(2),
            before_another_look: Duration::from_secs(10),
        }
    }
}

pub(crate) async fn pause(duration: Duration) {
    #[expect(
        clippy::disallowed_methods,
        reason = "CloudFormation has no state machine that could wait instead"
    )]
    tokio::time::sleep(duration).await;
}
