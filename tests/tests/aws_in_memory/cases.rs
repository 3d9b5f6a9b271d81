//! Random scripts, many of them, and of those that break a rule a short one.

use std::fmt::Debug;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Where one thread's scripts are played. The functions stay, as warm ones do.
pub(crate) trait Theatre {
    type Script: Clone + Debug;
    type Step;

    /// The name of the test, for people who want to see a script again.
    const TEST: &str;

    fn new() -> Self;

    fn scripts() -> impl Strategy<Value = Self::Script>;

    fn steps(script: &mut Self::Script) -> &mut Vec<Self::Step>;

    /// The error says which rule is broken, and how.
    fn play(&self, script: &Self::Script) -> Result<(), String>;
}

/// `MODEL_CASES` scripts, so many if it is not set, from the seed `MODEL_SEED` (0) on.
pub(crate) fn play_random_scripts<T: Theatre>(cases: u64) {
    let (cases, first) = (number("MODEL_CASES", cases), number("MODEL_SEED", 0));
    let next = AtomicU64::new(first);
    let broken = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let theatre = T::new();
                while broken.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + cases {
                        break;
                    }
                    if let Err(told) = case(&theatre, seed) {
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

/// All of these, which have names.
pub(crate) fn play_scripts<T: Theatre>(scripts: Vec<(&'static str, T::Script)>) {
    let theatre = T::new();
    let broken: Vec<String> = scripts
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

fn case<T: Theatre>(theatre: &T, seed: u64) -> Result<(), String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let scripts = T::scripts();
    let played = runner.run(&scripts, |script| theatre.play(&script).map_err(TestCaseError::fail));
    played.map_err(|error| match error {
        TestError::Fail(reason, script) => {
            let script = shortest(theatre, script);
            let test = T::TEST;
            format!(
                "{reason}\n\nThe shortest script found that does so: {script:#?}\n\nAgain: MODEL_SEED={seed} MODEL_CASES=1 \
                 cargo test -p system-tests --test {test}"
            )
        }
        TestError::Abort(reason) => format!("no script for the seed {seed}: {reason}"),
    })
}

/// Proptest leaves out whole phrases only.
fn shortest<T: Theatre>(theatre: &T, mut script: T::Script) -> T::Script {
    let mut at = T::steps(&mut script).len();
    while at > 0 {
        at -= 1;
        let mut shorter = script.clone();
        T::steps(&mut shorter).remove(at);
        if theatre.play(&shorter).is_err() {
            script = shorter;
        }
    }
    script
}
