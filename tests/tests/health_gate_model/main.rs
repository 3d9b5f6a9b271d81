//! health-gate, health-watch and job-answerer in thousands of random situations: incidents that open, change and close, their
//! notices late, twice, mixed up or lost; releases that supersede each other; people who retry, stop and override; calls to AWS
//! that fail before or after their effect; invocations that are cut off, doubled, or overtaken by others. The functions run for
//! real, through the real SDK, against an account in memory; the rules are judged after every step.
//!
//! `MODEL_CASES` scripts (2,000 if it is not set) from the seed `MODEL_SEED` (0) on. The same seed is the same script.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

#[path = "../aws_in_memory/mod.rs"]
mod aws_in_memory;
mod calls;
mod cbor;
mod codepipeline;
mod directed;
mod dynamodb;
mod events;
mod expression;
mod facts;
mod functions;
mod gates;
mod health;
mod model;
mod people;
mod pipelines;
mod random;
mod rules;
mod runs;
mod script;
mod settled;
mod wire;
mod world;

use std::rc::Rc;

use proptest::strategy::Strategy;

use crate::aws_in_memory::cases::{self, play_random_scripts, play_scripts};
use crate::functions::Functions;
use crate::model::Model;
use crate::random::scripts;
use crate::script::{Script, Step};
use crate::wire::Wire;
use crate::world::World;

#[test]
fn no_script_breaks_a_rule() {
    play_random_scripts::<Theatre>(2_000);
}

#[test]
fn no_script_that_was_written_for_it_breaks_a_rule() {
    play_scripts::<Theatre>(directed::scripts());
}

struct Theatre {
    runtime: tokio::runtime::Runtime,
    wire: Wire,
    functions: Rc<Functions>,
}

impl cases::Theatre for Theatre {
    type Script = Script;
    type Step = Step;

    const TEST: &str = "health_gate_model";

    /// Time stands still while anything can be done, so that waiting costs nothing.
    fn new() -> Self {
        let wire = Wire::into(World::new(false));
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        Self {
            runtime: runtime.enable_all().start_paused(true).build().unwrap(),
            functions: Functions::new(&wire),
            wire,
        }
    }

    fn scripts() -> impl Strategy<Value = Script> {
        scripts()
    }

    fn steps(script: &mut Script) -> &mut Vec<Step> {
        &mut script.steps
    }

    fn play(&self, script: &Script) -> Result<(), String> {
        self.runtime.block_on(async {
            let mut model = Model::new(script, &self.wire, &self.functions);
            for step in &script.steps {
                model.play(step).await?;
            }
            settled::settled(&mut model, script.peace).await
        })
    }
}
