//! A table in memory that takes the requests of the real SDK and reads the expressions as DynamoDB does
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_client::replay::Replay;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use gate_record::Table;
use serde_json::{Map, Value, json};

/// What DynamoDB calls an item: typed values by attribute.
pub(crate) type Item = Map<String, Value>;

/// Items by their key, and how many of them a page of a query has.
#[derive(Clone)]
pub(crate) struct Memory {
    items: Arc<Mutex<BTreeMap<(String, String), Item>>>,
    page: usize,
}

impl Memory {
    pub(crate) fn new(page: usize) -> Self {
        Self {
            items: Arc::default(),
            page,
        }
    }

    pub(crate) fn table(&self) -> Table {
        let connector = SharedHttpConnector::new(self.clone());
        let client = http_client_fn(move |_, _| connector.clone());
        let config = Replay::new(vec![])
            .sdk_config()
            .to_builder()
            .http_client(client)
            .build();
        Table::new(&config, "gate")
    }

    /// As a person or another version of the program would.
    pub(crate) fn write(&self, item: Value) {
        let Value::Object(item) = item else { panic!("{item}") };
        self.items.lock().unwrap().insert(key(&item), item);
    }

    pub(crate) fn items(&self) -> Vec<Item> {
        self.items.lock().unwrap().values().cloned().collect()
    }

    fn answer(&self, operation: &str, request: &Value) -> Result<Value, &'static str> {
        assert_eq!(request["TableName"], "gate");
        match operation {
            "PutItem" => self.change(&request["Item"], request, |_| request["Item"].clone()),
            "UpdateItem" => self.change(&request["Key"], request, |found| updated(found, request)),
            "Query" => Ok(self.query(request)),
            _ => panic!("{operation} is nothing that the table is asked for"),
        }
    }

    /// Condition and change are one, whoever else is at it.
    fn change(&self, at: &Value, request: &Value, change: impl Fn(Item) -> Value) -> Result<Value, &'static str> {
        let key = key(at.as_object().unwrap());
        let mut items = self.items.lock().unwrap();
        let found = items.get(&key).cloned().unwrap_or_default();
        if !holds("ConditionExpression", request, &found) {
            return Err("ConditionalCheckFailedException");
        }
        items.insert(key, change(found).as_object().unwrap().clone());
        Ok(json!({}))
    }

    fn query(&self, request: &Value) -> Value {
        assert_eq!(request["ConsistentRead"], true);
        let start = request["ExclusiveStartKey"].as_object().map(key);
        let items = self.items.lock().unwrap();
        let all = items
            .values()
            .filter(|item| holds("KeyConditionExpression", request, item))
            .filter(|item| start.as_ref().is_none_or(|start| key(item) > *start));
        let page: Vec<&Item> = all.take(self.page).collect();
        let found: Vec<_> = page
            .iter()
            .filter(|item| holds("FilterExpression", request, item))
            .collect();
        let mut answer = json!({"Items": found, "Count": found.len(), "ScannedCount": page.len()});
        if let Some(last) = page.last().filter(|_| page.len() == self.page) {
            answer["LastEvaluatedKey"] = json!({"pk": last["pk"], "sk": last["sk"]});
        }
        answer
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Memory")
    }
}

impl HttpConnector for Memory {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.strip_prefix("DynamoDB_20120810.").unwrap();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let (status, answer) = match self.answer(operation, &body) {
            Ok(answer) => (200, answer),
            Err(code) => (
                400,
                json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}")}),
            ),
        };
        let status = StatusCode::try_from(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer.to_string()))))
    }
}

fn key(item: &Item) -> (String, String) {
    let text = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    (text("pk"), text("sk"))
}

fn updated(found: Item, request: &Value) -> Value {
    let mut item = found;
    let set = request["UpdateExpression"].as_str().unwrap();
    for assignment in set.strip_prefix("SET ").unwrap().split(", ") {
        let (name, value) = assignment.split_once(" = ").unwrap();
        let name = request["ExpressionAttributeNames"][name].as_str().unwrap();
        item.insert(name.to_owned(), request["ExpressionAttributeValues"][value].clone());
    }
    Value::Object(item)
}

/// Whether an expression of the request is true of an item; one that is not there is.
fn holds(expression: &str, request: &Value, item: &Item) -> bool {
    let Some(text) = request[expression].as_str() else {
        return true;
    };
    let spaced = ["(", ")", ","]
        .iter()
        .fold(text.to_owned(), |text, sign| text.replace(sign, &format!(" {sign} ")));
    let mut reader = Reader {
        words: spaced.split_whitespace().map(str::to_owned).collect(),
        at: 0,
        request,
        item,
    };
    let value = reader.either();
    assert_eq!(reader.at, reader.words.len(), "{text} goes on");
    value
}

/// Reads `either` = `both` (OR `both`)*, `both` = `one` (AND `one`)*, `one` = NOT `one` | ( `either` ) | a comparison.
struct Reader<'a> {
    words: Vec<String>,
    at: usize,
    request: &'a Value,
    item: &'a Item,
}

impl Reader<'_> {
    fn next(&mut self) -> String {
        self.at += 1;
        self.words[self.at - 1].clone()
    }

    fn is_next(&mut self, word: &str) -> bool {
        let is = self.words.get(self.at).is_some_and(|next| next == word);
        self.at += usize::from(is);
        is
    }

    fn either(&mut self) -> bool {
        let mut value = self.both();
        while self.is_next("OR") {
            value |= self.both();
        }
        value
    }

    fn both(&mut self) -> bool {
        let mut value = self.one();
        while self.is_next("AND") {
            value &= self.one();
        }
        value
    }

    fn one(&mut self) -> bool {
        if self.is_next("NOT") {
            return !self.one();
        }
        if self.is_next("(") {
            let value = self.either();
            assert!(self.is_next(")"));
            return value;
        }
        match self.next().as_str() {
            "attribute_not_exists" => self.arguments()[0].is_none(),
            "attribute_type" => {
                let arguments = self.arguments();
                let of_type = arguments[1].as_ref().unwrap()["S"].as_str().unwrap();
                arguments[0].as_ref().is_some_and(|value| value.get(of_type).is_some())
            }
            operand => {
                let left = self.operand(operand);
                let comparator = self.next();
                if comparator == "IN" {
                    return left.is_some() & self.arguments().contains(&left);
                }
                let right = self.next();
                compared(left, &comparator, self.operand(&right))
            }
        }
    }

    fn arguments(&mut self) -> Vec<Option<Value>> {
        assert!(self.is_next("("));
        let mut arguments = Vec::new();
        loop {
            let word = self.next();
            arguments.push(self.operand(&word));
            if self.is_next(")") {
                return arguments;
            }
            assert!(self.is_next(","));
        }
    }

    fn operand(&self, word: &str) -> Option<Value> {
        if word.starts_with(':') {
            return Some(self.request["ExpressionAttributeValues"][word].clone()).filter(|value| !value.is_null());
        }
        let name = self.request["ExpressionAttributeNames"][word].as_str().unwrap();
        self.item.get(name).cloned()
    }
}

/// Nothing is true of what is not there, and values of two types are only different.
fn compared(left: Option<Value>, comparator: &str, right: Option<Value>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    let number = |value: &Value| value["N"].as_str().map(|digits| digits.parse::<i64>().unwrap());
    match comparator {
        "=" => left == right,
        "<>" => left != right,
        "<" => number(&left)
            .zip(number(&right))
            .is_some_and(|(left, right)| left < right),
        _ => panic!("{comparator} is nothing that the table is asked for"),
    }
}
