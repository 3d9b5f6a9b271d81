//! Blocking code that waits for the network.

use tokio::runtime::Handle;
use tokio::sync::watch;

/// Nobody waits for the outcome any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Abandoned;

/// Runs blocking code on a thread of its own. It ends with the next thing that it would wait for when this future is dropped.
pub(super) async fn on_a_thread<T: Send + 'static>(work: impl FnOnce(&Waiting) -> T + Send + 'static) -> T {
    let (wanted, still_wanted) = watch::channel(());
    let waiting = Waiting {
        runtime: Handle::current(),
        wanted: still_wanted,
    };
    let outcome = tokio::task::spawn_blocking(move || work(&waiting)).await;
    drop(wanted);
    // Only a panic keeps it from its end: this thread has it then.
    outcome.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Lets a thread that may block wait for what the runtime's own thread does.
///
/// Of the current-thread runtime only the runtime's own thread drives I/O and time
/// (<https://docs.rs/tokio/1/tokio/runtime/struct.Handle.html#method.block_on>), which it does while it waits for this one.
pub(super) struct Waiting {
    runtime: Handle,
    wanted: watch::Receiver<()>,
}

impl Waiting {
    /// Blocks until `work` is done.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, Abandoned> {
        let mut wanted = self.wanted.clone();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                // Nothing is ever sent: it is gone.
                _ = wanted.changed() => Err(Abandoned),
                done = work => Ok(done),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_thread_waits_for_what_the_runtimes_only_thread_does() {
        let (sender, answer) = oneshot::channel();
        tokio::spawn(async move { sender.send(7) });
        let received = on_a_thread(move |waiting| waiting.wait(answer)).await;
        assert_eq!(received, Ok(Ok(7)));
    }

    #[tokio::test]
    #[should_panic(expected = "a fault of the thread's")]
    async fn a_panic_of_the_thread_is_one_here() {
        let () = on_a_thread(|_| panic!("a fault of the thread's")).await;
    }

    #[tokio::test]
    async fn a_thread_that_nobody_waits_for_waits_for_nothing_any_more() {
        let (waits, waiting_now) = oneshot::channel();
        let (told, ended) = oneshot::channel();
        let thread = on_a_thread(move |waiting| {
            waits.send(()).unwrap();
            let first = waiting.wait(std::future::pending::<()>());
            told.send([first, waiting.wait(std::future::ready(()))]).unwrap();
        });
        tokio::select! {
            () = thread => panic!("it waits for ever"),
            begun = waiting_now => begun.unwrap(),
        }
        assert_eq!(ended.await, Ok([Err(Abandoned); 2]));
    }
}
