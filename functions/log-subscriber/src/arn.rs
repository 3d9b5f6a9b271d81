//! The parts of an ARN (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>).

/// An ARN, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) service: &'a str,
    pub(crate) account: &'a str,
    /// All after the account: `stream/x`, `destination:x`, `function:x:alias`.
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let ("arn", _partition) = (parts.next()?, parts.next()?) else {
            return None;
        };
        let (service, _region, account) = (parts.next()?, parts.next()?, parts.next()?);
        let resource = parts.next().filter(|resource| !resource.is_empty())?;
        Some(Self {
            service,
            account,
            resource,
        })
    }

    /// What stands behind the resource's type: `x` of `stream/x`, `destination:x` and `function:x`.
    pub(crate) fn name(&self) -> &'a str {
        self.resource
            .split_once([':', '/'])
            .map_or(self.resource, |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_taken_apart_and_anything_else_is_none() {
        let arn = Arn::parse("arn:aws:logs:eu-west-1:123456789012:destination:archive").unwrap();
        assert_eq!(
            (arn.service, arn.account, arn.name()),
            ("logs", "123456789012", "archive")
        );
        let arn = Arn::parse("arn:aws-cn:kinesis:cn-north-1:123456789012:stream/logs").unwrap();
        assert_eq!((arn.service, arn.name()), ("kinesis", "logs"));
        for text in [
            "",
            "logs",
            "arn:aws:logs:eu-west-1:123456789012",
            "arn:aws:logs:eu-west-1:123456789012:",
            "x:aws:a:b:c:d",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }
}
