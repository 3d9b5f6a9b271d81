//! The words of a column: what becomes of its values.

use std::fmt;

/// What becomes of a column's values. A NULL stays a NULL under every mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mask {
    /// They stay as they are; [`Kept`] says why, where they look like personal data.
    Keep(Kept),
    /// They become NULL.
    Null,
    /// They all become this text.
    Constant(Constant),
    /// They become that many hex digits of their keyed hash.
    Hash {
        /// 8 to 64.
        digits: u8,
    },
    /// They become something that looks like it.
    Fake(Fake),
    /// What looks like personal data inside of them is replaced.
    Redact,
    /// They are moved by up to that many days, never by none.
    DateShift {
        /// At least 1.
        days: u16,
    },
    /// They are changed by up to that many percent.
    NumberNoise {
        /// 1 to 100.
        percent: u8,
    },
    /// All but the first characters is cut off.
    TruncateText {
        /// Characters that stay.
        characters: u16,
    },
    /// They become a text of one's own, with parts that come from their keyed hash.
    Template(Vec<Part>),
}

/// Why a column that may hold personal data is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// For the report.
    pub reason: Option<String>,
}

/// A text out of the rules that goes into the data. It may be a secret, so its `Debug` shows its length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Constant(String);

impl Constant {
    /// The text, for the database alone.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Constant({} bytes)", self.0.len())
    }
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Text(String),
    /// `{hash:N}`: that many hex digits of the keyed hash, 1 to 32.
    Hash(u8),
    /// `{digits:N}`: that many decimal digits out of the keyed hash, 1 to 12.
    Digits(u8),
}

macro_rules! fakes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)+) => {
        /// What a fake looks like.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fake { $($(#[$doc])* $variant,)+ }

        impl Fake {
            /// All of them.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// Its word in the rules, without `fake.`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

fakes! {
    /// `Ada Novak`.
    Name = "name",
    /// `Ada`.
    First = "first",
    /// `Novak`.
    Last = "last",
    /// `ada.1f0c9b2d6e4a7788@example.com`.
    Email = "email",
    /// `+12025550137`, a number that is never given to anyone.
    Phone = "phone",
    /// `217 Harbour Street`.
    Address = "address",
    /// `Northport`.
    City = "city",
    /// `Amber Harbour Ltd`.
    Company = "company",
    /// A German IBAN with right check digits and a bank that does not exist.
    Iban = "iban",
    /// A card number with a right check digit, of a range for tests.
    Card = "card",
    /// An address of 198.18.0.0/15, which is for benchmarks.
    Ipv4 = "ipv4",
    /// A UUID of version 8.
    Uuid = "uuid",
    /// `ada1f0c9b2d6e4a7788`.
    Username = "username",
    /// `https://example.com/1f0c9b2d6e4a7788`.
    Url = "url",
    /// Five words without a meaning.
    Text = "text",
}

/// Words of masks as they are written, for messages.
const KNOWN: &str = "keep, null, constant(\"...\"), hash, fake.<kind>, redact, date.shift(30d), number.noise(10%), \
                     truncate-text(3), template(\"...\")";

impl Mask {
    /// The mask of a word such as `fake.email` or `date.shift(30d)`.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with its place. Never quotes an argument.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (word, argument) = match text.split_once('(') {
            None => (text, None),
            Some((word, rest)) => {
                let argument = rest.strip_suffix(')').ok_or("lacks its closing bracket")?;
                (word.trim_end(), Some(argument.trim()))
            }
        };
        let mask = match (word, argument) {
            ("keep", None) => Self::Keep(Kept::default()),
            ("null", None) => Self::Null,
            ("redact", None) => Self::Redact,
            ("hash", None) => Self::Hash { digits: 32 },
            ("hash", Some(digits)) => Self::Hash {
                digits: number(digits, "", 8..=64)?,
            },
            ("constant", Some(text)) => Self::Constant(Constant(quoted(text)?)),
            ("template", Some(text)) => Self::Template(parts(&quoted(text)?)?),
            ("date.shift", Some(days)) => Self::DateShift {
                days: number(days, "d", 1..=3_650)?,
            },
            ("number.noise", Some(percent)) => Self::NumberNoise {
                percent: number(percent, "%", 1..=100)?,
            },
            ("truncate-text", Some(characters)) => Self::TruncateText {
                characters: number(characters, "", 0..=1_000)?,
            },
            ("constant" | "template" | "date.shift" | "number.noise" | "truncate-text", None) => {
                return Err(format!("needs an argument; the masks are {KNOWN}"));
            }
            ("keep" | "null" | "redact", Some(_)) => return Err("takes no argument".into()),
            (word, argument) => return fake(word, argument),
        };
        Ok(mask)
    }
}

fn fake(word: &str, argument: Option<&str>) -> Result<Mask, String> {
    let Some(kind) = word.strip_prefix("fake.") else {
        return Err(format!("is no mask that is known; the masks are {KNOWN}"));
    };
    let Some(fake) = Fake::ALL.into_iter().find(|fake| fake.word() == kind) else {
        let kinds: Vec<_> = Fake::ALL.into_iter().map(Fake::word).collect();
        return Err(format!("is no fake that is known; the kinds are {}", kinds.join(", ")));
    };
    match argument {
        None => Ok(Mask::Fake(fake)),
        Some(_) => Err("takes no argument".into()),
    }
}

/// A number with its unit.
fn number<T>(text: &str, unit: &str, range: std::ops::RangeInclusive<T>) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + fmt::Display,
{
    let parsed = text.strip_suffix(unit).and_then(|digits| digits.parse().ok());
    parsed.filter(|number| range.contains(number)).ok_or_else(|| {
        format!(
            "needs a number from {}{unit} to {}{unit} in its brackets",
            range.start(),
            range.end()
        )
    })
}

/// A text in double quotes, with JSON's escapes.
fn quoted(text: &str) -> Result<String, String> {
    let parsed: Option<String> = serde_json::from_str(text).ok();
    parsed
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| "needs a text in double quotes in its brackets".into())
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        let close = from.find('}').ok_or("has a { without its }")?;
        if !before.is_empty() {
            parts.push(Part::Text(before.into()));
        }
        let inside = from.get(1..close).unwrap_or_default();
        parts.push(placeholder(inside)?);
        rest = from.get(close + 1..).unwrap_or_default();
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.into()));
    }
    if parts.iter().all(|part| matches!(part, Part::Text(_))) {
        return Err("has no {hash:N} or {digits:N}; a text that is always the same is constant(\"...\")".into());
    }
    Ok(parts)
}

fn placeholder(inside: &str) -> Result<Part, String> {
    let unknown = || "knows {hash:1} to {hash:32} and {digits:1} to {digits:12} only".to_owned();
    let (word, length) = inside.split_once(':').ok_or_else(unknown)?;
    let length: u8 = length.parse().map_err(|_| unknown())?;
    match (word, length) {
        ("hash", 1..=32) => Ok(Part::Hash(length)),
        ("digits", 1..=12) => Ok(Part::Digits(length)),
        _ => Err(unknown()),
    }
}

/// As it is written in the rules. A constant is not shown.
impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep(_) => f.write_str("keep"),
            Self::Null => f.write_str("null"),
            Self::Constant(_) => f.write_str("constant"),
            Self::Hash { digits } => write!(f, "hash({digits})"),
            Self::Fake(fake) => write!(f, "fake.{}", fake.word()),
            Self::Redact => f.write_str("redact"),
            Self::DateShift { days } => write!(f, "date.shift({days}d)"),
            Self::NumberNoise { percent } => write!(f, "number.noise({percent}%)"),
            Self::TruncateText { characters } => write!(f, "truncate-text({characters})"),
            Self::Template(_) => f.write_str("template"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mask_is_read() {
        let text = |text: &str| Part::Text(text.into());
        let cases = [
            ("keep", Mask::Keep(Kept::default())),
            (" null ", Mask::Null),
            (
                "constant(\"a \\\"b\\\" (c)\")",
                Mask::Constant(Constant("a \"b\" (c)".into())),
            ),
            ("hash", Mask::Hash { digits: 32 }),
            ("hash(16)", Mask::Hash { digits: 16 }),
            ("redact", Mask::Redact),
            ("date.shift(30d)", Mask::DateShift { days: 30 }),
            ("number.noise( 10% )", Mask::NumberNoise { percent: 10 }),
            ("truncate-text(3)", Mask::TruncateText { characters: 3 }),
            (
                "template(\"c-{digits:6}.{hash:8}@example.net\")",
                Mask::Template(vec![
                    text("c-"),
                    Part::Digits(6),
                    text("."),
                    Part::Hash(8),
                    text("@example.net"),
                ]),
            ),
        ];
        for (written, mask) in cases {
            assert_eq!(Mask::parse(written), Ok(mask), "{written}");
        }
        for fake in Fake::ALL {
            assert_eq!(Mask::parse(&format!("fake.{}", fake.word())), Ok(Mask::Fake(fake)));
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_argument() {
        let cases = [
            ("kep", "is no mask that is known; the masks are keep, null, "),
            ("fake.emial", "is no fake that is known; the kinds are name, first, "),
            ("fake.email(1)", "takes no argument"),
            ("keep(s3cret)", "takes no argument"),
            ("constant", "needs an argument; the masks are "),
            ("constant(s3cret)", "needs a text in double quotes in its brackets"),
            ("constant(\"s3cret\"", "lacks its closing bracket"),
            (
                "constant(\"a\\u0000b\")",
                "needs a text in double quotes in its brackets",
            ),
            ("hash(7)", "needs a number from 8 to 64 in its brackets"),
            ("date.shift(30)", "needs a number from 1d to 3650d in its brackets"),
            ("date.shift(0d)", "needs a number from 1d to 3650d in its brackets"),
            ("number.noise(101%)", "needs a number from 1% to 100% in its brackets"),
            ("template(\"s3cret\")", "has no {hash:N} or {digits:N}; "),
            ("template(\"{hash:8\")", "has a { without its }"),
            ("template(\"{s3cret}\")", "knows {hash:1} to {hash:32} and "),
            ("template(\"{hash:33}\")", "knows {hash:1} to {hash:32} and "),
        ];
        for (written, expected) in cases {
            let said = Mask::parse(written).unwrap_err();
            assert!(said.starts_with(expected), "{written}: {said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn a_constant_is_never_shown() {
        let mask = Mask::parse("constant(\"s3cret\")").unwrap();
        assert!(!format!("{mask:?} {mask}").contains("s3cret"));
    }
}
