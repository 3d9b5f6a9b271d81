//! AWS Health: incidents, the API that lists them, and the events that EventBridge gets of them.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::aws_in_memory::wire::date;
use crate::wire::Refusal;

/// How many events a page of the API has: one, so that lists have several.
const PAGE: usize = 1;

/// Where global events appear, the second one as a backup
/// (<https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html>).
const GLOBAL: [&str; 2] = ["us-east-1", "us-west-2"];

/// One event of Health, as it is in truth.
#[derive(Debug, Clone)]
pub(crate) struct Incident {
    pub(crate) arn: String,
    pub(crate) region: &'static str,
    pub(crate) service: &'static str,
    pub(crate) category: &'static str,
    pub(crate) specific: bool,
    /// Its notices leave the region out, as older ones do.
    pub(crate) unnamed: bool,
    pub(crate) began: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    /// How often it was reported.
    pub(crate) version: usize,
}

impl Incident {
    pub(crate) fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}

/// A notice on its way from a region's EventBridge, and of which report it is.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) arn: String,
    pub(crate) version: usize,
    pub(crate) event: Value,
}

/// Health of one account.
pub(crate) struct Health {
    /// Whether the account may ask the API.
    pub(crate) plan: bool,
    pub(crate) incidents: Vec<Incident>,
    /// What the API still tells, while it lags behind.
    pub(crate) lagging: Option<Vec<Incident>>,
}

impl Health {
    /// The incidents as the API has them.
    pub(crate) fn told(&self) -> &[Incident] {
        self.lagging.as_ref().unwrap_or(&self.incidents)
    }

    /// `DescribeEvents` (<https://docs.aws.amazon.com/health/latest/APIReference/API_DescribeEvents.html>).
    pub(crate) fn answer(&self, operation: &str, request: &Value) -> Result<Value, Refusal> {
        if operation != "DescribeEvents" {
            return Err(Refusal::unknown(operation));
        }
        if !self.plan {
            return Err(Refusal::new(400, "SubscriptionRequiredException"));
        }
        let filter = &request["filter"];
        let asked = |list: &str, value: &str| match filter[list].as_array() {
            Some(values) => values.iter().any(|asked| asked == value),
            None => true,
        };
        let found: Vec<&Incident> = self
            .told()
            .iter()
            .filter(|incident| {
                asked("eventArns", &incident.arn)
                    && asked("regions", incident.region)
                    && asked("services", incident.service)
                    && asked("eventTypeCategories", incident.category)
                    && asked("eventStatusCodes", status(incident))
            })
            .collect();
        let begin: usize = request["nextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let page = found.iter().skip(begin).take(PAGE);
        let next = (begin + PAGE < found.len()).then(|| (begin + PAGE).to_string());
        Ok(json!({"events": page.map(|incident| listed(incident)).collect::<Vec<_>>(), "nextToken": next}))
    }

    /// What the regions' rules are sent of an incident's last report, where there is a forwarder.
    pub(crate) fn notices(&self, incident: usize, forwards: impl Fn(&str) -> bool) -> Vec<Notice> {
        let incident = &self.incidents[incident];
        let regions = match incident.region {
            "global" => GLOBAL.to_vec(),
            region => vec![region],
        };
        let heard = regions.into_iter().filter(|region| forwards(region));
        heard
            .map(|region| Notice {
                arn: incident.arn.clone(),
                version: incident.version,
                event: notice(incident, region),
            })
            .collect()
    }
}

fn status(incident: &Incident) -> &'static str {
    if incident.is_open() { "open" } else { "closed" }
}

fn scope(incident: &Incident) -> &'static str {
    if incident.specific {
        "ACCOUNT_SPECIFIC"
    } else {
        "PUBLIC"
    }
}

fn type_code(incident: &Incident) -> String {
    format!("AWS_{}_OPERATIONAL_ISSUE", incident.service)
}

fn listed(incident: &Incident) -> Value {
    #[expect(
        clippy::cast_precision_loss,
        reason = "times of this century are exact to the millisecond"
    )]
    let seconds = |time: Timestamp| time.as_millisecond() as f64 / 1_000.0;
    let mut event = json!({
        "arn": incident.arn,
        "service": incident.service,
        "eventTypeCode": type_code(incident),
        "eventTypeCategory": incident.category,
        "region": incident.region,
        "startTime": seconds(incident.began),
        "lastUpdatedTime": seconds(incident.updated),
        "statusCode": status(incident),
        "eventScopeCode": scope(incident),
    });
    if let Some(ended) = incident.ended {
        event["endTime"] = json!(seconds(ended));
    }
    event
}

/// Of whole seconds, as AWS writes it
/// (<https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html>).
fn notice(incident: &Incident, region: &str) -> Value {
    let mut detail = json!({
        "eventArn": incident.arn,
        "service": incident.service,
        "eventTypeCode": type_code(incident),
        "eventTypeCategory": incident.category,
        "eventScopeCode": scope(incident),
        "statusCode": status(incident),
        "startTime": date(incident.began),
        "lastUpdatedTime": date(incident.updated),
    });
    if !incident.unnamed {
        detail["eventRegion"] = json!(incident.region);
    }
    if let Some(ended) = incident.ended {
        detail["endTime"] = json!(date(ended));
    }
    json!({
        "source": "aws.health", "detail-type": "AWS Health Event", "region": region,
        "time": incident.updated.to_string(), "detail": detail,
    })
}
