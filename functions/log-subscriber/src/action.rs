//! What to do with a log group, by what is wanted and what is there. Pure.

use strum::IntoStaticStr;

use crate::group::{Filter, Group, Retention};
use crate::wanted::{Tags, Verdict};

/// AWS's limit of subscription filters a log group
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>).
const MOST_FILTERS: usize = 2;

/// The tag of groups whose retention is left alone.
const KEEP_RETENTION_TAG: &str = "wrasse:keep-retention";

/// The filter that a wanted group shall have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OurFilter {
    /// Unique to the stack, so that the name proves whose filter it is.
    pub(crate) name: String,
    /// ARN.
    pub(crate) destination: String,
    /// ARN; none for a destination of the Logs service.
    pub(crate) role: Option<String>,
}

/// What to do; as a string, as the log names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Action {
    /// Put our filter.
    Subscribe,
    /// Put our filter over one of ours that is different.
    Update,
    /// Our filter is there as it shall be.
    Keep,
    /// Delete our filter.
    Remove,
    /// Nothing can be done: others have put as many filters as a group can have.
    Conflict,
    /// Nothing to do.
    Leave,
}

/// Others' filters are counted and nothing else.
pub(crate) fn decide(verdict: Verdict, have: &[Filter], want: &OurFilter) -> Action {
    let ours = have.iter().find(|filter| filter.name == want.name);
    match (verdict, ours) {
        (Verdict::Wanted, Some(ours)) if is_as_wanted(ours, want) => Action::Keep,
        (Verdict::Wanted, Some(_)) => Action::Update,
        (Verdict::Wanted, None) if have.len() >= MOST_FILTERS => Action::Conflict,
        (Verdict::Wanted, None) => Action::Subscribe,
        (Verdict::Excluded(_), Some(_)) => Action::Remove,
        (Verdict::Excluded(_), None) => Action::Leave,
    }
}

/// A pattern is never of our making: events that it holds back would be lost to the archive.
fn is_as_wanted(ours: &Filter, want: &OurFilter) -> bool {
    let role = want.role.is_none() || ours.role == want.role;
    ours.destination == want.destination && role && ours.pattern.is_empty()
}

/// The retention to set on a group that is subscribed, in days: never a longer one than it has, none where the account
/// or a tag decides.
pub(crate) fn retention(group: &Group, tags: &Tags, wanted_days: Option<i32>) -> Option<i32> {
    let wanted = wanted_days.filter(|_| !tags.contains_key(KEEP_RETENTION_TAG))?;
    match group.retention {
        Retention::Forever => Some(wanted),
        Retention::Days(days) if days > wanted => Some(wanted),
        Retention::Days(_) | Retention::OfAccount => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wanted::Reason;

    const EXCLUDED: Verdict = Verdict::Excluded(Reason::Excluded);

    fn want(role: Option<&str>) -> OurFilter {
        OurFilter {
            name: "ours".to_owned(),
            destination: "stream".to_owned(),
            role: role.map(str::to_owned),
        }
    }

    fn filter(name: &str, destination: &str, role: Option<&str>) -> Filter {
        Filter {
            name: name.to_owned(),
            destination: destination.to_owned(),
            role: role.map(str::to_owned),
            pattern: String::new(),
        }
    }

    fn ours() -> Filter {
        filter("ours", "stream", Some("role"))
    }

    fn others(name: &str) -> Filter {
        filter(name, "elsewhere", None)
    }

    #[test]
    fn by_what_is_wanted_and_what_is_there() {
        use Action::{Keep, Leave, Remove, Subscribe, Update};
        let pattern = Filter {
            pattern: "ERROR".to_owned(),
            ..ours()
        };
        // What is there, and then what to do where the group is wanted and where it is not.
        let cases = [
            (vec![], Subscribe, Leave),
            (vec![ours()], Keep, Remove),
            (vec![others("a")], Subscribe, Leave),
            (vec![others("a"), ours()], Keep, Remove),
            (vec![filter("ours", "old-stream", Some("role"))], Update, Remove),
            (vec![filter("ours", "stream", Some("old-role"))], Update, Remove),
            (vec![filter("ours", "stream", None)], Update, Remove),
            (vec![pattern], Update, Remove),
            (vec![filter("ours-not", "stream", Some("role"))], Subscribe, Leave),
        ];
        for (have, wanted, not_wanted) in cases {
            let want = want(Some("role"));
            assert_eq!(decide(Verdict::Wanted, &have, &want), wanted, "{have:?}");
            assert_eq!(decide(EXCLUDED, &have, &want), not_wanted, "{have:?}");
        }
    }

    #[test]
    fn a_group_with_two_filters_of_others_is_a_conflict_and_stays_as_it_is() {
        // The second goes to our destination, under another name: another stack's, or a person's.
        let have = [others("a"), filter("b", "stream", Some("role"))];
        assert_eq!(decide(Verdict::Wanted, &have, &want(Some("role"))), Action::Conflict);
        assert_eq!(decide(EXCLUDED, &have, &want(Some("role"))), Action::Leave);
    }

    #[test]
    fn the_role_of_a_logs_destination_is_not_ours_to_compare() {
        for role in [None, Some("role")] {
            let have = [filter("ours", "stream", role)];
            assert_eq!(decide(Verdict::Wanted, &have, &want(None)), Action::Keep);
        }
    }

    #[test]
    fn retention_is_shortened_and_never_lengthened_or_set_where_someone_else_decides() {
        let kept = Tags::from([("wrasse:keep-retention".to_owned(), String::new())]);
        let cases = [
            (Retention::Forever, Tags::new(), Some(30), Some(30)),
            (Retention::Days(31), Tags::new(), Some(30), Some(30)),
            (Retention::Days(30), Tags::new(), Some(30), None),
            (Retention::Days(7), Tags::new(), Some(30), None),
            (Retention::OfAccount, Tags::new(), Some(30), None),
            (Retention::Forever, kept.clone(), Some(30), None),
            (Retention::Days(3653), kept, Some(30), None),
            (Retention::Forever, Tags::new(), None, None),
        ];
        for (has, tags, days, expected) in cases {
            let group = Group {
                retention: has,
                ..Group::standard("/shop")
            };
            assert_eq!(retention(&group, &tags, days), expected, "{has:?} {tags:?} {days:?}");
        }
    }
}
