//! The walk over all log groups, turn by turn. Pure.
//!
//! CloudWatch Logs takes five calls a second of each operation on subscription filters
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>), so a turn deals with five
//! groups that need them and the state machine waits a second between turns.

use crate::group::{Class, Group};
use crate::run::{Next, Position};

/// Groups a turn whose filters are looked at.
pub(crate) const FILTERED_GROUPS: usize = 5;

/// A turn is nine events of an execution's history (wait 2, task 5, choice 2) and a retry adds three; an execution
/// may have 25,000 (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const TURNS_OF_AN_EXECUTION: u32 = 2_400;

/// A page of the list of all log groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// In ASCII order of their names, as is the whole list
    /// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>).
    pub(crate) groups: Vec<Group>,
    /// Of the next page.
    pub(crate) token: Option<String>,
}

/// The groups of a page that this turn deals with.
pub(crate) fn groups<'a>(page: &'a Page, position: &Position) -> &'a [Group] {
    let done = |group: &&Group| position.after.as_ref().is_some_and(|after| group.name <= *after);
    let left = &page.groups[page.groups.iter().take_while(done).count()..];
    let mut filtered = 0;
    let taken = left.iter().take_while(|group| {
        filtered += usize::from(group.class == Class::Standard);
        filtered <= FILTERED_GROUPS
    });
    &left[..taken.count()]
}

/// Where the run is after `done`, the last group that was dealt with; none if there was nothing left on the page.
pub(crate) fn advance(position: Position, page: &Page, done: Option<&Group>) -> (Position, Next) {
    let page_is_done = done.is_none_or(|done| page.groups.last() == Some(done));
    let next = Position {
        token: if page_is_done {
            page.token.clone()
        } else {
            position.token
        },
        after: done.map(|group| group.name.clone()).or(position.after),
        turns: position.turns.saturating_add(1),
    };
    let what = match () {
        () if page_is_done && page.token.is_none() => Next::Done,
        () if next.turns >= TURNS_OF_AN_EXECUTION => Next::NewExecution,
        () => Next::More,
    };
    (next, what)
}

/// AWS no longer knows the page's token: the walk begins again, and passes over what was dealt with.
pub(crate) fn begin_again(position: Position) -> (Position, Next) {
    let next = Position {
        token: None,
        turns: position.turns.saturating_add(1),
        after: position.after,
    };
    (next, Next::More)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(names: &[&str], token: Option<&str>) -> Page {
        Page {
            groups: names.iter().map(|name| Group::standard(name)).collect(),
            token: token.map(str::to_owned),
        }
    }

    fn at(token: Option<&str>, after: Option<&str>) -> Position {
        Position {
            token: token.map(str::to_owned),
            after: after.map(str::to_owned),
            turns: 7,
        }
    }

    fn names(groups: &[Group]) -> Vec<&str> {
        groups.iter().map(|group| group.name.as_str()).collect()
    }

    #[test]
    fn a_turn_takes_five_groups_and_goes_on_behind_the_last_one_dealt_with() {
        let page = page(&["a", "b", "c", "d", "e", "f", "g"], None);
        assert_eq!(names(groups(&page, &at(None, None))), ["a", "b", "c", "d", "e"]);
        assert_eq!(names(groups(&page, &at(None, Some("e")))), ["f", "g"]);
        assert_eq!(
            names(groups(&page, &at(None, Some("bb")))),
            ["c", "d", "e", "f", "g"],
            "`bb` was deleted"
        );
        assert_eq!(names(groups(&page, &at(None, Some("g")))), [""; 0]);
    }

    #[test]
    fn groups_without_filters_cost_no_calls_and_are_taken_beside() {
        let mut page = page(&["a", "b", "c", "d", "e", "f", "g", "h", "i"], None);
        for index in [1, 5, 6] {
            page.groups[index].class = Class::Other;
        }
        assert_eq!(
            names(groups(&page, &at(None, None))),
            ["a", "b", "c", "d", "e", "f", "g", "h"]
        );
    }

    #[test]
    fn the_position_after_a_turn() {
        let last = page(&["a", "b", "c"], None);
        let first = page(&["a", "b", "c"], Some("second"));
        let cases = [
            (&first, Some(1), at(Some("first"), Some("b")), Next::More),
            (&first, Some(2), at(Some("second"), Some("c")), Next::More),
            (&first, None, at(Some("second"), Some("before")), Next::More),
            (&last, Some(0), at(Some("first"), Some("a")), Next::More),
            (&last, Some(2), at(None, Some("c")), Next::Done),
            (&last, None, at(None, Some("before")), Next::Done),
        ];
        for (page, done, mut position, next) in cases {
            position.turns = 8;
            let done = done.map(|index: usize| &page.groups[index]);
            let found = advance(at(Some("first"), Some("before")), page, done);
            assert_eq!(found, (position, next), "{done:?}");
        }
    }

    #[test]
    fn an_execution_ends_before_its_history_is_full_but_not_when_all_is_done() {
        let almost = Position {
            turns: TURNS_OF_AN_EXECUTION - 1,
            ..at(None, None)
        };
        let more = page(&["a"], Some("second"));
        let next = advance(almost.clone(), &more, more.groups.first()).1;
        assert_eq!(next, Next::NewExecution);
        let last = page(&["a"], None);
        assert_eq!(advance(almost, &last, last.groups.first()).1, Next::Done);
    }

    #[test]
    fn after_an_expired_token_the_walk_begins_again_and_passes_over_what_was_dealt_with() {
        let (position, next) = begin_again(at(Some("expired"), Some("c")));
        assert_eq!(
            (position.token, position.after, next),
            (None, Some("c".to_owned()), Next::More)
        );
    }

    /// 10,000 groups on pages of 50, of every seventh position a stop with all turns since forgotten.
    #[test]
    fn ten_thousand_groups_are_each_dealt_with_once_also_when_turns_are_stopped_in_the_middle() {
        let all: Vec<String> = (0..10_000).map(|number| format!("/group/{number:05}")).collect();
        let page_of = |token: Option<&str>| {
            let start: usize = token.map_or(0, |token| token.parse().unwrap());
            let names: Vec<&str> = all[start..start + 50].iter().map(String::as_str).collect();
            let next = (start + 50 < all.len()).then(|| (start + 50).to_string());
            page(&names, next.as_deref())
        };
        let (mut position, mut seen, mut turns) = (Position::default(), Vec::new(), 0);
        loop {
            turns += 1;
            assert!(turns < 5_000, "the walk has no end");
            let page = page_of(position.token.as_deref());
            let mut taken = groups(&page, &position);
            if turns % 7 == 0 {
                taken = &taken[..taken.len().min(2)];
            }
            seen.extend(taken.iter().map(|group| group.name.clone()));
            let (next_position, next) = advance(position, &page, taken.last());
            position = next_position;
            match next {
                Next::More => {}
                Next::NewExecution => position.turns = 0,
                Next::Done => break,
            }
        }
        assert_eq!(seen, all);
        assert!((2_000..2_600).contains(&turns), "{turns}");
    }
}
