//! What goes wrong, and how long calls take.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::aws::Region;
use crate::aws::request::{Request, Said, refused};

/// What becomes of a call.
#[derive(Clone)]
pub(crate) enum Kind {
    /// A fault of AWS's, and no effect.
    Fail,
    /// A fault of AWS's, and the effect all the same.
    FailAfter,
    /// Too many requests, and no effect.
    Throttle,
    /// Refused with this status and code.
    Refuse(u16, &'static str),
    /// No answer ever, and no effect.
    Silence,
    /// No answer ever, and the effect all the same.
    SilenceAfter,
    /// No answer ever, and the effect when the region's versions were listed so many times.
    Late { listings: usize },
    /// Served after that time.
    Slow(Duration),
    /// Somebody does something in the region just before it is served.
    Meanwhile(Arc<dyn Fn(&mut Region) + Send + Sync>),
}

impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fail => formatter.write_str("Fail"),
            Self::FailAfter => formatter.write_str("FailAfter"),
            Self::Throttle => formatter.write_str("Throttle"),
            Self::Refuse(status, code) => write!(formatter, "Refuse({status}, {code})"),
            Self::Silence => formatter.write_str("Silence"),
            Self::SilenceAfter => formatter.write_str("SilenceAfter"),
            Self::Late { listings } => write!(formatter, "Late {{ listings: {listings} }}"),
            Self::Slow(time) => write!(formatter, "Slow({time:?})"),
            Self::Meanwhile(_) => formatter.write_str("Meanwhile"),
        }
    }
}

/// Goes for some of the calls of an operation in a region, as they arrive.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    region: String,
    operation: String,
    kind: Kind,
    skip: usize,
    times: usize,
}

impl Fault {
    /// For the next call. `*` is any region or any operation.
    pub(crate) fn new(region: &str, operation: &str, kind: Kind) -> Self {
        let (region, operation) = (region.to_owned(), operation.to_owned());
        Self {
            region,
            operation,
            kind,
            skip: 0,
            times: 1,
        }
    }

    /// Not for the first calls.
    pub(crate) fn after(self, skip: usize) -> Self {
        Self { skip, ..self }
    }

    pub(crate) fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    pub(crate) fn always(self) -> Self {
        self.times(usize::MAX)
    }

    fn meets(&self, request: &Request) -> bool {
        let fits = |pattern: &str, value: &str| pattern == "*" || pattern == value;
        fits(&self.region, &request.region) && fits(&self.operation, &request.operation)
    }
}

/// The first fault that goes for this call. The pipeline and its artifact are meant by their operations only.
pub(super) fn next(faults: &mut [Fault], request: &Request) -> Option<Kind> {
    let pipelines = request.operation.starts_with("PutJob") || request.operation == "GetObject";
    for fault in faults.iter_mut().filter(|fault| fault.meets(request)) {
        if pipelines && fault.operation == "*" {
            continue;
        }
        if fault.skip > 0 {
            fault.skip -= 1;
        } else if fault.times > 0 {
            fault.times -= 1;
            return Some(fault.kind.clone());
        }
    }
    None
}

/// Mostly some milliseconds, now and then seconds, always less than a client waits.
pub(super) fn chance(of: &impl Hash) -> Duration {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    let dice = hasher.finish();
    Duration::from_millis(match dice % 8 {
        0 => 0,
        1..=4 => dice / 8 % 50,
        5 | 6 => dice / 8 % 400,
        _ => dice / 8 % 4_000,
    })
}

/// Each service has its own words for it.
pub(super) fn throttled(request: &Request) -> Said {
    match &*request.operation {
        "HeadObject" | "PutObject" => refused(503, "SlowDown"),
        operation if operation.contains("Parameter") => refused(400, "ThrottlingException"),
        _ => refused(429, "TooManyRequestsException"),
    }
}

pub(super) async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep_until(Instant::now() + time).await;
    }
}
