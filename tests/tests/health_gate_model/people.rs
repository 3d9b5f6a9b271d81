//! What happens without any function: AWS reports incidents, people release, retry, stop and override.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::facts::Fact;
use crate::health::{Incident, Notice};
use crate::script::Step;
use crate::world::World;

/// One of those that there are.
pub(crate) fn chosen<T: Copy>(all: &[T], which: usize) -> Option<T> {
    (!all.is_empty()).then(|| all[which % all.len()])
}

impl World {
    /// The notices that the regions with a forwarder send of it.
    pub(crate) fn report(&mut self, step: &Step, forwards: impl Fn(&str) -> bool) -> Vec<Notice> {
        let now = self.now;
        let open = |(number, incident): (usize, &Incident)| incident.is_open().then_some(number);
        let all_open: Vec<usize> = self.health.incidents.iter().enumerate().filter_map(open).collect();
        let number = match step {
            Step::Open {
                region,
                service,
                investigation,
                specific,
                unnamed,
                ..
            } => {
                let number = self.health.incidents.len();
                self.health.incidents.push(Incident {
                    arn: format!("arn:aws:health:{region}::event/{service}/AWS_{service}_OPERATIONAL_ISSUE/{number}"),
                    region,
                    service,
                    category: if *investigation { "investigation" } else { "issue" },
                    specific: *specific,
                    unnamed: *unnamed,
                    began: now,
                    updated: now,
                    ended: None,
                    version: 0,
                });
                Some(number)
            }
            Step::Update(which, _) | Step::Close(which, _) => chosen(&all_open, *which),
            _ => None,
        };
        let Some(number) = number else { return Vec::new() };
        let incident = &mut self.health.incidents[number];
        incident.version += 1;
        incident.updated = now;
        if matches!(step, Step::Close(..)) {
            incident.ended = Some(now);
        }
        self.health.notices(number, forwards)
    }

    pub(crate) fn people_do(&mut self, step: &Step) {
        let now = self.now;
        let count = self.pipelines.all.len();
        match step {
            Step::Lag(lags) => self.health.lagging = lags.then(|| self.health.incidents.clone()),
            Step::Release(pipeline, _) => self.pipelines.release(pipeline % count, now),
            Step::Stop(pipeline) => self.pipelines.stop(pipeline % count, now),
            Step::Delete(pipeline) => self.pipelines.delete(pipeline % count, now),
            Step::Retry { pipeline, all } => self.person_retries(pipeline % count, *all),
            Step::Override { pipeline, minutes, odd } => {
                let (name, until) = (
                    format!("p{}", pipeline % count),
                    now + SignedDuration::from_mins(*minutes),
                );
                let mut item = json!({
                    "pk": {"S": "OVERRIDE"}, "sk": {"S": name}, "principal": {"S": "ada"},
                    "until": {"S": until.to_string()},
                });
                if !odd {
                    item["reason"] = json!({"S": "the incident does not touch us"});
                }
                self.table.write(&item);
                self.overrides
                    .insert(pipeline % count, if *odd { Timestamp::MIN } else { until });
            }
            _ => {}
        }
    }

    fn person_retries(&mut self, pipeline: usize, all: bool) {
        for stage in 0..self.pipelines.all[pipeline].stages.len() {
            let Some(latest) = self.pipelines.all[pipeline].doors[stage].latest else {
                continue;
            };
            let execution = self.pipelines.executions[latest].id.clone();
            let Ok(failed) = self.pipelines.retryable(pipeline, stage, &execution) else {
                continue;
            };
            self.facts.add(Fact::RetriedByPerson(failed.clone()));
            self.pipelines
                .retry(pipeline, stage, (!all).then_some(failed.as_slice()), self.now);
        }
    }
}
