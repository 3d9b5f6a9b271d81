//! Lambda's layers in one region (<https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html> and its
//! neighbours). Numbers are never used again.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::aws::request::{Request, Said, refused};
use crate::aws::{ACCOUNT, Region};

pub(crate) const LAYER: &str = "deps";
/// Versions or functions on a page: lists of three have more than one.
const PAGE: usize = 2;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) description: String,
    /// SHA-256 of the zip in base64.
    pub(crate) code: String,
    pub(crate) runtimes: Value,
    pub(crate) architectures: Value,
    pub(crate) license: Value,
    /// Of its policy.
    pub(crate) statements: Vec<Value>,
}

impl Version {
    /// With this description and content.
    pub(crate) fn of(description: &str, zip: &[u8]) -> Self {
        let (description, code) = (description.to_owned(), code(zip));
        Self {
            description,
            code,
            ..Self::default()
        }
    }
}

pub(crate) fn arn(region: &str, number: i64) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:layer:{LAYER}:{number}")
}

fn code(zip: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(Sha256::digest(zip))
}

/// A statement that lets an account use a version.
pub(crate) fn account_statement(id: &str, account: &str) -> Value {
    statement(id, &json!({"AWS": format!("arn:aws:iam::{account}:root")}))
}

fn statement(id: &str, principal: &Value) -> Value {
    json!({
        "Sid": id, "Effect": "Allow", "Principal": principal, "Action": "lambda:GetLayerVersion",
        "Resource": "arn:aws:lambda:region:account:layer:deps:1",
    })
}

impl Region {
    /// Publishes; the number.
    pub(crate) fn publish(&mut self, version: Version) -> i64 {
        self.last += 1;
        self.versions.insert(self.last, version);
        self.last
    }

    /// A function's version that uses these versions of the layer.
    pub(crate) fn function(&mut self, region: &str, name: &str, version: &str, layers: &[i64]) {
        let layers: Vec<Value> = layers
            .iter()
            .map(|&number| json!({"Arn": arn(region, number)}))
            .collect();
        self.functions.push(json!({
            "FunctionName": name, "Version": version, "Layers": layers,
            "FunctionArn": format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}:{version}"),
        }));
    }

    pub(super) fn lambda(&mut self, request: &Request) -> Option<Said> {
        let said = match &*request.operation {
            "ListFunctions" => {
                let all = request
                    .query
                    .get("FunctionVersion")
                    .is_some_and(|version| version == "ALL");
                let functions = self.functions.iter();
                let functions = functions.filter(|function| all || function["Version"] == "$LATEST");
                page("Functions", functions.cloned().enumerate().collect(), request)
            }
            "ListLayerVersions" => self.list(request),
            "PublishLayerVersion" => self.publication(request),
            "GetLayerVersion" => self.version(request, |number, version| {
                let content = json!({"CodeSha256": version.code, "Location": "https://signed.example/X-Amz-Signature"});
                let mut described = described(&request.region, number, version);
                described["Content"] = content;
                Said::json(described)
            }),
            "DeleteLayerVersion" => {
                // One that is not there is deleted, too.
                self.versions.remove(&request.number()?);
                Said::bytes(204, Vec::new(), Vec::new())
            }
            "GetLayerVersionPolicy" => self.version(request, |_, version| {
                if version.statements.is_empty() {
                    return refused(404, "ResourceNotFoundException");
                }
                let policy = json!({"Version": "2012-10-17", "Id": "default", "Statement": version.statements});
                Said::json(json!({"Policy": policy.to_string(), "RevisionId": "1"}))
            }),
            "AddLayerVersionPermission" => self.version(request, |_, version| grant(request, version)),
            "RemoveLayerVersionPermission" => self.version(request, |_, version| {
                let before = version.statements.len();
                version
                    .statements
                    .retain(|statement| statement["Sid"] != *request.path[6]);
                if version.statements.len() == before {
                    return refused(404, "ResourceNotFoundException");
                }
                Said::bytes(204, Vec::new(), Vec::new())
            }),
            _ => return None,
        };
        Some(said)
    }

    fn list(&self, request: &Request) -> Said {
        if self.last == 0 {
            return refused(404, "ResourceNotFoundException");
        }
        let versions = self.versions.iter().rev();
        let described = versions.map(|(&number, version)| {
            // Highest first; the marker says where the next page begins, whatever is published meanwhile.
            let place = usize::MAX - usize::try_from(number).unwrap();
            (place, described(&request.region, number, version))
        });
        page("LayerVersions", described.collect(), request)
    }

    fn publication(&mut self, request: &Request) -> Said {
        let content = &request.json["Content"];
        let text = |member: &str| content[member].as_str().unwrap_or_default().to_owned();
        let object = self.objects.get(&(text("S3Bucket"), text("S3Key")));
        let direct = (content["ZipFile"].as_str()).map(|zip| base64_simd::STANDARD.decode_to_vec(zip).unwrap());
        let zip = direct.or_else(|| object.cloned()).unwrap_or_default();
        if !zip.starts_with(b"PK") {
            return refused(400, "InvalidParameterValueException");
        }
        let number = self.publish(Version {
            runtimes: request.json["CompatibleRuntimes"].clone(),
            architectures: request.json["CompatibleArchitectures"].clone(),
            license: request.json["LicenseInfo"].clone(),
            ..Version::of(request.text("Description"), &zip)
        });
        Said::json(described(&request.region, number, &self.versions[&number]))
    }

    fn version(&mut self, request: &Request, then: impl FnOnce(i64, &mut Version) -> Said) -> Said {
        let number = request.number().unwrap_or_default();
        match self.versions.get_mut(&number) {
            Some(version) => then(number, version),
            None => refused(404, "ResourceNotFoundException"),
        }
    }
}

fn grant(request: &Request, version: &mut Version) -> Said {
    assert_eq!(request.text("Action"), "lambda:GetLayerVersion");
    let id = request.text("StatementId");
    if version.statements.iter().any(|statement| statement["Sid"] == id) {
        return refused(409, "ResourceConflictException");
    }
    let granted = match (request.text("Principal"), request.text("OrganizationId")) {
        ("*", "") => statement(id, &json!("*")),
        ("*", organization) => {
            let mut granted = statement(id, &json!("*"));
            granted["Condition"] = json!({"StringEquals": {"aws:PrincipalOrgID": organization}});
            granted
        }
        (account, _) => account_statement(id, account),
    };
    version.statements.push(granted.clone());
    Said::json(json!({"Statement": granted.to_string(), "RevisionId": "1"}))
}

fn described(region: &str, number: i64, version: &Version) -> Value {
    let bare = arn(region, number);
    let (layer, _) = bare.rsplit_once(':').unwrap();
    json!({
        "LayerArn": layer, "LayerVersionArn": bare, "Version": number, "Description": version.description,
        "CreatedDate": "2026-01-31T12:00:00.000+0000",
    })
}

/// The entries from the marker's place on.
fn page(member: &str, entries: Vec<(usize, Value)>, request: &Request) -> Said {
    let from = request.query.get("Marker").map_or(0, |marker| marker.parse().unwrap());
    let mut entries = entries.into_iter().filter(|(place, _)| *place >= from);
    let page: Vec<Value> = entries.by_ref().take(PAGE).map(|(_, entry)| entry).collect();
    let mut body = json!({member: page});
    if let Some((place, _)) = entries.next() {
        body["NextMarker"] = json!(place.to_string());
    }
    Said::json(body)
}
