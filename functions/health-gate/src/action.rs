//! Which of an execution's actions the job is of. The job itself does not say.

use codepipeline_job::Job;

use crate::pipeline::Running;

/// The one that invokes the job's function with the job's parameters. Two gates that ask the same in one stage cannot be told
/// apart: then it is any of them, for they fail and are retried together.
pub(crate) fn of_job<'r>(job: &Job, running: &'r [Running]) -> Option<&'r Running> {
    let mut ours = running
        .iter()
        .filter(|running| running.function.as_ref() == Some(&job.function_name));
    let same = ours
        .clone()
        .find(|running| running.user_parameters == job.user_parameters);
    same.or_else(|| ours.next().filter(|_| ours.next().is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::job;

    fn running(action: &str, function: Option<&str>, user_parameters: Option<&str>) -> Running {
        Running {
            stage: "Gate".to_owned(),
            action: action.to_owned(),
            action_execution: "7a1c".to_owned(),
            function: function.map(str::to_owned),
            user_parameters: user_parameters.map(str::to_owned),
        }
    }

    #[test]
    fn it_is_the_one_that_invokes_this_function_with_these_parameters() {
        let ours = || running("ours", Some("gate"), Some("{}"));
        let cases = [
            (vec![], None),
            (vec![ours()], Some("ours")),
            (vec![running("build", None, None), ours()], Some("ours")),
            (vec![running("other", Some("other"), Some("{}")), ours()], Some("ours")),
            (vec![running("two", Some("gate"), Some("{ }")), ours()], Some("ours")),
            // The only one, though CodePipeline shows its parameters otherwise than it hands them over.
            (vec![running("only", Some("gate"), Some("{ }"))], Some("only")),
            (
                vec![
                    running("two", Some("gate"), Some("{ }")),
                    running("three", Some("gate"), None),
                ],
                None,
            ),
            (vec![running("other", Some("other"), Some("{}"))], None),
        ];
        for (running, expected) in cases {
            let found = of_job(&job(Some("{}")), &running);
            assert_eq!(found.map(|found| found.action.as_str()), expected, "{running:?}");
        }
    }
}
