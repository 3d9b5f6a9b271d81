//! Zips of files that are stored as they are, so that the same files are the same zip.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Permissions of a file.
pub(crate) const FILE: u32 = 0o100_644;
/// Permissions of a file that can be run.
pub(crate) const PROGRAM: u32 = 0o100_755;

/// Name, permissions and content.
pub(crate) type Entry<'e> = (&'e str, u32, &'e [u8]);

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const NEEDED: u16 = 20;
const UNIX: u16 = 3 << 8;
/// 1980-01-01, the first day that there is.
const DAY: u16 = 0x21;

/// A zip (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>) of these files, whatever they are called.
pub(crate) fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, mode, content) in entries {
        let offset = length32(zip.len());
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut header = Vec::new();
        for field in [NEEDED, 0, 0, 0, DAY] {
            header.extend(field.to_le_bytes());
        }
        for field in [crc.sum(), length32(content.len()), length32(content.len())] {
            header.extend(field.to_le_bytes());
        }
        header.extend(length16(name.len()).to_le_bytes());
        header.extend([0, 0]);

        zip.extend(LOCAL);
        zip.extend(&header);
        zip.extend(name.as_bytes());
        zip.extend(*content);

        directory.extend(CENTRAL);
        directory.extend((UNIX | NEEDED).to_le_bytes());
        directory.extend(&header);
        directory.extend([0; 6]);
        directory.extend((mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = length32(zip.len());
    zip.extend(&directory);
    zip.extend(END);
    zip.extend([0; 4]);
    zip.extend(length16(entries.len()).to_le_bytes());
    zip.extend(length16(entries.len()).to_le_bytes());
    zip.extend(length32(directory.len()).to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0; 2]);
    zip
}

/// A layer of one file.
pub(crate) fn layer(text: &str) -> Vec<u8> {
    zip(&[("share/text", FILE, text.as_bytes())])
}

/// What an action before hands over: a zip with the layer in it.
pub(crate) fn artifact(layer: &[u8]) -> Vec<u8> {
    zip(&[
        ("notes.txt", FILE, b"not for the layer"),
        ("build/layer.zip", FILE, layer),
    ])
}

/// Bytes that no compression makes less of, the same for the same seed.
pub(crate) fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next).flatten().take(bytes).collect()
}

/// The SHA-256 as AWS has it in `CodeSha256`.
pub(crate) fn base64(content: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content))
}

/// The SHA-256 as the function says it.
pub(crate) fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn length32(length: usize) -> u32 {
    length.try_into().unwrap()
}

fn length16(length: usize) -> u16 {
    length.try_into().unwrap()
}
