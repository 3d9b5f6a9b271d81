//! A SAM template as it stands in the repository, and what must hold for every one of them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::yaml;

/// One template file.
pub struct Template {
    /// Path from the root.
    pub path: String,
    /// The whole template.
    pub body: Value,
    /// The file as it stands.
    pub text: String,
}

/// One statement of a policy, with where it stands.
pub struct Statement<'a> {
    /// The logical id of the function, state machine or role.
    pub owner: &'a str,
    /// The statement itself.
    pub body: &'a Value,
}

impl Statement<'_> {
    /// Its `Sid`, or what stands for one in a message.
    #[must_use]
    pub fn sid(&self) -> &str {
        self.body["Sid"].as_str().unwrap_or("(no Sid)")
    }

    /// Its actions, one or many.
    #[must_use]
    pub fn actions(&self) -> Vec<&str> {
        strings(&self.body["Action"])
    }
}

/// A value that may be one string or a list of them.
#[must_use]
pub fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

impl Template {
    /// Reads a template.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let body = yaml::parse(text).with_context(|| path.to_owned())?;
        Ok(Self {
            path: path.to_owned(),
            body,
            text: text.to_owned(),
        })
    }

    /// Resources of a type, by logical id.
    #[must_use]
    pub fn resources(&self, kind: &str) -> BTreeMap<&str, &Value> {
        let all = self.body["Resources"].as_object().into_iter().flatten();
        all.filter(|(_, r)| r["Type"] == kind)
            .map(|(id, r)| (id.as_str(), r))
            .collect()
    }

    /// Names of the parameters.
    #[must_use]
    pub fn parameters(&self) -> BTreeSet<&str> {
        self.body["Parameters"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Environment variables of a function, by name.
    #[must_use]
    pub fn environment(function: &Value) -> BTreeSet<&str> {
        let variables = function["Properties"]["Environment"]["Variables"].as_object();
        variables.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// Every policy statement of every resource, those behind an `Fn::If` included. What a role has apart is the role's.
    #[must_use]
    pub fn statements(&self) -> Vec<Statement<'_>> {
        let mut found = Vec::new();
        for (owner, resource) in self.body["Resources"].as_object().into_iter().flatten() {
            let properties = &resource["Properties"];
            collect(owner, &properties["Policies"], &mut found);
            if resource["Type"] == "AWS::IAM::RolePolicy" {
                let role = properties["RoleName"]["Ref"].as_str().unwrap_or(owner);
                collect(role, &properties["PolicyDocument"], &mut found);
            }
        }
        found
    }

    /// All that is wrong with the template by itself; empty for one that may ship.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.parameter_problems();
        problems.extend(self.function_problems());
        problems.extend(self.statements().iter().flat_map(statement_problems));
        problems.extend(delimiters(&self.body));
        for (number, line) in self.text.lines().enumerate() {
            let bare = line.trim();
            if bare.starts_with("Resource:") && bare.contains("\"*\"") && !self.explained(number) {
                problems.push(format!(
                    "line {}: Resource \"*\" without a comment that says why",
                    number + 1
                ));
            }
        }
        problems
    }

    /// A comment on the line itself, or within the statement it belongs to.
    fn explained(&self, number: usize) -> bool {
        let lines: Vec<&str> = self.text.lines().take(number + 1).collect();
        let own = lines.last().is_some_and(|line| line.contains(" # "));
        own || lines
            .iter()
            .rev()
            .skip(1)
            .take_while(|l| !l.contains("Sid:"))
            .any(|l| l.trim().starts_with('#'))
    }

    fn parameter_problems(&self) -> Vec<String> {
        let interface = &self.body["Metadata"]["AWS::CloudFormation::Interface"];
        let groups = interface["ParameterGroups"].as_array();
        let grouped: Vec<&str> = groups
            .into_iter()
            .flatten()
            .flat_map(|g| strings(&g["Parameters"]))
            .collect();
        let mut problems = Vec::new();
        for name in self.parameters() {
            if !self.body["Parameters"][name]["Description"].is_string() {
                problems.push(format!("parameter {name}: has no description"));
            }
            if grouped.iter().filter(|g| **g == name).count() != 1 {
                problems.push(format!("parameter {name}: must stand in one group"));
            }
        }
        problems
    }

    fn function_problems(&self) -> Vec<String> {
        let groups = self.resources("AWS::Logs::LogGroup");
        let mut problems = Vec::new();
        for (id, function) in self.resources("AWS::Serverless::Function") {
            let group = function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"].as_str();
            if !group.is_some_and(|g| groups.contains_key(g)) {
                problems.push(format!("{id}: has no log group of its own"));
            }
            let binary = function["Metadata"]["BuildProperties"]["Binary"]
                .as_str()
                .unwrap_or_default();
            if logical_id(binary) != id {
                problems.push(format!("{id}: names of function and binary differ"));
            }
            if function["Properties"]["CodeUri"] != ".." {
                problems.push(format!("{id}: is not built from the workspace's root"));
            }
        }
        for (id, group) in groups {
            if group["Properties"]["RetentionInDays"].is_null() {
                problems.push(format!("{id}: a log group without retention is kept for ever"));
            }
        }
        problems
    }
}

/// `rds-snapshot-step` -> `RdsSnapshotStepFunction`.
#[must_use]
pub fn logical_id(binary: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    binary
        .split('-')
        .filter(|w| !w.is_empty())
        .map(capital)
        .collect::<String>()
        + "Function"
}

/// Functions where CloudFormation takes a text alone, which cfn-lint does not see:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html>.
fn delimiters(value: &Value) -> Vec<String> {
    let own = match &value["Fn::Join"][0] {
        Value::Null | Value::String(_) => None,
        delimiter => Some(format!("Fn::Join by {delimiter}: a delimiter must be a text")),
    };
    let inner: Vec<&Value> = match value {
        Value::Object(map) => map.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    own.into_iter().chain(inner.into_iter().flat_map(delimiters)).collect()
}

fn collect<'a>(owner: &'a str, value: &'a Value, found: &mut Vec<Statement<'a>>) {
    match value {
        Value::Object(map) if map.contains_key("Effect") => found.push(Statement { owner, body: value }),
        Value::Object(map) => map.values().for_each(|inner| collect(owner, inner, found)),
        Value::Array(items) => items.iter().for_each(|inner| collect(owner, inner, found)),
        _ => {}
    }
}

fn statement_problems(statement: &Statement) -> Vec<String> {
    let place = format!("{} {}", statement.owner, statement.sid());
    let mut problems = Vec::new();
    if !statement.body["Sid"].is_string() {
        problems.push(format!("{place}: says no sentence"));
    }
    for action in statement.actions() {
        if action.contains('*') {
            problems.push(format!("{place}: action {action} is a wildcard"));
        }
        let conditions = statement.body["Condition"].to_string();
        if action == "iam:PassRole" {
            if statement.body["Resource"].to_string().contains('*') {
                problems.push(format!("{place}: PassRole must name its roles"));
            }
            if !conditions.contains("iam:PassedToService") {
                problems.push(format!("{place}: PassRole must name the service"));
            }
        }
        let owned = ["primaryDBInstanceArn", "primaryDBClusterArn"];
        let named = statement.body["Resource"]["Ref"].is_string();
        if action == "secretsmanager:GetSecretValue" && !named && !owned.iter().any(|tag| conditions.contains(tag)) {
            problems.push(format!(
                "{place}: reads secrets that nobody named, without asking whose they are (tag aws:rds:primaryDBInstanceArn)"
            ));
        }
        if action.starts_with("dynamodb:") && !conditions.contains("dynamodb:LeadingKeys") {
            problems.push(format!(
                "{place}: {action} on all partitions of a table (dynamodb:LeadingKeys)"
            ));
        }
        let deletes = action.starts_with("rds:Delete") || action.starts_with("rds:Modify");
        if deletes && !conditions.contains("aws:ResourceTag/wrasse:stack") {
            problems.push(format!(
                "{place}: {action} without proof of ownership (aws:ResourceTag/wrasse:stack)"
            ));
        }
        let removes = ["codebuild:DeleteProject", "codepipeline:DeletePipeline"];
        if removes.contains(&action) && !conditions.contains("aws:ResourceTag/wrasse:environment") {
            problems.push(format!(
                "{place}: {action} without proof of ownership (aws:ResourceTag/wrasse:environment)"
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logical_id_follows_from_the_folder() {
        assert_eq!(logical_id("rds-snapshot-step"), "RdsSnapshotStepFunction");
    }

    fn of_statement(statement: &str) -> String {
        let text = format!(
            "Resources:\n  R:\n    Properties:\n      Policies:\n        - Statement:\n          - Effect: Allow\n{statement}"
        );
        Template::parse("stacks/x.yaml", &text).unwrap().problems().join("; ")
    }

    #[test]
    fn each_loose_statement_is_found() {
        let cases = [
            ("            Action: s3:GetObject", "says no sentence"),
            ("            Sid: S\n            Action: rds:*", "is a wildcard"),
            (
                "            Sid: S\n            Action: iam:PassRole\n            Resource: '*'",
                "must name its roles",
            ),
            (
                "            Sid: S\n            Action: iam:PassRole\n            Resource: x",
                "must name the service",
            ),
            (
                "            Sid: S\n            Action: secretsmanager:GetSecretValue",
                "asking whose they are",
            ),
            (
                "            Sid: S\n            Action: rds:DeleteDBSnapshot",
                "without proof of ownership",
            ),
            (
                "            Sid: S\n            Action: codebuild:DeleteProject",
                "without proof of ownership",
            ),
            (
                "            Sid: S\n            Action: dynamodb:PutItem",
                "on all partitions",
            ),
            (
                "            Sid: S\n            Action: x:Y\n            Resource: \"*\"",
                "without a comment",
            ),
        ];
        for (statement, expected) in cases {
            let found = of_statement(statement);
            assert!(found.contains(expected), "expected '{expected}' in '{found}'");
        }
    }

    #[test]
    fn a_secret_that_is_named_may_be_read() {
        let of = |resource: &str| {
            of_statement(&format!(
                "            Sid: S\n            Action: secretsmanager:GetSecretValue\n            Resource: {resource}"
            ))
        };
        assert_eq!(of("!Ref WebhookSecretArn"), "");
        assert!(of("!Sub arn:aws:secretsmanager:*:*:secret:webhook*").contains("nobody named"));
    }

    #[test]
    fn a_policy_apart_is_its_roles() {
        let text = "Resources: {P: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: !Ref R, PolicyDocument: {Statement: \
                    [{Effect: Allow, Action: 'x:*', Sid: S}]}}}}";
        let found = Template::parse("stacks/x.yaml", text).unwrap().problems().join("; ");
        assert!(found.contains("R S: action x:* is a wildcard"), "{found}");
    }

    #[test]
    fn a_delimiter_that_is_no_text_is_found() {
        let of = |delimiter: &str| {
            let text = format!("Outputs: {{O: {{Value: !Split [',', !Join [{delimiter}, [a, b]]]}}}}");
            Template::parse("stacks/x.yaml", &text).unwrap().problems().join("; ")
        };
        assert_eq!(of("','"), "");
        assert!(of("!Sub ',${X}'").contains("must be a text"));
    }

    #[test]
    fn a_star_that_is_explained_is_accepted() {
        assert_eq!(
            of_statement("            Sid: S\n            Action: x:Y\n            Resource: \"*\" # why"),
            ""
        );
    }

    #[test]
    fn a_function_without_a_log_group_and_a_parameter_without_a_description_are_found() {
        let text = "Parameters: {P: {Type: String}}\nResources:\n  AFunction: {Type: AWS::Serverless::Function, Metadata: {BuildProperties: {Binary: b}}}\n  G: {Type: AWS::Logs::LogGroup, Properties: {}}";
        let found = Template::parse("stacks/x.yaml", text).unwrap().problems().join("; ");
        for expected in [
            "no description",
            "one group",
            "no log group",
            "names of function",
            "workspace's root",
            "without retention",
        ] {
            assert!(found.contains(expected), "expected '{expected}' in '{found}'");
        }
    }
}
