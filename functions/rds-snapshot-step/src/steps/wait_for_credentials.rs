//! `wait-for-credentials`: ready once the password in the secret is the one that the temporary instance accepts.

use super::{require_ready, temporary_instance};
use crate::Context;
use crate::error::StepError;
use crate::rds::Instance;
use crate::request::{Response, Run};
use crate::status;

pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    decide(&temporary_instance(run, context).await?)
}

/// The instance is available, no change of its password is pending, and the secret is active
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_MasterUserSecret.html>).
fn decide(instance: &Instance) -> Result<Response, StepError> {
    let what = format!("the temporary instance `{}`", instance.found.id);
    require_ready(
        status::of_instance(&instance.found.status),
        &what,
        &instance.found.status,
    )?;
    if instance.password_pending {
        return Err(StepError::NotReady(format!(
            "{what} has not applied its new master password yet"
        )));
    }
    let Some(secret) = &instance.secret else {
        return Err(StepError::NotReady(format!(
            "{what} has no secret for its master password yet"
        )));
    };
    match secret.status.as_str() {
        "active" => {}
        "impaired" => {
            return Err(StepError::ResourceFailed(format!(
                "the secret of {what} is `impaired`: RDS has lost access to it or to its KMS key. Restore that access \
                 and start a new execution."
            )));
        }
        other => return Err(StepError::NotReady(format!("the secret of {what} is `{other}`"))),
    }
    let Some((host, port)) = &instance.endpoint else {
        return Err(StepError::NotReady(format!("{what} has no endpoint yet")));
    };
    Ok(Response::Credentials {
        host: host.clone(),
        port: port.to_string(),
        secret_arn: secret.arn.clone(),
    })
}

#[cfg(test)]
mod tests {
    use rds_run::removal::{Found, Kind};
    use rds_run::tags::Tags;

    use super::*;
    use crate::rds::Secret;

    fn instance(change: impl FnOnce(&mut Instance)) -> Instance {
        let mut instance = Instance {
            found: Found {
                kind: Kind::Instance,
                id: "wrasse-tmp-1".into(),
                status: "available".into(),
                created: None,
                tags: Tags::default(),
            },
            engine: "postgres".into(),
            class: "db.t4g.medium".into(),
            key: None,
            cluster: None,
            endpoint: Some(("wrasse-tmp-1.abc.rds.amazonaws.com".into(), 5432)),
            secret: Some(Secret {
                arn: "arn:secret".into(),
                status: "active".into(),
            }),
            password_pending: false,
        };
        change(&mut instance);
        instance
    }

    fn name(instance: &Instance) -> &'static str {
        decide(instance).unwrap_err().name()
    }

    fn with_secret(status: &str) -> Instance {
        instance(|instance| {
            instance.secret = Some(Secret {
                arn: "arn:secret".into(),
                status: status.into(),
            });
        })
    }

    #[test]
    fn an_active_secret_of_an_available_instance_is_ready_and_the_port_is_text() {
        assert_eq!(
            decide(&instance(|_| ())).unwrap(),
            Response::Credentials {
                host: "wrasse-tmp-1.abc.rds.amazonaws.com".into(),
                port: "5432".into(),
                secret_arn: "arn:secret".into(),
            }
        );
    }

    #[test]
    fn a_password_still_being_applied_is_not_ready() {
        assert_eq!(name(&instance(|instance| instance.password_pending = true)), "NotReady");
        assert_eq!(
            name(&instance(
                |instance| instance.found.status = "resetting-master-credentials".into()
            )),
            "NotReady"
        );
    }

    #[test]
    fn a_secret_that_is_not_active_is_not_ready_and_an_impaired_one_never() {
        assert_eq!(name(&instance(|instance| instance.secret = None)), "NotReady");
        assert_eq!(name(&with_secret("creating")), "NotReady");
        assert_eq!(name(&with_secret("rotating")), "NotReady");
        assert_eq!(name(&with_secret("impaired")), "ResourceFailed");
        assert_eq!(name(&instance(|instance| instance.endpoint = None)), "NotReady");
        assert_eq!(
            name(&instance(|instance| instance.found.status = "failed".into())),
            "ResourceFailed"
        );
    }
}
