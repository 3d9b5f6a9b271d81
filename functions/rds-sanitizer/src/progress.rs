//! Says how far the work is: one log line for each finished item, and one a minute while a long one runs.

use std::cell::Cell;
use std::pin::pin;
use std::time::{Duration, Instant};

/// How often a long item says that it is still running.
const HEARTBEAT: Duration = Duration::from_mins(1);

/// What is being done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Script,
    Masks,
    Rewriting,
    Verification,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Masks => "masks",
            Self::Rewriting => "rewriting",
            Self::Verification => "verification",
        }
    }
}

/// One script, unit of tables or verification.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) kind: Kind,
    pub(crate) database: &'a str,
    /// A script's or verification's number, counted from 1 within its list; the names of tables.
    pub(crate) name: &'a str,
}

/// How far the work is.
#[derive(Debug)]
pub(crate) struct Progress {
    done: Cell<usize>,
    total: usize,
    started: Instant,
}

impl Progress {
    /// Nothing of `total` items is done.
    pub(crate) fn new(total: usize) -> Self {
        Self {
            done: Cell::new(0),
            total,
            started: Instant::now(),
        }
    }

    /// Does one item and says how it went. `rows` gets the rows out of what the item gives.
    ///
    /// # Errors
    /// As `work`; then nothing is logged, for the error will be.
    pub(crate) async fn item<T, E>(
        &self,
        item: Item<'_>,
        work: impl Future<Output = Result<T, E>>,
        rows: impl FnOnce(&T) -> u64,
    ) -> Result<(T, f64), E> {
        let started = Instant::now();
        let result = self.watched(item, started, work).await?;
        let seconds = started.elapsed().as_secs_f64();
        self.done.set(self.done.get() + 1);
        let rows = rows(&result);
        tracing::info!(
            database = item.database,
            name = item.name,
            rows,
            seconds = tenths(seconds),
            rows_per_second = rate(rows, seconds),
            done = self.done.get(),
            of = self.total,
            seconds_left = seconds_left(self.done.get(), self.total, self.started.elapsed()),
            "{} done",
            item.kind.word()
        );
        Ok((result, seconds))
    }

    async fn watched<T>(&self, item: Item<'_>, started: Instant, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.reset();
        loop {
            tokio::select! {
                result = &mut work => return result,
                _ = heartbeat.tick() => tracing::info!(
                    database = item.database,
                    name = item.name,
                    seconds = tenths(started.elapsed().as_secs_f64()),
                    done = self.done.get(),
                    of = self.total,
                    "{} still running",
                    item.kind.word()
                ),
            }
        }
    }
}

fn tenths(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

/// Rows a second; none where too little time passed to say.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "for people"
)]
fn rate(rows: u64, seconds: f64) -> Option<u64> {
    (seconds >= 0.001).then(|| (rows as f64 / seconds) as u64)
}

/// Seconds that the rest would take if every item took as long as those done so far did.
fn seconds_left(done: usize, total: usize, elapsed: Duration) -> Option<u64> {
    let done = u32::try_from(done).ok().filter(|done| *done > 0)?;
    let left = u32::try_from(total).ok()?.checked_sub(done)?;
    Some((elapsed / done).saturating_mul(left).as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_that_of_the_statements_left() {
        let cases = [
            (0, 4, 10, None),
            (1, 4, 10, Some(30)),
            (3, 4, 30, Some(10)),
            (4, 4, 40, Some(0)),
            (5, 4, 40, None),
        ];
        for (done, total, elapsed, expected) in cases {
            assert_eq!(
                seconds_left(done, total, Duration::from_secs(elapsed)),
                expected,
                "{done} of {total}"
            );
        }
    }

    #[test]
    fn the_rate_is_rows_by_seconds() {
        assert_eq!(rate(100, 0.5), Some(200));
        assert_eq!(rate(100, 0.0), None);
    }
}
