//! Events of AWS Health: newer wins, and closed wins a tie.

use health_status::{HealthEvent, Status};
use jiff::{SignedDuration, Timestamp};

use crate::condition::Expression;
use crate::item::{Item, Value};

/// The partition of events.
pub(crate) const PARTITION: &str = "EVENT";

/// How long an event is kept after its last update, once it is closed. AWS repeats a delivery for a day at most.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What became of an update of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is what the table says of the event now.
    Recorded,
    /// The table has this update already, or a newer one.
    Stale,
}

/// The item of an event. Its key is the ARN alone, which AWS gives to one event only and in which the region is
/// (<https://docs.aws.amazon.com/health/latest/APIReference/API_Event.html>): an update that comes without a region must
/// meet the same item.
pub(crate) fn write(event: &HealthEvent) -> Item {
    let updated = order(event);
    let expires = (event.status == Status::Closed).then(|| updated.checked_add(KEPT).unwrap_or(Timestamp::MAX));
    Item::keyed(PARTITION, &event.arn)
        .with("arn", event.arn.as_str())
        .with("region", event.region.to_string().as_str())
        .with("service", event.service.as_str())
        .with("type_code", event.type_code.as_str())
        .with("category", event.category.as_str())
        .with("scope", event.scope.as_str())
        .with("status", event.status.as_str())
        .with_some("started", event.started)
        .with_some("ended", event.ended)
        .with("updated", updated)
        .with_some("expires", expires.map(Value::seconds))
}

/// An update's place among the updates of its event: whole seconds. The API tells milliseconds where EventBridge tells
/// seconds of the same update
/// (<https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html>), and a closing that came
/// as an event must not be older than the opening that the API told in the same second.
fn order(event: &HealthEvent) -> Timestamp {
    Timestamp::from_second(event.updated.as_second()).unwrap_or(event.updated)
}

/// What an update must find in its place: nothing, an older one, or one of the same time whose status it outdoes. Closed
/// outdoes all, open outdoes upcoming: a total order, so that any order of arrival ends in the same item.
///
/// An item whose `updated` is no number is none of ours and is replaced.
pub(crate) fn condition(event: &HealthEvent) -> Expression {
    let newer = "NOT attribute_type(#updated, :number) OR #updated < :updated";
    let newer = |or: &str| {
        Expression::new(format!("{newer}{or}"))
            .with(":number", "N")
            .with(":updated", order(event))
    };
    match event.status {
        Status::Closed => newer(" OR (#updated = :updated AND #status <> :closed)").with(":closed", "closed"),
        Status::Open => newer(" OR (#updated = :updated AND #status = :upcoming)").with(":upcoming", "upcoming"),
        Status::Upcoming => newer(""),
    }
}

/// Everything that is not known to be closed.
pub(crate) fn not_closed() -> Expression {
    Expression::new("attribute_not_exists(#status) OR #status <> :closed").with(":closed", "closed")
}

/// What is missing counts for everything, and a status that this version does not know is open: that is how
/// [`HealthEvent`] has it.
pub(crate) fn read(item: &Item) -> Result<HealthEvent, String> {
    Ok(HealthEvent {
        arn: match item.text("arn")? {
            arn if arn == item.sort_key() => arn,
            _ => return Err("its key is not its ARN".to_owned()),
        },
        region: item.optional_text("region")?.into(),
        service: item.optional_text("service")?,
        type_code: item.optional_text("type_code")?,
        category: item.optional_text("category")?,
        scope: item.optional_text("scope")?.into(),
        status: item.optional_text("status")?.as_str().into(),
        started: item.optional_time("started")?,
        ended: item.optional_time("ended")?,
        updated: item.time("updated")?,
    })
}
