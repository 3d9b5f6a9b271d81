//! The event that an invoke action sends
//! (<https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html#actions-invoke-lambda-function-json-event-example>).

use std::fmt;

use serde_json::Value;

/// The key that everything stands below.
const JOB: &str = "CodePipeline.job";
const LONGEST_ID: usize = 256;

/// One job of an invoke action.
///
/// Its `Debug` output has ids and names only.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    /// By which the job is answered. New for each continuation.
    pub id: String,
    /// The pipeline's account.
    pub account: String,
    /// The function that the action names.
    pub function_name: String,
    /// The action's `UserParameters`, as they stand in the pipeline with its variables filled in.
    pub user_parameters: Option<String>,
    /// What the last job of this action was answered with, if that was a continuation.
    pub continuation_token: Option<String>,
    /// In the order of the action.
    pub input_artifacts: Vec<Artifact>,
    /// For the artifacts' bucket.
    pub credentials: Credentials,
    /// The KMS key of the artifacts' bucket, where the pipeline names one.
    pub encryption_key: Option<String>,
}

/// One artifact in the pipeline's bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// By which the action names it.
    pub name: String,
    /// S3 bucket.
    pub bucket: String,
    /// S3 key.
    pub key: String,
}

/// Temporary credentials for the artifacts' bucket. They cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
}

impl Credentials {
    /// The access key's id.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// The session's token.
    #[must_use]
    pub fn session_token(&self) -> &str {
        &self.session_token
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials(..)")
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Job")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("function_name", &self.function_name)
            .finish_non_exhaustive()
    }
}

/// The event is not a job's as AWS documents it. Says where it differs, never what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event is not that of a CodePipeline job: {problem}")]
pub struct JobEventError {
    /// If it can be read, the job can be answered; otherwise nothing can be.
    pub job_id: Option<String>,
    /// Where the event differs, and how.
    pub problem: String,
}

/// The id of the job that an event is about, however little else of it makes sense.
///
/// AWS's ids are UUIDs (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Job.html>). Others are for AWS to
/// judge, as long as they are short enough for a log line.
#[must_use]
pub fn job_id(event: &Value) -> Option<&str> {
    let id = event.get(JOB)?.get("id")?.as_str()?;
    let readable = id.len() <= LONGEST_ID && !id.trim().is_empty() && !id.contains(char::is_control);
    readable.then_some(id)
}

impl Job {
    /// Reads an event.
    ///
    /// # Errors
    /// The event differs from what AWS documents.
    pub fn from_event(event: &Value) -> Result<Self, JobEventError> {
        Self::read(event).map_err(|problem| JobEventError {
            job_id: job_id(event).map(str::to_owned),
            problem,
        })
    }

    fn read(event: &Value) -> Result<Self, String> {
        let job = Place::of_job(event)?;
        let data = job.at("data")?;
        let configuration = data.at("actionConfiguration")?.at("configuration")?;
        let credentials = data.at("artifactCredentials")?;
        let artifacts = data.optional("inputArtifacts").map(Place::entries).transpose()?;
        let key = data.optional("encryptionKey").map(|key| key.at("id")).transpose()?;
        Ok(Self {
            id: job_id(event)
                .ok_or("CodePipeline.job.id is missing or no id")?
                .to_owned(),
            account: job.at("accountId")?.text()?,
            function_name: configuration.at("FunctionName")?.text()?,
            user_parameters: configuration.optional("UserParameters").map(Place::text).transpose()?,
            // AWS gives a token at least one character.
            continuation_token: (data.optional("continuationToken").map(Place::text).transpose()?)
                .filter(|token| !token.is_empty()),
            input_artifacts: artifacts
                .unwrap_or_default()
                .iter()
                .map(artifact)
                .collect::<Result<_, _>>()?,
            credentials: Credentials {
                access_key_id: credentials.at("accessKeyId")?.text()?,
                secret_access_key: credentials.at("secretAccessKey")?.text()?,
                session_token: credentials.at("sessionToken")?.text()?,
            },
            encryption_key: key.map(Place::text).transpose()?,
        })
    }
}

fn artifact(artifact: &Place<'_>) -> Result<Artifact, String> {
    let location = artifact.at("location")?.at("s3Location")?;
    Ok(Artifact {
        name: artifact.at("name")?.text()?,
        bucket: location.at("bucketName")?.text()?,
        key: location.at("objectKey")?.text()?,
    })
}

/// A value and the way to it, which is all that an error says of it.
struct Place<'e> {
    path: String,
    value: &'e Value,
}

impl<'e> Place<'e> {
    fn of_job(event: &'e Value) -> Result<Self, String> {
        let value = event.get(JOB).ok_or_else(|| format!("{JOB} is missing"))?;
        Ok(Self {
            path: JOB.to_owned(),
            value,
        })
    }

    fn optional(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self {
            path: format!("{}.{key}", self.path),
            value,
        })
    }

    fn at(&self, key: &str) -> Result<Self, String> {
        self.optional(key)
            .ok_or_else(|| format!("{}.{key} is missing", self.path))
    }

    fn text(self) -> Result<String, String> {
        match self.value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(format!("{} is no text", self.path)),
        }
    }

    fn entries(self) -> Result<Vec<Self>, String> {
        let entries = self
            .value
            .as_array()
            .ok_or_else(|| format!("{} is no list", self.path))?;
        let place = |(index, value)| Self {
            path: format!("{}.{index}", self.path),
            value,
        };
        Ok(entries.iter().enumerate().map(place).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// As AWS's user guide has it; see the fixture's folder.
    fn documented() -> Value {
        serde_json::from_str(include_str!("../tests/fixtures/user-guide.json")).unwrap()
    }

    /// As CodePipeline sends it for an action without artifacts, parameters or continuation.
    fn plain() -> Value {
        json!({"CodePipeline.job": {
            "id": "c968ef10-6415-4127-80b1-42502218a8c7",
            "accountId": "123456789012",
            "data": {
                "actionConfiguration": {"configuration": {"FunctionName": "gate"}},
                "inputArtifacts": [],
                "outputArtifacts": [],
                "artifactCredentials": {
                    "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
                    "secretAccessKey": "secret-access-key",
                    "sessionToken": "session-token",
                    "expirationTime": 1_795_176_000_000_u64,
                },
            },
        }})
    }

    fn with(pointer: &str, value: Value) -> Value {
        let mut event = documented();
        *event.pointer_mut(pointer).unwrap() = value;
        event
    }

    #[test]
    fn the_documented_event_is_read_whole() {
        let job = Job::from_event(&documented()).unwrap();
        assert_eq!(job.id, "11111111-abcd-1111-abcd-111111abcdef");
        assert_eq!(job.account, "111111111111");
        assert_eq!(job.function_name, "MyLambdaFunctionForAWSCodePipeline");
        assert_eq!(job.user_parameters.as_deref(), Some("some-input-such-as-a-URL"));
        assert_eq!(
            job.continuation_token.as_deref(),
            Some("A continuation token if continuing job")
        );
        assert_eq!(
            job.input_artifacts,
            [Artifact {
                name: "ArtifactName".into(),
                bucket: "codepipeline-us-east-2-1234567890".into(),
                key: "CodePipelineDemoApplication.zip".into(),
            }]
        );
        assert_eq!(job.credentials.access_key_id(), "AKIAIOSFODNN7EXAMPLE");
        assert_eq!(job.credentials.secret_access_key(), "secret-access-key");
        assert_eq!(job.credentials.session_token(), "session-token");
        assert_eq!(
            job.encryption_key.as_deref(),
            Some("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
        );
    }

    #[test]
    fn parameters_token_artifacts_and_key_may_be_absent_or_null() {
        let mut nulls = plain();
        let data = &mut nulls["CodePipeline.job"]["data"];
        for key in ["inputArtifacts", "continuationToken", "encryptionKey"] {
            data[key] = Value::Null;
        }
        data["actionConfiguration"]["configuration"]["UserParameters"] = Value::Null;
        for event in [plain(), nulls] {
            let job = Job::from_event(&event).unwrap();
            assert_eq!(job.user_parameters, None);
            assert_eq!(job.continuation_token, None);
            assert_eq!(job.input_artifacts, []);
            assert_eq!(job.encryption_key, None);
        }
        let empty = with("/CodePipeline.job/data/continuationToken", json!(""));
        assert_eq!(Job::from_event(&empty).unwrap().continuation_token, None);
    }

    #[test]
    fn a_malformed_event_says_where_and_gives_the_id_if_it_can_be_read() {
        let cases = [
            (
                "/CodePipeline.job/accountId",
                json!(1),
                "CodePipeline.job.accountId is no text",
            ),
            (
                "/CodePipeline.job/data",
                json!("secret"),
                "data.actionConfiguration is missing",
            ),
            (
                "/CodePipeline.job/data",
                Value::Null,
                "CodePipeline.job.data is missing",
            ),
            (
                "/CodePipeline.job/data/actionConfiguration/configuration/FunctionName",
                Value::Null,
                "configuration.FunctionName is missing",
            ),
            (
                "/CodePipeline.job/data/actionConfiguration/configuration/UserParameters",
                json!({"secret": 1}),
                "configuration.UserParameters is no text",
            ),
            (
                "/CodePipeline.job/data/inputArtifacts",
                json!("secret"),
                "inputArtifacts is no list",
            ),
            (
                "/CodePipeline.job/data/inputArtifacts/0/location/s3Location/objectKey",
                json!(["secret"]),
                "inputArtifacts.0.location.s3Location.objectKey is no text",
            ),
            (
                "/CodePipeline.job/data/artifactCredentials/sessionToken",
                json!(["secret"]),
                "artifactCredentials.sessionToken is no text",
            ),
            (
                "/CodePipeline.job/data/artifactCredentials",
                Value::Null,
                "artifactCredentials is missing",
            ),
            (
                "/CodePipeline.job/data/encryptionKey",
                json!("secret"),
                "encryptionKey.id is missing",
            ),
        ];
        for (pointer, value, expected) in cases {
            let error = Job::from_event(&with(pointer, value)).unwrap_err();
            assert_eq!(
                error.job_id.as_deref(),
                Some("11111111-abcd-1111-abcd-111111abcdef"),
                "{pointer}"
            );
            assert!(error.to_string().contains(expected), "{pointer}: {error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{pointer}: {error:?}");
        }
    }

    #[test]
    fn what_has_no_id_is_about_no_job() {
        let odd = [
            json!(""),
            json!(" "),
            json!(7),
            Value::Null,
            json!("a\nb"),
            json!("x".repeat(257)),
        ];
        for id in odd {
            let error = Job::from_event(&with("/CodePipeline.job/id", id.clone())).unwrap_err();
            assert_eq!(error.job_id, None, "{id}");
        }
        for event in [
            json!({}),
            json!([]),
            Value::Null,
            json!("CodePipeline.job"),
            json!({"CodePipeline.job": []}),
        ] {
            assert_eq!(Job::from_event(&event).unwrap_err().job_id, None, "{event}");
        }
    }

    #[test]
    fn an_id_that_is_no_uuid_is_for_aws_to_judge() {
        for id in [
            "c0d76431-b0e7-xmpl-97e3-e8ee786eb6f6",
            "job 1/\u{e9}\"",
            &"x".repeat(256),
        ] {
            assert_eq!(
                Job::from_event(&with("/CodePipeline.job/id", json!(id))).unwrap().id,
                id
            );
        }
    }

    #[test]
    fn nothing_but_ids_and_names_of_a_job_can_be_printed() {
        let job = Job::from_event(&documented()).unwrap();
        assert_eq!(format!("{:?}", job.credentials), "Credentials(..)");
        let text = format!("{job:?} {job:#?}");
        assert!(text.contains("11111111-abcd-1111-abcd-111111abcdef"), "{text}");
        for hidden in ["secret", "session", "AKIA", "some-input", "continuation token"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }
}
