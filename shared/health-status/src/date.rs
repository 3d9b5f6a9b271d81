//! Dates as Health writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

/// AWS's own sample has a Friday that it calls a Thursday, hence relaxed
/// (<https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html>).
static RFC_2822: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// RFC 2822, as the schema says, or ISO 8601, where a missing offset is UTC. `None` is what is neither.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let iso = || text.parse::<Timestamp>().ok();
    let rfc_2822 = || RFC_2822.parse_timestamp(text).ok();
    let without_offset = || {
        let civil = text.parse::<DateTime>().ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    iso().or_else(rfc_2822).or_else(without_offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_rfc_2822_or_iso_or_nothing() {
        let expected = Some("2021-08-27T13:19:03Z".parse().unwrap());
        let cases = [
            ("Fri, 27 Aug 2021 13:19:03 GMT", expected),
            ("Thu, 27 Aug 2021 13:19:03 GMT", expected),
            ("27 Aug 2021 13:19:03 GMT", expected),
            ("Fri, 27 Aug 2021 15:19:03 +0200", expected),
            (" 2021-08-27T13:19:03Z ", expected),
            ("2021-08-27T15:19:03+02:00", expected),
            ("2021-08-27T13:19:03", expected),
            ("2021-08-27 13:19:03", expected),
            ("", None),
            ("yesterday", None),
            ("Fri, 32 Aug 2021 13:19:03 GMT", None),
            ("1630070343", None),
            ("99999-08-27T13:19:03Z", None),
        ];
        for (text, date) in cases {
            assert_eq!(parse(text), date, "{text}");
        }
    }
}
