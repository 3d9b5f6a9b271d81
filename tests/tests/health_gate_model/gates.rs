//! Gates of the scripts, and what of Health they are to be stopped by: read from the page health-gate.md, not from the code.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::aws_in_memory::wire::REGION;
use crate::dynamodb::{text, time};
use crate::expression::Item;
use crate::health::Incident;
use crate::world::World;

/// The function's own region.
pub(crate) const HOME: &str = REGION;
pub(crate) const REGIONS: [&str; 3] = [HOME, "us-east-1", "us-west-2"];
/// How long a region counts as heard of after its forwarder's heartbeat.
const HEARD: SignedDuration = SignedDuration::from_mins(30);

/// A gate's `UserParameters`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a parameter of its own")]
pub(crate) struct Gate {
    /// None for the function's own.
    pub(crate) region: Option<&'static str>,
    /// None for all.
    pub(crate) service: Option<&'static str>,
    pub(crate) investigations: bool,
    pub(crate) specific: bool,
    pub(crate) hold: bool,
    pub(crate) allow: bool,
    pub(crate) minutes: i64,
    /// Whether it is told which pipeline and execution it is part of.
    pub(crate) resumable: bool,
}

/// What a gate is to do, by what the source that it has to use says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Clear,
    Blocked,
    /// Nobody can say.
    Unknown,
}

impl Gate {
    pub(crate) fn longest(&self) -> SignedDuration {
        SignedDuration::from_mins(self.minutes)
    }

    pub(crate) fn user_parameters(&self, pipeline: &str, execution: &str) -> String {
        let mut parameters = json!({
            "on_event": if self.hold { "hold" } else { "fail" },
            "on_api_failure": if self.allow { "allow" } else { "block" },
            "max_hold_minutes": self.minutes,
            "include_account_specific": self.specific,
        });
        if let Some(region) = self.region {
            parameters["regions"] = json!([region]);
        }
        if let Some(service) = self.service {
            parameters["services"] = json!([service]);
        }
        if self.investigations {
            parameters["categories"] = json!(["issue", "investigation"]);
        }
        if self.resumable {
            parameters["pipeline"] = Value::from(pipeline);
            parameters["execution"] = Value::from(execution);
        }
        parameters.to_string()
    }

    fn is_stopped_by(&self, region: &str, service: &str, category: &str, specific: bool) -> bool {
        let own = self.region.unwrap_or(HOME);
        ["global", "unknown", own].contains(&region)
            && self.service.is_none_or(|wanted| wanted == service)
            && (category == "issue" || (self.investigations && category == "investigation"))
            && (self.specific || !specific)
    }

    fn is_stopped_by_incident(&self, incident: &Incident) -> bool {
        let Incident {
            region,
            service,
            category,
            specific,
            ..
        } = incident;
        incident.is_open() && self.is_stopped_by(region, service, category, *specific)
    }

    fn is_stopped_by_record(&self, item: &Item, now: Timestamp) -> bool {
        let specific = text(item, "scope") == "ACCOUNT_SPECIFIC";
        text(item, "status") != "closed"
            && time(item, "ended").is_none_or(|ended| ended > now)
            && self.is_stopped_by(
                text(item, "region"),
                text(item, "service"),
                text(item, "category"),
                specific,
            )
    }

    pub(crate) fn standing(&self, world: &World) -> Standing {
        let told = |incident: &Incident| self.is_stopped_by_incident(incident);
        if world.health.plan && world.health.told().iter().any(told) {
            return Standing::Blocked;
        }
        // The API may lag behind: what was told of otherwise stops as well.
        let mut records = world.table.partition("EVENT");
        if records.any(|(_, item)| self.is_stopped_by_record(item, world.now)) {
            return Standing::Blocked;
        }
        if world.health.plan {
            return Standing::Clear;
        }
        let heard = |region: &str| {
            let mut forwarders = world.table.partition("FORWARDER");
            let seen = forwarders.find(|(name, _)| *name == region);
            let seen = seen.and_then(|(_, item)| time(item, "seen"));
            seen.is_some_and(|seen| world.now.duration_since(seen) <= HEARD)
        };
        let global = heard("us-east-1") || heard("us-west-2");
        if global && heard(self.region.unwrap_or(HOME)) {
            Standing::Clear
        } else {
            Standing::Unknown
        }
    }
}
