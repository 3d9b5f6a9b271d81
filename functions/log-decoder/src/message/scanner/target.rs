//! What the strings of messages become.

/// Of an escape of two characters: the first byte of what it becomes, and how many bytes fewer that are. 0 where there
/// is no such escape, or a longer one.
pub(super) type Escape = [u8; 2];

/// What strings become.
pub(super) trait Target {
    /// By the character after the backslash.
    const ESCAPES: [Escape; 256];

    /// How many bytes a newline becomes.
    const NEWLINE: usize;

    /// Whether escapes of quotes and backslashes stay as they are.
    const KEEPS_QUOTES: bool = false;

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
const SHORT: [(u8, u8); 8] = [
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b'/', b'/'),
    (b'b', 8),
    (b'f', 12),
    (b'n', b'\n'),
    (b'r', b'\r'),
    (b't', b'\t'),
];

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
    const KEEPS_QUOTES: bool = true;

    fn special(byte: u8) -> ([u8; 6], usize) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        match SHORT.iter().find(|(letter, short)| *short == byte && *letter != b'/') {
            Some((letter, _)) => ([b'\\', *letter, 0, 0, 0, 0], 2),
            None => (
                [
                    b'\\',
                    b'u',
                    b'0',
                    b'0',
                    HEX[usize::from(byte >> 4)],
                    HEX[usize::from(byte & 15)],
                ],
                6,
            ),
        }
    }
}
