//! The time as AWS's answers tell it.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};

/// The `Date` of the last answer of AWS, in whole seconds. A function that compares times which others wrote down takes its
/// own from here: then a wrong clock of the machine does no harm.
#[derive(Debug, Clone, Default)]
pub struct ServerTime {
    last: Arc<Mutex<Option<(Timestamp, Instant)>>>,
}

impl ServerTime {
    /// Now, by the last answer; before there is one, by `clock`.
    #[must_use]
    pub fn now(&self, clock: Timestamp) -> Timestamp {
        let last = self.last.lock().ok().and_then(|last| *last);
        let Some((date, since)) = last else { return clock };
        SignedDuration::try_from(since.elapsed())
            .ok()
            .and_then(|elapsed| date.checked_add(elapsed).ok())
            .unwrap_or(date)
    }

    /// Takes the time of an answer's `Date` (<https://www.rfc-editor.org/rfc/rfc9110#field.date>).
    fn learn(&self, response: &HttpResponse) {
        let date = response.headers().get("date");
        let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        if let (Some(date), Ok(mut last)) = (date, self.last.lock()) {
            *last = Some((date, Instant::now()));
        }
    }
}

/// Marks a request that goes to somebody else: its answer's time is not AWS's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfOthers;

/// Learns the time of every answer of AWS that comes through it.
#[derive(Debug)]
pub(crate) struct Timed {
    inner: SharedHttpConnector,
    time: ServerTime,
}

impl Timed {
    pub(crate) fn new(inner: SharedHttpConnector, time: ServerTime) -> Self {
        Self { inner, time }
    }
}

impl HttpConnector for Timed {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let is_of_aws = request.extension::<OfOthers>().is_none();
        let answer = self.inner.call(request);
        let time = self.time.clone();
        HttpConnectorFuture::new(async move {
            let response = answer.await?;
            if is_of_aws {
                time.learn(&response);
            }
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answer(date: Option<&'static str>) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::try_from(200).unwrap(), SdkBody::empty());
        if let Some(date) = date {
            response.headers_mut().insert("date", date);
        }
        response
    }

    #[test]
    fn the_last_answers_date_counts_and_not_the_clock() {
        let clock = "2026-11-20T11:53:00Z".parse().unwrap();
        let time = ServerTime::default();
        time.learn(&answer(None));
        assert_eq!(time.now(clock), clock);
        time.learn(&answer(Some("Fri, 20 Nov 2026 12:00:00 GMT")));
        let told: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let passed = time.now(clock).duration_since(told);
        assert!((0..60).contains(&passed.as_secs()), "{passed}");
        for strange in [None, Some("soon")] {
            time.learn(&answer(strange));
            assert!(time.now(clock) >= told);
        }
    }
}
