//! The layer's zip out of the job's input artifact, read with the job's own credentials: no bucket's policy has to know this
//! function, and it can read nothing that its pipeline cannot.

mod object;
mod problem;
mod remote;
mod waiting;

use aws_types::SdkConfig;
use codepipeline_job::{Artifact, Job};

use crate::archive::{self, LayerZip, Limits, Spool};
use crate::artifact::object::Object;
use crate::artifact::problem::{Of, What};
use crate::artifact::remote::Remote;
use crate::artifact::waiting::{Waiting, on_a_thread};
use crate::parameters::{Place, Request};

pub(crate) use crate::artifact::problem::ArtifactError;

/// The layer's zip in a file of its own, checked.
///
/// Zips are read by code that blocks, on a thread of its own, while this thread does the network's part of it. When the job's
/// time is over and this future is dropped, that thread ends too.
pub(crate) async fn fetch(job: &Job, request: &Request, config: &SdkConfig) -> Result<LayerZip, ArtifactError> {
    let artifact = the_only(&job.input_artifacts)?;
    let of = Of::new(artifact, job.encryption_key.as_deref());
    let object = Object::new(artifact, &job.credentials, config);
    let (place, runtimes) = (request.place.clone(), request.attributes.runtimes.clone());
    let limits = Limits {
        max_entries: request.max_entries,
    };
    let read = move |waiting: &Waiting| read(&object, waiting, &place, &limits, &runtimes);
    let zip = on_a_thread(read).await.map_err(|what| of.error(what))?;
    tracing::info!(
        outcome = "Read",
        job = job.id,
        bytes = zip.size,
        digest = zip.digest.hex()
    );
    Ok(zip)
}

/// Which of two has the layer is not to be guessed: `artifact_path` may well be in both.
fn the_only(artifacts: &[Artifact]) -> Result<&Artifact, ArtifactError> {
    match artifacts {
        [artifact] => Ok(artifact),
        [] => Err(ArtifactError::None),
        several => Err(ArtifactError::Several(
            several.iter().map(|artifact| artifact.name.clone()).collect(),
        )),
    }
}

fn read(
    object: &Object,
    waiting: &Waiting,
    place: &Place,
    limits: &Limits,
    runtimes: &[String],
) -> Result<LayerZip, What> {
    let remote = Remote::open(object, waiting)?;
    let (mut spool, bytes) = match place {
        Place::Artifact => (Spool::whole(remote.size()), 0..remote.size()),
        Place::File(path) => {
            let found = archive::find(&remote, remote.size(), path);
            // What S3 said is why the zip could not be read.
            let located = found.map_err(|error| remote.failure().unwrap_or(What::Archive(error)))?;
            (Spool::of(&located), located.data)
        }
    };
    remote.copy(bytes, |chunk| spool.write(chunk))?;
    let zip = spool.finish()?;
    remote.still_wanted()?;
    archive::check(&zip, limits, runtimes)?;
    Ok(zip)
}

#[cfg(test)]
mod tests;
