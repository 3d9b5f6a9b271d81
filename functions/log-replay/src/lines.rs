//! An object's lines, from its bytes piece by piece.

use std::io::Write as _;

use flate2::write::MultiGzDecoder;

/// Bytes of a line. The largest record that a Kinesis stream can be set to, 10 MiB, has 14 MiB in base64.
const LONGEST: usize = 16 * 1024 * 1024;
/// Bytes to push at once. Inflated they become at most a thousand times as many, about [`LONGEST`].
pub(crate) const PIECE: usize = 16 * 1024;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The object is no text of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotLines {
    #[error("its gzip is damaged")]
    DamagedGzip,
    #[error("it has a line of more than {LONGEST} bytes")]
    TooLong,
}

/// Takes an object's bytes, plain or gzip of one or several members, which is told by how they begin.
pub(crate) struct Lines {
    input: Input,
    /// Bytes of what has not become a line yet that are known to hold no newline.
    searched: usize,
}

/// Each holds what has not become a line yet.
enum Input {
    Unknown(Vec<u8>),
    Plain(Vec<u8>),
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self {
            input: Input::Unknown(Vec::new()),
            searched: 0,
        }
    }

    /// The lines that `piece` completes, without their newlines and without blank ones.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<Vec<Vec<u8>>, NotLines> {
        if let Input::Unknown(begin) = &mut self.input {
            begin.extend_from_slice(piece);
            if begin.len() < GZIP.len() {
                return Ok(Vec::new());
            }
            let begin = std::mem::take(begin);
            if begin.starts_with(&GZIP) {
                self.input = Input::Gzip(Box::new(MultiGzDecoder::new(Vec::new())));
                self.write(&begin)?;
            } else {
                self.input = Input::Plain(begin);
            }
        } else {
            self.write(piece)?;
        }
        let text = match &mut self.input {
            Input::Unknown(text) | Input::Plain(text) => text,
            Input::Gzip(decoder) => decoder.get_mut(),
        };
        let Some(newline) = memchr::memrchr(b'\n', &text[self.searched..]) else {
            self.searched = text.len();
            bounded(text)?;
            return Ok(Vec::new());
        };
        let rest = text.split_off(self.searched + newline + 1);
        let lines = std::mem::replace(text, rest);
        self.searched = text.len();
        bounded(text)?;
        Ok(not_blank(&lines))
    }

    /// The last line, where it has no newline.
    pub(crate) fn finish(self) -> Result<Vec<Vec<u8>>, NotLines> {
        let text = match self.input {
            Input::Unknown(text) | Input::Plain(text) => text,
            Input::Gzip(decoder) => decoder.finish().map_err(|_| NotLines::DamagedGzip)?,
        };
        bounded(&text)?;
        Ok(not_blank(&text))
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), NotLines> {
        match &mut self.input {
            Input::Unknown(text) | Input::Plain(text) => text.extend_from_slice(piece),
            Input::Gzip(decoder) => decoder.write_all(piece).map_err(|_| NotLines::DamagedGzip)?,
        }
        Ok(())
    }
}

fn bounded(line: &[u8]) -> Result<(), NotLines> {
    if line.len() > LONGEST {
        Err(NotLines::TooLong)
    } else {
        Ok(())
    }
}

fn not_blank(text: &[u8]) -> Vec<Vec<u8>> {
    let lines = text.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.trim_ascii().is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn lines(bytes: &[u8], piece: usize) -> Result<Vec<String>, NotLines> {
        let mut lines = Lines::new();
        let mut found = Vec::new();
        for piece in bytes.chunks(piece) {
            found.append(&mut lines.push(piece)?);
        }
        found.append(&mut lines.finish()?);
        Ok(found.into_iter().map(|line| String::from_utf8(line).unwrap()).collect())
    }

    #[test]
    fn lines_are_the_same_however_the_bytes_come() {
        let cases: [(&[u8], &[&str]); 8] = [
            (b"", &[]),
            (b"a", &["a"]),
            (b"\n", &[]),
            (b"one\ntwo\n", &["one", "two"]),
            (b"one\r\n\n  \ntwo", &["one\r", "two"]),
            (&gzip(b"one\ntwo\n"), &["one", "two"]),
            (&gzip(b""), &[]),
            (
                &[gzip(b"one\ntw"), gzip(b""), gzip(b"o\nthree")].concat(),
                &["one", "two", "three"],
            ),
        ];
        for (bytes, expected) in cases {
            for piece in [1, 2, 3, 7, PIECE] {
                assert_eq!(lines(bytes, piece).unwrap(), expected, "{bytes:?} by {piece}");
            }
        }
    }

    #[test]
    fn damaged_gzip_is_no_text_of_lines() {
        let whole = gzip(b"one\ntwo\n");
        let mut wrong = whole.clone();
        let crc = wrong.len() - 8;
        wrong[crc] ^= 1;
        let truncated = (2..whole.len()).map(|end| whole[..end].to_vec());
        let garbage = [whole.as_slice(), b"garbage"].concat();
        for bytes in truncated.chain([wrong, garbage]) {
            for piece in [1, PIECE] {
                assert_eq!(lines(&bytes, piece), Err(NotLines::DamagedGzip), "{bytes:?} by {piece}");
            }
        }
    }

    #[test]
    fn a_line_is_bounded_also_one_that_was_a_small_gzip() {
        let longest = vec![b'a'; LONGEST];
        let longer = vec![b'a'; LONGEST + 1];
        let count = |bytes: &[u8]| lines(bytes, PIECE).map(|lines| lines.len());
        assert_eq!(count(&longest), Ok(1));
        assert_eq!(count(&gzip(&longest)), Ok(1));
        assert_eq!(count(&longer), Err(NotLines::TooLong));
        assert_eq!(count(&gzip(&longer)), Err(NotLines::TooLong));
    }
}
