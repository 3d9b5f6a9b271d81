//! Names of regions: what an event says, and what a user may ask for.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::known_regions::KNOWN_REGIONS;

/// Where an event happens. As text, and so in JSON: `us-east-1`, `global`, or `unknown`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Region {
    /// Everywhere: the event is of a service without regions, such as IAM. Health's own word is `global`.
    Global,
    /// In this region.
    In(String),
    /// Health names none, or something that is no region. It counts for every region.
    Unknown,
}

impl Region {
    /// Whether an event there concerns who is in `region`.
    #[must_use]
    pub fn concerns(&self, region: &str) -> bool {
        match self {
            Self::Global | Self::Unknown => true,
            Self::In(name) => name.eq_ignore_ascii_case(region),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Global => "global",
            Self::In(name) => name,
            Self::Unknown => "unknown",
        })
    }
}

impl From<&str> for Region {
    /// A new region of AWS has a region's shape, and is taken as one.
    fn from(name: &str) -> Self {
        let name = name.trim().to_ascii_lowercase();
        match name.as_str() {
            "global" => Self::Global,
            _ if has_shape(&name) => Self::In(name),
            _ => Self::Unknown,
        }
    }
}

impl From<String> for Region {
    fn from(name: String) -> Self {
        Self::from(name.as_str())
    }
}

impl FromStr for Region {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(Self::from(name))
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.to_string()
    }
}

/// Whether `name` is a region that AWS had when this was built. [`check_region`] also takes newer ones.
#[must_use]
pub fn is_region(name: &str) -> bool {
    KNOWN_REGIONS.binary_search(&name).is_ok()
}

/// A user's region that cannot be gated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownRegion {
    /// `global` is no region.
    #[error("unknown region `global`: events of `global` count for every region, name only the regions you deploy to")]
    Global,
    /// It is the name of an availability zone.
    #[error("unknown region: this is an availability zone, its region is `{0}`")]
    Zone(String),
    /// It may be one that AWS opened since this was built.
    #[error(
        "unknown region `{0}`: check its spelling; where it is new at AWS, deploy stacks/health-events.yaml there, and it is known once its first heartbeat has arrived"
    )]
    New(String),
    /// It does not even look like one.
    #[error("unknown region: regions look like `us-east-1`")]
    Shapeless,
}

/// Whether a user may name this region.
///
/// The shape alone would take `us-esat-1`, and a gate that watches a region which does not exist lets everything pass:
/// so only known names are taken. For those that AWS opens later, `exists` says whether there is proof: the function runs
/// there, or a forwarder there has sent its heartbeat. Nobody waits for a release, and no misspelt region sends a heartbeat.
///
/// # Errors
/// A sentence for the pipeline's author. It repeats only what has a region's shape.
pub fn check_region(name: &str, exists: impl Fn(&str) -> bool) -> Result<(), UnknownRegion> {
    if is_region(name) || (has_shape(name) && exists(name)) {
        return Ok(());
    }
    if name.eq_ignore_ascii_case("global") {
        return Err(UnknownRegion::Global);
    }
    let without_letter = name.strip_suffix(|letter: char| letter.is_ascii_lowercase());
    match without_letter {
        Some(region) if has_shape(region) => Err(UnknownRegion::Zone(region.to_owned())),
        _ if has_shape(name) => Err(UnknownRegion::New(name.to_owned())),
        _ => Err(UnknownRegion::Shapeless),
    }
}

/// `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`: a place of 2 to 4 letters, one to three words, a number. At most 25
/// characters, as the API's model says
/// (<https://docs.aws.amazon.com/health/latest/APIReference/API_EventFilter.html>).
pub(crate) fn has_shape(name: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let parts: Vec<&str> = name.split('-').collect();
    let [place, words @ .., number] = &parts[..] else {
        return false;
    };
    name.len() <= 25
        && (2..=4).contains(&place.len())
        && letters(place)
        && (1..=3).contains(&words.len())
        && words.iter().all(|word| letters(word))
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &str) -> bool {
        false
    }

    #[test]
    fn an_events_region_is_one_region_or_every_region() {
        let named = |name: &str| Region::In(name.to_owned());
        let cases = [
            ("us-east-1", named("us-east-1")),
            (" US-EAST-1 ", named("us-east-1")),
            ("us-gov-west-1", named("us-gov-west-1")),
            ("eusc-de-east-1", named("eusc-de-east-1")),
            ("zz-new-1", named("zz-new-1")),
            ("global", Region::Global),
            ("Global", Region::Global),
            ("", Region::Unknown),
            ("unknown", Region::Unknown),
            ("us-east-1a", Region::Unknown),
            ("us-east", Region::Unknown),
            ("us--1", Region::Unknown),
            ("us-east-100", Region::Unknown),
            ("-east-1", Region::Unknown),
            ("europe-east-1", Region::Unknown),
            ("us-east-1\n", named("us-east-1")),
            ("us-ea\u{17f}t-1", Region::Unknown),
            ("us-abcdefghijklmnopqrstu-1", Region::Unknown),
        ];
        for (text, region) in cases {
            assert_eq!(Region::from(text), region, "{text:?}");
            assert_eq!(Region::from(region.to_string()), region);
        }
    }

    #[test]
    fn global_and_unnamed_concern_everyone() {
        for region in [Region::Global, Region::Unknown, Region::from("eu-west-1")] {
            assert!(region.concerns("eu-west-1"), "{region}");
            assert!(region.concerns("EU-WEST-1"), "{region}");
        }
        assert!(!Region::from("eu-west-1").concerns("eu-west-2"));
        assert!(!Region::from("eu-west-1").concerns("eu-west-11"));
    }

    #[test]
    fn a_user_names_known_regions_only() {
        let error = |name| check_region(name, nothing).unwrap_err();
        for name in KNOWN_REGIONS {
            assert_eq!(check_region(name, nothing), Ok(()));
            assert!(has_shape(name), "{name}");
        }
        assert_eq!(error("global"), UnknownRegion::Global);
        assert_eq!(error("us-east-1a"), UnknownRegion::Zone("us-east-1".into()));
        assert_eq!(error("us-esat-1"), UnknownRegion::New("us-esat-1".into()));
        assert_eq!(error("us-east-11"), UnknownRegion::New("us-east-11".into()));
        for name in [
            "",
            "us-east",
            "US-EAST-1",
            "mars",
            "us-east-1 ",
            "us_east_1",
            "*",
            "us-east-1,us-east-2",
        ] {
            assert_eq!(error(name), UnknownRegion::Shapeless, "{name:?}");
        }
        for name in ["global", "us-east-1a", "us-esat-1", "mars"] {
            assert!(error(name).to_string().contains("unknown region"), "{name}");
        }
    }

    #[test]
    fn a_new_region_is_known_once_there_is_proof_of_it() {
        let seen = |name: &str| name == "ap-west-1";
        assert_eq!(check_region("ap-west-1", seen), Ok(()));
        assert_eq!(
            check_region("ap-west-2", seen),
            Err(UnknownRegion::New("ap-west-2".into()))
        );
        assert_eq!(check_region("mars", |_| true), Err(UnknownRegion::Shapeless));
    }

    #[test]
    fn the_known_regions_are_sorted_and_each_is_there_once() {
        assert!(KNOWN_REGIONS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
