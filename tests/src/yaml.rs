//! YAML as CloudFormation and Step Functions read it, turned into JSON values.

use anyhow::{Context, Result, bail};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// Parses one document. CloudFormation's short tags become their long form: `!Ref X` is `{"Ref": "X"}` and `!Sub x` is
/// `{"Fn::Sub": "x"}` (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>).
pub fn parse(text: &str) -> Result<Value> {
    let documents = Yaml::load_from_str(text).context("not YAML")?;
    match documents.as_slice() {
        [document] => value(document),
        other => bail!("expected one YAML document, found {}", other.len()),
    }
}

fn value(node: &Yaml) -> Result<Value> {
    Ok(match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(b)) => (*b).into(),
        Yaml::Value(Scalar::Integer(i)) => (*i).into(),
        Yaml::Value(Scalar::FloatingPoint(f)) => f.into_inner().into(),
        Yaml::Value(Scalar::String(s)) => s.as_ref().into(),
        Yaml::Sequence(items) => items.iter().map(value).collect::<Result<_>>()?,
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, entry) in entries {
                let key = match value(key)? {
                    Value::String(key) => key,
                    other => other.to_string(),
                };
                map.insert(key, value(entry)?);
            }
            map.into()
        }
        Yaml::Tagged(tag, inner) => {
            let name = match tag.suffix.as_str() {
                name @ ("Ref" | "Condition") => name.to_owned(),
                name => format!("Fn::{name}"),
            };
            let argument = match (tag.suffix.as_str(), value(inner)?) {
                ("GetAtt", Value::String(path)) => path.split('.').map(Value::from).collect(),
                (_, argument) => argument,
            };
            Value::Object(Map::from_iter([(name, argument)]))
        }
        Yaml::Representation(text, ..) => text.as_ref().into(),
        Yaml::Alias(_) | Yaml::BadValue => bail!("a value that YAML does not allow"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_tags_become_their_long_form() {
        let parsed = parse("a: !Ref X\nb: !GetAtt Y.Arn\nc: !If [C, !Sub '${Z}', !Ref AWS::NoValue]\n1: true").unwrap();
        assert_eq!(
            parsed,
            json!({
                "a": {"Ref": "X"},
                "b": {"Fn::GetAtt": ["Y", "Arn"]},
                "c": {"Fn::If": ["C", {"Fn::Sub": "${Z}"}, {"Ref": "AWS::NoValue"}]},
                "1": true
            })
        );
    }
}
