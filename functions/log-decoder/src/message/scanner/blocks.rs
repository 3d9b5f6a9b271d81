//! Blocks of text, looked through at once.

pub(super) const BLOCK: usize = 64;

/// The block at `at`. What is missing at the end of the text is filled up with quotes: they end any string, and behind
/// the text.
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

/// How far an escape that begins in a block, and the block behind it, may go.
pub(super) const WINDOW: usize = BLOCK + 12 + BLOCK;

/// What a block becomes is no longer than it is, with the escape at its end, and is written as blocks.
pub(super) const ROOM: usize = WINDOW;

/// The text from `at` on. What is missing at its end is filled up with quotes, in `last`.
#[inline]
pub(super) fn window<'t>(text: &'t [u8], at: usize, last: &'t mut [u8; WINDOW]) -> &'t [u8; WINDOW] {
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

/// Where the block has bytes of a kind, the lowest bit for the first byte.
#[inline]
pub(super) fn bits(block: &[u8; BLOCK], kind: impl Fn(u8) -> bool) -> u64 {
    const WEIGHTS: [u8; BLOCK] = {
        let mut weights = [0; BLOCK];
        let mut index = 0;
        while index < BLOCK {
            weights[index] = 1 << (index % 8);
            index += 1;
        }
        weights
    };
    // Loops over arrays of fixed size are what the compiler makes vector instructions of; and sums of bytes are one.
    let mut weighted = [0; BLOCK];
    let mut any = 0;
    for ((weighted, byte), weight) in weighted.iter_mut().zip(block).zip(WEIGHTS) {
        *weighted = if kind(*byte) { weight } else { 0 };
        any |= *weighted;
    }
    if any == 0 {
        return 0;
    }
    let mut sums = [0; 8];
    for (sum, weighted) in sums.iter_mut().zip(weighted.as_chunks::<8>().0) {
        *sum = weighted.iter().fold(0, |sum: u8, weighted| sum.wrapping_add(*weighted));
    }
    u64::from_le_bytes(sums)
}

/// The quotes, backslashes and control characters of a block.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "a branch would keep the compiler from vector instructions"
)]
#[inline]
pub(super) fn specials(block: &[u8; BLOCK]) -> u64 {
    bits(block, |byte| (byte == b'"') | (byte == b'\\') | (byte < b' '))
}

/// The backslashes that begin an escape, where the first byte is none's second: every other one of those next to one
/// another.
#[inline]
pub(super) fn starts(backslashes: u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let first = backslashes & !(backslashes << 1);
    // Adding the first of a row clears the row, and sets the bit behind it.
    let from_even = backslashes & !backslashes.wrapping_add(first & EVEN);
    (from_even & EVEN) | (backslashes & !from_even & !EVEN)
}

/// How to leave bytes out of a word of 8, no two of them next to one another: what stays of the word as it is, and of
/// the word moved by 1 to 4 bytes; and how many bytes that is.
#[derive(Clone, Copy)]
struct Compaction {
    moved: [u64; 5],
    length: usize,
}

/// By the bits of the bytes that go.
static COMPACTIONS: [Compaction; 256] = {
    let mut table = [Compaction {
        moved: [0; 5],
        length: 8,
    }; 256];
    let mut gone = 0;
    while gone < 256 {
        let mut byte = 0;
        let mut to = 0;
        while byte < 8 {
            if gone >> byte & 1 == 0 {
                if byte - to < 5 {
                    table[gone].moved[byte - to] |= 0xff << (8 * to);
                }
                to += 1;
            }
            byte += 1;
        }
        table[gone].length = to;
        gone += 1;
    }
    table
};

/// Leaves out bytes, no two next to one another, and answers how many are left.
#[inline]
pub(super) fn compact(block: &[u8; BLOCK], gone: u64, room: &mut [u8; ROOM]) -> usize {
    let mut length = 0;
    for (word, gone) in block.as_chunks::<8>().0.iter().zip(gone.to_le_bytes()) {
        let word = u64::from_le_bytes(*word);
        let Compaction { moved, length: left } = &COMPACTIONS[usize::from(gone)];
        let word = (word & moved[0])
            | (word >> 8 & moved[1])
            | (word >> 16 & moved[2])
            | (word >> 24 & moved[3])
            | (word >> 32 & moved[4]);
        room[length..length + 8].copy_from_slice(&word.to_le_bytes());
        length += left;
    }
    length
}
