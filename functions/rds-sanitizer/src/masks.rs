//! What a mask computes, in words that no engine's SQL is in: every dialect writes the same formula, so that equal
//! values have equal replacements on every engine.
//!
//! A value's hash is HMAC-SHA256 with the run's key over `domain:value`, the value as text in UTF-8: integers in decimal,
//! dates as `2026-01-31`, times as `2026-01-31 13:45:00.000000` in UTC, UUIDs in lower case, texts of columns that compare
//! without case in lower case. A formula reads its 64 lower-case hex digits: number `n` is made of the 12 digits from `12 * n` on.

mod words;

use sanitizer_contract::{Fake, Mask, Part};

/// What `redact` replaces, in order, each by its word in square brackets: regular expressions in what PostgreSQL, PCRE and
/// ICU have in common. They would rather take too much than too little.
pub const REDACTIONS: [(&str, &str); 6] = [
    ("[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+", "email"),
    ("[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?", "iban"),
    ("[0-9]{1,3}([.][0-9]{1,3}){3}", "ip"),
    ("[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}", "card"),
    ("[0-9]{3}-[0-9]{2}-[0-9]{4}", "id"),
    ("[+]?[(]?[0-9]{1,4}[)]?([ ./-]?[0-9]{2,5}){2,6}", "phone"),
];

/// A text made of a value's keyed hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// Keeps the hashes of different masks apart.
    pub domain: &'static str,
    /// What the text is made of, in order.
    pub pieces: Vec<Piece>,
}

/// A part of a formula's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// Hex digits of the hash.
    Hex {
        /// The first one, counted from 0.
        from: u8,
        /// How many.
        length: u8,
    },
    /// A number of the hash, modulo `modulo`, plus `least`.
    Number {
        /// Which number, 0 to 4.
        number: u8,
        /// At most 10^12.
        modulo: u64,
        /// What is added.
        least: u64,
        /// Filled up to that many digits by zeros on the left.
        width: u8,
    },
    /// The word of a list whose index is a number of the hash, modulo the list's length.
    Word {
        /// Which number, 0 to 4.
        number: u8,
        /// The list.
        list: &'static [&'static str],
        /// In lower case.
        lower: bool,
    },
    /// A card number: `400000`, nine digits that are number 0, and Luhn's check digit.
    Card,
    /// A German IBAN: check digits, the bank `00000000`, ten digits that are number 0.
    Iban,
}

impl Formula {
    /// The formula of a mask that is made of the value's hash alone.
    #[must_use]
    pub fn of(mask: &Mask) -> Option<Self> {
        match mask {
            Mask::Hash { digits } => Some(Self {
                domain: "hash",
                pieces: vec![hex(0, *digits)],
            }),
            Mask::Fake(kind) => Some(Self {
                domain: kind.word(),
                pieces: fake(*kind),
            }),
            Mask::Template(parts) => Some(Self {
                domain: "template",
                pieces: parts.iter().map(of_part).collect(),
            }),
            Mask::Keep(_)
            | Mask::Null
            | Mask::Constant(_)
            | Mask::Redact
            | Mask::DateShift { .. }
            | Mask::NumberNoise { .. }
            | Mask::TruncateText { .. } => None,
        }
    }

    /// The most characters that the text can have.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.pieces.iter().map(Piece::longest).sum()
    }

    /// Whether two values have two texts, but for a chance that never comes true: 64 bits of the hash are in it.
    #[must_use]
    pub fn keeps_apart(&self) -> bool {
        let digits = |piece: &Piece| match *piece {
            Piece::Hex { from, length } => (from..from + length).fold(0_u64, |set, digit| set | 1 << digit),
            _ => 0,
        };
        self.pieces
            .iter()
            .fold(0, |set, piece| set | digits(piece))
            .count_ones()
            >= 16
    }

    /// A regular expression, in what the dialects share, that every text of this formula matches as a whole.
    #[must_use]
    pub fn form(&self) -> String {
        let inner: String = self.pieces.iter().map(Piece::form).collect();
        format!("^{inner}$")
    }
}

impl Piece {
    fn longest(&self) -> usize {
        match self {
            Self::Text(text) => text.chars().count(),
            Self::Hex { length, .. } => usize::from(*length),
            Self::Number {
                modulo, least, width, ..
            } => (modulo - 1 + least).to_string().len().max(usize::from(*width)),
            Self::Word { list, .. } => list.iter().map(|word| word.len()).max().unwrap_or_default(),
            Self::Card => 16,
            Self::Iban => 22,
        }
    }

    fn form(&self) -> String {
        match self {
            Self::Text(text) => text.chars().map(literal).collect(),
            Self::Hex { length, .. } => format!("[0-9a-f]{{{length}}}"),
            Self::Number { .. } => "[0-9]+".into(),
            Self::Word { list, lower: true, .. } => format!("({})", list.join("|").to_lowercase()),
            Self::Word { list, .. } => format!("({})", list.join("|")),
            Self::Card => "400000[0-9]{10}".into(),
            Self::Iban => "DE[0-9]{2}00000000[0-9]{10}".into(),
        }
    }
}

/// A character of a regular expression that stands for itself.
fn literal(c: char) -> String {
    if c.is_alphanumeric() || c.is_whitespace() {
        c.to_string()
    } else {
        format!(
            "[{}]",
            if matches!(c, '^' | '\\' | '[' | ']') {
                format!("\\{c}")
            } else {
                c.to_string()
            }
        )
    }
}

fn text(text: &str) -> Piece {
    Piece::Text(text.into())
}

fn hex(from: u8, length: u8) -> Piece {
    Piece::Hex { from, length }
}

fn number(number: u8, modulo: u64, least: u64, width: u8) -> Piece {
    Piece::Number {
        number,
        modulo,
        least,
        width,
    }
}

fn word(number: u8, list: &'static [&'static str]) -> Piece {
    Piece::Word {
        number,
        list,
        lower: false,
    }
}

fn lower_word(number: u8, list: &'static [&'static str]) -> Piece {
    Piece::Word {
        number,
        list,
        lower: true,
    }
}

fn fake(kind: Fake) -> Vec<Piece> {
    match kind {
        Fake::First => vec![word(0, &words::FIRST)],
        Fake::Last => vec![word(0, &words::LAST)],
        Fake::Name => vec![word(0, &words::FIRST), text(" "), word(1, &words::LAST)],
        Fake::Email => vec![
            lower_word(0, &words::FIRST),
            text("."),
            hex(12, 16),
            text("@example.com"),
        ],
        Fake::Username => vec![lower_word(0, &words::FIRST), hex(12, 16)],
        // Numbers 555-0100 to 555-0199 of every area are set aside for fiction: https://nationalnanpa.com/number_resource_info/555_numbers.html
        Fake::Phone => vec![text("+1"), number(0, 800, 200, 3), text("55501"), number(1, 100, 0, 2)],
        Fake::Address => vec![number(0, 999, 1, 1), text(" "), word(1, &words::PLACE), text(" Street")],
        Fake::City => vec![word(0, &words::PLACE), word(1, &words::TOWN)],
        Fake::Company => vec![word(0, &words::PLACE), text(" "), word(1, &words::TRADE), text(" Ltd")],
        Fake::Iban => vec![Piece::Iban],
        Fake::Card => vec![Piece::Card],
        // Set aside for benchmarks: https://www.rfc-editor.org/rfc/rfc2544#appendix-C
        Fake::Ipv4 => vec![
            text("198."),
            number(0, 2, 18, 1),
            text("."),
            number(1, 256, 0, 1),
            text("."),
            number(2, 254, 1, 1),
        ],
        // Version 8, whose bits are the maker's own: https://www.rfc-editor.org/rfc/rfc9562#section-5.8
        Fake::Uuid => vec![
            hex(0, 8),
            text("-"),
            hex(8, 4),
            text("-8"),
            hex(12, 3),
            text("-8"),
            hex(15, 3),
            text("-"),
            hex(18, 12),
        ],
        Fake::Url => vec![text("https://example.com/"), hex(0, 16)],
        Fake::Text => {
            let spaced = (0..5).flat_map(|number| [text(" "), word(number, &words::TEXT)]);
            spaced.skip(1).collect()
        }
    }
}

/// Digits and hex digits of a template come from different parts of the hash.
fn of_part(part: &Part) -> Piece {
    match part {
        Part::Text(text) => Piece::Text(text.clone()),
        Part::Hash(digits) => hex(12, *digits),
        Part::Digits(digits) => number(0, 10_u64.pow(u32::from(*digits)), 0, *digits),
    }
}
