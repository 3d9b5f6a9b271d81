//! The SSM parameters that name the versions: all regions get them, or none.

use aws_client::CallError;

use crate::pointers::Pointer;
use crate::problem::Problem;
use crate::region::Region;
use crate::settling::Kept;

/// The names of a region's pointers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    /// `None` where the action wants no pointers.
    pub(crate) fn of(region: &Region<'_>) -> Option<Self> {
        let request = region.order.request;
        let prefix = request.ssm_prefix.as_ref()?;
        Some(Self {
            prefix: format!("{prefix}/{}", request.layer),
        })
    }

    pub(crate) fn latest(&self) -> String {
        format!("{}/latest", self.prefix)
    }

    pub(crate) fn version(&self, number: i64) -> String {
        format!("{}/{number}", self.prefix)
    }
}

/// What the pointers of a region say before they are moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Before {
    /// The version's own pointer is still to be made.
    version_is_missing: bool,
    latest: Option<String>,
}

/// Refuses a `latest` that is not ours. Asked before anything is published.
pub(crate) async fn check_latest(region: &Region<'_>) -> Result<(), Problem> {
    if let Some(names) = Names::of(region) {
        let found = region.pointers.read(&[names.latest()]).await?;
        ours(region, &names.latest(), found.get(&names.latest()))?;
    }
    Ok(())
}

/// Reads both pointers, and refuses what is not ours.
pub(crate) async fn look(region: &Region<'_>, names: &Names, kept: &Kept) -> Result<Before, Problem> {
    let (latest, version) = (names.latest(), names.version(kept.number));
    let found = region.pointers.read(&[latest.clone(), version.clone()]).await?;
    let of_version = ours(region, &version, found.get(&version))?;
    if let Some(other) = of_version.filter(|value| *value != kept.arn) {
        return Err(Problem::conflict(format!(
            "the parameter {version} names {other} instead of this version: delete it, and find out who wrote it"
        )));
    }
    Ok(Before {
        version_is_missing: of_version.is_none(),
        latest: ours(region, &latest, found.get(&latest))?.map(str::to_owned),
    })
}

/// Makes the version's own pointer, which nobody follows before they know of the version.
pub(crate) async fn name_version(
    region: &Region<'_>,
    names: &Names,
    kept: &Kept,
    before: &Before,
) -> Result<(), Problem> {
    if before.version_is_missing {
        create(region, &names.version(kept.number), &kept.arn).await?;
    }
    Ok(())
}

/// Moves `latest` to the version.
pub(crate) async fn move_latest(
    region: &Region<'_>,
    names: &Names,
    kept: &Kept,
    before: &Before,
) -> Result<(), Problem> {
    match &before.latest {
        None => create(region, &names.latest(), &kept.arn).await,
        Some(value) if *value == kept.arn => Ok(()),
        Some(_) => Ok(region.pointers.replace(&names.latest(), &kept.arn).await?),
    }
}

/// Puts `latest` back to what it said before, if it is this job that moved it.
pub(crate) async fn put_back(
    region: &Region<'_>,
    names: &Names,
    kept: &Kept,
    before: &Before,
) -> Result<(), CallError> {
    let latest = names.latest();
    let found = region.pointers.read(std::slice::from_ref(&latest)).await?;
    let moved = found.get(&latest).is_some_and(|pointer| pointer.value == kept.arn);
    match &before.latest {
        Some(value) if moved && *value != kept.arn => region.pointers.replace(&latest, value).await,
        None if moved => region.pointers.remove(&latest).await,
        _ => Ok(()),
    }
}

/// A parameter that was written meanwhile, or by a request that was thought to have failed, may say what is wanted.
async fn create(region: &Region<'_>, name: &str, value: &str) -> Result<(), Problem> {
    let Err(error) = region.pointers.create(name, value).await else {
        return Ok(());
    };
    if error.code() != Some("ParameterAlreadyExists") {
        return Err(error.into());
    }
    let found = region.pointers.read(&[name.to_owned()]).await?;
    match ours(region, name, found.get(name))? {
        Some(found) if found == value => Ok(()),
        _ => Err(Problem::conflict(format!(
            "the parameter {name} was written by somebody else at the same time: retry the stage"
        ))),
    }
}

/// The version's ARN that a parameter names.
fn ours<'p>(region: &Region<'_>, name: &str, found: Option<&'p Pointer>) -> Result<Option<&'p str>, Problem> {
    let Some(pointer) = found else {
        return Ok(None);
    };
    let order = region.order;
    if pointer.kind == "String" && names_layer(&pointer.value, region.name, order.account, &order.request.layer) {
        return Ok(Some(&pointer.value));
    }
    Err(Problem::conflict(format!(
        "the parameter {name} is there and names no version of this layer in this region (it is a {}): it is somebody else's, so \
         choose another `ssm_prefix`, or delete it",
        pointer.kind
    )))
}

/// `arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION`.
fn names_layer(value: &str, region: &str, account: &str, layer: &str) -> bool {
    let parts: Vec<&str> = value.split(':').collect();
    let [arn, partition, rest @ .., number] = &parts[..] else {
        return false;
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    *arn == "arn" && partition.starts_with("aws") && rest == ["lambda", region, account, "layer", layer] && is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_of_ours_names_a_version_of_this_layer_in_this_region_and_account() {
        let ours = |value: &str| names_layer(value, "eu-west-1", "123456789012", "deps");
        assert!(ours("arn:aws:lambda:eu-west-1:123456789012:layer:deps:7"));
        for other in [
            "",
            "7",
            "arn:aws:lambda:eu-west-1:123456789012:layer:deps",
            "arn:aws:lambda:eu-west-1:123456789012:layer:deps:",
            "arn:aws:lambda:eu-west-1:123456789012:layer:deps:latest",
            "arn:aws:lambda:us-east-1:123456789012:layer:deps:7",
            "arn:aws:lambda:eu-west-1:210987654321:layer:deps:7",
            "arn:aws:lambda:eu-west-1:123456789012:layer:other:7",
            "arn:aws:lambda:eu-west-1:123456789012:layer:deps:7:8",
        ] {
            assert!(!ours(other), "{other}");
        }
    }
}
