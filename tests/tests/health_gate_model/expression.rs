//! Reads DynamoDB's expressions
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>): what an
//! expression says is done, however it is written.

use serde_json::{Map, Value};

/// Typed values by attribute.
pub(crate) type Item = Map<String, Value>;

/// An expression of a request, with the request's names and values.
pub(crate) struct Expression<'r> {
    text: &'r str,
    request: &'r Value,
}

impl<'r> Expression<'r> {
    /// None where the request has no such expression.
    pub(crate) fn of(request: &'r Value, name: &str) -> Option<Self> {
        let text = request[name].as_str()?;
        Some(Self { text, request })
    }

    /// Whether it is true of an item. One that is not there has no attributes.
    pub(crate) fn holds(&self, item: &Item) -> bool {
        let mut reader = Reader {
            words: words(self.text),
            at: 0,
            request: self.request,
            item,
        };
        let value = reader.either();
        assert_eq!(reader.at, reader.words.len(), "{} goes on", self.text);
        value
    }

    /// The item after `SET a = b, .. REMOVE c, ..`.
    pub(crate) fn applied(&self, item: &Item) -> Item {
        let mut changed = item.clone();
        let mut words = words(self.text).into_iter().peekable();
        let mut clause = String::new();
        while let Some(word) = words.next() {
            match word.as_str() {
                "SET" | "REMOVE" => clause = word,
                "," => {}
                name if clause == "REMOVE" => drop(changed.remove(&named(self.request, name))),
                name => {
                    assert_eq!(words.next().as_deref(), Some("="), "{}", self.text);
                    let value = words.next().unwrap();
                    changed.insert(
                        named(self.request, name),
                        self.request["ExpressionAttributeValues"][&value].clone(),
                    );
                }
            }
        }
        changed
    }
}

fn words(text: &str) -> Vec<String> {
    let spaced = ["(", ")", ","]
        .iter()
        .fold(text.to_owned(), |text, sign| text.replace(sign, &format!(" {sign} ")));
    spaced.split_whitespace().map(str::to_owned).collect()
}

fn named(request: &Value, word: &str) -> String {
    let name = request["ExpressionAttributeNames"][word].as_str();
    name.unwrap_or(word).to_owned()
}

/// `either` = `both` (OR `both`)*, `both` = `one` (AND `one`)*, `one` = NOT `one` | ( `either` ) | a function | a comparison.
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
        let word = self.next();
        match word.as_str() {
            "attribute_exists" => self.arguments()[0].is_some(),
            "attribute_not_exists" => self.arguments()[0].is_none(),
            "attribute_type" => {
                let arguments = self.arguments();
                let wanted = arguments[1].as_ref().unwrap()["S"].as_str().unwrap();
                arguments[0].as_ref().is_some_and(|value| value.get(wanted).is_some())
            }
            operand => {
                let left = self.operand(operand);
                let comparator = self.next();
                if comparator == "IN" {
                    return left.is_some() & self.arguments().contains(&left);
                }
                let right = self.next();
                compared(left.as_ref(), &comparator, self.operand(&right).as_ref())
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
            return self.request["ExpressionAttributeValues"].get(word).cloned();
        }
        self.item.get(&named(self.request, word)).cloned()
    }
}

/// Nothing is true of what is not there, and values of two types are only different.
fn compared(left: Option<&Value>, comparator: &str, right: Option<&Value>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    let number = |value: &Value| value["N"].as_str().and_then(|digits| digits.parse::<i64>().ok());
    let text = |value: &Value| value["S"].as_str().map(str::to_owned);
    let order = match (number(left), number(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => text(left).zip(text(right)).map(|(left, right)| left.cmp(&right)),
    };
    match comparator {
        "=" => left == right,
        "<>" => left != right,
        "<" => order.is_some_and(std::cmp::Ordering::is_lt),
        "<=" => order.is_some_and(std::cmp::Ordering::is_le),
        ">" => order.is_some_and(std::cmp::Ordering::is_gt),
        ">=" => order.is_some_and(std::cmp::Ordering::is_ge),
        _ => panic!("{comparator} is no comparator that is known here"),
    }
}
