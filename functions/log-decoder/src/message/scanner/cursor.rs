//! Reads a message piece by piece, and declines (none) where the next piece is something else.

use super::super::time::TIMESTAMPS;
use super::blocks::{BLOCK, block, specials};

pub(super) struct Cursor<'m> {
    text: &'m str,
    at: usize,
}

/// A timestamp that has a date, as its digits.
#[derive(Clone, Copy)]
pub(super) struct Digits<'m>(&'m [u8]);

impl Digits<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        self.0
    }

    /// Some, for there are 15 digits at most.
    pub(super) fn value(&self) -> Option<i64> {
        self.0.iter().try_fold(0_i64, |value, digit| {
            value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
        })
    }
}

impl<'m> Cursor<'m> {
    pub(super) fn new(text: &'m str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn bytes(&self) -> &'m [u8] {
        self.text.as_bytes()
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn set(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn at_end(&self) -> bool {
        self.at == self.text.len()
    }

    #[inline]
    pub(super) fn skip<const N: usize>(&mut self, literal: &[u8; N]) -> bool {
        let found = self.bytes().get(self.at..self.at + N) == Some(literal);
        if found {
            self.at += N;
        }
        found
    }

    #[inline]
    pub(super) fn expect<const N: usize>(&mut self, literal: &[u8; N]) -> Option<()> {
        self.skip(literal).then_some(())
    }

    /// The rest of a string without escapes, after its opening quote and up to behind the closing one.
    #[inline]
    pub(super) fn plain_string(&mut self) -> Option<&'m str> {
        let start = self.at;
        let mut end = start;
        loop {
            let found = specials(&block(self.bytes(), end)).trailing_zeros() as usize;
            end += found;
            if found < BLOCK {
                break;
            }
        }
        if self.bytes().get(end) != Some(&34) {
            return None;
        }
        self.at = end + 1;
        self.text.get(start..end)
    }

    pub(super) fn array_of_plain_strings(&mut self) -> Option<&'m str> {
        let start = self.at;
        self.expect(b"[")?;
        if !self.skip(b"]") {
            loop {
                self.expect(b"\"")?;
                self.plain_string()?;
                if !self.skip(b",") {
                    break;
                }
            }
            self.expect(b"]")?;
        }
        self.text.get(start..self.at)
    }

    /// As [`Self::plain_string`], faster for what ids are: 56 digits.
    #[inline]
    pub(super) fn id(&mut self) -> Option<&'m str> {
        if let Some([digits @ .., b'"']) = self.bytes().get(self.at..)?.first_chunk::<57>()
            && all_digits(digits)
        {
            let start = self.at;
            self.at += 57;
            return self.text.get(start..start + 56);
        }
        self.plain_string()
    }

    #[inline]
    pub(super) fn timestamp(&mut self) -> Option<Digits<'m>> {
        let rest = self.bytes().get(self.at..)?;
        // Those of the years 2001 to 2286.
        if let Some([digits @ .., b',']) = rest.first_chunk::<14>()
            && all_digits(digits)
            && digits[0] != b'0'
        {
            self.at += digits.len();
            return Some(Digits(digits));
        }
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = Digits(&rest[..length]);
        self.at += length;
        match digits.0 {
            [] | [b'0', _, ..] => None,
            _ if length <= 15 => TIMESTAMPS.contains(&digits.value()?).then_some(digits),
            _ => None,
        }
    }
}

#[inline]
fn all_digits<const N: usize>(bytes: &[u8; N]) -> bool {
    let mut others = false;
    for byte in bytes {
        others |= !byte.is_ascii_digit();
    }
    !others
}
