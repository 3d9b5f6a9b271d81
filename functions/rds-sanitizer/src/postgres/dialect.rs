//! Masks as PostgreSQL's SQL. Every expression is over a column's value and gives NULL for a NULL.

use sanitizer_contract::{Mask, TableName};

use crate::fit::Work;
use crate::masks::{Formula, Piece, REDACTIONS};
use crate::schema::{Column, Kind};

/// What SQL cannot tell from the column alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Where the two blocks of the key come from.
    pub(crate) key: KeySource,
    /// Whether texts are bytes of no known encoding (`SQL_ASCII`).
    pub(crate) raw_texts: bool,
}

/// Where the key's blocks come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// The session's temporary table.
    Session,
    /// Zeros: to try expressions on a database that nothing is changed in.
    Zeros,
}

impl KeySource {
    /// A scalar sub-select is computed once for a statement, not once for a row.
    fn block(self, name: &str) -> String {
        match self {
            Self::Session => format!("(SELECT {name} FROM pg_temp.wrasse_key)"),
            Self::Zeros => "decode(repeat('00', 64), 'hex')".into(),
        }
    }
}

/// An identifier, quoted.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table's name as SQL.
pub(crate) fn sql_name(table: &TableName) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", identifier(schema), identifier(&table.name)),
        None => identifier(&table.name),
    }
}

/// The rows of a table: a partitioned one's are its partitions', another's are its own alone.
pub(crate) fn rows_of(work: &Work) -> String {
    let only = if work.partitioned { "" } else { "ONLY " };
    format!("{only}{}", sql_name(&work.table))
}

/// A text, quoted; `E''` so that backslashes mean the same whatever `standard_conforming_strings` is.
pub(crate) fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// What becomes of a column's value; `None` where it stays.
pub(crate) fn expression(column: &Column, mask: &Mask, setting: Setting) -> Option<String> {
    let value = identifier(&column.name);
    let type_name = &column.type_name;
    let expression = match mask {
        Mask::Keep(_) => return None,
        Mask::Null => "NULL".into(),
        Mask::Constant(text) => format!(
            "CASE WHEN {value} IS NOT NULL THEN {}::{type_name} END",
            literal(text.as_str())
        ),
        Mask::Redact => redacted(&value, column),
        Mask::TruncateText { characters } => format!("left({value}::text, {characters})"),
        Mask::DateShift { days } => {
            let shift = shift(&hash(&canonical(column), "date.shift", setting), *days);
            match column.kind {
                Kind::Date => format!("{value} + {shift}"),
                _ => format!("{value} + {shift} * interval '24 hours'"),
            }
        }
        Mask::NumberNoise { percent } => noise(column, *percent, setting),
        Mask::Hash { .. } | Mask::Fake(_) | Mask::Template(_) => {
            let formula = Formula::of(mask)?;
            let hash = hash(&canonical(column), formula.domain, setting);
            let text = format!(
                "(SELECT {} FROM (SELECT {hash} AS h OFFSET 0) d)",
                concatenated(&formula.pieces)
            );
            match column.kind {
                Kind::Uuid | Kind::Address => format!("{text}::{type_name}"),
                _ => text,
            }
        }
    };
    Some(expression)
}

/// The keyed hash by which a value is known again.
pub(crate) fn fingerprint(column: &Column, setting: Setting) -> String {
    hash(&canonical(column), "proof", setting)
}

/// The value as the text that is hashed.
fn canonical(column: &Column) -> String {
    let value = identifier(&column.name);
    match &column.kind {
        Kind::Text { folds: true, .. } => format!("lower({value}::text)"),
        Kind::Date => format!("to_char({value}, 'YYYY-MM-DD')"),
        Kind::Time if column.type_name.ends_with("with time zone") => {
            format!("to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
        }
        Kind::Time => format!("to_char({value}, 'YYYY-MM-DD HH24:MI:SS.US')"),
        Kind::Address => format!("host({value})"),
        _ => format!("{value}::text"),
    }
}

/// 64 hex digits: HMAC-SHA256 (<https://www.rfc-editor.org/rfc/rfc2104>) of `domain:text`, out of SHA-256 alone, as
/// extensions are not everywhere.
fn hash(text: &str, domain: &str, setting: Setting) -> String {
    let message = format!("('{domain}:' || {text})");
    let bytes = if setting.raw_texts {
        // convert_to would have to know the encoding.
        format!("decode(replace({message}, E'\\\\', E'\\\\\\\\'), 'escape')")
    } else {
        format!("convert_to({message}, 'UTF8')")
    };
    let (inner, outer) = (setting.key.block("inner_block"), setting.key.block("outer_block"));
    format!("encode(sha256({outer} || sha256({inner} || {bytes})), 'hex')")
}

/// Number `number` of the hash in `hash`, modulo `modulo`.
fn number(hash: &str, number: u8, modulo: u64) -> String {
    format!(
        "('x' || substr({hash}, {}, 12))::bit(48)::bigint % {modulo}",
        12 * number + 1
    )
}

fn concatenated(pieces: &[Piece]) -> String {
    let pieces: Vec<_> = pieces.iter().map(piece).collect();
    pieces.join(" || ")
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => literal(text),
        Piece::Hex { from, length } => format!("substr(d.h, {}, {length})", from + 1),
        Piece::Number {
            number: which,
            modulo,
            least,
            width,
        } => {
            let number = format!("({} + {least})::text", number("d.h", *which, *modulo));
            match width {
                0 | 1 => number,
                _ => format!("lpad({number}, {width}, '0')"),
            }
        }
        Piece::Word {
            number: which,
            list,
            lower,
        } => {
            let words: Vec<_> = list
                .iter()
                .map(|word| {
                    if *lower {
                        word.to_lowercase()
                    } else {
                        (*word).to_owned()
                    }
                })
                .collect();
            format!(
                "('{{{}}}'::text[])[{} + 1]",
                words.join(","),
                number("d.h", *which, list.len() as u64)
            )
        }
        Piece::Card => {
            let account = format!("lpad(({})::text, 9, '0')", number("d.h", 0, 1_000_000_000));
            format!(
                "(SELECT '400000' || a.n || {} FROM (SELECT {account} AS n OFFSET 0) a)",
                luhn("'400000' || a.n")
            )
        }
        Piece::Iban => {
            let account = format!("lpad(({})::text, 10, '0')", number("d.h", 0, 10_000_000_000));
            // DE00 as digits: D is 13, E is 14 (https://www.iso.org/standard/81090.html).
            format!(
                "(SELECT 'DE' || lpad((98 - (a.n || '131400')::numeric % 97)::text, 2, '0') || '00000000' || a.n FROM \
                 (SELECT {account} AS n OFFSET 0) a)"
            )
        }
    }
}

/// The check digit of 15 digits: every second one from the first on is doubled (<https://www.iso.org/standard/70484.html>).
fn luhn(digits: &str) -> String {
    format!(
        "((10 - (SELECT sum(CASE WHEN i % 2 = 1 THEN c * 2 / 10 + c * 2 % 10 ELSE c END) FROM (SELECT i, substr({digits}, i, \
         1)::int AS c FROM generate_series(1, 15) i) s) % 10) % 10)::text"
    )
}

/// Days from -`days` to `days` without 0.
fn shift(hash: &str, days: u16) -> String {
    format!(
        "(SELECT (CASE WHEN n < {days} THEN n - {days} ELSE n - {days} + 1 END)::int FROM (SELECT {} AS n FROM (SELECT {hash} AS h \
         OFFSET 0) d OFFSET 0) e)",
        number("d.h", 0, 2 * u64::from(days))
    )
}

/// A number moved by up to that many percent, in steps of a thousandth of them, and by one at least. It stays within its type.
fn noise(column: &Column, percent: u8, setting: Setting) -> String {
    let value = identifier(&column.name);
    let hash = hash(&canonical(column), "number.noise", setting);
    let moved = format!(
        "{value} * (SELECT 1 + (CASE WHEN n < 1000 THEN n - 1000 ELSE n - 999 END) * {percent} / 100000.0 FROM (SELECT {} AS n \
         FROM (SELECT {hash} AS h OFFSET 0) d OFFSET 0) e)",
        number("d.h", 0, 2_000)
    );
    match limits(&column.type_name) {
        Some((least, most, scale)) => format!("LEAST(GREATEST(round({moved}, {scale}), {least}), {most})"),
        None => moved,
    }
}

/// Counts the rows of which `same` holds though noise must have moved them. Noise of a number that is small beside its
/// type's last place is rounded away, now and then or always; that of many such numbers is not.
pub(crate) fn unmoved(column: &Column, percent: u8, same: &str) -> String {
    let value = identifier(&column.name);
    let limits = limits(&column.type_name);
    let unit = limits
        .as_ref()
        .map_or("0".to_owned(), |(_, _, scale)| format!("1e-{scale}"));
    let inside = limits.map_or("true".to_owned(), |(least, most, _)| {
        format!("{value} NOT IN ({least}, {most})")
    });
    let size = format!("abs({value}::float8)");
    let must = format!("{value} <> 0 AND {size} * {percent} >= 100000 * {unit} AND {inside}");
    let may = format!("{value} <> 0 AND {size} * {percent} >= 200 * {unit}");
    let count = |condition: &str| format!("count(*) FILTER (WHERE {condition})");
    let (all, still) = (count(&may), count(&format!("{may} AND {same}")));
    format!(
        "{} + CASE WHEN {all} >= 64 AND {still} = {all} THEN {all} ELSE 0 END",
        count(&format!("{must} AND {same}"))
    )
}

/// The least and the most that a type of fixed size can hold, and its decimal places.
fn limits(type_name: &str) -> Option<(String, String, u32)> {
    let integer = |most: i64| Some(((-most - 1).to_string(), most.to_string(), 0));
    match type_name {
        "smallint" => return integer(i16::MAX.into()),
        "integer" => return integer(i32::MAX.into()),
        "bigint" => return integer(i64::MAX),
        _ => {}
    }
    let (digits, scale) = type_name.strip_prefix("numeric(")?.strip_suffix(')')?.split_once(',')?;
    let (digits, scale): (usize, u32) = (digits.parse().ok()?, scale.parse().ok()?);
    let whole = digits.checked_sub(usize::try_from(scale).ok()?)?;
    let most = format!(
        "{}.{}",
        "9".repeat(whole.max(1)),
        "9".repeat(usize::try_from(scale).ok()?)
    );
    (whole > 0).then(|| (format!("-{most}"), most.clone(), scale))
}

/// The value with what looks like personal data replaced. A replacement may be longer than what it stands for.
fn redacted(value: &str, column: &Column) -> String {
    let replaced = REDACTIONS
        .iter()
        .fold(format!("{value}::text"), |text, (pattern, word)| {
            format!("regexp_replace({text}, {}, '[{word}]', 'g')", literal(pattern))
        });
    match column.kind {
        Kind::Text {
            longest: Some(longest), ..
        } => format!("left({replaced}, {longest})"),
        _ => replaced,
    }
}
