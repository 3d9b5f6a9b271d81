//! What lies behind the destination, and so must not be archived: each line would make another. Pure.

use std::collections::BTreeSet;

use crate::arn::Arn;

/// A delivery stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DeliveryStream {
    /// ARN of the Kinesis stream that it reads, where it reads one.
    pub(crate) source: Option<String>,
    /// ARNs of the functions that transform its records.
    pub(crate) transforms: BTreeSet<String>,
    /// Log groups that Firehose writes its own errors to.
    pub(crate) error_groups: BTreeSet<String>,
    /// Names of the buckets that it delivers to.
    pub(crate) buckets: BTreeSet<String>,
}

/// A function that Lambda invokes with what a source holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// ARN of a stream, of a stream's consumer, or of a queue.
    pub(crate) source: String,
    /// ARN, maybe with a version or alias.
    pub(crate) function: String,
}

/// Whom a bucket tells of its new objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notifications {
    /// ARNs, maybe with a version or alias.
    pub(crate) functions: Vec<String>,
    /// ARNs.
    pub(crate) queues: Vec<String>,
}

/// All that is known of what lies behind the destination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    /// ARN of the destination's Kinesis stream, where it has one.
    pub(crate) stream: Option<String>,
    pub(crate) delivery_streams: Vec<DeliveryStream>,
    /// All of the account and region.
    pub(crate) mappings: Vec<Mapping>,
    /// Of the delivery streams' buckets.
    pub(crate) notifications: Vec<Notifications>,
}

impl Graph {
    /// ARNs, without version or alias, of the functions in `account` that work on what is archived. Those of other
    /// accounts have their log groups there.
    pub(crate) fn functions(&self, account: &str) -> BTreeSet<String> {
        let transforms = self.delivery_streams.iter().flat_map(|stream| &stream.transforms);
        let mapped = self.mappings.iter().filter(|mapping| self.feeds(&mapping.source));
        let notified = self.notifications.iter().flat_map(|bucket| &bucket.functions);
        let all = transforms
            .chain(mapped.map(|mapping| &mapping.function))
            .chain(notified);
        all.filter_map(|arn| unqualified(arn, account)).collect()
    }

    /// Names of the log groups that Firehose writes its own errors to.
    pub(crate) fn error_groups(&self) -> BTreeSet<String> {
        let streams = self.delivery_streams.iter();
        streams.flat_map(|stream| stream.error_groups.clone()).collect()
    }

    /// A consumer's ARN begins with its stream's
    /// (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Consumer.html>).
    fn feeds(&self, source: &str) -> bool {
        let stream = self.stream.as_ref().is_some_and(|stream| {
            let rest = source.strip_prefix(stream.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("/consumer/"))
        });
        let queue = || {
            self.notifications
                .iter()
                .any(|bucket| bucket.queues.iter().any(|queue| queue == source))
        };
        stream || queue()
    }
}

/// `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, if it is a function of `account`.
fn unqualified(arn: &str, account: &str) -> Option<String> {
    let parsed = Arn::parse(arn).filter(|arn| arn.service == "lambda" && arn.account == account)?;
    let (name, qualifier) = parsed.name().split_once(':').unwrap_or((parsed.name(), ""));
    let whole = arn.strip_suffix(qualifier)?.trim_end_matches(':');
    whole.ends_with(name).then(|| whole.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "123456789012";
    const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/archive";

    fn function(name: &str) -> String {
        format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}")
    }

    fn mapping(source: &str, name: &str) -> Mapping {
        Mapping {
            source: source.to_owned(),
            function: function(name),
        }
    }

    #[test]
    fn every_way_from_the_destination_to_a_function_is_followed() {
        let queue = "arn:aws:sqs:us-east-1:123456789012:new-objects";
        let graph = Graph {
            stream: Some(STREAM.to_owned()),
            delivery_streams: vec![DeliveryStream {
                transforms: BTreeSet::from([function("decoder:live")]),
                error_groups: BTreeSet::from(["/aws/kinesisfirehose/archive".to_owned()]),
                ..DeliveryStream::default()
            }],
            mappings: vec![
                mapping(STREAM, "reads-the-stream:7"),
                mapping(&format!("{STREAM}/consumer/fast:1795176000"), "fans-out"),
                mapping(&format!("{STREAM}-2"), "reads-another-stream"),
                mapping(queue, "reads-the-queue"),
                mapping("arn:aws:sqs:us-east-1:123456789012:orders", "reads-another-queue"),
            ],
            notifications: vec![Notifications {
                functions: vec![function("told-of-objects")],
                queues: vec![queue.to_owned()],
            }],
        };
        let expected = [
            "decoder",
            "fans-out",
            "reads-the-queue",
            "reads-the-stream",
            "told-of-objects",
        ];
        assert_eq!(graph.functions(ACCOUNT), expected.map(function).into());
        assert_eq!(graph.error_groups(), ["/aws/kinesisfirehose/archive".to_owned()].into());
    }

    #[test]
    fn without_a_kinesis_stream_only_the_delivery_stream_and_its_bucket_count() {
        let graph = Graph {
            mappings: vec![mapping(STREAM, "reads-the-stream")],
            ..Graph::default()
        };
        assert_eq!(graph.functions(ACCOUNT), BTreeSet::new());
    }

    #[test]
    fn a_function_is_known_without_its_version_and_only_in_its_own_account() {
        let cases = [
            (function("decoder"), Some(function("decoder"))),
            (function("decoder:$LATEST"), Some(function("decoder"))),
            (function("decoder:decoder"), Some(function("decoder"))),
            (
                "arn:aws:lambda:us-east-1:999999999999:function:decoder".to_owned(),
                None,
            ),
            ("arn:aws:sns:us-east-1:123456789012:topic".to_owned(), None),
            ("decoder".to_owned(), None),
        ];
        for (arn, expected) in cases {
            assert_eq!(unqualified(&arn, ACCOUNT), expected, "{arn}");
        }
    }
}
