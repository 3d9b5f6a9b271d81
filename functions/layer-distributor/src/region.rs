//! One region: its clients, and what all steps there need to know.

use std::collections::BTreeSet;

use aws_types::SdkConfig;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::alignment::Standing;
use crate::archive::LayerZip;
use crate::bucket::Buckets;
use crate::layers::{Layers, Version};
use crate::parameters::Request;
use crate::pointers::Pointers;
use crate::problem::Problem;
use crate::release::{Mark, Release};

/// What is to be distributed, and until when.
pub(crate) struct Order<'a> {
    pub(crate) request: &'a Request,
    pub(crate) release: &'a Release,
    pub(crate) zip: &'a LayerZip,
    /// The pipeline's account, which the layer is in.
    pub(crate) account: &'a str,
    pub(crate) config: &'a SdkConfig,
    /// Nothing is begun after this: the next job goes on.
    pub(crate) until: Instant,
}

impl Order<'_> {
    /// Asked before everything that takes long or must not be broken off.
    pub(crate) fn time_is_left(&self) -> Result<(), Problem> {
        if Instant::now() < self.until {
            Ok(())
        } else {
            Err(Problem::OutOfTime)
        }
    }
}

/// A region in which the layer is published.
pub(crate) struct Region<'a> {
    pub(crate) name: &'a str,
    pub(crate) order: &'a Order<'a>,
    pub(crate) layers: Layers,
    pub(crate) pointers: Pointers,
    pub(crate) buckets: Buckets,
    /// KiB of zips that requests hold, over all regions.
    pub(crate) held: &'a Semaphore,
}

impl<'a> Region<'a> {
    pub(crate) fn new(name: &'a str, order: &'a Order<'a>, held: &'a Semaphore) -> Self {
        let region = aws_types::region::Region::new(name.to_owned());
        let config = order.config.to_builder().region(region).build();
        Self {
            name,
            order,
            layers: Layers::new(&config, &order.request.layer),
            pointers: Pointers::new(&config),
            buckets: Buckets::new(&config),
            held,
        }
    }

    /// The numbers of the listed versions that have this mark.
    pub(crate) fn numbers(&self, versions: &[Version], mark: Mark) -> BTreeSet<i64> {
        let marked = |version: &&Version| self.order.release.mark(&version.description) == mark;
        versions.iter().filter(marked).map(|version| version.number).collect()
    }

    /// How the layer stands here. `known` is what this job has seen here before: of a version that is deleted, only its number
    /// is left, as the lowest that the next can have.
    pub(crate) fn standing(&self, versions: &[Version], known: &Standing) -> Standing {
        let highest = versions.iter().map(|version| version.number).max().unwrap_or(0);
        Standing {
            ours: self.numbers(versions, Mark::This),
            next: known.next.max(highest + 1),
        }
    }
}
