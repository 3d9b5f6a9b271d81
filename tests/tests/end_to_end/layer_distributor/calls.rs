//! The calls of a release, and the ways in which they fail.

use anyhow::Result;
use serde_json::json;

use super::distributor::HOME;
use super::lane::Lane;
use crate::engine::{control, look};

/// What the SDK tries of one call.
const ATTEMPTS: usize = 4;
const PUBLISH: &str = "PublishLayerVersion";

/// A way in which a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Refused,
    /// Without effect, as often as it is tried.
    Failing,
    /// With its effect, which the next attempt finds.
    FailingAfter,
    /// As often as it is tried.
    Throttled,
    /// No answer and no effect, as often as it is tried.
    Silent,
    /// No answer but the effect, as often as it is tried.
    SilentAfter,
}

pub(crate) const WAYS: [Way; 6] = [
    Way::Refused,
    Way::Failing,
    Way::Throttled,
    Way::FailingAfter,
    Way::SilentAfter,
    Way::Silent,
];

/// A call of a clean run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) service: String,
    pub(crate) operation: String,
    /// Which of the lane's regions; none for the region of the pipeline.
    pub(crate) region: Option<usize>,
    /// So many of the same operation are before it in its region.
    pub(crate) earlier: usize,
    /// The release is made when this call comes.
    pub(crate) prunes: bool,
}

/// A call that fails.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) call: Call,
    pub(crate) way: Way,
}

impl Case {
    /// Lets the call fail, which is in the region of the pipeline or one of these.
    pub(crate) fn set(&self, regions: &[&str]) {
        let kind = match self.way {
            Way::Refused => "refuse",
            Way::Failing => "fail",
            Way::FailingAfter => "fail-after",
            Way::Throttled => "throttle",
            Way::Silent => "drop",
            Way::SilentAfter => "drop-after",
        };
        let mut fault = json!({
            "kind": kind, "service": self.call.service, "operation": self.call.operation, "skip": self.call.earlier,
            "region": self.call.region.map_or(HOME, |region| regions[region]), "count": self.count(),
        });
        if self.way == Way::Refused {
            fault["status"] = json!(403);
            // Not AccessDeniedException: after tests that skip time the engine's clock is ahead, and the SDK takes that code for
            // a sign of it, and tries again.
            fault["code"] = json!("AccessDenied");
            fault["message"] = json!("User: e2e is not authorized to do this");
        }
        control("calls/faults", &fault);
    }

    /// So many attempts fail. The SDK does not try to publish again unless it was throttled; the function does so once, if the
    /// version is not there.
    fn count(&self) -> usize {
        match (self.way, self.call.operation == PUBLISH) {
            (Way::Refused | Way::FailingAfter, _) | (Way::SilentAfter, true) => 1,
            (Way::Failing | Way::Silent, true) => 2,
            (Way::Throttled, true) => 2 * ATTEMPTS,
            (Way::Failing | Way::Throttled | Way::Silent | Way::SilentAfter, false) => ATTEMPTS,
        }
    }

    /// Whether the function comes to know of it.
    pub(crate) fn is_felt(&self) -> bool {
        match self.way {
            Way::Refused | Way::Failing | Way::Throttled | Way::Silent => true,
            Way::SilentAfter => self.call.operation != PUBLISH,
            Way::FailingAfter => false,
        }
    }

    /// Whether the job cannot get past it.
    pub(crate) fn stops(&self) -> bool {
        self.is_felt() && !self.call.prunes
    }
}

/// The calls of a release in which nothing fails.
pub(crate) fn of_clean_run(lane: &Lane<'_>) -> Result<Vec<Call>> {
    let before = lane.before("clean-run".to_owned());
    control("calls/record", &json!({}));
    let ended = lane.pipeline.release(&before.name);
    let record = look("calls");
    lane.check_done(&before, &ended, None)?;
    let mut calls: Vec<Call> = Vec::new();
    for call in record.as_array().unwrap() {
        let [service, operation, region] = ["service", "operation", "region"].map(|name| call[name].as_str().unwrap());
        let region = lane.regions.iter().position(|known| *known == region);
        if region.is_none() && service != "s3" {
            continue;
        }
        let same = |call: &&Call| call.region == region && call.operation == operation;
        calls.push(Call {
            service: service.to_owned(),
            operation: operation.to_owned(),
            region,
            earlier: calls.iter().filter(same).count(),
            prunes: false,
        });
    }
    for region in 0..lane.regions.len() {
        let mut of_region: Vec<&mut Call> = calls.iter_mut().filter(|call| call.region == Some(region)).collect();
        let released = of_region
            .iter()
            .rposition(|call| call.operation == "PutParameter")
            .unwrap();
        for call in &mut of_region[released + 1..] {
            call.prunes = true;
        }
    }
    Ok(calls)
}

/// Two ways for each call, two others for the same call in the next region, and the last two in the third.
pub(crate) fn cases(calls: &[Call], regions: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for region in 0..regions {
        let of_region = calls.iter().filter(|call| call.region == Some(region));
        for (number, call) in of_region.enumerate() {
            let ways = WAYS.into_iter().skip((number + region) % 3).step_by(3);
            cases.extend(ways.map(|way| Case {
                call: call.clone(),
                way,
            }));
        }
    }
    cases
}
