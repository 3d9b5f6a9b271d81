//! A pipeline of a source, the gate and a deployment.

use std::sync::LazyLock;

use aws_sdk_codepipeline::types::{
    ActionCategory, ActionDeclaration, ActionOwner, ActionTypeId, ArtifactStore, ArtifactStoreType, InputArtifact,
    OutputArtifact, PipelineDeclaration, StageDeclaration, StageRetryMode, StageState, StageTransitionType,
};
use serde_json::{Value, json};

use super::gate::{Gate, jobs};
use crate::engine::{state, tool, until};

const BUCKET: &str = "releases";

/// The source of all pipelines: a stack of nothing.
static SOURCE: LazyLock<()> = LazyLock::new(|| {
    let folder = state().join("release");
    std::fs::create_dir_all(&folder).unwrap();
    let template = folder.join("template.yaml");
    let nothing = "Resources:\n  Nothing:\n    Type: AWS::CloudFormation::WaitConditionHandle\n";
    std::fs::write(&template, nothing).unwrap();
    let archive = folder.join("source.zip");
    let [archive, template] = [archive.to_str().unwrap(), template.to_str().unwrap()];
    tool("python3", &["-m", "zipfile", "-c", archive, template]);
    tool("aws", &["s3", "mb", &format!("s3://{BUCKET}")]);
    let versioning = ["--bucket", BUCKET, "--versioning-configuration", "Status=Enabled"];
    tool("aws", &[&["s3api", "put-bucket-versioning"][..], &versioning].concat());
    tool("aws", &["s3", "cp", archive, &format!("s3://{BUCKET}/source.zip")]);
});

/// A pipeline with the gate.
pub(crate) struct Pipeline<'g> {
    gate: &'g Gate,
    /// Its name, and that of the stack it deploys.
    pub(crate) name: String,
}

impl<'g> Pipeline<'g> {
    pub(crate) fn create(gate: &'g Gate, name: &str, parameters: &Value) -> Self {
        LazyLock::force(&SOURCE);
        let mut parameters = parameters.clone();
        if let Some(known) = parameters.as_object_mut() {
            known.insert("pipeline".to_owned(), json!(name));
            known.insert("execution".to_owned(), json!("#{codepipeline.PipelineExecutionId}"));
        }
        let parameters = parameters.to_string();
        let source = action("Source", ActionCategory::Source, "S3")
            .configuration("S3Bucket", BUCKET)
            .configuration("S3ObjectKey", "source.zip")
            .output_artifacts(OutputArtifact::builder().name("app").build().unwrap());
        let health = action("Health", ActionCategory::Invoke, "Lambda")
            .configuration("FunctionName", gate.output("HealthGateFunctionName"))
            .configuration("UserParameters", parameters)
            .namespace("Health");
        let deploy = action("Deploy", ActionCategory::Deploy, "CloudFormation")
            .configuration("ActionMode", "CREATE_UPDATE")
            .configuration("StackName", name)
            .configuration("TemplatePath", "app::template.yaml")
            .input_artifacts(InputArtifact::builder().name("app").build().unwrap());
        let store = ArtifactStore::builder().r#type(ArtifactStoreType::S3).location(BUCKET);
        let declaration = PipelineDeclaration::builder()
            .name(name)
            .role_arn("arn:aws:iam::123456789012:role/pipeline")
            .artifact_store(store.build().unwrap())
            .stages(stage("Source", source.build().unwrap()))
            .stages(stage("Gate", health.build().unwrap()))
            .stages(stage("Deploy", deploy.build().unwrap()))
            .build()
            .unwrap();
        gate.wait(gate.codepipeline.create_pipeline().pipeline(declaration).send())
            .unwrap();
        Self {
            gate,
            name: name.to_owned(),
        }
    }

    /// The pipeline that the stack makes, with a release in its bucket.
    pub(crate) fn demonstration(gate: &'g Gate) -> Self {
        LazyLock::force(&SOURCE);
        let bucket = gate.output("DemonstrationSourceBucketName");
        let copy = [
            &format!("s3://{BUCKET}/source.zip")[..],
            &format!("s3://{bucket}/source.zip"),
        ];
        tool("aws", &[&["s3", "cp"][..], &copy].concat());
        Self {
            gate,
            name: gate.output("DemonstrationPipelineName").to_owned(),
        }
    }

    /// Releases; the execution's id.
    pub(crate) fn start(&self) -> String {
        let start = self.gate.codepipeline.start_pipeline_execution().name(&self.name);
        let started = self.gate.wait(start.send()).unwrap();
        started.pipeline_execution_id.unwrap()
    }

    /// Waits until an execution has this status.
    pub(crate) fn ended(&self, execution: &str, status: &str) {
        until(&format!("{} to be {status}", self.name), || {
            let get = self.gate.codepipeline.get_pipeline_execution();
            let get = get.pipeline_name(&self.name).pipeline_execution_id(execution);
            let found = self.gate.wait(get.send()).unwrap().pipeline_execution.unwrap();
            let now = found.status.unwrap();
            assert!(
                now.as_str() == status || now.as_str() == "InProgress",
                "{} is {now}, not {status}: {:?}",
                self.name,
                self.answers()
            );
            (now.as_str() == status).then_some(())
        });
    }

    /// Waits until an execution that failed at the gate was taken up again and has succeeded.
    pub(crate) fn resumed(&self, execution: &str) {
        until(&format!("{} to be resumed", self.name), || {
            let get = self.gate.codepipeline.get_pipeline_execution();
            let get = get.pipeline_name(&self.name).pipeline_execution_id(execution);
            let found = self.gate.wait(get.send()).unwrap().pipeline_execution.unwrap();
            (found.status.unwrap().as_str() == "Succeeded").then_some(())
        });
    }

    /// Waits until the gate's action has this status in this execution; what the pipeline shows of it.
    pub(crate) fn gate_is(&self, execution: &str, status: &str) -> String {
        until(&format!("the gate of {} to be {status}", self.name), || {
            let stage = self.stage("Gate")?;
            let latest = stage.latest_execution()?;
            let action = stage.action_states().first()?.latest_execution()?;
            let is = latest.pipeline_execution_id() == execution && action.status()?.as_str() == status;
            let message = action.error_details().and_then(|details| details.message());
            is.then(|| message.or(action.summary()).unwrap_or_default().to_owned())
        })
    }

    pub(crate) fn stage(&self, name: &str) -> Option<StageState> {
        let state = self.gate.codepipeline.get_pipeline_state().name(&self.name);
        let state = self.gate.wait(state.send()).unwrap();
        state
            .stage_states?
            .into_iter()
            .find(|stage| stage.stage_name() == Some(name))
    }

    /// A person retries the gate.
    pub(crate) fn retry(&self, execution: &str) {
        let retry = self.gate.codepipeline.retry_stage_execution();
        let retry = retry.pipeline_name(&self.name).stage_name("Gate");
        let retry = retry
            .pipeline_execution_id(execution)
            .retry_mode(StageRetryMode::FailedActions);
        self.gate.wait(retry.send()).unwrap();
    }

    /// Nothing goes into a stage from now on.
    pub(crate) fn disable_transition_into(&self, stage: &str) {
        let disable = self.gate.codepipeline.disable_stage_transition();
        let disable = disable.pipeline_name(&self.name).stage_name(stage).reason("a test");
        let disable = disable.transition_type(StageTransitionType::Inbound);
        self.gate.wait(disable.send()).unwrap();
    }

    /// What waits goes on.
    pub(crate) fn enable_transition_into(&self, stage: &str) {
        let enable = self.gate.codepipeline.enable_stage_transition();
        let enable = enable.pipeline_name(&self.name).stage_name(stage);
        let enable = enable.transition_type(StageTransitionType::Inbound);
        self.gate.wait(enable.send()).unwrap();
    }

    /// What each job was answered, in their order; fails if one has more than one answer or a refused one.
    pub(crate) fn answers(&self) -> Vec<String> {
        let jobs = jobs(&self.name);
        jobs.iter()
            .map(|job| {
                let answers = job["answers"].as_array().unwrap();
                assert!(answers.len() <= 1, "{job}");
                match answers.first() {
                    Some(answer) => answer["kind"].as_str().unwrap().to_owned(),
                    None => "open".to_owned(),
                }
            })
            .collect()
    }

    /// Waits until so many jobs were answered.
    pub(crate) fn answered(&self, jobs: usize) {
        until(&format!("{jobs} answers in {}", self.name), || {
            let answers = self.answers();
            (answers.len() >= jobs && answers.iter().all(|answer| answer != "open")).then_some(())
        });
    }

    /// Whether it deployed anything.
    pub(crate) fn has_deployed(&self) -> bool {
        let deploy = self.stage("Deploy");
        deploy.is_some_and(|stage| stage.latest_execution().is_some())
    }
}

fn stage(name: &str, action: ActionDeclaration) -> StageDeclaration {
    StageDeclaration::builder().name(name).actions(action).build().unwrap()
}

fn action(
    name: &str,
    category: ActionCategory,
    provider: &str,
) -> aws_sdk_codepipeline::types::builders::ActionDeclarationBuilder {
    let kind = ActionTypeId::builder()
        .category(category)
        .owner(ActionOwner::Aws)
        .provider(provider)
        .version("1");
    ActionDeclaration::builder()
        .name(name)
        .action_type_id(kind.build().unwrap())
}
