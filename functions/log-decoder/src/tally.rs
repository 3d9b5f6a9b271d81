//! What an invocation counts: for its metrics, always, and for its line in the log, where not everything is plain.

use jiff::Timestamp;
use serde_json::json;

use crate::decoder::Unreadable;

const NAMESPACE: &str = "Wrasse/LogArchive";

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered { events: usize },
    Nothing,
    Unreadable(Unreadable),
    TooLarge,
    PutBack,
    NotPutBack,
}

/// Records by what became of them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Log events in the answer.
    pub(crate) events: usize,
    pub(crate) answered: usize,
    pub(crate) nothing: usize,
    pub(crate) put_back: usize,
    pub(crate) not_base64: usize,
    pub(crate) not_gzip: usize,
    pub(crate) not_a_message: usize,
    pub(crate) panicked: usize,
    pub(crate) too_large: usize,
    pub(crate) not_put_back: usize,
}

impl FromIterator<Fate> for Tally {
    fn from_iter<T: IntoIterator<Item = Fate>>(fates: T) -> Self {
        let mut tally = Self::default();
        for fate in fates {
            let count = match fate {
                Fate::Answered { events } => {
                    tally.events += events;
                    &mut tally.answered
                }
                Fate::Nothing => &mut tally.nothing,
                Fate::PutBack => &mut tally.put_back,
                Fate::Unreadable(Unreadable::NotBase64) => &mut tally.not_base64,
                Fate::Unreadable(Unreadable::NotGzip) => &mut tally.not_gzip,
                Fate::Unreadable(Unreadable::NotAMessage) => &mut tally.not_a_message,
                Fate::Unreadable(Unreadable::Panicked) => &mut tally.panicked,
                Fate::TooLarge => &mut tally.too_large,
                Fate::NotPutBack => &mut tally.not_put_back,
            };
            *count += 1;
        }
        tally
    }
}

impl Tally {
    /// Records answered `ProcessingFailed`.
    pub(crate) fn failed(&self) -> usize {
        self.not_base64 + self.not_gzip + self.not_a_message + self.panicked + self.too_large + self.not_put_back
    }

    /// One line of the log, unless every record was answered or held nothing. `parts` are the records put into the source,
    /// `reason` says why the first that was not could not be.
    pub(crate) fn log(&self, parts: usize, reason: Option<&str>) {
        if self.failed() + self.put_back == 0 {
            return;
        }
        tracing::warn!(
            records = self.answered + self.nothing + self.put_back + self.failed(),
            failed = self.failed(),
            not_base64 = self.not_base64,
            not_gzip = self.not_gzip,
            not_a_message = self.not_a_message,
            panicked = self.panicked,
            too_large = self.too_large,
            not_put_back = self.not_put_back,
            put_back = self.put_back,
            parts,
            reason,
            "not all records are in the answer: the failed ones are in the error prefix, the ones put back come again"
        );
    }

    /// The metrics, in the embedded metric format: one line in the log, no API call and no permission
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
    pub(crate) fn metrics(&self, function: &str, now: Timestamp) -> String {
        let count = |name| json!({"Name": name, "Unit": "Count"});
        json!({
            "_aws": {
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": [["Function"]],
                    "Metrics": [count("EventsDecoded"), count("RecordsReingested"), count("RecordsFailed")],
                }],
            },
            "Function": function,
            "EventsDecoded": self.events,
            "RecordsReingested": self.put_back,
            "RecordsFailed": self.failed(),
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fate_is_counted_once() {
        let fates = [
            Fate::Answered { events: 3 },
            Fate::Answered { events: 4 },
            Fate::Nothing,
            Fate::PutBack,
            Fate::Unreadable(Unreadable::NotBase64),
            Fate::Unreadable(Unreadable::NotGzip),
            Fate::Unreadable(Unreadable::NotAMessage),
            Fate::Unreadable(Unreadable::Panicked),
            Fate::TooLarge,
            Fate::NotPutBack,
        ];
        let tally: Tally = fates.into_iter().collect();
        let expected = Tally {
            events: 7,
            answered: 2,
            nothing: 1,
            put_back: 1,
            not_base64: 1,
            not_gzip: 1,
            not_a_message: 1,
            panicked: 1,
            too_large: 1,
            not_put_back: 1,
        };
        assert_eq!(tally, expected);
        assert_eq!(tally.failed(), 6);
    }

    #[test]
    fn the_metrics_are_named_as_the_alarms_know_them() {
        let tally: Tally = [Fate::Answered { events: 3 }, Fate::PutBack, Fate::TooLarge]
            .into_iter()
            .collect();
        let line: serde_json::Value =
            serde_json::from_str(&tally.metrics("decoder", "2026-11-20T12:00:00Z".parse().unwrap())).unwrap();
        assert_eq!(line["_aws"]["Timestamp"], 1_795_176_000_000_i64);
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Namespace"], "Wrasse/LogArchive");
        assert_eq!(directive["Dimensions"], json!([["Function"]]));
        let values: Vec<_> = directive["Metrics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|metric| {
                let name = metric["Name"].as_str().unwrap();
                (name, &line[name])
            })
            .collect();
        assert_eq!(
            values,
            [
                ("EventsDecoded", &json!(3)),
                ("RecordsReingested", &json!(1)),
                ("RecordsFailed", &json!(1))
            ]
        );
        assert_eq!(line["Function"], "decoder");
    }
}
