//! Gathers what lies behind the destination.

use std::collections::BTreeSet;

use crate::Context;
use crate::arn::Arn;
use crate::error::{SubscriberError, failed_to};
use crate::guard::{DeliveryStream, Graph};

/// Names of the log groups in this account that what works on the archive writes to. None of them may be archived.
///
/// Of a destination in another account nothing can be seen, and nothing behind it logs to this one.
pub(crate) async fn guard(context: &Context) -> Result<BTreeSet<String>, SubscriberError> {
    let account = context.config.account.as_str();
    let Some(stream) = stream(context).await? else {
        return Ok(BTreeSet::new());
    };
    let graph = graph(context, &stream).await?;
    let mut groups = graph.error_groups();
    for function in graph.functions(account) {
        let group = context.functions.log_group(&function).await;
        groups.insert(group.map_err(failed_to(format!("read the configuration of {function}")))?);
    }
    Ok(groups)
}

/// ARN of the stream that log events go to, if it is in this account.
async fn stream(context: &Context) -> Result<Option<String>, SubscriberError> {
    let destination = &context.config.destination;
    let Some(arn) = Arn::parse(destination).filter(|arn| arn.account == context.config.account) else {
        return Ok(None);
    };
    if arn.service != "logs" {
        return Ok(Some(destination.clone()));
    }
    let found = context.logs.destination(arn.name()).await;
    let found = found.map_err(failed_to(format!("find the destination {destination}")))?;
    found
        .map(Some)
        .ok_or_else(|| SubscriberError::DestinationNotFound(destination.clone()))
}

async fn graph(context: &Context, stream: &str) -> Result<Graph, SubscriberError> {
    let mut graph = Graph::default();
    let arn = Arn::parse(stream);
    if let Some(arn) = arn.filter(|arn| arn.service == "firehose") {
        let found = delivery_stream(context, arn.name()).await?;
        let found = found.ok_or_else(|| SubscriberError::DestinationNotFound(stream.to_owned()))?;
        graph.delivery_streams.push(found);
    } else {
        graph.stream = Some(stream.to_owned());
        let names = context.firehose.reading_kinesis().await;
        for name in names.map_err(failed_to("list the delivery streams"))? {
            let found = delivery_stream(context, &name).await?;
            let reads = |found: &DeliveryStream| found.source.as_deref() == Some(stream);
            graph.delivery_streams.extend(found.filter(reads));
        }
    }
    let buckets: BTreeSet<String> = graph.delivery_streams.iter().flat_map(|s| s.buckets.clone()).collect();
    for bucket in buckets {
        let found = context.buckets.notifications(&bucket).await;
        let attempt = format!("read the notifications of bucket `{bucket}`");
        graph.notifications.push(found.map_err(failed_to(attempt))?);
    }
    let mappings = context.functions.mappings().await;
    graph.mappings = mappings.map_err(failed_to("list the event source mappings"))?;
    Ok(graph)
}

async fn delivery_stream(context: &Context, name: &str) -> Result<Option<DeliveryStream>, SubscriberError> {
    let found = context.firehose.delivery_stream(name).await;
    found.map_err(failed_to(format!("describe delivery stream `{name}`")))
}
