//! Which service an ARN names.

/// The ARN is neither a Kinesis stream's nor a Firehose stream's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not the ARN of a Kinesis stream (arn:aws:kinesis:REGION:ACCOUNT:stream/NAME) nor of a Firehose stream \
     (arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME)"
)]
pub struct InvalidArn(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    KinesisStream,
    DeliveryStream,
}

/// What an ARN says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) kind: Kind,
    pub(crate) region: &'a str,
    pub(crate) name: &'a str,
}

pub(crate) fn parse(arn: &str) -> Result<Target<'_>, InvalidArn> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let target = match parts[..] {
        ["arn", _, "kinesis", region, _, resource] => {
            let name = resource.strip_prefix("stream/");
            name.map(|name| (Kind::KinesisStream, region, name))
        }
        ["arn", _, "firehose", region, _, resource] => {
            let name = resource.strip_prefix("deliverystream/");
            name.map(|name| (Kind::DeliveryStream, region, name))
        }
        _ => None,
    };
    match target {
        // A consumer's ARN continues after its stream's name.
        Some((kind, region, name)) if !region.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(Target { kind, region, name })
        }
        _ => Err(InvalidArn(arn.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_a_stream_of_kinesis_or_firehose_or_is_refused() {
        let kinesis = Some((Kind::KinesisStream, "eu-west-1", "logs"));
        let firehose = Some((Kind::DeliveryStream, "us-gov-west-1", "logs"));
        let cases = [
            ("arn:aws:kinesis:eu-west-1:123456789012:stream/logs", kinesis),
            (
                "arn:aws-us-gov:firehose:us-gov-west-1:123456789012:deliverystream/logs",
                firehose,
            ),
            ("arn:aws:kinesis:eu-west-1:123456789012:stream/", None),
            ("arn:aws:kinesis::123456789012:stream/logs", None),
            (
                "arn:aws:kinesis:eu-west-1:123456789012:stream/logs/consumer/a:1795176000",
                None,
            ),
            ("arn:aws:kinesis:eu-west-1:123456789012:deliverystream/logs", None),
            ("arn:aws:firehose:eu-west-1:123456789012:stream/logs", None),
            ("arn:aws:logs:eu-west-1:123456789012:destination:logs", None),
            ("logs", None),
            ("", None),
        ];
        for (arn, expected) in cases {
            let found = parse(arn).ok().map(|target| (target.kind, target.region, target.name));
            assert_eq!(found, expected, "{arn}");
        }
    }
}
