//! Strings with escapes: from JSON to what a line has, block by block.
//!
//! Most log messages are long stretches without escapes, and some (JSON in JSON, Windows paths) have one every few
//! bytes. A block of 64 bytes is looked through at once; then its escapes are visited bit by bit, or, where there are
//! many, left out of it all together. Copying a whole block where less would do saves the branches on lengths, which no
//! processor can predict.

use super::blocks::{BLOCK, ROOM, WINDOW, starts, window};
use super::buffer::Buffer;
use super::machine::Machine;
use super::target::Target;
use super::unicode::unicode;

/// From so many on it is faster to look at all escapes of a block at once.
const MANY: u32 = 12;

/// Writes the string whose first character is at `at`, and says where its closing quote is. None at the end of the
/// text, at a control character, and at an escape that is not one or makes no character.
#[expect(
    clippy::inline_always,
    reason = "so that it is compiled for the machine that calls it"
)]
#[inline(always)]
pub(super) fn write<T: Target, M: Machine>(
    machine: M,
    text: &[u8],
    at: usize,
    buffer: &mut Buffer<'_>,
) -> Option<usize> {
    let mut start = at;
    let mut last = [b'"'; WINDOW];
    loop {
        let window = window(text, start, &mut last);
        let block = window.first_chunk::<BLOCK>()?;
        let mut bits = machine.specials(block);
        let room: &mut [u8; ROOM] = buffer.room();
        if bits.count_ones() >= MANY {
            let (read, written) = write_many::<T, M>(machine, block, bits, room)?;
            if read > 0 {
                buffer.advance(written);
                start += read;
                continue;
            }
        }
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

/// Writes what comes before the first quote that ends the string, and before the first escape that is neither of a
/// quote nor of a backslash, if that is at least half the block. Answers how much that is, and what it became. None
/// where there is a control character.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn write_many<T: Target, M: Machine>(
    machine: M,
    block: &[u8; BLOCK],
    specials: u64,
    room: &mut [u8; ROOM],
) -> Option<(usize, usize)> {
    let mut control = false;
    for byte in block {
        control |= *byte < b' ';
    }
    if control {
        return None;
    }
    let backslashes = machine.backslashes(block);
    let starts = starts(backslashes);
    // The last byte's escape is of what is not in the block.
    let other_escapes = starts & !(specials >> 1);
    let quotes = specials & !backslashes & !(starts << 1);
    let stop = (other_escapes | quotes).trailing_zeros();
    let read = stop as usize;
    if read < BLOCK / 2 {
        return Some((0, 0));
    }
    let gone = if T::KEEPS_QUOTES {
        0
    } else {
        starts & !u64::MAX.checked_shl(stop).unwrap_or(0)
    };
    let length = machine.compact(block, gone, room);
    Some((read, length - (BLOCK - read)))
}

/// Whether a string of JSON ends with a newline.
#[inline]
pub(super) fn ends_with_newline(string: &[u8]) -> bool {
    match string {
        [before @ .., b'n'] | [before @ .., b'u', b'0', b'0', b'0', b'a' | b'A'] => ends_with_odd_backslashes(before),
        _ => false,
    }
}

fn ends_with_odd_backslashes(string: &[u8]) -> bool {
    string.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}
