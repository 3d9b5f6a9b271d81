//! One distributor, deployed once and shared by all tests of this folder.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;
use aws_types::region::Region;
use serde_json::json;
use tokio::runtime::Runtime;

use super::layer::Layer;
use super::pipeline::Pipeline;
use crate::deployment::{architecture, deploy, make_artifact_bucket, outputs};
use crate::engine::{control, tool};

/// The name of the stack.
const STACK: &str = "layers";
/// The region of the stack.
pub(crate) const HOME: &str = "us-east-1";
/// The account of everything.
pub(crate) const ACCOUNT: &str = "123456789012";
/// Sources and artifacts of the pipelines that the tests make.
pub(crate) const BUCKET: &str = "layer-releases";
/// Lets Lambda have a role.
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"Service": "lambda.amazonaws.com"}}]}"#;

/// A deployed distributor.
pub(crate) struct Distributor {
    outputs: BTreeMap<String, String>,
    runtime: Runtime,
    config: SdkConfig,
    /// CodePipeline.
    pub(crate) codepipeline: aws_sdk_codepipeline::Client,
    /// S3 of the stack's region.
    pub(crate) s3: aws_sdk_s3::Client,
}

static DISTRIBUTOR: LazyLock<Mutex<Distributor>> = LazyLock::new(|| Mutex::new(Distributor::deploy()));

/// The distributor, for one test at a time, with no fault anywhere.
pub(crate) fn distributor() -> MutexGuard<'static, Distributor> {
    let distributor = DISTRIBUTOR.lock().unwrap_or_else(PoisonError::into_inner);
    control("calls/faults", &json!({"kind": "clear"}));
    distributor
}

impl Distributor {
    fn deploy() -> Self {
        make_artifact_bucket();
        tool("aws", &["s3", "mb", &format!("s3://{BUCKET}")]);
        let versioning = ["--bucket", BUCKET, "--versioning-configuration", "Status=Enabled"];
        tool("aws", &[&["s3api", "put-bucket-versioning"][..], &versioning].concat());
        let role = ["--role-name", "layer-user", "--assume-role-policy-document", TRUST];
        tool("aws", &[&["iam", "create-role"][..], &role].concat());
        deploy_kind("folder", "built-folder");
        let config = aws_client::sdk_config();
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        Self {
            outputs: outputs(STACK),
            runtime: Runtime::new().unwrap(),
            codepipeline: aws_sdk_codepipeline::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            config,
        }
    }

    /// Has the stack's own pipeline build a layer of that kind.
    pub(crate) fn build(&self, kind: &str, layer: &str) {
        deploy_kind(kind, layer);
        assert_eq!(self.outputs, outputs(STACK));
    }

    /// An output of the stack, by its name without the system's.
    pub(crate) fn output(&self, name: &str) -> &str {
        let found = self.outputs.get(&format!("LayerDistributor{name}"));
        found.unwrap_or_else(|| panic!("no output {name} in {:?}", self.outputs))
    }

    /// Runs a call to its end.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// Puts what an S3 source has.
    pub(crate) fn put(&self, bucket: &str, key: &str, content: Vec<u8>) {
        let put = self.s3.put_object().bucket(bucket).key(key);
        self.wait(put.body(ByteStream::from(content)).send()).unwrap();
    }

    /// A pipeline that publishes `build/layer.zip` of its source by these parameters.
    pub(crate) fn pipeline(&self, name: &str, parameters: &serde_json::Value) -> Pipeline<'_> {
        Pipeline::create(self, name, parameters, 1)
    }

    /// A layer as it is in AWS.
    pub(crate) fn layer(&self, name: &str) -> Layer<'_> {
        Layer::new(self, name)
    }

    pub(crate) fn lambda(&self, region: &str) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.config_in(region))
    }

    pub(crate) fn ssm(&self, region: &str) -> aws_sdk_ssm::Client {
        aws_sdk_ssm::Client::new(&self.config_in(region))
    }

    fn config_in(&self, region: &str) -> SdkConfig {
        self.config.to_builder().region(Region::new(region.to_owned())).build()
    }
}

fn deploy_kind(kind: &str, layer: &str) {
    let parameters = [
        ("Architecture", architecture()),
        ("LayerDistributor", "true"),
        ("LayerDistributorLayerNames", "*"),
        ("LayerDistributorLayerPipeline", "true"),
        ("LayerDistributorPipelineLayerName", layer),
        ("LayerDistributorPipelineRegions", "eu-west-1,us-east-1"),
        ("LayerDistributorPipelineArchitecture", architecture()),
        ("LayerDistributorPipelinePrincipals", "111122223333"),
        ("LayerDistributorBuildKind", kind),
    ];
    deploy(&[], ".aws-sam/build/template.yaml", STACK, &parameters);
}
