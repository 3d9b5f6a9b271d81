//! Who may use a version: what is wanted against what its policy says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::parameters::Audience;

/// Our statements in a version's policy.
const OURS: &str = "wrasse-";

/// One permission of a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grant {
    Account(String),
    Organization(String),
    Public,
}

impl Grant {
    /// Its statement's id in the version's policy: the same for the same grant, so that it is given once.
    pub(crate) fn statement(&self) -> String {
        match self {
            Self::Account(account) => format!("{OURS}{account}"),
            Self::Organization(organization) => format!("{OURS}{organization}"),
            Self::Public => format!("{OURS}public"),
        }
    }
}

/// What is to be changed in a policy. Nothing, if it says what is wanted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) grant: Vec<Grant>,
    /// Statement ids.
    pub(crate) revoke: Vec<String>,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.grant.is_empty() && self.revoke.is_empty()
    }
}

/// A version's policy, as far as it is understood.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    /// By statement id. `None` for a statement that is nothing that we would write.
    statements: BTreeMap<String, Option<Grant>>,
}

impl Policy {
    /// A version that nobody else may use has no policy.
    pub(crate) fn read(policy: Option<&str>) -> Self {
        let Some(policy) = policy else {
            return Self::default();
        };
        let parsed: Value = serde_json::from_str(policy).unwrap_or_default();
        let Some(statements) = parsed["Statement"].as_array() else {
            // Something is there that cannot be read: it is treated as another's statement.
            let unreadable = BTreeMap::from([("(unreadable)".to_owned(), None)]);
            return Self { statements: unreadable };
        };
        let statement = |(at, statement): (usize, &Value)| {
            let id = statement["Sid"]
                .as_str()
                .map_or_else(|| format!("(statement {at})"), str::to_owned);
            (id, grant(statement))
        };
        Self {
            statements: statements.iter().enumerate().map(statement).collect(),
        }
    }

    /// Whether anybody outside `account` may use the version, or somebody who is not known.
    pub(crate) fn reaches_beyond(&self, account: &str) -> bool {
        let own = |grant: &Option<Grant>| matches!(grant, Some(Grant::Account(named)) if named == account);
        !self.statements.values().all(own)
    }

    /// What makes the policy say what is wanted and nothing else.
    ///
    /// # Errors
    /// The id of a statement that is not ours: it grants something that nobody asked for, and is not ours to remove.
    pub(crate) fn changes(&self, audience: &Audience) -> Result<Changes, String> {
        let wanted = wanted(audience);
        let mut changes = Changes::default();
        for (id, found) in &self.statements {
            match found {
                Some(found) if wanted.contains(found) && *id == found.statement() => {}
                _ if id.starts_with(OURS) => changes.revoke.push(id.clone()),
                _ => return Err(id.clone()),
            }
        }
        let is_there = |grant: &Grant| self.statements.get(&grant.statement()) == Some(&Some(grant.clone()));
        changes.grant = wanted.into_iter().filter(|grant| !is_there(grant)).collect();
        Ok(changes)
    }
}

fn wanted(audience: &Audience) -> Vec<Grant> {
    match audience {
        Audience::Account => Vec::new(),
        Audience::Accounts(accounts) => accounts.iter().cloned().map(Grant::Account).collect(),
        Audience::Organization(organization) => vec![Grant::Organization(organization.clone())],
        Audience::Public => vec![Grant::Public],
    }
}

/// A statement as Lambda writes it for `AddLayerVersionPermission`
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html>).
fn grant(statement: &Value) -> Option<Grant> {
    let plain = statement["Effect"] == "Allow" && statement["Action"] == "lambda:GetLayerVersion";
    if !plain || statement.get("NotPrincipal").is_some() {
        return None;
    }
    let principal = match &statement["Principal"] {
        Value::String(principal) => principal,
        principal => principal["AWS"].as_str()?,
    };
    let Some(condition) = statement.get("Condition") else {
        return match principal {
            "*" => Some(Grant::Public),
            principal => account(principal).map(Grant::Account),
        };
    };
    let organization = condition["StringEquals"]["aws:PrincipalOrgID"].as_str()?;
    let only = |value: &Value| value.as_object().is_some_and(|members| members.len() == 1);
    let alone = principal == "*" && only(condition) && only(&condition["StringEquals"]);
    alone.then(|| Grant::Organization(organization.to_owned()))
}

/// Of `arn:aws:iam::111122223333:root`, or the number itself.
fn account(principal: &str) -> Option<String> {
    let number = match principal.strip_suffix(":root") {
        Some(arn) => arn.rsplit(':').next()?,
        None => principal,
    };
    let is_account = number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| number.to_owned())
}

#[cfg(test)]
mod tests;
