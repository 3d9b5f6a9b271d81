//! Whether a log group is wanted in the archive. Pure.

use std::collections::{BTreeMap, BTreeSet};

use strum::IntoStaticStr;
use wildmatch::WildMatch;

use crate::group::{Class, Group};

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// The tag that the log groups of our own stacks carry.
const SYSTEM_TAG: (&str, &str) = ("wrasse:system", "log-archive");

/// A group is wanted, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wanted,
    Excluded(Reason),
}

/// Why a group is not wanted; as a string, as the log names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Reason {
    /// The run removes all our filters.
    Removing,
    /// Its class has no subscription filters.
    Class,
    /// It is a log group of the archive's own stacks.
    OurOwn,
    /// Something that works on what is archived logs to it: each line would make another.
    Loop,
    /// No included glob matches its name.
    NotIncluded,
    /// An excluded glob matches its name.
    Excluded,
    /// It has none of the tags asked for.
    NotTagged,
    /// It has a tag that is left out.
    ExcludedByTag,
}

/// What the stack's parameters say about which groups are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    include: Vec<WildMatch>,
    exclude: Vec<WildMatch>,
    include_tags: Vec<TagPattern>,
    exclude_tags: Vec<TagPattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct TagPattern {
    key: String,
    /// Any, where there is none.
    value: Option<String>,
}

impl Selection {
    /// Four comma-separated lists: globs (`*` and `?` match everything, `/` too), and tags (`key` or `key=value`).
    pub(crate) fn new(include: &str, exclude: &str, include_tags: &str, exclude_tags: &str) -> Self {
        let globs = |list| items(list).map(WildMatch::new).collect();
        let tags = |list| items(list).map(TagPattern::of).collect();
        Self {
            include: globs(include),
            exclude: globs(exclude),
            include_tags: tags(include_tags),
            exclude_tags: tags(exclude_tags),
        }
    }

    /// Of several reasons the one that the user can do least about.
    pub(crate) fn verdict(&self, group: &Group, tags: &Tags, guard: &BTreeSet<String>) -> Verdict {
        let name = group.name.as_str();
        let any = |globs: &[WildMatch]| globs.iter().any(|glob| glob.matches(name));
        let tagged = |patterns: &[TagPattern]| patterns.iter().any(|pattern| pattern.matches(tags));
        let reason = match () {
            () if group.class != Class::Standard => Reason::Class,
            () if tags.get(SYSTEM_TAG.0).is_some_and(|value| value == SYSTEM_TAG.1) => Reason::OurOwn,
            () if guard.contains(name) => Reason::Loop,
            () if any(&self.exclude) => Reason::Excluded,
            () if !any(&self.include) => Reason::NotIncluded,
            () if tagged(&self.exclude_tags) => Reason::ExcludedByTag,
            () if !self.include_tags.is_empty() && !tagged(&self.include_tags) => Reason::NotTagged,
            () => return Verdict::Wanted,
        };
        Verdict::Excluded(reason)
    }
}

fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty())
}

impl TagPattern {
    fn of(text: &str) -> Self {
        match text.split_once('=') {
            Some((key, value)) => Self {
                key: key.trim().to_owned(),
                value: Some(value.trim().to_owned()),
            },
            None => Self {
                key: text.to_owned(),
                value: None,
            },
        }
    }

    fn matches(&self, tags: &Tags) -> bool {
        let found = tags.get(&self.key);
        found.is_some_and(|found| self.value.as_ref().is_none_or(|value| value == found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn verdict(selection: [&str; 4], name: &str, tags: &Tags) -> Verdict {
        let guard = BTreeSet::from(["/aws/lambda/decoder".to_owned()]);
        let [include, exclude, include_tags, exclude_tags] = selection;
        Selection::new(include, exclude, include_tags, exclude_tags).verdict(&Group::standard(name), tags, &guard)
    }

    #[test]
    fn names_are_matched_by_globs_that_cross_slashes() {
        use Reason::{Excluded, NotIncluded};
        let cases = [
            ("*", "", "/aws/lambda/shop", None),
            ("/aws/*", "", "/aws/lambda/shop", None),
            ("/aws/*", "", "shop", Some(NotIncluded)),
            ("*/shop", "", "/aws/lambda/shop", None),
            ("/aws/lambda/sho?", "", "/aws/lambda/shop", None),
            ("/aws/lambda/shop?", "", "/aws/lambda/shop", Some(NotIncluded)),
            ("/shop", "", "/Shop", Some(NotIncluded)),
            (" /a , /shop/* ,", "", "/shop/web", None),
            ("*", "/shop/*", "/shop/web", Some(Excluded)),
            ("/shop/*", "*web", "/shop/web", Some(Excluded)),
            ("/other", "*web", "/shop/web", Some(Excluded)),
            ("", "", "/shop/web", Some(NotIncluded)),
        ];
        for (include, exclude, name, reason) in cases {
            let expected = reason.map_or(Verdict::Wanted, Verdict::Excluded);
            let found = verdict([include, exclude, "", ""], name, &Tags::new());
            assert_eq!(found, expected, "{include} without {exclude}: {name}");
        }
    }

    #[test]
    fn one_of_the_tags_asked_for_suffices_and_one_left_out_excludes() {
        use Reason::{ExcludedByTag, NotTagged};
        let production = [("stage", "production"), ("team", "shop")];
        let none: [(&str, &str); 0] = [];
        let cases = [
            ("", "", &none[..], None),
            ("stage", "", &production, None),
            ("stage=production", "", &production, None),
            ("stage=test,team", "", &production, None),
            ("stage=test", "", &production, Some(NotTagged)),
            ("stage", "", &none, Some(NotTagged)),
            ("", "team", &production, Some(ExcludedByTag)),
            ("", "team=web", &production, None),
            ("stage", "team=shop", &production, Some(ExcludedByTag)),
        ];
        for (include, exclude, has, reason) in cases {
            let expected = reason.map_or(Verdict::Wanted, Verdict::Excluded);
            let found = verdict(["*", "", include, exclude], "/shop", &tags(has));
            assert_eq!(found, expected, "{include} without {exclude}: {has:?}");
        }
    }

    #[test]
    fn the_loop_is_excluded_whatever_is_asked_for() {
        let ours = tags(&[("wrasse:system", "log-archive"), ("team", "shop")]);
        let everything = ["*", "", "team", ""];
        assert_eq!(verdict(everything, "/any", &ours), Verdict::Excluded(Reason::OurOwn));
        let found = verdict(everything, "/aws/lambda/decoder", &tags(&[("team", "shop")]));
        assert_eq!(found, Verdict::Excluded(Reason::Loop));
        let anothers = tags(&[("wrasse:system", "rds-snapshots"), ("team", "shop")]);
        assert_eq!(verdict(everything, "/any", &anothers), Verdict::Wanted);
    }

    #[test]
    fn only_the_standard_class_has_subscription_filters() {
        let selection = Selection::new("*", "", "", "");
        for (class, expected) in [
            (Class::Standard, Verdict::Wanted),
            (Class::Other, Verdict::Excluded(Reason::Class)),
        ] {
            let group = Group {
                class,
                ..Group::standard("/shop")
            };
            assert_eq!(selection.verdict(&group, &Tags::new(), &BTreeSet::new()), expected);
        }
    }
}
