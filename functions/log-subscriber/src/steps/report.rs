//! Says what a run came to.

use std::io::Write;

use jiff::Timestamp;

use crate::error::SubscriberError;
use crate::metric;
use crate::run::{Mode, Run, Tally};

/// Writes the metrics, and fails if there were groups that could not be dealt with. A removal and a dry run leave the
/// metrics alone: they do not say how many groups are archived.
pub(crate) fn report(
    stack: &str,
    run: &Run,
    tally: Tally,
    now: Timestamp,
    mut metrics: impl Write,
) -> Result<Tally, SubscriberError> {
    if run.mode == Mode::Subscribe && !run.dry_run {
        // Standard output is the only way to CloudWatch: there is nobody to tell that it is closed.
        let _ = writeln!(metrics, "{}", metric::line(stack, &tally, now));
    }
    for sample in &tally.samples {
        tracing::warn!(sample);
    }
    if tally.errors > 0 {
        return Err(SubscriberError::SubscriptionsIncomplete {
            failed: tally.errors,
            samples: tally.samples,
        });
    }
    Ok(tally)
}
