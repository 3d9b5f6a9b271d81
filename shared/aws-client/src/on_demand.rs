//! A client that is made when it is needed.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use aws_types::SdkConfig;

/// An SDK's client, made by the first call. Making one takes part of a millisecond, and few invocations need all of a function's.
pub struct OnDemand<C> {
    config: SdkConfig,
    make: fn(&SdkConfig) -> C,
    client: OnceLock<C>,
}

impl<C> OnDemand<C> {
    /// `make` is mostly the SDK's `Client::new`.
    pub fn new(config: &SdkConfig, make: fn(&SdkConfig) -> C) -> Self {
        Self {
            config: config.clone(),
            make,
            client: OnceLock::new(),
        }
    }
}

impl<C> Deref for OnDemand<C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.client.get_or_init(|| (self.make)(&self.config))
    }
}

impl<C> fmt::Debug for OnDemand<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OnDemand(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_client_is_made_once_and_not_before_it_is_used() {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let client = OnDemand::new(&SdkConfig::builder().build(), |_| MADE.fetch_add(1, Ordering::Relaxed));
        assert_eq!(MADE.load(Ordering::Relaxed), 0);
        assert_eq!((*client, *client), (0, 0));
        assert_eq!(MADE.load(Ordering::Relaxed), 1);
    }
}
