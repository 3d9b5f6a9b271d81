//! Requests and answers as they are on the wire.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Value, json};

use crate::aws::Call;

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(super) region: String,
    pub(super) operation: String,
    /// The access key that signed it.
    pub(super) invocation: String,
    /// Without the API's version.
    pub(super) path: Vec<String>,
    pub(super) query: BTreeMap<String, String>,
    /// By lower-case name.
    pub(super) head: BTreeMap<String, String>,
    /// Of a bucket, where it is S3.
    pub(super) bucket: String,
    pub(super) body: Vec<u8>,
    pub(super) json: Value,
    /// What a publication has in the request itself.
    zip_bytes: usize,
}

impl Request {
    pub(super) async fn read(mut request: HttpRequest) -> Self {
        let body = ByteStream::new(request.take_body()).collect().await.unwrap().to_vec();
        let head = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let head: BTreeMap<String, String> = head.collect();
        let rest = request.uri().strip_prefix("https://").unwrap();
        let (host, target) = rest.split_once('/').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        let host: Vec<&str> = host.strip_suffix(".amazonaws.com").unwrap().split('.').collect();
        let (bucket, service, region) = match host[..] {
            [bucket, "s3", region] => (bucket, "s3", region),
            [service, region] => ("", service, region),
            _ => panic!("{host:?}"),
        };
        let json = serde_json::from_slice(&body).unwrap_or_default();
        let operation = match (head.get("x-amz-target"), service) {
            (Some(target), _) => target.rsplit('.').next().unwrap(),
            (None, "s3") => match request.method() {
                "HEAD" => "HeadObject",
                "PUT" => "PutObject",
                _ => "GetObject",
            },
            (None, _) => of_lambda(request.method(), &path[1..]),
        };
        let signed = head["authorization"].split_once("Credential=").unwrap().1;
        let zip = |json: &Value| json["Content"]["ZipFile"].as_str().map_or(0, |text| text.len() / 4 * 3);
        Self {
            region: region.to_owned(),
            operation: operation.to_owned(),
            invocation: signed.split('/').next().unwrap().to_owned(),
            query: query.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            bucket: bucket.to_owned(),
            zip_bytes: zip(&json),
            path,
            head,
            body,
            json,
        }
    }

    pub(super) fn zip_bytes(&self) -> usize {
        self.zip_bytes
    }

    /// The number in `/layers/deps/versions/7`.
    pub(super) fn number(&self) -> Option<i64> {
        self.path.get(4)?.parse().ok()
    }

    pub(super) fn text(&self, member: &str) -> &str {
        self.json[member].as_str().unwrap_or_default()
    }

    pub(super) fn call(&self) -> Call {
        let about = match &*self.operation {
            "PublishLayerVersion" => self.text("Description").to_owned(),
            "GetParameters" => {
                let names = self.json["Names"].as_array().unwrap().iter();
                names.map(|name| name.as_str().unwrap()).collect::<Vec<_>>().join(",")
            }
            "PutParameter" => format!("{}={}", self.text("Name"), self.text("Value")),
            "DeleteParameter" => self.text("Name").to_owned(),
            "HeadObject" | "PutObject" | "GetObject" => format!("{}/{}", self.bucket, self.path.join("/")),
            "ListLayerVersions" | "ListFunctions" => self.query.get("Marker").cloned().unwrap_or_default(),
            operation if operation.starts_with("PutJob") => self.text("jobId").to_owned(),
            "AddLayerVersionPermission" => format!("{} {}", self.path[4], self.text("StatementId")),
            _ => self.path[4..].join(" "),
        };
        Call {
            region: self.region.clone(),
            operation: self.operation.clone(),
            about,
        }
    }
}

/// `/2018-10-31/layers/NAME/versions/NUMBER/policy/STATEMENT`
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>).
fn of_lambda(method: &str, path: &[String]) -> &'static str {
    match (method, &path.iter().map(|part| &**part).collect::<Vec<_>>()[..]) {
        ("GET", ["functions", ..]) => "ListFunctions",
        ("GET", ["layers", _, "versions"]) => "ListLayerVersions",
        ("POST", ["layers", _, "versions"]) => "PublishLayerVersion",
        ("GET", ["layers", _, "versions", _]) => "GetLayerVersion",
        ("DELETE", ["layers", _, "versions", _]) => "DeleteLayerVersion",
        ("GET", ["layers", _, "versions", _, "policy"]) => "GetLayerVersionPolicy",
        ("POST", ["layers", _, "versions", _, "policy"]) => "AddLayerVersionPermission",
        ("DELETE", ["layers", _, "versions", _, "policy", _]) => "RemoveLayerVersionPermission",
        _ => panic!("{method} {path:?}"),
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Said {
    status: u16,
    head: Vec<(&'static str, String)>,
    body: Result<Vec<u8>, Value>,
}

impl Said {
    pub(super) fn json(body: Value) -> Self {
        Self {
            status: 200,
            head: Vec::new(),
            body: Err(body),
        }
    }

    pub(super) fn bytes(status: u16, head: Vec<(&'static str, String)>, body: Vec<u8>) -> Self {
        Self {
            status,
            head,
            body: Ok(body),
        }
    }

    /// It is a page, and not the last one.
    pub(super) fn has_more(&self) -> bool {
        self.body.as_ref().is_err_and(|body| body.get("NextMarker").is_some())
    }

    /// S3 speaks XML, and says nothing to HEAD.
    pub(super) fn into_response(self, request: &Request) -> HttpResponse {
        let refused = self.status >= 300;
        let body = match self.body {
            Ok(bytes) => bytes,
            Err(_) if request.operation == "HeadObject" => Vec::new(),
            Err(body) if refused && !request.bucket.is_empty() => {
                let code = body["__type"].as_str().unwrap();
                format!("<Error><Code>{code}</Code><Message>in words</Message></Error>").into_bytes()
            }
            Err(body) => body.to_string().into_bytes(),
        };
        let mut response = HttpResponse::new(StatusCode::try_from(self.status).unwrap(), SdkBody::from(body));
        for (name, value) in self.head {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

pub(super) fn refused(status: u16, code: &str) -> Said {
    Said {
        status,
        head: Vec::new(),
        body: Err(json!({"__type": code, "message": "in words"})),
    }
}
