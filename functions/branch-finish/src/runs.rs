//! Whether a branch's pipeline ran since its source was kept. Pure.

use branch_build::Build;
use jiff::Timestamp;

/// One execution of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) started: Timestamp,
    /// `branch-destroy` stopped it.
    pub(crate) was_stopped: bool,
}

/// Of all executions at least the two newest, the newest first, and the build that kept the source.
///
/// An execution that started during the build may have read the source that was there before: but for the first of all. That
/// one CodePipeline itself starts when the build makes the pipeline, which it does after it has kept the source
/// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-about-starting.html>).
pub(crate) fn has_run(newest: &[Run], build: &Build) -> bool {
    let Some(last) = newest.first().filter(|run| !run.was_stopped) else {
        return false;
    };
    let kept = if newest.len() == 1 {
        build.started
    } else {
        build.ended.unwrap_or(build.started)
    };
    last.started >= kept
}

#[cfg(test)]
mod tests {
    use branch_build::Outcome;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn run(second: i64) -> Run {
        Run {
            started: at(second),
            was_stopped: false,
        }
    }

    #[test]
    fn a_pipeline_has_run_if_it_read_what_the_build_kept() {
        let build = Build {
            id: "p:1".to_owned(),
            outcome: Outcome::Succeeded,
            commit: Some("c1".to_owned()),
            started: at(100),
            ended: Some(at(200)),
            told: String::new(),
        };
        let stopped = Run {
            was_stopped: true,
            ..run(300)
        };
        let cases: [(&[Run], bool); 8] = [
            (&[], false),
            (&[run(99)], false),
            (&[run(100)], true),
            (&[run(150), run(50)], false),
            (&[run(200), run(50)], true),
            (&[run(300), stopped], true),
            (&[stopped], false),
            (&[stopped, run(250)], false),
        ];
        for (newest, ran) in cases {
            assert_eq!(has_run(newest, &build), ran, "{newest:?}");
        }
    }
}
