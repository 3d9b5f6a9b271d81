//! DynamoDB: one table with the keys `pk` and `sk`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::expression::{Expression, Item};
use crate::wire::Refusal;

/// How many items a page has: few, so that lists have several.
const PAGE: usize = 3;

/// The table's items.
#[derive(Default)]
pub(crate) struct Items(BTreeMap<(String, String), Item>);

impl Items {
    pub(crate) fn answer(&mut self, operation: &str, request: &Value) -> Result<Value, Refusal> {
        match operation {
            "GetItem" => Ok(match self.0.get(&key(&request["Key"])) {
                Some(item) => json!({"Item": item}),
                None => json!({}),
            }),
            "PutItem" => self.change(&request["Item"], request, |_| object(&request["Item"])),
            "UpdateItem" => self.change(&request["Key"], request, |found| {
                let update = Expression::of(request, "UpdateExpression").unwrap();
                let mut changed = update.applied(found);
                changed.extend(object(&request["Key"]));
                changed
            }),
            "Query" => Ok(self.query(request)),
            _ => Err(Refusal::unknown(operation)),
        }
    }

    /// As a person writes it.
    pub(crate) fn write(&mut self, item: &Value) {
        self.0.insert(key(item), object(item));
    }

    /// The items of a partition, by their sort keys.
    pub(crate) fn partition<'t>(&'t self, pk: &'t str) -> impl Iterator<Item = (&'t str, &'t Item)> {
        let of_partition = self.0.iter().filter(move |((found, _), _)| found == pk);
        of_partition.map(|((_, sk), item)| (sk.as_str(), item))
    }

    fn change(&mut self, at: &Value, request: &Value, change: impl Fn(&Item) -> Item) -> Result<Value, Refusal> {
        let key = key(at);
        let found = self.0.get(&key).cloned().unwrap_or_default();
        let condition = Expression::of(request, "ConditionExpression");
        if condition.is_some_and(|condition| !condition.holds(&found)) {
            return Err(Refusal::new(400, "ConditionalCheckFailedException"));
        }
        self.0.insert(key, change(&found));
        Ok(json!({}))
    }

    /// A page is cut before it is filtered, as AWS's are.
    fn query(&self, request: &Value) -> Value {
        let of_key = Expression::of(request, "KeyConditionExpression").unwrap();
        let filter = Expression::of(request, "FilterExpression");
        let start = request.get("ExclusiveStartKey").map(key);
        let all = self.0.iter().filter(|(_, item)| of_key.holds(item));
        let rest = all.filter(|(key, _)| start.as_ref().is_none_or(|start| *key > start));
        let page: Vec<&Item> = rest.map(|(_, item)| item).take(PAGE).collect();
        let found: Vec<_> = page
            .iter()
            .filter(|item| filter.as_ref().is_none_or(|filter| filter.holds(item)))
            .collect();
        let mut answer = json!({"Items": found, "Count": found.len(), "ScannedCount": page.len()});
        if let Some(last) = page.last().filter(|_| page.len() == PAGE) {
            answer["LastEvaluatedKey"] = json!({"pk": last["pk"], "sk": last["sk"]});
        }
        answer
    }
}

fn object(value: &Value) -> Item {
    value.as_object().unwrap().clone()
}

fn key(item: &Value) -> (String, String) {
    let text = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    (text("pk"), text("sk"))
}

/// The text of an attribute; empty where there is none.
pub(crate) fn text<'i>(item: &'i Item, name: &str) -> &'i str {
    item.get(name).and_then(|value| value["S"].as_str()).unwrap_or_default()
}

/// A time in milliseconds.
pub(crate) fn time(item: &Item, name: &str) -> Option<Timestamp> {
    let digits = item.get(name)?["N"].as_str()?;
    Timestamp::from_millisecond(digits.parse().ok()?).ok()
}
