//! What a panic leaves in the log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::Error::other("poisoned"))?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_leaves_its_place_and_nothing_of_what_it_was_about() {
    lambda_edge::keep_panics_quiet();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    let _ = tracing::subscriber::with_default(subscriber, || {
        std::panic::catch_unwind(|| panic!("event with a secret"))
    });
    // So that a failure of this very test is told.
    let _ = std::panic::take_hook();
    let text = log.0.lock().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = text.unwrap_or_default();
    assert!(text.contains("Panicked") && text.contains("tests/panics.rs:"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}
