//! Regions whose events are forwarded: when each was last heard of.

use jiff::Timestamp;

use crate::condition::Expression;
use crate::item::Item;

/// The partition of forwarders.
pub(crate) const PARTITION: &str = "FORWARDER";

pub(crate) fn write(region: &str, seen: Timestamp) -> Item {
    Item::keyed(PARTITION, region).with("seen", seen)
}

/// A heartbeat that was overtaken by a later one says nothing new.
pub(crate) fn condition(seen: Timestamp) -> Expression {
    Expression::new("NOT attribute_type(#seen, :number) OR #seen < :seen")
        .with(":number", "N")
        .with(":seen", seen)
}

pub(crate) fn read(item: &Item) -> Result<(String, Timestamp), String> {
    Ok((item.text("sk")?, item.time("seen")?))
}
