//! Whose build has ended.

use serde::Deserialize;
use serde_json::Value;

/// Whose build has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    /// The project's name.
    pub(crate) project: String,
    /// By an event, which comes once for each build, or nearly so; else `branch-reconcile` asks, again and again.
    pub(crate) by_event: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Detail {
    project_name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfOurs {
    project: String,
}

/// Reads CodeBuild's event
/// (<https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html>), or
/// `{"project": "<environment>-create"}`. How the build ended is asked from CodeBuild: events come late.
pub(crate) fn read(event: &Value) -> Result<Ended, String> {
    if event["detail-type"] == "CodeBuild Build State Change" {
        let detail = Detail::deserialize(&event["detail"]).map_err(|error| format!("its detail: {error}"))?;
        return Ok(Ended {
            project: detail.project_name,
            by_event: true,
        });
    }
    let asked = OfOurs::deserialize(event)
        .map_err(|error| format!("it is neither a build's end nor {{\"project\": \"<name>\"}}: {error}"))?;
    Ok(Ended {
        project: asked.project,
        by_event: false,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_build_is_known_by_its_project() {
        let event = json!({
            "detail-type": "CodeBuild Build State Change", "source": "aws.codebuild",
            "detail": { "build-status": "SUCCEEDED", "project-name": "app-x-abcdefghijkl-create", "build-id": "arn:aws:codebuild:x" },
        });
        let ended = |project: &str, by_event| Ended {
            project: project.to_owned(),
            by_event,
        };
        assert_eq!(read(&event), Ok(ended("app-x-abcdefghijkl-create", true)));
        assert_eq!(read(&json!({ "project": "x" })), Ok(ended("x", false)));
        for wrong in [
            json!({}),
            json!({ "detail-type": "CodeBuild Build State Change", "detail": {} }),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
