//! What a panic leaves in the log.

/// A panic's text can quote what it was about: a log, credentials. It goes to the function's log, where from now on only its
/// place does.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(
            outcome = "Panicked",
            place,
            "a fault of this function: please report it"
        );
    }));
}
