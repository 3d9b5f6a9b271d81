//! A log group and its subscription filters, in our words.

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// Without `:*` at its end, as the tagging API knows it.
    pub(crate) arn: String,
    pub(crate) class: Class,
    pub(crate) retention: Retention,
}

/// Only `Standard` has subscription filters
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Standard,
    /// Infrequent access, delivery, or one that AWS adds later.
    Other,
}

/// How long a group keeps its log events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retention {
    Forever,
    Days(i32),
    /// The account's retention policy says it for all its groups.
    OfAccount,
}

/// A subscription filter of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) name: String,
    /// ARN.
    pub(crate) destination: String,
    /// ARN; a destination of the Logs service has its own.
    pub(crate) role: Option<String>,
    /// Which events it passes on; all of them where it is empty.
    pub(crate) pattern: String,
}

impl Group {
    #[cfg(test)]
    pub(crate) fn standard(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            arn: format!("arn:aws:logs:us-east-1:123456789012:log-group:{name}"),
            class: Class::Standard,
            retention: Retention::Forever,
        }
    }
}
