//! `hand-over-credentials`: RDS makes a new master password and keeps it in Secrets Manager, so that production's
//! password, which the copy still has, is of no use here and no password is ever in a state of the run.

use super::temporary_instance;
use crate::Context;
use crate::error::{StepError, failed_to};
use crate::rds::{Effect, Instance};
use crate::request::{Response, Run};

pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    let instance = temporary_instance(run, context).await?;
    match decide(&instance) {
        Decision::AlreadyHandedOver => {}
        Decision::HandOver => {
            let id = &instance.found.id;
            let attempt = format!("have the master password of instance `{id}` managed");
            match context
                .rds
                .manage_master_password(id)
                .await
                .map_err(failed_to(attempt))?
            {
                Effect::WrongState => {
                    return Err(StepError::NotReady(format!(
                        "the temporary instance `{id}` cannot be modified while it is `{}`",
                        instance.found.status
                    )));
                }
                Effect::Accepted | Effect::Exists => {}
            }
        }
    }
    Ok(Response::Done {})
}

#[derive(Debug, PartialEq, Eq)]
enum Decision {
    HandOver,
    AlreadyHandedOver,
}

/// A managed secret on the temporary instance can only come from this step: a restored instance has none of its own.
fn decide(instance: &Instance) -> Decision {
    if instance.secret.is_some() {
        Decision::AlreadyHandedOver
    } else {
        Decision::HandOver
    }
}
