//! Branches that nobody creates or destroys an environment for.

use wildmatch::WildMatch;

/// The branches that are left alone.
#[derive(Debug, Clone)]
pub struct Protection {
    patterns: Vec<WildMatch>,
}

impl Protection {
    /// Of patterns separated by commas; `*` and `?` match slashes too.
    #[must_use]
    pub fn of(patterns: &str) -> Self {
        let patterns = patterns.split(',').map(str::trim).filter(|pattern| !pattern.is_empty());
        Self {
            patterns: patterns.map(WildMatch::new).collect(),
        }
    }

    /// Whether a branch is left alone: it is the repository's default, or a pattern matches it.
    #[must_use]
    pub fn covers(&self, branch: &str, default: Option<&str>) -> bool {
        default == Some(branch) || self.patterns.iter().any(|pattern| pattern.matches(branch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_and_what_a_pattern_matches_is_covered() {
        let protection = Protection::of("release/*, hotfix-?,");
        let cases = [
            ("main", true),
            ("master", false),
            ("release/1", true),
            ("release/1/x", true),
            ("release", false),
            ("hotfix-1", true),
            ("hotfix-12", false),
            ("", false),
        ];
        for (branch, covered) in cases {
            assert_eq!(protection.covers(branch, Some("main")), covered, "{branch}");
        }
        assert!(!Protection::of("").covers("main", None));
    }
}
