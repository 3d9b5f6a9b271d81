//! One event of Health.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::region::Region;

/// What Health says of one incident, change or notice. All its updates have the same ARN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthEvent {
    /// `arn:aws:health:REGION::event/SERVICE/TYPE_CODE/ID`.
    pub arn: String,
    /// Where it happens, which is not where the notice of it arrived.
    pub region: Region,
    /// Such as `EC2`; empty where Health does not say, which counts for every service.
    pub service: String,
    /// Such as `AWS_EC2_OPERATIONAL_ISSUE`; may be empty.
    pub type_code: String,
    /// One of [`CATEGORIES`](crate::CATEGORIES). What is not, or empty, counts for every category.
    pub category: String,
    /// Whom it concerns.
    pub scope: Scope,
    /// As Health says; [`HealthEvent::status_at`] looks at its end too.
    pub status: Status,
    /// When it began, or will.
    pub started: Option<Timestamp>,
    /// When it ended, or will.
    pub ended: Option<Timestamp>,
    /// Of two reports of the same event the one with the later time is the newer one.
    pub updated: Timestamp,
}

/// Whom an event concerns. As text, and so in JSON, Health's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "&'static str")]
pub enum Scope {
    /// Everyone: `PUBLIC`.
    Public,
    /// This account's resources: `ACCOUNT_SPECIFIC`.
    AccountSpecific,
    /// Health does not say: `NONE`. It counts as public.
    Unknown,
}

impl Scope {
    /// Health's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "PUBLIC",
            Self::AccountSpecific => "ACCOUNT_SPECIFIC",
            Self::Unknown => "NONE",
        }
    }
}

impl From<&str> for Scope {
    fn from(word: &str) -> Self {
        match word {
            "PUBLIC" => Self::Public,
            "ACCOUNT_SPECIFIC" => Self::AccountSpecific,
            _ => Self::Unknown,
        }
    }
}

impl From<String> for Scope {
    fn from(word: String) -> Self {
        Self::from(word.as_str())
    }
}

impl From<Scope> for &'static str {
    fn from(scope: Scope) -> Self {
        scope.as_str()
    }
}

/// Whether it is over. In JSON Health's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It goes on, or nobody says that it does not.
    Open,
    /// It is to come.
    Upcoming,
    /// It is over.
    Closed,
}

impl Status {
    /// Health's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Upcoming => "upcoming",
            Self::Closed => "closed",
        }
    }
}

impl From<&str> for Status {
    /// A word that is not known counts as open.
    fn from(word: &str) -> Self {
        match word {
            "upcoming" => Self::Upcoming,
            "closed" => Self::Closed,
            _ => Self::Open,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl HealthEvent {
    /// Closed as well once its end has passed: the report that says so may come late, or have been sent before Health
    /// reported the status at all.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> Status {
        match self.ended {
            Some(ended) if ended <= now => Status::Closed,
            _ => self.status,
        }
    }

    /// What it is, where, and since when: for people, in one line.
    #[must_use]
    pub fn sentence(&self) -> String {
        let or = |text: &str, otherwise: &str| {
            if text.is_empty() {
                otherwise.to_owned()
            } else {
                text.to_owned()
            }
        };
        let kind = match self.category.as_str() {
            "accountNotification" => "notification",
            "scheduledChange" => "scheduled change",
            other => other,
        };
        let place = match &self.region {
            Region::Global => "everywhere (global)".to_owned(),
            Region::In(name) => format!("in {name}"),
            Region::Unknown => "in a region that is not named".to_owned(),
        };
        let time = |time: Option<Timestamp>, word: &str| {
            time.map(|time| format!(" {word} {}", time.strftime("%Y-%m-%d %H:%M UTC")))
                .unwrap_or_default()
        };
        let since = match self.status {
            Status::Open => time(self.started, "since"),
            Status::Upcoming => time(self.started, "from"),
            Status::Closed => time(self.ended, "since"),
        };
        format!(
            "{} {} {} {place}, {}{since}",
            or(&self.service, "AWS"),
            or(kind, "event"),
            or(&self.type_code, "of unknown type"),
            self.status,
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> HealthEvent {
        HealthEvent {
            arn: "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1".into(),
            region: Region::from("us-east-1"),
            service: "EC2".into(),
            type_code: "AWS_EC2_OPERATIONAL_ISSUE".into(),
            category: "issue".into(),
            scope: Scope::Public,
            status: Status::Open,
            started: Some("2026-11-20T12:00:59Z".parse().unwrap()),
            ended: None,
            updated: "2026-11-20T12:30:00.5Z".parse().unwrap(),
        }
    }

    #[test]
    fn an_event_is_over_when_health_says_so_or_its_end_has_passed() {
        let at = |time: &str| format!("2026-11-20T{time}Z").parse::<Timestamp>().unwrap();
        let ended = |time| Some(at(time));
        let cases = [
            (Status::Open, None, Status::Open),
            (Status::Open, ended("11:59:59"), Status::Closed),
            (Status::Open, ended("12:00:00"), Status::Closed),
            (Status::Open, ended("12:00:01"), Status::Open),
            (Status::Upcoming, None, Status::Upcoming),
            (Status::Upcoming, ended("12:00:01"), Status::Upcoming),
            (Status::Upcoming, ended("11:00:00"), Status::Closed),
            (Status::Closed, None, Status::Closed),
            (Status::Closed, ended("12:00:01"), Status::Closed),
        ];
        for (status, ended, expected) in cases {
            let event = HealthEvent {
                status,
                ended,
                ..event()
            };
            assert_eq!(event.status_at(at("12:00:00")), expected, "{status} {ended:?}");
        }
    }

    #[test]
    fn the_sentence_says_what_where_and_since_when() {
        let issue = "EC2 issue AWS_EC2_OPERATIONAL_ISSUE";
        let cases = [
            (
                event(),
                format!("{issue} in us-east-1, open since 2026-11-20 12:00 UTC"),
            ),
            (
                HealthEvent {
                    started: None,
                    ..event()
                },
                format!("{issue} in us-east-1, open"),
            ),
            (
                HealthEvent {
                    region: Region::Global,
                    ..event()
                },
                format!("{issue} everywhere (global), open since 2026-11-20 12:00 UTC"),
            ),
            (
                HealthEvent {
                    region: Region::Unknown,
                    started: None,
                    ..event()
                },
                format!("{issue} in a region that is not named, open"),
            ),
            (
                HealthEvent {
                    status: Status::Closed,
                    ended: Some("2026-11-20T13:00:00Z".parse().unwrap()),
                    ..event()
                },
                format!("{issue} in us-east-1, closed since 2026-11-20 13:00 UTC"),
            ),
            (
                HealthEvent {
                    status: Status::Upcoming,
                    category: "scheduledChange".into(),
                    ..event()
                },
                "EC2 scheduled change AWS_EC2_OPERATIONAL_ISSUE in us-east-1, upcoming from 2026-11-20 12:00 UTC"
                    .into(),
            ),
            (
                HealthEvent {
                    service: String::new(),
                    type_code: String::new(),
                    category: String::new(),
                    started: None,
                    ..event()
                },
                "AWS event of unknown type in us-east-1, open".into(),
            ),
        ];
        for (event, sentence) in cases {
            assert_eq!(event.sentence(), sentence);
        }
    }

    #[test]
    fn in_json_it_has_healths_own_words() {
        let json = serde_json::to_value(event()).unwrap();
        let expected = json!({
            "arn": "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1",
            "region": "us-east-1",
            "service": "EC2",
            "type_code": "AWS_EC2_OPERATIONAL_ISSUE",
            "category": "issue",
            "scope": "PUBLIC",
            "status": "open",
            "started": "2026-11-20T12:00:59Z",
            "ended": null,
            "updated": "2026-11-20T12:30:00.5Z",
        });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<HealthEvent>(json).unwrap(), event());
        for region in [Region::Global, Region::Unknown] {
            let event = HealthEvent {
                region,
                scope: Scope::Unknown,
                ..event()
            };
            let stored = serde_json::to_value(&event).unwrap();
            assert_eq!(serde_json::from_value::<HealthEvent>(stored).unwrap(), event);
        }
    }
}
