//! The one HTTP client.

use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpClient, SharedHttpClient, SharedHttpConnector, http_client_fn};

use crate::server_time::{ServerTime, Timed};

/// rustls over ring, with the system's root certificates, which the first request loads.
///
/// The SDK's own client builds a connector, root certificates included, when a service client is made ("validates" it).
/// That costs milliseconds of a cold start for nothing, so the validation is not passed on: only requests reach it.
///
/// `time` learns from every answer.
pub(crate) fn client(time: ServerTime) -> SharedHttpClient {
    let inner = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    http_client_fn(move |settings, components| {
        let connector = inner.http_connector(settings, components);
        SharedHttpConnector::new(Timed::new(connector, time.clone()))
    })
}
