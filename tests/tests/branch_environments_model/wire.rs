//! What goes over the connection, in the services' own formats.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::aws_in_memory::calls;
use crate::aws_in_memory::wire::{self, Account};
use crate::events::Who;
use crate::world::World;

pub(crate) use crate::aws_in_memory::calls::{Fault, Place, Treatment};
pub(crate) use crate::aws_in_memory::wire::Refusal;

/// A way into the account.
pub(crate) type Wire = wire::Wire<World>;
pub(crate) type Trouble = calls::Trouble<Service>;
pub(crate) type Calls = calls::Calls<Service, Who>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    Repository,
    Builds,
    Pipelines,
    Bucket,
    Functions,
    Tags,
    Topic,
}

pub(crate) const SERVICES: [Service; 7] = [
    Service::Repository,
    Service::Builds,
    Service::Pipelines,
    Service::Bucket,
    Service::Functions,
    Service::Tags,
    Service::Topic,
];

/// What was asked for. Of S3 and Lambda the operation is the method, and the body has the path's parts.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) service: Service,
    pub(crate) operation: String,
    pub(crate) body: Value,
}

impl Account for World {
    type Service = Service;
    type Caller = Who;
    type Request = Request;

    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn read(request: &HttpRequest) -> Request {
        let bytes = request.body().bytes().unwrap_or_default();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let (service, operation) = match target.split_once('.') {
            Some(("CodeCommit_20150413", operation)) => (Service::Repository, operation),
            Some(("CodeBuild_20161006", operation)) => (Service::Builds, operation),
            Some(("CodePipeline_20150709", operation)) => (Service::Pipelines, operation),
            Some(("ResourceGroupsTaggingAPI_20170126", operation)) => (Service::Tags, operation),
            Some((other, _)) => panic!("nobody has taught this account {other}"),
            None if request.uri().starts_with("https://s3.") => (Service::Bucket, request.method()),
            None if request.uri().starts_with("https://lambda.") => (Service::Functions, request.method()),
            None => (Service::Topic, "Publish"),
        };
        Request {
            service,
            operation: operation.to_owned(),
            body: match service {
                Service::Bucket => of_bucket(request.uri(), bytes),
                Service::Functions => json!({
                    "function": request.uri().split('/').nth(5), "payload": serde_json::from_slice::<Value>(bytes).unwrap(),
                }),
                Service::Topic => Value::Null,
                _ => serde_json::from_slice(bytes).unwrap(),
            },
        }
    }

    fn treat(&mut self, request: &Request) -> Treatment {
        self.calls.next(request.service)
    }

    fn answer(&mut self, request: &Request) -> HttpResponse {
        match self.take_in(request) {
            Ok(body) => answered(request, &body),
            Err(refusal) => self.refuse(request, refusal),
        }
    }

    fn refuse(&self, request: &Request, refusal: Refusal) -> HttpResponse {
        let Refusal { status, code } = refusal;
        let text = match request.service {
            Service::Bucket if request.operation == "HEAD" => String::new(),
            Service::Bucket => format!("<Error><Code>{code}</Code><Message>in words</Message></Error>"),
            Service::Topic => format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"),
            _ => json!({"__type": code, "message": "in words"}).to_string(),
        };
        let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(text));
        if request.service == Service::Functions {
            response.headers_mut().insert("x-amzn-errortype", code);
        }
        response
    }
}

/// Path style: `https://s3.<region>.amazonaws.com/<bucket>/<key>?<query>`.
fn of_bucket(uri: &str, bytes: &[u8]) -> Value {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let key = path.splitn(5, '/').nth(4).unwrap_or_default();
    let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix="));
    json!({
        "key": decoded(key), "prefix": prefix.map(decoded), "text": String::from_utf8_lossy(bytes),
    })
}

fn answered(request: &Request, body: &Value) -> HttpResponse {
    let (status, text) = match (request.service, request.operation.as_str()) {
        (Service::Topic, _) => (200, "<PublishResponse><PublishResult/></PublishResponse>".to_owned()),
        (Service::Functions, _) => (202, String::new()),
        (Service::Bucket, "DELETE") => (204, String::new()),
        (Service::Bucket, "GET") if !body["text"].is_string() => (200, listing(body)),
        (Service::Bucket, "GET") => (200, body["text"].as_str().unwrap().to_owned()),
        (Service::Bucket, _) => (200, String::new()),
        _ => (200, body.to_string()),
    };
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(text));
    if let Some(modified) = body["modified"].as_str() {
        response.headers_mut().insert("last-modified", modified.to_owned());
    }
    response
}

fn listing(keys: &Value) -> String {
    let keys = keys.as_array().into_iter().flatten().filter_map(Value::as_str);
    let contents = keys.map(|key| ["<Contents><Key>", key, "</Key></Contents>"].concat());
    let contents = contents.collect::<String>();
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>")
}
