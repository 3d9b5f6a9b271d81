//! CloudFormation's stacks, as builds make and delete them, and the API that finds them by their tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::wire::Refusal;

/// How many stacks a page has: few, so that lists have several.
const PAGE: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stack {
    /// The commit that an application was deployed at.
    pub(crate) commit: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Stack {
    pub(crate) fn is_of(&self, environment: &str) -> bool {
        self.tags
            .get(branch_build::ENVIRONMENT)
            .is_some_and(|name| name == environment)
    }
}

#[derive(Default)]
pub(crate) struct Stacks {
    pub(crate) all: BTreeMap<String, Stack>,
}

impl Stacks {
    /// `tags` are lines of `key=value`.
    pub(crate) fn deploy(&mut self, name: &str, commit: Option<&str>, tags: &str) {
        let tags = tags.lines().filter_map(|line| line.split_once('='));
        let stack = Stack {
            commit: commit.map(str::to_owned),
            tags: tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        };
        self.all.insert(name.to_owned(), stack);
    }

    /// The Resource Groups Tagging API
    /// (<https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>).
    pub(crate) fn answer(&self, operation: &str, request: &Value) -> Result<Value, Refusal> {
        if operation != "GetResources" {
            return Err(Refusal::unknown(operation));
        }
        let filters = request["TagFilters"].as_array().cloned().unwrap_or_default();
        let passes = |stack: &Stack, filter: &Value| {
            let values = filter["Values"].as_array().cloned().unwrap_or_default();
            let found = stack.tags.get(filter["Key"].as_str().unwrap_or_default());
            found.is_some_and(|found| values.is_empty() || values.iter().any(|value| value == found.as_str()))
        };
        let mut found = self.all.iter().collect::<Vec<_>>();
        found.retain(|(_, stack)| filters.iter().all(|filter| passes(stack, filter)));
        let begin: usize = request["PaginationToken"]
            .as_str()
            .filter(|token| !token.is_empty())
            .map_or(0, |token| token.parse().unwrap());
        let page = found.iter().skip(begin).take(PAGE).map(|(name, stack)| {
            let tags = stack
                .tags
                .iter()
                .map(|(key, value)| json!({"Key": key, "Value": value}));
            json!({
                "ResourceARN": format!("arn:aws:cloudformation:eu-west-1:123456789012:stack/{name}/1"),
                "Tags": tags.collect::<Vec<_>>(),
            })
        });
        let more = begin + PAGE < found.len();
        let next = if more {
            (begin + PAGE).to_string()
        } else {
            String::new()
        };
        Ok(json!({"ResourceTagMappingList": page.collect::<Vec<_>>(), "PaginationToken": next}))
    }
}
