//! What a mask gives, computed here and not in a database: what every engine's SQL is held against.

use rds_sanitizer::key::Key;
use rds_sanitizer::masks::{Formula, Piece};
use sanitizer_contract::Mask;
use sha2::{Digest as _, Sha256};

/// The replacement of a text in its canonical form.
pub(crate) fn replacement(key: &Key, mask: &Mask, text: &str) -> String {
    let formula = Formula::of(mask).expect("a mask that is made of the hash");
    let hash = hash(key, formula.domain, text);
    formula.pieces.iter().map(|piece| of_piece(piece, &hash)).collect()
}

/// The keyed hash of a text.
pub(crate) fn hash(key: &Key, domain: &str, text: &str) -> String {
    let message = format!("{domain}:{text}");
    let inner = Sha256::digest([key.inner(), message.as_bytes()].concat());
    sanitizer_contract::sha256_hex(&[key.outer(), &inner].concat())
}

/// Days that a date moves by.
pub(crate) fn days(key: &Key, days: i64, text: &str) -> i64 {
    let number = i64::try_from(number(&hash(key, "date.shift", text), 0)).unwrap() % (2 * days);
    if number < days {
        number - days
    } else {
        number - days + 1
    }
}

fn number(hash: &str, which: u8) -> u64 {
    let from = 12 * usize::from(which);
    u64::from_str_radix(&hash[from..from + 12], 16).unwrap()
}

fn of_piece(piece: &Piece, hash: &str) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Hex { from, length } => hash[usize::from(*from)..usize::from(from + length)].to_owned(),
        Piece::Number {
            number: which,
            modulo,
            least,
            width,
        } => format!(
            "{:0width$}",
            number(hash, *which) % modulo + least,
            width = usize::from(*width)
        ),
        Piece::Word {
            number: which,
            list,
            lower,
        } => {
            let word = list[usize::try_from(number(hash, *which)).unwrap() % list.len()];
            if *lower { word.to_lowercase() } else { word.to_owned() }
        }
        Piece::Card => {
            let digits = format!("400000{:09}", number(hash, 0) % 1_000_000_000);
            format!("{digits}{}", (10 - luhn(&format!("{digits}0")) % 10) % 10)
        }
        Piece::Iban => {
            let account = format!("{:010}", number(hash, 0) % 10_000_000_000);
            let bank = "00000000";
            format!("DE{:02}{bank}{account}", 98 - mod_97(&format!("{bank}{account}131400")))
        }
    }
}

/// Luhn's sum of a whole card number; a right one ends with 0.
pub(crate) fn luhn(digits: &str) -> u32 {
    let digits = digits.chars().rev().map(|c| c.to_digit(10).unwrap());
    digits
        .enumerate()
        .map(|(index, digit)| {
            if index % 2 == 1 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                digit
            }
        })
        .sum()
}

pub(crate) fn mod_97(digits: &str) -> u32 {
    digits
        .chars()
        .fold(0, |rest, c| (rest * 10 + c.to_digit(10).unwrap()) % 97)
}
