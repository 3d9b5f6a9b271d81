//! The way from an invocation to its answer: as `lambda_runtime` has it, save that an answer is sent from where it was
//! written.
//!
//! `lambda_runtime` lets `serde_json` write what a handler answers, which of an answer that is JSON already makes a copy, of 6 MB
//! at most: 6 to 10% of the decoder's time (docs/performance.md).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use lambda_runtime::layers::TracingLayer;
use lambda_runtime::tower::layer::layer_fn;
use lambda_runtime::{Context, Diagnostic, Error, LambdaEvent, LambdaInvocation, Runtime, service_fn};
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{PooledClient, build_request};
use serde::de::IgnoredAny;

use crate::{Answer, DecoderError, Event, Function, Invocation};

/// Tells the Runtime API which try of an invocation an answer is for.
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";

/// Answers one invocation after another until the Runtime API cannot be reached.
pub async fn run(function: Function) -> Result<(), Error> {
    let function = Arc::new(function);
    let api = Arc::new(PooledClient::builder().build());
    let answering = move |invocation| {
        let (function, api) = (Arc::clone(&function), Arc::clone(&api));
        async move { answer(&function, &api, invocation).await }.boxed_local()
    };
    // A runtime can only be made with a handler; ours takes that one's place.
    let handler = service_fn(async |_: LambdaEvent<IgnoredAny>| Ok::<(), Error>(()));
    Runtime::new(handler)
        .layer(layer_fn(move |_| service_fn(answering.clone())))
        .layer(TracingLayer::new())
        .run()
        .await
}

/// Sends the answer, or why there is none
/// (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).
async fn answer(function: &Function, api: &PooledClient, invocation: LambdaInvocation) -> Result<(), Error> {
    let LambdaInvocation { parts, body, context } = invocation;
    let (what, body) = match handle(function, body, &context).await {
        Ok(answer) => ("response", Bytes::from_owner(answer)),
        Err(error) => {
            tracing::error!(outcome = error.name(), %error);
            ("error", serde_json::to_vec(&Diagnostic::from(error))?.into())
        }
    };
    let uri = format!("/2018-06-01/runtime/invocation/{}/{what}", context.request_id);
    let mut request = build_request().method("POST").uri(uri);
    if let Some(id) = parts.headers.get(INVOCATION_ID) {
        request = request.header(INVOCATION_ID, id);
    }
    let response = api.call(request.body(Body::from(body))?).await?;
    if !response.status().is_success() {
        tracing::error!(
            outcome = "AnswerRefused",
            status = response.status().as_u16(),
            "the Runtime API did not take the answer, probably because the function's time was over"
        );
    }
    Ok(())
}

async fn handle(function: &Function, body: Bytes, context: &Context) -> Result<Answer, DecoderError> {
    let event: Event = serde_json::from_slice(&body).map_err(|error| DecoderError::InvalidEvent {
        line: error.line(),
        column: error.column(),
    })?;
    drop(body);
    caught(function.answer(event, Invocation::of(context), std::io::stdout())).await
}

/// A panic is an answer, too: the process goes on, and the next batch does not pay for this one.
async fn caught(answer: impl Future<Output = Result<Answer, DecoderError>>) -> Result<Answer, DecoderError> {
    AssertUnwindSafe(answer)
        .catch_unwind()
        .await
        .unwrap_or(Err(DecoderError::Panicked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered() {
        let found = caught(async { panic!("in a test") }).await;
        assert_eq!(found.map_err(|error| error.name()).unwrap_err(), "Panicked");
    }
}
