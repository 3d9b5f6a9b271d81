//! Which number a release gets in each region. Numbers only go up, and one that was deleted is never used again
//! (<https://docs.aws.amazon.com/lambda/latest/dg/creating-deleting-layers.html>).

use std::collections::BTreeSet;

/// How a layer stands in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The numbers of this release's versions. More than one where a publication happened twice.
    pub(crate) ours: BTreeSet<i64>,
    /// The next version has this number, or a higher one: what was deleted is not listed.
    pub(crate) next: i64,
}

impl Standing {
    /// Before anything is listed.
    pub(crate) fn unknown() -> Self {
        Self {
            ours: BTreeSet::new(),
            next: 1,
        }
    }
}

/// What is to be done in one region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// This version is the one that stays.
    Keep(i64),
    /// The release is missing; any number will do.
    Publish,
    /// The release is missing at this number, which the fillers lead up to.
    PublishAt(i64),
}

impl Plan {
    /// The version that stays, where it is there.
    pub(crate) fn kept(&self) -> Option<i64> {
        match self {
            Self::Keep(number) => Some(*number),
            Self::Publish | Self::PublishAt(_) => None,
        }
    }
}

/// Without alignment, each region by itself. With it, the lowest number that every region has or can still have: one that the
/// release has somewhere if possible, so that as little as possible is published again.
pub(crate) fn plan(standings: &[Standing], align: bool) -> Vec<Plan> {
    if !align {
        let alone = |standing: &Standing| standing.ours.first().map_or(Plan::Publish, |&first| Plan::Keep(first));
        return standings.iter().map(alone).collect();
    }
    let can = |standing: &Standing, number: i64| standing.ours.contains(&number) || standing.next <= number;
    let highest_next = standings.iter().map(|standing| standing.next).max().unwrap_or(1);
    let released = standings.iter().flat_map(|standing| standing.ours.iter().copied());
    let number = (released
        .filter(|&number| standings.iter().all(|standing| can(standing, number)))
        .min())
    .map_or(highest_next, |number| number);
    let aligned = |standing: &Standing| {
        if standing.ours.contains(&number) {
            Plan::Keep(number)
        } else {
            Plan::PublishAt(number)
        }
    };
    standings.iter().map(aligned).collect()
}

#[cfg(test)]
mod tests {
    use Plan::{Keep, Publish, PublishAt};

    use super::*;

    fn standing(ours: &[i64], next: i64) -> Standing {
        Standing {
            ours: ours.iter().copied().collect(),
            next,
        }
    }

    #[test]
    fn without_alignment_a_region_keeps_the_first_that_it_has() {
        let standings = [standing(&[], 4), standing(&[2], 3), standing(&[5, 6], 7)];
        assert_eq!(plan(&standings, false), [Publish, Keep(2), Keep(5)]);
    }

    #[test]
    fn the_number_is_the_lowest_that_every_region_has_or_can_have() {
        let cases: [(&[Standing], &[Plan]); 8] = [
            (&[standing(&[], 1), standing(&[], 1)], &[PublishAt(1), PublishAt(1)]),
            (&[standing(&[], 1), standing(&[], 8)], &[PublishAt(8), PublishAt(8)]),
            // A region that failed catches up to the others, though it lags.
            (&[standing(&[8], 9), standing(&[], 3)], &[Keep(8), PublishAt(8)]),
            // One that is ahead makes the others publish again.
            (&[standing(&[8], 9), standing(&[], 11)], &[PublishAt(11), PublishAt(11)]),
            (&[standing(&[8], 9), standing(&[11], 12)], &[PublishAt(11), Keep(11)]),
            // An old release that is aligned stays where it is, whatever came after it.
            (&[standing(&[5], 8), standing(&[5], 7)], &[Keep(5), Keep(5)]),
            // Two invocations at once.
            (&[standing(&[1, 2], 3), standing(&[1, 2], 3)], &[Keep(1), Keep(1)]),
            (&[standing(&[1, 2], 3), standing(&[2], 3)], &[Keep(2), Keep(2)]),
        ];
        for (standings, expected) in cases {
            assert_eq!(plan(standings, true), expected, "{standings:?}");
        }
    }

    #[test]
    fn whatever_the_regions_have_publishing_as_planned_makes_them_equal() {
        for seed in 0..2_000_i64 {
            let region = |n: i64| {
                let next = 1 + (seed * 7 + n * 13) % 9;
                let ours = (1..next).filter(|number| (seed + n * number) % 5 == 0);
                Standing {
                    ours: ours.collect(),
                    next,
                }
            };
            let standings: Vec<Standing> = (0..3).map(region).collect();
            let numbers: BTreeSet<i64> = (plan(&standings, true).iter().zip(&standings))
                .map(|(plan, standing)| match *plan {
                    Keep(number) => {
                        assert!(standing.ours.contains(&number));
                        number
                    }
                    PublishAt(number) => {
                        assert!(number >= standing.next);
                        number
                    }
                    Publish => panic!("aligned without a number"),
                })
                .collect();
            assert_eq!(numbers.len(), 1, "{standings:?}");
        }
    }
}
