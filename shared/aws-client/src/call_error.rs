//! What a failed call means, in words that name no service.

use std::error::Error;
use std::fmt;

use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::byte_stream::error::Error as ByteStreamError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

/// Whether the same call may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// Throttled, a time-out, no connection, or a fault on AWS's side: the same call may succeed later.
    Temporary,
    /// AWS understood and said no, or the request could not be made: the same call will fail again.
    Refused,
}

/// A call that failed: one to AWS after the SDK's own retries, or one to another host.
///
/// Displays AWS's error code, its message and the request id (which AWS Support asks for), where AWS answered.
#[derive(Debug)]
pub struct CallError {
    outlook: Outlook,
    code: Option<String>,
    message: String,
    request_id: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CallError {
    /// A failure that no SDK tells, in words of ours.
    #[must_use]
    pub fn told(outlook: Outlook, message: impl Into<String>) -> Self {
        Self {
            outlook,
            code: None,
            message: message.into(),
            request_id: None,
            source: None,
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        self.outlook
    }

    /// AWS's error code, such as `AccessDenied`, where AWS answered with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = &self.code {
            write!(formatter, "{code}: ")?;
        }
        formatter.write_str(&self.message)?;
        match &self.request_id {
            Some(id) => write!(formatter, " (AWS request id {id})"),
            None => Ok(()),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl<E> From<SdkError<E, HttpResponse>> for CallError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let code = error.code().map(str::to_owned);
        let request_id = error.request_id().map(str::to_owned);
        let status = error.raw_response().map(|response| response.status().as_u16());
        let outlook = match &error {
            SdkError::TimeoutError(_) => Outlook::Temporary,
            SdkError::DispatchFailure(failure) if !failure.is_user() => Outlook::Temporary,
            // What AWS did is unknown, as after a time-out.
            SdkError::ResponseError(broken) if broken.raw().status().is_success() => Outlook::Temporary,
            SdkError::ServiceError(_) | SdkError::ResponseError(_) => outlook_of_answer(code.as_deref(), status),
            _ => Outlook::Refused,
        };
        let message = match &error {
            SdkError::ServiceError(_) => match (error.message(), status) {
                (Some(message), _) => message.to_owned(),
                (None, Some(status)) => format!("HTTP status {status} without a message"),
                (None, None) => "an answer without a message".to_owned(),
            },
            SdkError::TimeoutError(_) => "no answer within the time-out".to_owned(),
            SdkError::DispatchFailure(_) => "the request got no answer".to_owned(),
            SdkError::ResponseError(_) => "the answer could not be read".to_owned(),
            _ => "the request could not be made".to_owned(),
        };
        let source = match error {
            SdkError::ServiceError(_) => None,
            other => other.into_source().ok(),
        };
        Self {
            outlook,
            code,
            message,
            request_id,
            source,
        }
    }
}

/// The content of an answer broke off while it was read.
impl From<ByteStreamError> for CallError {
    fn from(error: ByteStreamError) -> Self {
        Self {
            outlook: Outlook::Temporary,
            code: None,
            message: "the answer broke off".to_owned(),
            request_id: None,
            source: Some(Box::new(error)),
        }
    }
}

/// Another update of the same Parameter Store parameter is under way
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>).
const TOO_MANY_UPDATES: &str = "TooManyUpdates";

/// Codes come from the SDK's own lists, so that what it retried is what is called temporary here; 429 and 5xx are
/// temporary whatever the code (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>).
fn outlook_of_answer(code: Option<&str>, status: Option<u16>) -> Outlook {
    let temporary =
        |code| THROTTLING_ERRORS.contains(&code) || TRANSIENT_ERRORS.contains(&code) || code == TOO_MANY_UPDATES;
    let listed = code.is_some_and(temporary);
    if listed || status.is_some_and(|status| status == 429 || (500..600).contains(&status)) {
        Outlook::Temporary
    } else {
        Outlook::Refused
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    #[derive(Debug)]
    struct Answer(ErrorMetadata);
    impl fmt::Display for Answer {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(formatter)
        }
    }
    impl Error for Answer {}
    impl ProvideErrorMetadata for Answer {
        fn meta(&self) -> &ErrorMetadata {
            &self.0
        }
    }

    fn answered(status: u16, code: Option<&str>, message: Option<&str>) -> CallError {
        let mut metadata = ErrorMetadata::builder();
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        if let Some(message) = message {
            metadata = metadata.message(message);
        }
        let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
        response.headers_mut().insert("x-amzn-requestid", "req-1");
        SdkError::service_error(Answer(metadata.build()), response).into()
    }

    #[test]
    fn throttling_and_faults_of_aws_are_temporary_and_a_no_is_not() {
        let cases = [
            (400, Some("Throttling"), Outlook::Temporary),
            (400, Some("RequestLimitExceeded"), Outlook::Temporary),
            (400, Some("RequestTimeout"), Outlook::Temporary),
            (400, Some("TooManyUpdates"), Outlook::Temporary),
            (429, Some("AnythingElse"), Outlook::Temporary),
            (500, Some("InternalFailure"), Outlook::Temporary),
            (503, None, Outlook::Temporary),
            (400, Some("InvalidParameterValue"), Outlook::Refused),
            (400, Some("SnapshotQuotaExceeded"), Outlook::Refused),
            (403, Some("AccessDenied"), Outlook::Refused),
            (404, None, Outlook::Refused),
        ];
        for (status, code, outlook) in cases {
            assert_eq!(answered(status, code, None).outlook(), outlook, "{status} {code:?}");
        }
    }

    #[test]
    fn the_text_has_awss_code_message_and_request_id() {
        let error = answered(
            403,
            Some("AccessDenied"),
            Some("not authorized to perform: rds:CreateDBSnapshot"),
        );
        assert_eq!(
            error.to_string(),
            "AccessDenied: not authorized to perform: rds:CreateDBSnapshot (AWS request id req-1)"
        );
        assert_eq!(error.code(), Some("AccessDenied"));
        assert_eq!(
            answered(503, None, None).to_string(),
            "HTTP status 503 without a message (AWS request id req-1)"
        );
    }

    #[test]
    fn no_connection_is_temporary_and_keeps_its_cause() {
        let error: CallError =
            SdkError::<Answer, HttpResponse>::dispatch_failure(ConnectorError::io("connection refused".into())).into();
        assert_eq!(error.outlook(), Outlook::Temporary);
        assert!(
            error
                .source()
                .unwrap()
                .source()
                .unwrap()
                .to_string()
                .contains("connection refused")
        );
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_temporary_unless_its_status_says_no() {
        for (status, outlook) in [
            (200, Outlook::Temporary),
            (502, Outlook::Temporary),
            (403, Outlook::Refused),
        ] {
            let response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
            let error: CallError = SdkError::<Answer, _>::response_error("end of input", response).into();
            assert_eq!(error.outlook(), outlook, "{status}");
        }
    }

    #[test]
    fn a_request_that_cannot_be_made_is_refused() {
        let error: CallError = SdkError::<Answer, HttpResponse>::construction_failure("no region").into();
        assert_eq!(error.outlook(), Outlook::Refused);
        let error: CallError =
            SdkError::<Answer, HttpResponse>::dispatch_failure(ConnectorError::user("bad URI".into())).into();
        assert_eq!(error.outlook(), Outlook::Refused);
        let error: CallError = SdkError::<Answer, HttpResponse>::timeout_error("elapsed").into();
        assert_eq!(error.outlook(), Outlook::Temporary);
    }
}
