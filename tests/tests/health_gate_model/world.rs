//! The simulated account: one clock, and everything that the functions ask and change.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::calls::Calls;
use crate::codepipeline;
use crate::dynamodb::Items;
use crate::facts::Facts;
use crate::gates::Standing;
use crate::health::Health;
use crate::pipelines::Pipelines;
use crate::wire::{Refusal, Request, Service};

pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) health: Health,
    pub(crate) table: Items,
    pub(crate) pipelines: Pipelines,
    /// By pipeline: until when a person lets it pass.
    pub(crate) overrides: BTreeMap<usize, Timestamp>,
    pub(crate) calls: Calls,
    pub(crate) facts: Facts,
}

impl World {
    pub(crate) fn new(plan: bool) -> Self {
        Self {
            now: "2026-11-20T12:00:00Z".parse().unwrap(),
            health: Health {
                plan,
                incidents: Vec::new(),
                lagging: None,
            },
            table: Items::default(),
            pipelines: Pipelines::default(),
            overrides: BTreeMap::new(),
            calls: Calls::default(),
            facts: Facts::default(),
        }
    }

    /// The answer to a call, and its effect.
    pub(crate) fn take_in(&mut self, request: &Request) -> Result<Value, Refusal> {
        self.note_what_is_known();
        let Request { operation, body, .. } = request;
        match request.service {
            Service::Health => self.health.answer(operation, body),
            Service::Table => {
                let answer = self.table.answer(operation, body);
                self.note_a_claim(request, answer.is_ok());
                answer
            }
            Service::Pipelines => codepipeline::answer(self, operation, body),
            Service::Topic => Ok(Value::Null),
        }
    }

    fn note_what_is_known(&mut self) {
        let standings = self.pipelines.gates.iter().map(|gate| gate.standing(self));
        let standings: Vec<Standing> = standings.collect();
        let caller = self.calls.current();
        for (gate, standing) in standings.into_iter().enumerate() {
            match standing {
                Standing::Clear => drop(caller.clear.insert(gate)),
                Standing::Unknown => drop(caller.unknown.insert(gate)),
                Standing::Blocked => {}
            }
        }
    }

    fn note_a_claim(&mut self, request: &Request, changed: bool) {
        let key = &request.body["Key"];
        if request.operation != "UpdateItem" || !changed || key["pk"]["S"] != "BLOCK" {
            return;
        }
        let key = key["sk"]["S"].as_str().unwrap_or_default().to_owned();
        let mut blocks = self.table.partition("BLOCK");
        let state = blocks
            .find(|(sk, _)| *sk == key)
            .map(|(_, item)| item["state"]["S"].clone());
        drop(blocks);
        if state.is_some_and(|state| state == "resuming") {
            self.calls.current().claimed = Some(key);
        }
    }
}
