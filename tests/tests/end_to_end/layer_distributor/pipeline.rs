//! A pipeline of a source and the publication of a layer.

use std::time::{Duration, Instant};

use aws_sdk_codepipeline::types::builders::ActionDeclarationBuilder;
use aws_sdk_codepipeline::types::{
    ActionCategory, ActionDeclaration, ActionOwner, ActionTypeId, ArtifactStore, ArtifactStoreType, EncryptionKey,
    EncryptionKeyType, InputArtifact, OutputArtifact, PipelineDeclaration, PipelineType, PipelineVariable,
    PipelineVariableDeclaration, StageDeclaration, StageRetryMode, StageState,
};
use serde_json::Value;

use super::distributor::{BUCKET, Distributor};
use super::zips::artifact;
use crate::engine::look;

/// The KMS key that every pipeline names for its artifacts.
pub(crate) const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
/// The pipeline's variable that the layer's name is.
pub(crate) const LAYER: &str = "#{variables.layer}";

/// A pipeline.
#[derive(Clone)]
pub(crate) struct Pipeline<'d> {
    distributor: &'d Distributor,
    name: String,
}

/// How a stage ended: by the answer of its last job.
#[derive(Debug, Clone)]
pub(crate) enum Ended {
    Succeeded { summary: String, variables: Value },
    Failed { message: String, kind: String },
}

impl<'d> Pipeline<'d> {
    /// A new one. With two inputs, both are the source.
    pub(crate) fn create(distributor: &'d Distributor, name: &str, parameters: &Value, inputs: usize) -> Self {
        let mut sources = StageDeclaration::builder().name("Source");
        let mut publish = action("Publish", ActionCategory::Invoke, "Lambda")
            .configuration("FunctionName", distributor.output("LayerDistributorFunctionName"))
            .configuration("UserParameters", parameters.to_string())
            .namespace("Layer");
        for number in 0..inputs.max(1) {
            let output = format!("source-{number}");
            let source = action(&output, ActionCategory::Source, "S3")
                .configuration("S3Bucket", BUCKET)
                .configuration("S3ObjectKey", key(name))
                .output_artifacts(OutputArtifact::builder().name(&output).build().unwrap());
            sources = sources.actions(source.build().unwrap());
            if inputs > 0 {
                publish = publish.input_artifacts(InputArtifact::builder().name(&output).build().unwrap());
            }
        }
        let publish = StageDeclaration::builder()
            .name("Publish")
            .actions(publish.build().unwrap());
        let key = EncryptionKey::builder().id(KEY).r#type(EncryptionKeyType::Kms);
        let store = ArtifactStore::builder()
            .r#type(ArtifactStoreType::S3)
            .location(BUCKET)
            .encryption_key(key.build().unwrap());
        let variable = PipelineVariableDeclaration::builder().name("layer").default_value(name);
        let declaration = PipelineDeclaration::builder()
            .name(name)
            .role_arn("arn:aws:iam::123456789012:role/pipeline")
            .pipeline_type(PipelineType::V2)
            .variables(variable.build().unwrap())
            .artifact_store(store.build().unwrap())
            .stages(sources.build().unwrap())
            .stages(publish.build().unwrap())
            .build()
            .unwrap();
        let create = distributor.codepipeline.create_pipeline().pipeline(declaration);
        distributor.wait(create.send()).unwrap();
        Self {
            distributor,
            name: name.to_owned(),
        }
    }

    /// One that is there: another test's, or the stack's.
    pub(crate) fn named(distributor: &'d Distributor, name: &str) -> Self {
        Self {
            distributor,
            name: name.to_owned(),
        }
    }

    /// What the next execution publishes.
    pub(crate) fn has(&self, layer: &[u8]) {
        self.has_source(artifact(layer));
    }

    /// What the source of the next execution is.
    pub(crate) fn has_source(&self, source: Vec<u8>) {
        self.distributor.put(BUCKET, &key(&self.name), source);
    }

    /// Starts an execution that publishes a layer of that name; its id.
    pub(crate) fn start(&self, layer: &str) -> String {
        let variable = PipelineVariable::builder().name("layer").value(layer).build().unwrap();
        let start = self.distributor.codepipeline.start_pipeline_execution();
        let start = start.name(&self.name).variables(variable);
        self.started(self.distributor.wait(start.send()).unwrap().pipeline_execution_id)
    }

    /// Starts an execution of a pipeline without variables.
    pub(crate) fn start_plain(&self) -> String {
        let start = self.distributor.codepipeline.start_pipeline_execution();
        self.started(
            self.distributor
                .wait(start.name(&self.name).send())
                .unwrap()
                .pipeline_execution_id,
        )
    }

    fn started(&self, execution: Option<String>) -> String {
        execution.unwrap_or_else(|| panic!("{} was not started", self.name))
    }

    /// Starts, and waits for the end.
    pub(crate) fn release(&self, layer: &str) -> Ended {
        self.ended(&self.start(layer))
    }

    /// Waits for an execution's end. Every job of it has one answer then.
    pub(crate) fn ended(&self, execution: &str) -> Ended {
        let deadline = Instant::now() + Duration::from_mins(5);
        loop {
            let get = self.distributor.codepipeline.get_pipeline_execution();
            let get = get.pipeline_name(&self.name).pipeline_execution_id(execution);
            let found = self.distributor.wait(get.send()).unwrap().pipeline_execution.unwrap();
            match found.status.unwrap().as_str() {
                "InProgress" => assert!(Instant::now() < deadline, "{} does not end", self.name),
                "Succeeded" | "Failed" => break,
                other => panic!("{} is {other}", self.name),
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "the pause between two questions, not a synchronisation"
            )]
            std::thread::sleep(Duration::from_millis(150));
        }
        let jobs = jobs(execution);
        let Some(last) = jobs.last() else {
            panic!("{execution} of {} came to no job: {}", self.name, self.state());
        };
        for job in &jobs {
            assert_eq!(job["answers"].as_array().unwrap().len(), 1, "{job}");
        }
        let answer = &last["answers"][0];
        let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
        match answer["kind"].as_str().unwrap() {
            "success" => Ended::Succeeded {
                summary: text("summary"),
                variables: answer["variables"].clone(),
            },
            "failure" => Ended::Failed {
                message: text("message"),
                kind: text("type"),
            },
            other => panic!("{other}: {last}"),
        }
    }

    /// What a person would look at first.
    fn state(&self) -> String {
        let state = self.distributor.codepipeline.get_pipeline_state().name(&self.name);
        let state = self.distributor.wait(state.send()).unwrap();
        let actions = state.stage_states().iter().flat_map(StageState::action_states);
        let latest = actions.filter_map(|action| Some((action.action_name()?, action.latest_execution()?)));
        let errors = latest.filter_map(|(name, latest)| Some((name, latest.error_details()?.message()?)));
        errors
            .map(|(name, error)| format!("{name}: {error}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// A person retries the stage; how that ended.
    pub(crate) fn retry(&self, execution: &str) -> Ended {
        let retry = self.distributor.codepipeline.retry_stage_execution();
        let retry = retry.pipeline_name(&self.name).stage_name("Publish");
        let retry = retry
            .pipeline_execution_id(execution)
            .retry_mode(StageRetryMode::FailedActions);
        self.distributor.wait(retry.send()).unwrap();
        self.ended(execution)
    }
}

impl Ended {
    /// The summary and the output variables of a release that was to succeed.
    pub(crate) fn succeeded(self) -> (String, Value) {
        match self {
            Self::Succeeded { summary, variables } => (summary, variables),
            Self::Failed { message, kind } => panic!("{kind}: {message}"),
        }
    }

    /// The message of a release that was to fail, after the kind of failure.
    pub(crate) fn failed(self) -> String {
        match self {
            Self::Failed { message, kind } => format!("{kind}: {message}"),
            Self::Succeeded { summary, .. } => panic!("it succeeded: {summary}"),
        }
    }
}

/// The jobs of an execution, in the order in which they were handed out.
pub(crate) fn jobs(execution: &str) -> Vec<Value> {
    let jobs = look("codepipeline/jobs");
    let jobs = jobs.as_array().unwrap().iter();
    jobs.filter(|job| job["execution"] == execution).cloned().collect()
}

/// Where the source of a pipeline is.
fn key(pipeline: &str) -> String {
    format!("{pipeline}/source.zip")
}

fn action(name: &str, category: ActionCategory, provider: &str) -> ActionDeclarationBuilder {
    let kind = ActionTypeId::builder()
        .category(category)
        .owner(ActionOwner::Aws)
        .provider(provider)
        .version("1");
    ActionDeclaration::builder()
        .name(name)
        .action_type_id(kind.build().unwrap())
}
