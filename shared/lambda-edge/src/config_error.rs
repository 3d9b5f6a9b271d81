//! A bad environment, in words.

use std::fmt;

/// Everything that is wrong with a function's environment. Every variable is set by the stack's template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// One sentence each, naming the variable.
    pub problems: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the function's environment is not right, deploy the stack again with these mended: {}",
            self.problems.join("; ")
        )
    }
}

impl std::error::Error for ConfigError {}
