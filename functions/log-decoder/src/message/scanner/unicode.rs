//! Escapes of four hexadecimal digits.

use super::blocks::WINDOW;
use super::target::Target;

/// An escape `\uXXXX`, or two of them that are a surrogate pair.
pub(super) struct Unicode {
    pub(super) character: char,
    /// In the text.
    pub(super) length: usize,
}

impl Unicode {
    /// What it becomes.
    #[inline]
    pub(super) fn bytes<T: Target>(&self) -> ([u8; 6], usize) {
        if matches!(self.character, '\0'..='\x1f' | '"' | '\\') {
            return T::special(self.character as u8);
        }
        let mut bytes = [0; 6];
        let length = self.character.encode_utf8(&mut bytes).len();
        (bytes, length)
    }
}

#[inline]
pub(super) fn unicode(window: &[u8; WINDOW], at: usize) -> Option<Unicode> {
    let first = code_unit(window, at)?;
    if let Some(character) = char::from_u32(first) {
        return Some(Unicode { character, length: 6 });
    }
    let second = code_unit(window, at + 6)?;
    let mut pair = char::decode_utf16([u16::try_from(first).ok()?, u16::try_from(second).ok()?]);
    let character = pair.next()?.ok()?;
    Some(Unicode { character, length: 12 })
}

/// `\uXXXX` at `at`.
#[inline]
fn code_unit(window: &[u8; WINDOW], at: usize) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = window[at..].first_chunk::<6>()? else {
        return None;
    };
    let [a, b, c, d] = digits.map(|digit| HEX[usize::from(digit)]);
    if (a | b | c | d) == NO_DIGIT {
        return None;
    }
    Some(u32::from(a) << 12 | u32::from(b) << 8 | u32::from(c) << 4 | u32::from(d))
}

/// What `|` of it and any digit is still.
const NO_DIGIT: u8 = 0xff;

const HEX: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < 10 {
        table[(b'0' + digit) as usize] = digit;
        digit += 1;
    }
    while digit < 16 {
        table[(b'a' + digit - 10) as usize] = digit;
        table[(b'A' + digit - 10) as usize] = digit;
        digit += 1;
    }
    table
};
