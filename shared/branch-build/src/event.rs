//! Which branch something happened to, as the events tell it. What happened they need not tell: what is true is asked from
//! the repository, for events come late, twice and in any order.

use serde::Deserialize;
use serde_json::Value;

/// The branch that something happened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The branch's name, without `refs/heads/`.
    pub branch: String,
    /// Who did it, where the event says so: an ARN.
    pub owner: Option<String>,
    /// By an event, which comes once for each change, or nearly so; else another of our functions asks.
    pub by_event: bool,
    /// Whoever asks has seen stacks of it, and no project.
    pub orphaned: bool,
}

/// The two kinds of events, by their `detail-type`: CodeCommit's own
/// (<https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html>), and ours, which a webhook or another
/// system sends.
const OF_CODECOMMIT: &str = "CodeCommit Repository State Change";
const OF_OTHERS: &str = "Branch State Change";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfCodeCommit {
    repository_name: String,
    reference_type: String,
    reference_name: String,
    caller_user_arn: Option<String>,
}

#[derive(Deserialize)]
struct OfOthers {
    repository: String,
    branch: String,
    owner: Option<String>,
}

/// How one of our functions asks another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfOurs {
    branch: String,
    #[serde(default)]
    orphaned: bool,
}

impl Occurrence {
    /// Reads an event that EventBridge delivers, or `{"branch": "feature/login"}`. `None` for a change of something else than
    /// a branch, and of another repository.
    ///
    /// # Errors
    /// What is wrong with the event, in words.
    pub fn read(event: &Value, repository: &str) -> Result<Option<Self>, String> {
        let detail = &event["detail"];
        let found = match event["detail-type"].as_str() {
            Some(OF_CODECOMMIT) => {
                let told = OfCodeCommit::deserialize(detail).map_err(|error| in_detail(&error))?;
                let is_ours = told.reference_type == "branch" && told.repository_name == repository;
                is_ours.then_some(Self {
                    branch: told.reference_name,
                    owner: told.caller_user_arn,
                    by_event: true,
                    orphaned: false,
                })
            }
            Some(OF_OTHERS) => {
                let told = OfOthers::deserialize(detail).map_err(|error| in_detail(&error))?;
                (told.repository == repository).then_some(Self {
                    branch: told.branch,
                    owner: told.owner,
                    by_event: true,
                    orphaned: false,
                })
            }
            Some(other) => {
                return Err(format!(
                    "its detail-type is \"{other}\", and neither \"{OF_CODECOMMIT}\" nor \"{OF_OTHERS}\""
                ));
            }
            None => {
                let told = OfOurs::deserialize(event).map_err(|error| {
                    format!("it is neither an event of EventBridge nor {{\"branch\": \"<name>\"}}: {error}")
                })?;
                Some(Self {
                    branch: told.branch,
                    owner: None,
                    by_event: false,
                    orphaned: told.orphaned,
                })
            }
        };
        match found {
            Some(occurrence) if occurrence.branch.is_empty() => Err("its branch has no name".to_owned()),
            found => Ok(found),
        }
    }
}

fn in_detail(error: &serde_json::Error) -> String {
    format!("its detail is not understood: {error}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of_codecommit(kind: &str, repository: &str) -> Value {
        json!({
            "detail-type": "CodeCommit Repository State Change", "source": "aws.codecommit",
            "detail": {
                "event": "referenceCreated", "repositoryName": repository, "repositoryId": "12345678-1234-5678-abcd-12345678abcd",
                "referenceType": kind, "referenceName": "feature/login", "referenceFullName": "refs/heads/feature/login",
                "commitId": "3e5983DESTINATION", "callerUserArn": "arn:aws:iam::123456789012:user/mira",
            },
        })
    }

    fn of_others(detail: &Value) -> Value {
        json!({ "detail-type": "Branch State Change", "source": "ci.example.com", "detail": detail })
    }

    fn branch(name: &str, owner: Option<&str>) -> Occurrence {
        Occurrence {
            branch: name.to_owned(),
            owner: owner.map(str::to_owned),
            by_event: true,
            orphaned: false,
        }
    }

    fn asked(name: &str, orphaned: bool) -> Occurrence {
        Occurrence {
            by_event: false,
            orphaned,
            ..branch(name, None)
        }
    }

    #[test]
    fn each_kind_of_event_names_its_branch() {
        let mira = "arn:aws:iam::123456789012:user/mira";
        let cases = [
            (
                of_codecommit("branch", "shop"),
                Some(branch("feature/login", Some(mira))),
            ),
            (of_codecommit("tag", "shop"), None),
            (of_codecommit("branch", "other"), None),
            (
                of_others(&json!({ "event": "created", "repository": "shop", "branch": "x" })),
                Some(branch("x", None)),
            ),
            (of_others(&json!({ "repository": "other", "branch": "x" })), None),
            (
                json!({ "branch": ";$(touch pwned)" }),
                Some(asked(";$(touch pwned)", false)),
            ),
            (json!({ "branch": "x", "orphaned": true }), Some(asked("x", true))),
        ];
        for (event, found) in cases {
            assert_eq!(Occurrence::read(&event, "shop"), Ok(found), "{event}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let cases = [
            (json!({}), "neither an event of EventBridge nor"),
            (json!({ "branch": "" }), "no name"),
            (
                json!({ "branch": "x", "environment": "y" }),
                "unknown field `environment`",
            ),
            (
                json!({ "detail-type": "Scheduled Event" }),
                "its detail-type is \"Scheduled Event\"",
            ),
            (of_others(&json!({ "repository": "shop" })), "missing field `branch`"),
        ];
        for (event, says) in cases {
            let error = Occurrence::read(&event, "shop").unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
