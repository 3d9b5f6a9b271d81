//! The words.

use std::fmt::Write as _;

use jiff::Timestamp;

/// SNS takes a subject of ASCII without line breaks and control characters, "less than 100 characters long"
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const SUBJECT_CHARS: usize = 99;
/// SNS takes 256 KB of message; people do not.
const REASON_CHARS: usize = 8_000;

/// What people are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub what: What,
    /// To which release; `None` where the gate was not told.
    pub release: Option<Release>,
    /// Why, in the words of whoever decided: one sentence or several lines.
    pub reason: String,
}

/// What happened to a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The gate failed its action.
    Blocked {
        /// The stage is retried by itself until then; `None`: never, a person must.
        until: Option<Timestamp>,
    },
    /// The gate keeps its action waiting.
    Held {
        /// Then the action fails.
        until: Timestamp,
    },
    /// It goes on.
    Resumed,
    /// It does not go on by itself any more.
    GaveUp,
}

/// One run of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Name of the pipeline.
    pub pipeline: String,
    /// ID of its execution.
    pub execution: String,
}

impl Notice {
    /// One line for an inbox: what happened and to which pipeline. ASCII, below 100 characters.
    #[must_use]
    pub fn subject(&self) -> String {
        let happened = match self.what {
            What::Blocked { .. } => "health-gate blocked",
            What::Held { .. } => "health-gate holds",
            What::Resumed => "health-gate resumed",
            What::GaveUp => "health-gate gave up on",
        };
        let subject = format!("{happened} {}", self.of_pipeline(""));
        let printable = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
        cut(
            &subject.chars().map(printable).collect::<String>(),
            SUBJECT_CHARS,
            "...",
        )
    }

    /// What happened, why, what happens next, and what a person can do.
    #[must_use]
    pub fn message(&self) -> String {
        let mut message = format!(
            "{}\n\nWhy: {}\n\nWhat happens next: {}\n\nWhat you can do: {}\n",
            self.happened(),
            cut(self.reason.trim(), REASON_CHARS, "…"),
            self.next(),
            self.advice(),
        );
        if let Some(Release { pipeline, execution }) = &self.release {
            let _ = write!(message, "\nPipeline: {pipeline}\nExecution: {execution}\n");
        }
        message
    }

    fn of_pipeline(&self, quote: &str) -> String {
        match &self.release {
            Some(release) => format!("pipeline {quote}{}{quote}", release.pipeline),
            None => "a pipeline".to_owned(),
        }
    }

    fn happened(&self) -> String {
        let pipeline = self.of_pipeline("`");
        match self.what {
            What::Blocked { .. } => format!("The health gate of {pipeline} failed on purpose: nothing was deployed."),
            What::Held { .. } => format!("The health gate of {pipeline} is waiting: nothing is deployed yet."),
            What::Resumed => format!("The release of {pipeline} that the health gate had stopped goes on."),
            What::GaveUp => {
                format!("The release of {pipeline} that the health gate had stopped does not go on by itself.")
            }
        }
    }

    fn next(&self) -> String {
        match self.what {
            What::Blocked { until: Some(until) } => format!(
                "as soon as nothing blocks it any more, the failed stage is retried by itself, once, if this is still \
                 the stage's latest execution. After {} it is given up. You are told either way.",
                minute(until)
            ),
            What::Blocked { until: None } => {
                "nothing. This release cannot be retried by itself, for the reason above.".to_owned()
            }
            What::Held { until } => format!(
                "as soon as nothing blocks it any more, it goes on by itself. If that is not before {}, the gate fails. \
                 You are told either way.",
                minute(until)
            ),
            What::Resumed => "the deployment happens, unless the gate finds something new that blocks it.".to_owned(),
            What::GaveUp => "nothing.".to_owned(),
        }
    }

    fn advice(&self) -> &'static str {
        match self.what {
            What::Blocked { until: Some(_) } => {
                "nothing, if it can wait. If it cannot, write an override for the pipeline (docs/health-gate.md) and \
                 retry the failed stage. If it is not wanted any more, release something else: the stage is then \
                 not retried."
            }
            What::Blocked { until: None } => {
                "retry the failed stage when the reason above is gone. If it cannot wait, write an override for the \
                 pipeline first (docs/health-gate.md). So that the next one goes on by itself, give the gate the \
                 parameters `pipeline` and `execution`."
            }
            What::Held { .. } => {
                "nothing, if it can wait. If it cannot, write an override for the pipeline (docs/health-gate.md): the \
                 gate sees it the next time it looks. If it is not wanted any more, stop the execution."
            }
            What::Resumed => "nothing. If it is not wanted any more, stop the execution.",
            What::GaveUp => {
                "if it is still wanted, retry the failed stage or release the change again. If AWS Health still blocks it \
                 and it cannot wait, write an override for the pipeline first (docs/health-gate.md)."
            }
        }
    }
}

fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// At most `chars` characters, the last of which are `end` where something is missing.
fn cut(text: &str, chars: usize, end: &str) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars - end.chars().count()).collect();
    kept + end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until() -> Timestamp {
        "2026-11-20T16:00:59Z".parse().unwrap()
    }

    fn all() -> [What; 5] {
        [
            What::Blocked { until: Some(until()) },
            What::Blocked { until: None },
            What::Held { until: until() },
            What::Resumed,
            What::GaveUp,
        ]
    }

    fn notice(what: What, pipeline: &str) -> Notice {
        let release = (!pipeline.is_empty()).then(|| Release {
            pipeline: pipeline.to_owned(),
            execution: "0f8f6e4e".to_owned(),
        });
        let reason = "EC2 issue AWS_EC2_OPERATIONAL_ISSUE in us-east-1, open since 2026-11-20 12:00 UTC".to_owned();
        Notice { what, release, reason }
    }

    #[test]
    fn the_subject_says_what_and_which_pipeline() {
        let subjects = [
            ("health-gate blocked pipeline shop", "health-gate blocked a pipeline"),
            ("health-gate blocked pipeline shop", "health-gate blocked a pipeline"),
            ("health-gate holds pipeline shop", "health-gate holds a pipeline"),
            ("health-gate resumed pipeline shop", "health-gate resumed a pipeline"),
            (
                "health-gate gave up on pipeline shop",
                "health-gate gave up on a pipeline",
            ),
        ];
        for (what, (with, without)) in all().into_iter().zip(subjects) {
            assert_eq!(notice(what, "shop").subject(), with);
            assert_eq!(notice(what, "").subject(), without);
        }
    }

    #[test]
    fn sns_takes_every_subject() {
        let longest = "x".repeat(100);
        for pipeline in [&longest, "größe\r\nBcc: x\u{7f}\t", &"ü".repeat(500), " "] {
            for what in all() {
                let subject = notice(what, pipeline).subject();
                assert!(subject.len() < 100, "{subject}");
                assert!(subject.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{subject:?}");
            }
        }
        let subject = notice(What::GaveUp, &longest).subject();
        assert_eq!(
            subject,
            format!("health-gate gave up on pipeline {}...", "x".repeat(64))
        );
        assert_eq!(subject.len(), 99);
    }

    #[test]
    fn a_message_says_what_happened_why_what_comes_and_what_to_do() {
        for what in all() {
            let with = notice(what, "shop");
            let message = with.message();
            let parts: Vec<&str> = message.split("\n\n").collect();
            assert_eq!(parts.len(), 5, "{message}");
            assert!(parts[0].contains("`shop`") && parts[0].ends_with('.'), "{message}");
            assert_eq!(parts[1], format!("Why: {}", with.reason));
            assert!(
                parts[2].starts_with("What happens next: ") && parts[2].ends_with('.'),
                "{message}"
            );
            assert!(
                parts[3].starts_with("What you can do: ") && parts[3].contains('.'),
                "{message}"
            );
            assert_eq!(parts[4], "Pipeline: shop\nExecution: 0f8f6e4e\n");
            assert!(notice(what, "").message().contains(" a pipeline "), "{message}");
        }
    }

    #[test]
    fn a_time_is_told_to_the_minute_where_there_is_one() {
        for what in all() {
            let told = notice(what, "shop").message().contains("2026-11-20 16:00 UTC");
            let expected = matches!(what, What::Blocked { until: Some(_) } | What::Held { .. });
            assert_eq!(told, expected, "{what:?}");
        }
    }

    #[test]
    fn a_reason_without_end_is_cut() {
        let mut long = notice(What::GaveUp, "shop");
        long.reason = format!(" {} ", "ü".repeat(300_000));
        let message = long.message();
        assert!(message.len() < 262_144);
        assert!(message.contains(&format!("Why: {}…\n", "ü".repeat(7_999))));
        assert!(message.ends_with("Execution: 0f8f6e4e\n"));
    }
}
