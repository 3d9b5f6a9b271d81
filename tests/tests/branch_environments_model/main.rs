//! branch-create, branch-destroy, branch-finish and branch-reconcile in thousands of random histories: branches that are pushed,
//! deleted, renamed and made again, their events late, twice, mixed up or lost; builds that fail, are stopped, or take too long;
//! calls to AWS that fail before or after their effect; invocations that are cut off or overtaken by others. The functions run
//! for real, through the real SDK, against an account in memory; the rules are judged after every step. Whatever happened, one
//! run of branch-reconcile, and what follows from it, leaves exactly the environments of the branches that there are.
//!
//! `MODEL_CASES` histories (1,000 if it is not set) from the seed `MODEL_SEED` (0) on. The same seed is the same history.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

#[path = "../aws_in_memory/mod.rs"]
mod aws_in_memory;
mod bucket;
mod builds;
mod codebuild;
mod codecommit;
mod codepipeline;
mod directed;
mod events;
mod functions;
mod model;
mod people;
mod random;
mod rules;
mod script;
mod settled;
mod stacks;
mod wire;
mod world;

use std::rc::Rc;

use proptest::strategy::Strategy;

use crate::aws_in_memory::cases::{self, play_random_scripts, play_scripts};
use crate::functions::Functions;
use crate::model::Model;
use crate::script::{Script, Step};
use crate::wire::Wire;
use crate::world::World;

#[test]
fn after_any_history_there_are_exactly_the_environments_of_the_branches() {
    play_random_scripts::<Theatre>(1_000);
}

#[test]
fn after_a_history_that_was_written_for_it_there_are_exactly_the_environments_of_the_branches() {
    play_scripts::<Theatre>(directed::scripts());
}

struct Theatre {
    runtime: tokio::runtime::Runtime,
    wire: Wire,
    roomy: Rc<Functions>,
    tight: Rc<Functions>,
}

impl cases::Theatre for Theatre {
    type Script = Script;
    type Step = Step;

    const TEST: &str = "branch_environments_model";

    /// Time stands still while anything can be done, so that waiting costs nothing.
    fn new() -> Self {
        let wire = Wire::into(World::new());
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        Self {
            runtime: runtime.enable_all().start_paused(true).build().unwrap(),
            roomy: Functions::new(&wire, script::ROOMY),
            tight: Functions::new(&wire, script::TIGHT),
            wire,
        }
    }

    fn scripts() -> impl Strategy<Value = Script> {
        random::scripts()
    }

    fn steps(script: &mut Script) -> &mut Vec<Step> {
        &mut script.steps
    }

    fn play(&self, script: &Script) -> Result<(), String> {
        let functions = if script.tight { &self.tight } else { &self.roomy };
        self.runtime.block_on(async {
            let mut model = Model::new(script, &self.wire, functions);
            for step in &script.steps {
                model.play(step).await?;
            }
            settled::settled(&mut model, script).await
        })
    }
}
