//! Strings with escapes: from JSON to what a line has, block by block.
//!
//! Most log messages are long stretches without escapes, and some (JSON in JSON, Windows paths) have one every few bytes. A block of 64
//! bytes is looked through at once, for which the compiler uses vector instructions; then its escapes are visited bit by bit. Copying a
//! whole block where less would do saves the branches on lengths, which no processor can predict.

use super::buffer::Buffer;

pub(super) const BLOCK: usize = 64;

/// The block at `at`. What is missing at the end of the text is filled up with quotes: they end any string, and behind the text.
#[inline]
pub(super) fn block(text: &[u8], at: usize) -> [u8; BLOCK] {
    match text.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(block) => *block,
        None => last_block(text, at),
    }
}

#[cold]
fn last_block(text: &[u8], at: usize) -> [u8; BLOCK] {
    let mut block = [b'"'; BLOCK];
    if let Some(rest) = text.get(at..) {
        block[..rest.len()].copy_from_slice(rest);
    }
    block
}

/// The quotes, backslashes and control characters of a block, the lowest bit for the first byte.
#[inline]
pub(super) fn specials(block: &[u8; BLOCK]) -> u64 {
    // A loop over an array of fixed size is what the compiler makes vector instructions of.
    let mut flags = [0; BLOCK];
    let mut any = 0;
    for (flag, byte) in flags.iter_mut().zip(block) {
        *flag = u8::from(*byte == b'"') | u8::from(*byte == b'\\') | u8::from(*byte < b' ');
        any |= *flag;
    }
    if any == 0 {
        return 0;
    }
    let mut bits = 0;
    for (index, word) in flags.as_chunks::<8>().0.iter().enumerate() {
        // Multiplication brings the flag of byte n, 0 or 1, to bit n of the highest byte, without a carry between them.
        let byte = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= byte << (8 * index);
    }
    bits
}

/// Of an escape of two characters: the first byte of what it becomes, and how many bytes fewer that are. 0 where there is no such escape, or a
/// longer one.
pub(super) type Escape = [u8; 2];

/// What strings become.
pub(super) trait Target {
    /// By the character after the backslash.
    const ESCAPES: [Escape; 256];

    /// How many bytes a newline becomes.
    const NEWLINE: usize;

    /// What a control character, quote or backslash becomes that was written as `\u00XX`.
    fn special(byte: u8) -> ([u8; 6], usize);
}

/// Text as it is.
pub(super) struct Plain;

/// Text, with `\n` and `\r` for newlines and carriage returns.
pub(super) struct Escaped;

/// A JSON string as `serde_json` writes it: the shortest escapes, and none that is not needed.
pub(super) struct Json;

/// The escapes of two characters and what they stand for.
const SHORT: [(u8, u8); 8] =
    [(b'"', b'"'), (b'\\', b'\\'), (b'/', b'/'), (b'b', 8), (b'f', 12), (b'n', b'\n'), (b'r', b'\r'), (b't', b'\t')];

/// All short escapes stand for themselves, save those in `kept`, which stay as they are.
const fn table(kept: &[u8]) -> [Escape; 256] {
    let mut table = [[0; 2]; 256];
    let mut index = 0;
    while index < SHORT.len() {
        let (letter, byte) = SHORT[index];
        table[letter as usize] = [byte, 1];
        index += 1;
    }
    index = 0;
    while index < kept.len() {
        table[kept[index] as usize] = [b'\\', 0];
        index += 1;
    }
    table
}

impl Target for Plain {
    const ESCAPES: [Escape; 256] = table(b"");
    const NEWLINE: usize = 1;

    fn special(byte: u8) -> ([u8; 6], usize) {
        ([byte, 0, 0, 0, 0, 0], 1)
    }
}

impl Target for Escaped {
    const ESCAPES: [Escape; 256] = table(b"nr");
    const NEWLINE: usize = 2;

    fn special(byte: u8) -> ([u8; 6], usize) {
        match byte {
            b'\n' => (*b"\\n    ", 2),
            b'\r' => (*b"\\r    ", 2),
            _ => Plain::special(byte),
        }
    }
}

impl Target for Json {
    const ESCAPES: [Escape; 256] = table(b"\"\\bfnrt");
    const NEWLINE: usize = 2;

    fn special(byte: u8) -> ([u8; 6], usize) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        match SHORT.iter().find(|(letter, short)| *short == byte && *letter != b'/') {
            Some((letter, _)) => ([b'\\', *letter, 0, 0, 0, 0], 2),
            None => ([b'\\', b'u', b'0', b'0', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]], 6),
        }
    }
}

/// How far an escape that begins in a block, and the block behind it, may go.
const WINDOW: usize = BLOCK + 12 + BLOCK;

/// What a block becomes is no longer than it is, with the escape at its end, and is written as blocks.
const ROOM: usize = WINDOW;

/// Writes the string whose first character is at `at`, and says where its closing quote is. None at the end of the text, at a control
/// character, and at an escape that is not one or makes no character.
pub(super) fn write<T: Target>(text: &[u8], at: usize, buffer: &mut Buffer<'_>) -> Option<usize> {
    let mut start = at;
    let mut last = [b'"'; WINDOW];
    loop {
        let window = window(text, start, &mut last);
        let block = window.first_chunk::<BLOCK>()?;
        let mut bits = specials(block);
        let room: &mut [u8; ROOM] = buffer.room();
        room[..BLOCK].copy_from_slice(block);
        let mut deleted = 0;
        let mut read = BLOCK;
        while bits != 0 {
            let next = bits.trailing_zeros() as usize;
            let lowest = bits & bits.wrapping_neg();
            bits &= !lowest.wrapping_mul(3);
            let to = next - deleted;
            let [special, letter] = [window[next], window[next + 1]];
            if special != b'\\' {
                let at = start + next;
                buffer.advance(to);
                return (special == b'"' && at < text.len()).then_some(at);
            }
            let [byte, delete] = T::ESCAPES[usize::from(letter)];
            if byte == 0 {
                let unicode = unicode(window, next)?;
                let (bytes, length) = unicode.bytes::<T>();
                room[to..to + 6].copy_from_slice(&bytes);
                read = next + unicode.length;
                deleted = read - to - length;
                if read >= BLOCK {
                    break;
                }
                bits &= u64::MAX << read;
                room[to + length..to + length + BLOCK].copy_from_slice(&window[read..read + BLOCK]);
                read = BLOCK;
                continue;
            }
            let delete = usize::from(delete);
            room[to..to + BLOCK].copy_from_slice(&window[next + delete..next + delete + BLOCK]);
            room[to] = byte;
            deleted += delete;
            // An escape that begins with the block's last byte.
            read = read.max(next + 2);
        }
        buffer.advance(read - deleted);
        start += read;
    }
}

/// The text from `at` on. What is missing at its end is filled up with quotes, in `last`.
#[inline]
fn window<'t>(text: &'t [u8], at: usize, last: &'t mut [u8; WINDOW]) -> &'t [u8; WINDOW] {
    match text.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(window) => window,
        None => last_window(text, at, last),
    }
}

#[cold]
fn last_window<'t>(text: &[u8], at: usize, last: &'t mut [u8; WINDOW]) -> &'t [u8; WINDOW] {
    let rest = text.get(at..).unwrap_or_default();
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()..].fill(b'"');
    last
}

/// An escape `\uXXXX`, or two of them that are a surrogate pair.
struct Unicode {
    character: char,
    /// In the text.
    length: usize,
}

impl Unicode {
    /// What it becomes.
    #[inline]
    fn bytes<T: Target>(&self) -> ([u8; 6], usize) {
        if matches!(self.character, '\0'..='\x1f' | '"' | '\\') {
            return T::special(self.character as u8);
        }
        let mut bytes = [0; 6];
        let length = self.character.encode_utf8(&mut bytes).len();
        (bytes, length)
    }
}

#[inline]
fn unicode(window: &[u8; WINDOW], at: usize) -> Option<Unicode> {
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

/// Whether a string of JSON ends with a newline.
#[inline]
pub(super) fn ends_with_newline(string: &[u8]) -> bool {
    match string {
        [before @ .., b'n'] => ends_with_odd_backslashes(before),
        [before @ .., b'u', b'0', b'0', b'0', b'a' | b'A'] => ends_with_odd_backslashes(before),
        _ => false,
    }
}

fn ends_with_odd_backslashes(string: &[u8]) -> bool {
    string.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}
