//! Gzip ([RFC 1952](https://www.rfc-editor.org/rfc/rfc1952)): inflating within a bound, and writing.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use libdeflater::Decompressor;

/// A record inflates to at most this, else it is taken for a bomb. CloudWatch Logs sends a megabyte or so of JSON in one.
pub(crate) const INFLATED_BYTES: usize = 32 * 1024 * 1024;

/// The header of a member without optional fields: magic, method deflate, no flags; then time, level and system.
const PLAIN_MEMBER: [u8; 4] = [0x1f, 0x8b, 8, 0];
const HEADER_BYTES: usize = 10;
/// CRC-32 and size of the content, little endian.
const TRAILER_BYTES: usize = 8;
/// The most that deflate shrinks anything, 258 bytes to 2 bits: a trailer that says more lies.
const LARGEST_RATIO: usize = 1032;
/// Libdeflate writes ahead, and slows down where it must not.
const SLACK_BYTES: usize = 512;
/// Kept for the next record. What a huge one needed is given back.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// Why there is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotInflated {
    /// It is not gzip, it is cut off, its check sum is wrong, or something follows it that is not gzip.
    Broken,
    /// More than [`INFLATED_BYTES`].
    TooLarge,
}

/// Inflates one record after another into the same memory.
pub(crate) struct Inflater {
    decompressor: Decompressor,
    /// What lies behind the content is left from others.
    output: Vec<u8>,
}

impl Inflater {
    pub(crate) fn new() -> Self {
        Self {
            decompressor: Decompressor::new(),
            output: Vec::new(),
        }
    }

    /// The content of all members of `gzip`.
    pub(crate) fn inflate(&mut self, gzip: &[u8]) -> Result<&[u8], NotInflated> {
        if self.output.len() > KEPT_BYTES {
            self.output.truncate(KEPT_BYTES);
            self.output.shrink_to_fit();
        }
        let size = match self.inflate_plain(gzip) {
            Some(size) => size,
            None => self.inflate_any(gzip)?,
        };
        Ok(&self.output[..size])
    }

    /// The usual: one member with a plain header, and with the size that its last four bytes say. None for anything else, be it
    /// right or wrong.
    fn inflate_plain(&mut self, gzip: &[u8]) -> Option<usize> {
        let (content, trailer) = gzip.split_last_chunk::<TRAILER_BYTES>()?;
        let deflated = content
            .get(HEADER_BYTES..)
            .filter(|_| gzip.starts_with(&PLAIN_MEMBER))?;
        let [c0, c1, c2, c3, s0, s1, s2, s3] = *trailer;
        let size = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3])).ok()?;
        if size > INFLATED_BYTES || size / LARGEST_RATIO > deflated.len() {
            return None;
        }
        if self.output.len() < size + SLACK_BYTES {
            self.output.resize(size + SLACK_BYTES, 0);
        }
        let inflated = self.decompressor.deflate_decompress(deflated, &mut self.output).ok()?;
        let right = inflated == size
            && libdeflater::crc32(&self.output[..size]) == u32::from_le_bytes([c0, c1, c2, c3])
            // Libdeflate does not say where it stopped. Had the member ended before the end, its own trailer would be there too.
            && memchr::memmem::find(deflated, trailer).is_none();
        right.then_some(size)
    }

    fn inflate_any(&mut self, gzip: &[u8]) -> Result<usize, NotInflated> {
        self.output.clear();
        let mut content = MultiGzDecoder::new(gzip).take(INFLATED_BYTES as u64 + 1);
        content.read_to_end(&mut self.output).map_err(|_| NotInflated::Broken)?;
        match self.output.len() {
            size if size > INFLATED_BYTES => Err(NotInflated::TooLarge),
            size => Ok(size),
        }
    }
}

/// One member with `content`.
pub(crate) fn deflate(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use flate2::{Compress, FlushCompress, GzBuilder};
    use proptest::prelude::*;

    use super::*;

    const MIB: usize = 1024 * 1024;

    fn inflate(gzip: &[u8]) -> Result<Vec<u8>, NotInflated> {
        let mut inflater = Inflater::new();
        // Whatever was there before.
        inflater.output = vec![0xaa; 1000];
        inflater.inflate(gzip).map(ToOwned::to_owned)
    }

    /// One member, made of the same deflated megabyte again and again. Its check sum is wrong.
    fn zeros(mebibytes: usize) -> Vec<u8> {
        let mut block = Vec::with_capacity(10_000);
        let mut compress = Compress::new(Compression::default(), false);
        compress
            .compress_vec(&vec![0; MIB], &mut block, FlushCompress::Full)
            .unwrap();
        let mut gzip = [PLAIN_MEMBER.to_vec(), vec![0; 6]].concat();
        gzip.extend(block.repeat(mebibytes));
        // The empty last block.
        gzip.extend([3, 0]);
        gzip.extend([0; 4]);
        gzip.extend(u32::try_from(mebibytes * MIB).unwrap().to_le_bytes());
        gzip
    }

    #[test]
    fn several_members_are_one_content() {
        let (foo, bar) = (deflate(b"foo").unwrap(), deflate(b"bar").unwrap());
        let named = |name: &str| {
            let mut encoder = GzBuilder::new().filename(name).write(Vec::new(), Compression::best());
            encoder.write_all(b"named").unwrap();
            encoder.finish().unwrap()
        };
        let cases = [
            (foo.clone(), "foo"),
            ([foo.clone(), bar.clone()].concat(), "foobar"),
            // Same size and check sum at the end as after the first.
            ([foo.clone(), foo.clone()].concat(), "foofoo"),
            ([foo.clone(), deflate(b"").unwrap()].concat(), "foo"),
            ([foo, named("a file"), bar].concat(), "foonamedbar"),
            (deflate(b"").unwrap(), ""),
            (named(""), "named"),
        ];
        for (gzip, content) in cases {
            assert_eq!(inflate(&gzip), Ok(content.as_bytes().to_vec()), "{content}");
        }
    }

    #[test]
    fn what_is_cut_off_changed_or_followed_by_something_else_is_broken() {
        let whole = deflate(&b"The quick brown fox. ".repeat(50)).unwrap();
        for end in 0..whole.len() {
            assert_eq!(inflate(&whole[..end]), Err(NotInflated::Broken), "cut off at {end}");
        }
        for offset in 1..=TRAILER_BYTES {
            let mut changed = whole.clone();
            let index = changed.len() - offset;
            changed[index] ^= 1;
            assert_eq!(inflate(&changed), Err(NotInflated::Broken), "changed at -{offset}");
        }
        for tail in [
            &b"x"[..],
            b"\0\0\0\0",
            b"\x1f\x8b\x08\0",
            &whole[whole.len() - TRAILER_BYTES..],
        ] {
            assert_eq!(inflate(&[&whole, tail].concat()), Err(NotInflated::Broken), "{tail:?}");
        }
    }

    #[test]
    fn a_bomb_is_too_large_also_if_it_hides_its_size() {
        let cap = deflate(&vec![0; INFLATED_BYTES]).unwrap();
        assert_eq!(inflate(&cap).map(|content| content.len()), Ok(INFLATED_BYTES));
        let mut bomb = zeros(1024);
        assert!(bomb.len() < 2 * MIB);
        assert_eq!(inflate(&bomb), Err(NotInflated::TooLarge));
        let size = bomb.len() - 4;
        bomb[size..].copy_from_slice(&100_u32.to_le_bytes());
        assert_eq!(inflate(&bomb), Err(NotInflated::TooLarge));
        assert_eq!(
            inflate(&[cap, deflate(b"x").unwrap()].concat()),
            Err(NotInflated::TooLarge)
        );
    }

    #[test]
    fn a_huge_one_gives_its_memory_back() {
        let mut inflater = Inflater::new();
        inflater.inflate(&deflate(&vec![0; 20 * MIB]).unwrap()).unwrap();
        inflater.inflate(&deflate(b"foo").unwrap()).unwrap();
        assert!(inflater.output.capacity() <= KEPT_BYTES + SLACK_BYTES);
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_it_is_what_flate2_reads(
            contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..4),
            noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        ) {
            let mut gzip: Vec<u8> = contents.iter().flat_map(|content| deflate(content).unwrap()).collect();
            for (index, byte) in noise {
                if !gzip.is_empty() {
                    let at = index.index(gzip.len());
                    gzip[at] = byte;
                }
            }
            let mut expected = Vec::new();
            let read = MultiGzDecoder::new(gzip.as_slice()).read_to_end(&mut expected);
            prop_assert_eq!(inflate(&gzip).ok(), read.is_ok().then_some(expected));
        }
    }
}
