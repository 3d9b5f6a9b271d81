//! AWS's answers.

use aws_client::replay::Answer;
use serde_json::{Value, json};

use crate::{ACCOUNT, DELIVERY_STREAM, OURS, ROLE, STREAM};

pub(crate) fn arn(group: &str) -> String {
    format!("arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}")
}

pub(crate) fn group(name: &str) -> Value {
    json!({"logGroupName": name, "arn": format!("{}:*", arn(name)), "logGroupClass": "STANDARD"})
}

pub(crate) fn groups(groups: &[Value], token: Option<&str>) -> Answer {
    let mut answer = json!({"logGroups": groups});
    if let Some(token) = token {
        answer["nextToken"] = token.into();
    }
    Answer::ok(answer.to_string())
}

pub(crate) fn named(names: &[&str], token: Option<&str>) -> Answer {
    let all: Vec<Value> = names.iter().map(|name| group(name)).collect();
    groups(&all, token)
}

pub(crate) fn tags(of: &[(&str, &[(&str, &str)])]) -> Answer {
    let all: Vec<Value> = of
        .iter()
        .map(|(name, tags)| {
            let tags: Vec<Value> = tags.iter().map(|(k, v)| json!({"Key": k, "Value": v})).collect();
            json!({"ResourceARN": arn(name), "Tags": tags})
        })
        .collect();
    Answer::ok(json!({"ResourceTagMappingList": all}).to_string())
}

pub(crate) fn no_tags() -> Answer {
    tags(&[])
}

pub(crate) fn ours() -> Value {
    json!({"filterName": OURS, "destinationArn": STREAM, "roleArn": ROLE, "filterPattern": ""})
}

pub(crate) fn others(name: &str) -> Value {
    json!({"filterName": name, "destinationArn": "arn:aws:lambda:us-east-1:1:function:x", "filterPattern": "ERROR"})
}

pub(crate) fn filters(filters: &[Value]) -> Answer {
    Answer::ok(json!({"subscriptionFilters": filters}).to_string())
}

pub(crate) fn done() -> Answer {
    Answer::ok("{}")
}

pub(crate) fn error(code: &str, message: &str) -> Answer {
    let status = if code.ends_with("UnavailableException") {
        503
    } else {
        400
    };
    Answer::error(status, json!({"__type": code, "message": message}).to_string())
}

pub(crate) fn gone() -> Answer {
    error("ResourceNotFoundException", "The specified log group does not exist.")
}

pub(crate) fn throttled() -> Answer {
    error("ThrottlingException", "Rate exceeded")
}

pub(crate) fn delivery_streams(names: &[&str], more: bool) -> Answer {
    Answer::ok(json!({"DeliveryStreamNames": names, "HasMoreDeliveryStreams": more}).to_string())
}

/// One that reads `source`, or nothing but direct puts, is transformed by `decoder` and delivers to bucket `archive`.
pub(crate) fn delivery_stream(source: Option<&str>) -> Answer {
    let function = format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:decoder:$LATEST");
    let processing = json!({"Enabled": true, "Processors": [{
        "Type": "Lambda",
        "Parameters": [
            {"ParameterName": "LambdaArn", "ParameterValue": function},
            {"ParameterName": "BufferSizeInMBs", "ParameterValue": "1"},
        ],
    }]});
    let logging = json!({"Enabled": true, "LogGroupName": "/aws/kinesisfirehose/archive", "LogStreamName": "S3"});
    let s3 = json!({
        "RoleARN": ROLE,
        "BucketARN": "arn:aws:s3:::archive",
        "BufferingHints": {},
        "CompressionFormat": "GZIP",
        "EncryptionConfiguration": {},
        "ProcessingConfiguration": processing,
        "CloudWatchLoggingOptions": logging,
    });
    let mut description = json!({
        "DeliveryStreamName": "archive",
        "DeliveryStreamARN": DELIVERY_STREAM,
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamType": "DirectPut",
        "VersionId": "1",
        "Destinations": [{"DestinationId": "destinationId-1", "ExtendedS3DestinationDescription": s3}],
        "HasMoreDestinations": false,
    });
    if let Some(source) = source {
        description["DeliveryStreamType"] = "KinesisStreamAsSource".into();
        description["Source"] = json!({"KinesisStreamSourceDescription": {"KinesisStreamARN": source}});
    }
    Answer::ok(json!({"DeliveryStreamDescription": description}).to_string())
}

pub(crate) fn notifications(functions: &[&str]) -> Answer {
    let one = |name: &&str| {
        format!(
            "<CloudFunctionConfiguration><CloudFunction>arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}\
             </CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration>"
        )
    };
    let all = functions.iter().map(one).collect::<Vec<_>>().concat();
    Answer::ok(format!("<NotificationConfiguration>{all}</NotificationConfiguration>"))
}

pub(crate) fn mappings(of: &[(&str, &str)], marker: Option<&str>) -> Answer {
    let all: Vec<Value> = of
        .iter()
        .map(|(source, name)| {
            json!({
                "EventSourceArn": source,
                "FunctionArn": format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"),
            })
        })
        .collect();
    let mut answer = json!({"EventSourceMappings": all});
    if let Some(marker) = marker {
        answer["NextMarker"] = marker.into();
    }
    Answer::ok(answer.to_string())
}

pub(crate) fn function(log_group: Option<&str>) -> Answer {
    let mut answer = json!({"FunctionName": "x"});
    if let Some(group) = log_group {
        answer["LoggingConfig"] = json!({"LogFormat": "JSON", "LogGroup": group});
    }
    Answer::ok(answer.to_string())
}

/// All that lies behind the stream where nothing but the archive reads it: the decoder logs to `/our/decoder`.
pub(crate) fn plain_graph() -> Vec<Answer> {
    vec![
        delivery_streams(&["archive"], false),
        delivery_stream(Some(STREAM)),
        notifications(&[]),
        mappings(&[], None),
        function(Some("/our/decoder")),
    ]
}
