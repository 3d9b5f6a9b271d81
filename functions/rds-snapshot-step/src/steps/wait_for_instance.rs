//! `wait-for-instance`: ready once the temporary instance is available.

use super::{require_ready, temporary_instance};
use crate::Context;
use crate::error::StepError;
use crate::request::{Response, Run};
use crate::status;

pub(super) async fn run(run: &Run, context: &Context) -> Result<Response, StepError> {
    let instance = temporary_instance(run, context).await?;
    let status = &instance.found.status;
    require_ready(
        status::of_instance(status),
        &format!("the temporary instance `{}`", instance.found.id),
        status,
    )?;
    Ok(Response::Done {})
}
