//! DynamoDB in our words. The only file that names its SDK.

use std::collections::{BTreeMap, HashMap};

use aws_client::{CallError, OnDemand};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use health_status::HealthEvent;
use jiff::Timestamp;

use crate::block::Change;
use crate::condition::Expression;
use crate::item::{Item, Value};
use crate::{Block, Outcome, Override, Read, Recorded, block, condition, event, forwarder, overrides};

/// The table. The SDK's client is made by the first call.
pub struct Table {
    name: String,
    client: OnDemand<Client>,
}

impl Table {
    /// Opens no connection.
    #[must_use]
    pub fn new(config: &SdkConfig, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            client: OnDemand::new(config, Client::new),
        }
    }

    /// Records an update of an event, unless the table knows better. Duplicates and any order of updates end in the same
    /// item.
    ///
    /// `Stale` may be this very update too: recorded by a try whose answer was lost.
    pub async fn record(&self, event: &HealthEvent) -> Result<Recorded, CallError> {
        let written = self.put(event::write(event), &event::condition(event)).await?;
        Ok(if written { Recorded::Recorded } else { Recorded::Stale })
    }

    /// All events that are not closed by their status. Whether one has ended by its time is [`HealthEvent::status_at`]'s.
    ///
    /// Whoever finds [`Read::unreadable`] must act as if it blocked.
    pub async fn open_events(&self) -> Result<Read<Vec<HealthEvent>>, CallError> {
        let items = self.query(event::PARTITION, Some(event::not_closed())).await?;
        Ok(read_all(&items, "event", event::read))
    }

    /// Remembers that a region's forwarder was alive at a time. An earlier one changes nothing.
    pub async fn heartbeat(&self, region: &str, at: Timestamp) -> Result<(), CallError> {
        self.put(forwarder::write(region, at), &forwarder::condition(at))
            .await?;
        Ok(())
    }

    /// When each region's forwarder was last heard of.
    pub async fn forwarders(&self) -> Result<Read<BTreeMap<String, Timestamp>>, CallError> {
        let items = self.query(forwarder::PARTITION, None).await?;
        Ok(read_all(&items, "forwarder", forwarder::read))
    }

    /// Writes a block down, once: false if it is there already, whatever became of it since.
    pub async fn put_block(&self, block: &Block) -> Result<bool, CallError> {
        self.put(block::write(block), &condition::absent()).await
    }

    /// All blocks that have no outcome yet.
    pub async fn blocks(&self) -> Result<Read<Vec<Block>>, CallError> {
        let items = self.query(block::PARTITION, Some(block::not_ended())).await?;
        Ok(read_all(&items, "block", block::read))
    }

    /// Claims the retry of a block as it was read. Of several at once one gets true, and it alone may retry; false if
    /// somebody else was first, or has held it for no longer than [`CLAIM_LASTS`](crate::CLAIM_LASTS).
    ///
    /// A try whose answer was lost may have claimed it and be told false: the block is free again after the same time.
    pub async fn claim(&self, block: &Block, now: Timestamp) -> Result<bool, CallError> {
        match block::claim(block.state, now) {
            Some(change) => self.change(block, &change).await,
            None => Ok(false),
        }
    }

    /// Gives a block its outcome, with the reason for people; false if it has one already, or is gone.
    pub async fn settle(&self, block: &Block, outcome: Outcome, reason: &str) -> Result<bool, CallError> {
        self.change(block, &block::settle(outcome, reason)).await
    }

    /// What a person wrote for a pipeline: an override, which counts until its time, or a sentence why it is none.
    pub async fn override_of(&self, pipeline: &str) -> Result<Option<Result<Override, String>>, CallError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key(overrides::PARTITION, pipeline)))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.item.map(|found| overrides::read(&item(found))))
    }

    /// Whether the condition held and the item is written.
    async fn put(&self, item: Item, condition: &Expression) -> Result<bool, CallError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(
                item.0
                    .into_iter()
                    .map(|(name, value)| (name, attribute(value)))
                    .collect(),
            ))
            .condition_expression(&condition.text)
            .set_expression_attribute_names(Some(names(&[condition])))
            .set_expression_attribute_values(values(&[condition]));
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the condition held and the block is changed.
    async fn change(&self, block: &Block, change: &Change) -> Result<bool, CallError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(block::PARTITION, &block.sort_key())))
            .update_expression(&change.set.text)
            .condition_expression(&change.condition.text)
            .set_expression_attribute_names(Some(names(&[&change.set, &change.condition])))
            .set_expression_attribute_values(values(&[&change.set, &change.condition]));
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// All items of a partition, over all pages. A page has 1 MB before it is filtered, so one may be empty and not the
    /// last (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html>).
    ///
    /// The SDK's paginator takes a key that repeats for the end of the list, in silence. Here it is an error: an event that
    /// is left out would be a deployment that passes.
    async fn query(&self, partition: &str, filter: Option<Expression>) -> Result<Vec<Item>, CallError> {
        let of_partition = Expression::new("#pk = :pk").with(":pk", partition);
        let expressions: Vec<&Expression> = filter.iter().chain([&of_partition]).collect();
        let first = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression(&of_partition.text)
            .set_filter_expression(filter.as_ref().map(|filter| filter.text.clone()))
            .set_expression_attribute_names(Some(names(&expressions)))
            .set_expression_attribute_values(values(&expressions));
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let page = first.clone().set_exclusive_start_key(start.clone()).send().await?;
            items.extend(page.items.unwrap_or_default().into_iter().map(item));
            match page.last_evaluated_key {
                None => return Ok(items),
                Some(key) if key.is_empty() => return Ok(items),
                Some(key) if start.as_ref() == Some(&key) => {
                    let problem = "the pages of the table do not come to an end";
                    return Err(SdkError::<QueryError>::construction_failure(problem).into());
                }
                Some(key) => start = Some(key),
            }
        }
    }
}

fn read_all<T, All: FromIterator<T>>(items: &[Item], kind: &str, read: fn(&Item) -> Result<T, String>) -> Read<All> {
    let mut unreadable = Vec::new();
    let found = items
        .iter()
        .filter_map(|item| {
            let problem =
                |problem| unreadable.push(format!("the {kind} `{}` cannot be read: {problem}", item.sort_key()));
            read(item).map_err(problem).ok()
        })
        .collect();
    Read { found, unreadable }
}

fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    let text = |name: &str, value: &str| (name.to_owned(), AttributeValue::S(value.to_owned()));
    HashMap::from([text("pk", pk), text("sk", sk)])
}

fn names(expressions: &[&Expression]) -> HashMap<String, String> {
    let names = expressions.iter().flat_map(|expression| expression.names());
    names.map(|name| (format!("#{name}"), name.to_owned())).collect()
}

/// `None` where nothing is compared with: DynamoDB refuses an empty map.
fn values(expressions: &[&Expression]) -> Option<HashMap<String, AttributeValue>> {
    let values = expressions.iter().flat_map(|expression| &expression.values);
    let values: HashMap<_, _> = values
        .map(|(name, value)| ((*name).to_owned(), attribute(value.clone())))
        .collect();
    (!values.is_empty()).then_some(values)
}

fn attribute(value: Value) -> AttributeValue {
    match value {
        Value::Text(text) => AttributeValue::S(text),
        Value::Number(digits) => AttributeValue::N(digits),
        Value::Texts(texts) => AttributeValue::L(texts.into_iter().map(AttributeValue::S).collect()),
        Value::Odd => AttributeValue::Null(true),
    }
}

fn item(attributes: HashMap<String, AttributeValue>) -> Item {
    Item(
        attributes
            .into_iter()
            .map(|(name, attribute)| (name, value(attribute)))
            .collect(),
    )
}

fn value(attribute: AttributeValue) -> Value {
    match attribute {
        AttributeValue::S(text) => Value::Text(text),
        AttributeValue::N(digits) => Value::Number(digits),
        AttributeValue::Ss(texts) => Value::Texts(texts),
        AttributeValue::L(list) => {
            let texts = list.into_iter().map(|entry| match entry {
                AttributeValue::S(text) => Some(text),
                _ => None,
            });
            texts.collect::<Option<_>>().map_or(Value::Odd, Value::Texts)
        }
        _ => Value::Odd,
    }
}
