//! A layer as AWS has it: its versions, who may use them, and what points to them.

use std::collections::BTreeMap;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::LayerVersionContentInput;
use aws_sdk_ssm::types::ParameterType;
use serde_json::Value;

use super::distributor::{ACCOUNT, Distributor};
use super::zips;

/// A layer in all regions.
#[derive(Clone)]
pub(crate) struct Layer<'d> {
    distributor: &'d Distributor,
    name: String,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) arn: String,
    pub(crate) description: String,
}

impl Version {
    /// Whether it says that it has this content.
    pub(crate) fn says(&self, content: &[u8]) -> bool {
        self.description
            .starts_with(&format!("wrasse sha256:{} ", zips::hex(content)))
    }
}

impl<'d> Layer<'d> {
    pub(crate) fn new(distributor: &'d Distributor, name: &str) -> Self {
        Self {
            distributor,
            name: name.to_owned(),
        }
    }

    pub(crate) fn arn(&self, region: &str, number: i64) -> String {
        format!("arn:aws:lambda:{region}:{ACCOUNT}:layer:{}:{number}", self.name)
    }

    /// Publishes a version by hand; its number.
    pub(crate) fn publish(&self, region: &str, description: &str, content: &[u8]) -> i64 {
        let zip = LayerVersionContentInput::builder().zip_file(Blob::new(content)).build();
        let publish = self.distributor.lambda(region).publish_layer_version();
        let publish = publish.layer_name(&self.name).description(description).content(zip);
        self.distributor.wait(publish.send()).unwrap().version
    }

    /// A version of an earlier release, with its pointers; its number.
    pub(crate) fn release_by_hand(&self, region: &str, content: &[u8]) -> i64 {
        let description = format!("wrasse sha256:{} attributes:000000000000", zips::hex(content));
        let number = self.publish(region, &description, content);
        for name in [number.to_string(), "latest".to_owned()] {
            self.point(region, &name, &self.arn(region, number));
        }
        number
    }

    /// The versions, the lowest number first.
    pub(crate) fn versions(&self, region: &str) -> Vec<Version> {
        let list = self
            .distributor
            .lambda(region)
            .list_layer_versions()
            .layer_name(&self.name);
        let items = list.into_paginator().items().send();
        let items: Result<Vec<_>, _> = self.distributor.wait(items.collect());
        let version = |item: aws_sdk_lambda::types::LayerVersionsListItem| Version {
            number: item.version,
            arn: item.layer_version_arn.unwrap(),
            description: item.description.unwrap_or_default(),
        };
        let mut versions: Vec<Version> = items.unwrap().into_iter().map(version).collect();
        versions.sort_by_key(|version| version.number);
        versions
    }

    /// The numbers of the versions.
    pub(crate) fn numbers(&self, region: &str) -> Vec<i64> {
        let versions = self.versions(region);
        versions.into_iter().map(|version| version.number).collect()
    }

    /// The one version of this content, which it says it has and does have.
    pub(crate) fn the_only(&self, region: &str, content: &[u8]) -> Version {
        let mut versions = self.versions(region);
        versions.retain(|version| version.says(content));
        let [version] = &versions[..] else {
            panic!(
                "{} in {region} has not one version of the content: {versions:?}",
                self.name
            );
        };
        assert_eq!(
            self.sha256(region, version.number),
            zips::base64(content),
            "{version:?}"
        );
        version.clone()
    }

    /// `CodeSha256` of a version.
    pub(crate) fn sha256(&self, region: &str, number: i64) -> String {
        let get = self.distributor.lambda(region).get_layer_version();
        let get = get.layer_name(&self.name).version_number(number);
        let content = self.distributor.wait(get.send()).unwrap().content;
        content.unwrap().code_sha256.unwrap()
    }

    /// The policy of a version: principals by statement id.
    pub(crate) fn policy(&self, region: &str, number: i64) -> BTreeMap<String, Value> {
        let get = self.distributor.lambda(region).get_layer_version_policy();
        let get = get.layer_name(&self.name).version_number(number);
        let policy = match self.distributor.wait(get.send()) {
            Ok(found) => found.policy.unwrap(),
            Err(error) => {
                let missing = error.into_service_error().is_resource_not_found_exception();
                assert!(missing, "{} {region} {number}", self.name);
                return BTreeMap::new();
            }
        };
        let policy: Value = serde_json::from_str(&policy).unwrap();
        let statement = |statement: &Value| {
            assert_eq!(statement["Action"], "lambda:GetLayerVersion", "{statement}");
            assert_eq!(statement["Effect"], "Allow", "{statement}");
            (
                statement["Sid"].as_str().unwrap().to_owned(),
                statement["Principal"].clone(),
            )
        };
        policy["Statement"].as_array().unwrap().iter().map(statement).collect()
    }

    /// All pointers below `/layers`, by the last part of their names.
    pub(crate) fn pointers(&self, region: &str) -> BTreeMap<String, String> {
        let path = format!("/layers/{}", self.name);
        let get = self.distributor.ssm(region).get_parameters_by_path().path(&path);
        let pages: Result<Vec<_>, _> = self.distributor.wait(get.into_paginator().send().collect());
        let items = pages
            .unwrap()
            .into_iter()
            .flat_map(|page| page.parameters.unwrap_or_default());
        let pointer = |parameter: aws_sdk_ssm::types::Parameter| {
            let name = parameter.name.unwrap();
            let name = name.strip_prefix(&format!("{path}/")).unwrap();
            (name.to_owned(), parameter.value.unwrap())
        };
        items.map(pointer).collect()
    }

    /// What `latest` points to. Asked for by another operation than the function uses, so that it meets no fault.
    pub(crate) fn latest(&self, region: &str) -> Option<String> {
        let name = format!("/layers/{}/latest", self.name);
        let get = self.distributor.ssm(region).get_parameter().name(name);
        match self.distributor.wait(get.send()) {
            Ok(found) => found.parameter.unwrap().value,
            Err(error) => {
                let error = error.into_service_error();
                assert!(error.is_parameter_not_found(), "{error:?}");
                None
            }
        }
    }

    /// Writes a pointer, as a person might.
    pub(crate) fn point(&self, region: &str, name: &str, value: &str) {
        let put = self.distributor.ssm(region).put_parameter();
        let put = put.name(format!("/layers/{}/{name}", self.name)).value(value);
        let put = put.r#type(ParameterType::String).overwrite(true);
        self.distributor.wait(put.send()).unwrap();
    }
}
