//! health-gate, health-watch and job-answerer in thousands of random situations: incidents that open, change and close, their
//! notices late, twice, mixed up or lost; releases that supersede each other; people who retry, stop and override; calls to AWS
//! that fail before or after their effect; invocations that are cut off, doubled, or overtaken by others. The functions run for
//! real, through the real SDK, against an account in memory; the rules are judged after every step.
//!
//! `MODEL_CASES` scripts (2,000 if it is not set) from the seed `MODEL_SEED` (0) on. The same seed is the same script.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

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
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::functions::Functions;
use crate::model::Model;
use crate::random::scripts;
use crate::script::Script;
use crate::wire::Wire;
use crate::world::World;

#[test]
fn no_script_breaks_a_rule() {
    let (cases, first) = (number("MODEL_CASES", 2_000), number("MODEL_SEED", 0));
    let next = AtomicU64::new(first);
    let broken = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let theatre = Theatre::new();
                while broken.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + cases {
                        break;
                    }
                    if let Err(told) = theatre.case(seed) {
                        broken.lock().unwrap().get_or_insert(told);
                    }
                }
            });
        }
    });
    if let Some(told) = broken.into_inner().unwrap() {
        panic!("{told}");
    }
}

#[test]
fn no_script_that_was_written_for_it_breaks_a_rule() {
    let theatre = Theatre::new();
    let broken: Vec<String> = directed::scripts()
        .into_iter()
        .filter_map(|(name, script)| Some(format!("{name}: {}", theatre.play(&script).err()?)))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the test's environment is read"
)]
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Where one thread's scripts are played. The functions stay, as warm ones do.
struct Theatre {
    runtime: tokio::runtime::Runtime,
    wire: Wire,
    functions: Rc<Functions>,
}

impl Theatre {
    /// Time stands still while anything can be done, so that waiting costs nothing.
    fn new() -> Self {
        let wire = Wire {
            world: Arc::new(Mutex::new(World::new(false))),
            stopped: Arc::default(),
        };
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        Self {
            runtime: runtime.enable_all().start_paused(true).build().unwrap(),
            functions: Functions::new(&wire),
            wire,
        }
    }

    fn case(&self, seed: u64) -> Result<(), String> {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let config = Config {
            cases: 1,
            failure_persistence: None,
            max_shrink_iters: 4_000,
            ..Config::default()
        };
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let scripts = scripts();
        let played = runner.run(&scripts, |script| self.play(&script).map_err(TestCaseError::fail));
        played.map_err(|error| match error {
            TestError::Fail(reason, script) => {
                let script = self.shortest(script);
                format!(
                "{reason}\n\nThe shortest script found that does so: {script:#?}\n\nAgain: MODEL_SEED={seed} MODEL_CASES=1 \
                 cargo test -p system-tests --test health_gate_model"
                )
            }
            TestError::Abort(reason) => format!("no script for the seed {seed}: {reason}"),
        })
    }

    /// Proptest leaves out whole phrases only.
    fn shortest(&self, mut script: Script) -> Script {
        let mut at = script.steps.len();
        while at > 0 {
            at -= 1;
            let mut shorter = script.clone();
            shorter.steps.remove(at);
            if self.play(&shorter).is_err() {
                script = shorter;
            }
        }
        script
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
