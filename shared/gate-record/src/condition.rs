//! Expressions of DynamoDB with what they name and what they compare with
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>).

use std::collections::{BTreeMap, BTreeSet};

use crate::item::Value;

/// An expression. Every attribute in it is written `#name`, so that none meets one of DynamoDB's many reserved words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    pub(crate) text: String,
    /// By placeholder, such as `:now`.
    pub(crate) values: BTreeMap<&'static str, Value>,
}

impl Expression {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: BTreeMap::new(),
        }
    }

    pub(crate) fn with(mut self, placeholder: &'static str, value: impl Into<Value>) -> Self {
        self.values.insert(placeholder, value.into());
        self
    }

    /// The attributes that it names, without `#`.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let words = self
            .text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '#'));
        words.filter_map(|word| word.strip_prefix('#')).collect()
    }
}

/// That there is no such item. `pk` stands for the item: all have it
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html>).
pub(crate) fn absent() -> Expression {
    Expression::new("attribute_not_exists(#pk)")
}
