//! Overrides: a person lets one pipeline pass. They write it by hand, so what is odd is told, and permits nothing.

use jiff::Timestamp;

use crate::item::Item;

/// The partition of overrides.
pub(crate) const PARTITION: &str = "OVERRIDE";

/// What an override may say. More would be a word that this version does not know, and may well be a restriction.
const KNOWN: [&str; 6] = ["pk", "sk", "principal", "reason", "until", "expires"];

/// As milliseconds 1973, as seconds the year 5138: no override is meant to end there.
const TOO_FEW_FOR_MILLISECONDS: i64 = 100_000_000_000;

/// A person's word that a pipeline may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Who says so.
    pub principal: String,
    /// Why.
    pub reason: String,
    /// From here on it no longer counts.
    pub until: Timestamp,
}

/// What it says, or in a sentence why it counts for nothing.
pub(crate) fn read(item: &Item) -> Result<Override, String> {
    let read = || {
        if let Some(unknown) = item.names().find(|name| !KNOWN.contains(name)) {
            return Err(format!("`{unknown}` is nothing that an override says"));
        }
        let found = Override {
            principal: item.text("principal")?,
            reason: item.text("reason")?,
            until: item.time("until")?,
        };
        if found.until.as_millisecond() < TOO_FEW_FOR_MILLISECONDS {
            return Err("`until` is in milliseconds since 1970, and these seem to be seconds".to_owned());
        }
        Ok(found)
    };
    read().map_err(|problem| {
        format!(
            "the override of pipeline `{}` does not count: {problem}",
            item.sort_key()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Value;

    fn item() -> Item {
        Item::keyed(PARTITION, "shop")
            .with("principal", "arn:aws:iam::123456789012:user/ada")
            .with("reason", "the incident does not touch us")
            .with("until", "2026-11-20T12:00:00Z")
    }

    #[test]
    fn an_override_says_who_why_and_until_when() {
        let expected = Override {
            principal: "arn:aws:iam::123456789012:user/ada".to_owned(),
            reason: "the incident does not touch us".to_owned(),
            until: "2026-11-20T12:00:00Z".parse().unwrap(),
        };
        let until = |value| item().with("until", value);
        for item in [
            item(),
            until(Value::from("1795176000000")),
            until(Value::Number("1795176000000".to_owned())),
            item().with("expires", Value::Odd),
        ] {
            assert_eq!(read(&item).as_ref(), Ok(&expected), "{item:?}");
        }
    }

    #[test]
    fn what_is_missing_or_odd_permits_nothing_and_says_why() {
        let without = |name: &str| {
            let mut item = item();
            item.0.remove(name);
            item
        };
        let cases = [
            (without("principal"), "`principal` is missing"),
            (without("reason"), "`reason` is missing"),
            (without("until"), "`until` is missing"),
            (item().with("principal", ""), "`principal` is empty"),
            (item().with("reason", " "), "`reason` is empty"),
            (item().with("reason", Value::Odd), "`reason` is no text"),
            (item().with("until", "tomorrow"), "`until` is no time"),
            (
                item().with("until", Value::Number("1795176000".to_owned())),
                "seem to be seconds",
            ),
            (item().with("until", "1970-01-21T18:39:36Z"), "seem to be seconds"),
            (item().with("until", Value::Odd), "`until` is no time"),
            (
                item().with("Until", "2026-11-20T12:00:00Z"),
                "`Until` is nothing that an override says",
            ),
            (
                item().with("only_stage", "Deploy"),
                "`only_stage` is nothing that an override says",
            ),
        ];
        for (item, problem) in cases {
            let found = read(&item).unwrap_err();
            assert!(
                found.starts_with("the override of pipeline `shop` does not count: "),
                "{found}"
            );
            assert!(found.contains(problem), "{found} instead of {problem}");
        }
    }
}
