//! How fast a service is called.
//!
//! AWS publishes no rates for the calls of CodeCommit and CodeBuild that are made here
//! (<https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html>,
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html>), so these are chosen: [`LOOKING`] at each service at
//! most 10 calls a second, 5 at a time, and [`ASKING`] our functions at most 2 a second, as each of them makes some ten calls
//! to the same services. What is throttled all the same is tried again by the SDK, with growing pauses.
//!
//! So 500 branches with both their projects are looked at in 250 s (2,500 calls to CodeBuild, 500 to CodeCommit beside them),
//! and if something is to be done with every one of them, it is asked for in 250 s more: 9 of the 15 minutes that a run has.

use std::time::Duration;

use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

/// Of calls that look at things, to one service.
pub(crate) const LOOKING: Rate = Rate {
    at_once: 5,
    a_second: 10,
};
/// Of invocations.
pub(crate) const ASKING: Rate = Rate {
    at_once: 5,
    a_second: 2,
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) at_once: usize,
    pub(crate) a_second: u32,
}

/// Keeps calls to a rate.
#[derive(Debug)]
pub(crate) struct Pace {
    places: Semaphore,
    /// Of one call after another.
    gap: Duration,
    turn: Mutex<Option<Instant>>,
}

impl Pace {
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            places: Semaphore::new(rate.at_once),
            gap: Duration::from_secs(1) / rate.a_second,
            turn: Mutex::new(None),
        }
    }

    /// Does `work`, which makes up to so many calls, one after another, when its turn has come.
    pub(crate) async fn keep<T>(&self, calls: u32, work: impl Future<Output = T>) -> T {
        // It fails only when it is closed, which it never is.
        let _place = self.places.acquire().await;
        let turn = self.take_turn(calls).await;
        tokio::time::sleep_until(turn).await;
        work.await
    }

    async fn take_turn(&self, calls: u32) -> Instant {
        let mut free = self.turn.lock().await;
        let now = Instant::now();
        let turn = free.map_or(now, |free| free.max(now));
        *free = Some(turn + self.gap * calls);
        turn
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn ten_calls_a_second_and_five_at_once() {
        let pace = Pace::new(LOOKING);
        let (running, most) = (Cell::new(0), Cell::new(0));
        let begin = Instant::now();
        let call = async |seconds| {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            let turn = begin.elapsed().as_millis();
            tokio::time::sleep_until(Instant::now() + Duration::from_secs(seconds)).await;
            running.set(running.get() - 1);
            turn
        };
        let quick = join_all((0..20).map(|_| pace.keep(1, call(0)))).await;
        let wanted: Vec<u128> = (0..20).map(|turn| turn * 100).collect();
        assert_eq!(quick, wanted);

        let slow = join_all((0..20).map(|_| pace.keep(1, call(10)))).await;
        assert_eq!(most.get(), 5);
        assert_eq!((slow[0], slow[4], slow[5]), (2_000, 2_400, 12_000));
    }

    #[tokio::test(start_paused = true)]
    async fn work_of_several_calls_takes_as_many_turns() {
        let pace = Pace::new(LOOKING);
        let begin = Instant::now();
        let turns = join_all((0..3).map(|_| pace.keep(2, async { begin.elapsed().as_millis() }))).await;
        assert_eq!(turns, [0, 200, 400]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_saves_nothing_up() {
        let pace = Pace::new(ASKING);
        pace.keep(1, async {}).await;
        tokio::time::sleep_until(Instant::now() + Duration::from_mins(1)).await;
        let begin = Instant::now();
        let turns = join_all((0..3).map(|_| pace.keep(1, async { begin.elapsed().as_millis() }))).await;
        assert_eq!(turns, [0, 500, 1_000]);
    }
}
