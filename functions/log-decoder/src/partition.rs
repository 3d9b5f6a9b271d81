//! What Firehose is told of a record, so that its prefix expressions can name it
//! (<https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html>).

use jiff::Span;
use jiff::civil::date;

use crate::config::PartitionBy;
use crate::json;
use crate::message::Header;

/// Replaces `out` by the members, each with its comma before it, that a record's answer has beside its data.
pub(crate) fn write_metadata(header: &Header, by: PartitionBy, out: &mut String) {
    out.clear();
    if by == PartitionBy::None {
        return;
    }
    out.push_str(r#","metadata":{"partitionKeys":{"account":"#);
    json::push_quoted(&header.account, out);
    out.push_str(r#","day":""#);
    out.push_str(&day(header.first_timestamp.unwrap_or_default()));
    out.push('"');
    if by == PartitionBy::Group {
        out.push_str(r#","group":"#);
        json::push_quoted(header.group.strip_prefix('/').unwrap_or(&header.group), out);
    }
    out.push_str("}}");
}

/// The day in UTC, as folders of S3 have it: `2026/11/20`.
fn day(milliseconds: i64) -> String {
    let days = milliseconds.div_euclid(24 * 60 * 60 * 1000);
    // Not by `Timestamp`, which ends a day before the last date.
    let date = date(1970, 1, 1).saturating_add(Span::new().try_days(days).unwrap_or_default());
    format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(group: &str, first_timestamp: i64, by: PartitionBy) -> String {
        let header = Header {
            account: "123456789012".into(),
            group: group.into(),
            first_timestamp: Some(first_timestamp),
            events: 1,
        };
        let mut out = "of the last record".to_owned();
        write_metadata(&header, by, &mut out);
        out
    }

    #[test]
    fn the_keys_are_those_asked_for() {
        let cases = [
            (PartitionBy::None, ""),
            (
                PartitionBy::Account,
                r#","metadata":{"partitionKeys":{"account":"123456789012","day":"2026/11/20"}}"#,
            ),
            (
                PartitionBy::Group,
                r#","metadata":{"partitionKeys":{"account":"123456789012","day":"2026/11/20","group":"aws/lambda/shop"}}"#,
            ),
        ];
        for (by, expected) in cases {
            assert_eq!(metadata("/aws/lambda/shop", 1_795_176_000_123, by), expected, "{by:?}");
        }
    }

    #[test]
    fn only_one_slash_goes_from_the_groups_name() {
        for (group, key) in [("shop", r#""shop""#), ("//shop/", r#""/shop/""#), ("a\"b", r#""a\"b""#)] {
            let found = metadata(group, 0, PartitionBy::Group);
            assert!(found.ends_with(&format!(r#""group":{key}}}}}"#)), "{found}");
        }
    }

    #[test]
    fn the_day_is_that_of_utc() {
        let cases = [
            (0, "1970/01/01"),
            (86_399_999, "1970/01/01"),
            (86_400_000, "1970/01/02"),
            (1_709_164_800_000, "2024/02/29"),
            (253_402_300_799_999, "9999/12/31"),
        ];
        for (milliseconds, expected) in cases {
            assert_eq!(day(milliseconds), expected);
        }
    }
}
