//! Systems Manager, S3 and `CodePipeline`, as far as this function asks.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::aws::request::{Request, Said, refused};
use crate::aws::{Region, State};

impl State {
    /// A job takes one answer
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html>).
    pub(super) fn answered(&mut self, request: &Request) -> Option<Said> {
        if !request.operation.starts_with("PutJob") {
            return None;
        }
        if self
            .answers
            .iter()
            .any(|(_, given)| given["jobId"] == request.json["jobId"])
        {
            return Some(refused(400, "InvalidJobStateException"));
        }
        self.answers.push((request.operation.clone(), request.json.clone()));
        Some(Said::json(json!({})))
    }
}

impl Region {
    /// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html> and its neighbours.
    pub(super) fn parameters(&mut self, request: &Request) -> Option<Said> {
        let name = request.text("Name");
        let said = match &*request.operation {
            "GetParameters" => {
                let names: Vec<&str> = request.json["Names"]
                    .as_array()?
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                let (there, missing): (Vec<&str>, Vec<&str>) =
                    names.into_iter().partition(|name| self.parameters.contains_key(*name));
                let described = there.into_iter().map(|name| {
                    let (kind, value) = &self.parameters[name];
                    json!({"Name": name, "Type": kind, "Value": value})
                });
                Said::json(json!({"Parameters": described.collect::<Vec<_>>(), "InvalidParameters": missing}))
            }
            "PutParameter" if request.json["Overwrite"] != true && self.parameters.contains_key(name) => {
                refused(400, "ParameterAlreadyExists")
            }
            "PutParameter" => {
                let parameter = (request.text("Type").to_owned(), request.text("Value").to_owned());
                self.parameters.insert(name.to_owned(), parameter);
                Said::json(json!({"Version": 1}))
            }
            "DeleteParameter" => match self.parameters.remove(name) {
                Some(_) => Said::json(json!({})),
                None => refused(400, "ParameterNotFound"),
            },
            _ => return None,
        };
        Some(said)
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>.
    pub(super) fn bucket(&mut self, request: &Request) -> Option<Said> {
        let place = (request.bucket.clone(), request.path.join("/"));
        let checksum = |object: &[u8]| base64_simd::STANDARD.encode_to_string(Sha256::digest(object));
        let said = match &*request.operation {
            "HeadObject" => match self.objects.get(&place) {
                Some(object) => {
                    let length = ("content-length", object.len().to_string());
                    Said::bytes(
                        200,
                        vec![length, ("x-amz-checksum-sha256", checksum(object))],
                        Vec::new(),
                    )
                }
                None => refused(404, "NotFound"),
            },
            "PutObject" if request.head["x-amz-checksum-sha256"] != checksum(&request.body) => {
                refused(400, "BadDigest")
            }
            "PutObject" => {
                self.objects.insert(place, request.body.clone());
                Said::bytes(200, vec![("etag", "\"1\"".to_owned())], Vec::new())
            }
            _ => return None,
        };
        Some(said)
    }
}

/// `bytes=-10` or `bytes=0-9` of the artifact (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).
pub(super) fn part(object: &[u8], request: &Request) -> Said {
    let size = object.len();
    let (first, last) = request.head["range"]
        .strip_prefix("bytes=")
        .unwrap()
        .split_once('-')
        .unwrap();
    let last: usize = last.parse().unwrap();
    let (first, end) = match first.parse::<usize>() {
        Ok(first) => (first, size.min(last + 1)),
        Err(_) => (size.saturating_sub(last), size),
    };
    let range = format!("bytes {first}-{}/{size}", end - 1);
    let head = vec![("content-range", range), ("etag", "\"1\"".to_owned())];
    Said::bytes(206, head, object[first..end].to_vec())
}
