//! What the policies of a template allow, evaluated as IAM does: nothing without an Allow, and a Deny wins
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>). Conditions of an Allow count as
//! met, and a Deny that has one as not there: what is said to be impossible is so under any condition.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::template::{Template, strings};

static VARIABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\$\{([A-Za-z0-9:.]+)\}"));

/// A statement, with the template's functions put in place of what they stand for.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The logical id of the function, role or managed policy.
    pub owner: String,
    /// Its `Sid`.
    pub sid: String,
    /// Its actions, as they stand.
    pub actions: Vec<String>,
    /// All actions but these.
    pub not_actions: Vec<String>,
    /// ARNs, with `*` and `?`. `arn:of/X` stands for the ARN of the resource `X`.
    pub resources: Vec<String>,
    /// Its condition as it stands; null for none.
    pub condition: Value,
    is_deny: bool,
}

/// All policies of one template.
#[derive(Debug)]
pub struct Policies(Vec<Statement>);

impl Policies {
    /// Those that there are when the template's conditions are as `holds` says. `parameters` are names and values.
    #[must_use]
    pub fn of(template: &Template, parameters: &[(&str, &str)], holds: &dyn Fn(&str) -> bool) -> Self {
        let reader = Reader { parameters, holds };
        let mut found = Vec::new();
        for (id, resource) in template.body["Resources"].as_object().into_iter().flatten() {
            if resource["Condition"]
                .as_str()
                .is_some_and(|condition| !holds(condition))
            {
                continue;
            }
            let properties = &resource["Properties"];
            match resource["Type"].as_str().unwrap_or_default() {
                "AWS::IAM::RolePolicy" => {
                    let role = properties["RoleName"]["Ref"].as_str().unwrap_or_default();
                    reader.collect(role, &properties["PolicyDocument"], &mut found);
                }
                "AWS::IAM::ManagedPolicy" => reader.collect(id, &properties["PolicyDocument"], &mut found),
                _ => reader.collect(id, &properties["Policies"], &mut found),
            }
        }
        Self(found)
    }

    /// The statements that allow something.
    pub fn allowing<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = &'a Statement> {
        self.0.iter().filter(move |s| s.owner == owner && !s.is_deny)
    }

    /// Every owner of a statement.
    #[must_use]
    pub fn owners(&self) -> Vec<&str> {
        let mut owners: Vec<&str> = self.0.iter().map(|s| s.owner.as_str()).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    /// Whether an action on a resource is allowed.
    #[must_use]
    pub fn may(&self, owner: &str, action: &str, resource: &str) -> bool {
        let applies = |s: &&Statement| s.is_about(action) && s.resources.iter().any(|r| matches(r, resource));
        let denied = self.0.iter().filter(|s| s.owner == owner && s.is_deny);
        let denied = denied.filter(|s| s.condition.is_null()).any(|s| applies(&s));
        !denied && self.allowing(owner).any(|s| applies(&s))
    }

    /// Whether an action is allowed on anything.
    #[must_use]
    pub fn may_somewhere(&self, owner: &str, action: &str) -> bool {
        self.allowing(owner).any(|s| s.is_about(action))
    }
}

impl Statement {
    fn is_about(&self, action: &str) -> bool {
        let listed = |list: &[String]| {
            let action = action.to_ascii_lowercase();
            list.iter().any(|a| matches(&a.to_ascii_lowercase(), &action))
        };
        listed(&self.actions) || (!self.not_actions.is_empty() && !listed(&self.not_actions))
    }
}

struct Reader<'a> {
    parameters: &'a [(&'a str, &'a str)],
    holds: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    fn collect(&self, owner: &str, value: &Value, found: &mut Vec<Statement>) {
        match value {
            Value::Object(map) if map.contains_key("Effect") => found.push(self.statement(owner, value)),
            Value::Object(map) => match map.get("Fn::If") {
                Some(choice) => self.collect(owner, self.chosen(choice), found),
                None => map.values().for_each(|inner| self.collect(owner, inner, found)),
            },
            Value::Array(items) => items.iter().for_each(|inner| self.collect(owner, inner, found)),
            _ => {}
        }
    }

    fn statement(&self, owner: &str, body: &Value) -> Statement {
        let listed = |value: &Value| strings(value).into_iter().map(ToOwned::to_owned).collect();
        Statement {
            owner: owner.to_owned(),
            sid: body["Sid"].as_str().unwrap_or_default().to_owned(),
            actions: listed(&body["Action"]),
            not_actions: listed(&body["NotAction"]),
            resources: self.texts(&body["Resource"]),
            condition: body["Condition"].clone(),
            is_deny: body["Effect"] == "Deny",
        }
    }

    fn chosen<'v>(&self, choice: &'v Value) -> &'v Value {
        let condition = choice[0].as_str().unwrap_or_default();
        &choice[if (self.holds)(condition) { 1 } else { 2 }]
    }

    fn texts(&self, value: &Value) -> Vec<String> {
        match value {
            Value::String(text) => vec![text.clone()],
            Value::Array(items) => items.iter().flat_map(|item| self.texts(item)).collect(),
            Value::Object(map) => match map.iter().next() {
                Some((function, argument)) if function == "Fn::If" => self.texts(self.chosen(argument)),
                Some((function, argument)) if function == "Fn::Sub" => {
                    let text = argument.as_str().or_else(|| argument[0].as_str()).unwrap_or_default();
                    vec![self.substituted(text)]
                }
                Some((function, argument)) if function == "Fn::GetAtt" => {
                    let id = argument[0].as_str().unwrap_or_default();
                    vec![format!("arn:of/{id}")]
                }
                Some((_, name)) => vec![self.substituted(&format!("${{{}}}", name.as_str().unwrap_or_default()))],
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn substituted(&self, text: &str) -> String {
        let value = |found: &regex::Captures| {
            let name = &found[1];
            if let Some(id) = name.strip_suffix(".Arn") {
                return format!("arn:of/{id}");
            }
            let known = self.parameters.iter().find(|(known, _)| *known == name);
            known.map_or_else(|| name.to_owned(), |(_, value)| (*value).to_owned())
        };
        VARIABLE.replace_all(text, value).into_owned()
    }
}

/// Whether a text is as a pattern says, where `*` stands for anything and `?` for one character.
#[must_use]
pub fn matches(wildcards: &str, text: &str) -> bool {
    let escaped = regex::escape(wildcards).replace(r"\*", ".*").replace(r"\?", ".");
    pattern(&format!("^{escaped}$")).is_match(text)
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|e| unreachable!("a pattern of ours: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = r#"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - { Effect: Allow, Action: [s3:GetObject, "sqs:*"], Resource: !Sub "${Bucket.Arn}/kept/*" }
              - { Effect: Deny, Action: s3:GetObject, Resource: !Sub "${Bucket.Arn}/kept/${Prefix}-*" }
              - { Effect: Deny, Action: sqs:*, Resource: "*", Condition: { Bool: { x: "true" } } }
              - !If [Wide, { Effect: Allow, Action: sns:Publish, Resource: !Ref Topic }, !Ref "AWS::NoValue"]
  More:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: !Ref Role
      PolicyDocument:
        Statement: [{ Effect: Allow, NotAction: "iam:*", Resource: !GetAtt Other.Arn }]
"#;

    fn policies(wide: bool) -> Policies {
        let template = Template::parse("x.yaml", TEMPLATE).unwrap();
        Policies::of(&template, &[("Prefix", "shop")], &|_| wide)
    }

    #[test]
    fn an_allow_is_needed_and_a_deny_without_a_condition_wins() {
        let policies = policies(false);
        let cases = [
            ("s3:GetObject", "arn:of/Bucket/kept/a", true),
            ("S3:getobject", "arn:of/Bucket/kept/a", true),
            ("s3:GetObject", "arn:of/Bucket/kept/shop-1", false),
            ("s3:GetObject", "arn:of/Bucket/a", false),
            ("s3:PutObject", "arn:of/Bucket/kept/a", false),
            ("sqs:SendMessage", "arn:of/Bucket/kept/a", true),
            ("s3:PutObject", "arn:of/Other", true),
            ("iam:CreateUser", "arn:of/Other", false),
        ];
        for (action, resource, expected) in cases {
            assert_eq!(policies.may("Role", action, resource), expected, "{action} {resource}");
        }
        assert!(!policies.may("Other", "s3:GetObject", "arn:of/Bucket/kept/a"));
    }

    #[test]
    fn what_a_condition_of_the_template_adds_is_there_only_with_it() {
        assert!(policies(true).may("Role", "sns:Publish", "Topic"));
        assert!(!policies(false).may("Role", "sns:Publish", "Topic"));
    }
}
