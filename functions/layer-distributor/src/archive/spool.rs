//! The layer's bytes on their way from the artifact into a temporary file.

use std::io::{Seek as _, Write as _};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::error::ArchiveError;
use super::{LAYER_BYTES, LayerZip, Located, Method};
use crate::release::Digest;

/// What is inflated at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Takes the layer's bytes in the order in which the artifact has them.
pub(crate) struct Spool {
    inflater: Option<Inflater>,
    kept: Kept,
}

/// The file and what is known of it.
struct Kept {
    /// From the first byte on.
    file: Option<NamedTempFile>,
    hash: Sha256,
    /// Of the content, and what the artifact says that it is; the artifact itself has none.
    crc: Option<(Crc, u32)>,
    size: u64,
    declared: u64,
}

struct Inflater {
    state: Decompress,
    ended: bool,
    chunk: Vec<u8>,
}

impl Spool {
    /// For the bytes `located.data` of the artifact.
    pub(crate) fn of(located: &Located) -> Self {
        let inflater = match located.method {
            Method::Stored => None,
            Method::Deflated => Some(Inflater {
                state: Decompress::new(false),
                ended: false,
                chunk: vec![0; CHUNK_BYTES],
            }),
        };
        Self {
            inflater,
            kept: Kept::new(located.size, Some((Crc::new(), located.crc))),
        }
    }

    /// For an artifact of `size` bytes that is the layer itself.
    pub(crate) fn whole(size: u64) -> Self {
        Self {
            inflater: None,
            kept: Kept::new(size, None),
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        match &mut self.inflater {
            Some(inflater) => inflater.write(bytes, &mut self.kept),
            None => self.kept.write(bytes),
        }
    }

    /// After the last byte.
    pub(crate) fn finish(self) -> Result<LayerZip, ArchiveError> {
        if self.inflater.is_some_and(|inflater| !inflater.ended) {
            return Err(content("its compressed data is cut short"));
        }
        self.kept.finish()
    }
}

impl Inflater {
    fn write(&mut self, mut bytes: &[u8], kept: &mut Kept) -> Result<(), ArchiveError> {
        while !bytes.is_empty() || !self.ended {
            if self.ended {
                return Err(content("something follows its compressed data"));
            }
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self
                .state
                .decompress(bytes, &mut self.chunk, FlushDecompress::None)
                .map_err(|_| content("its compressed data is damaged"))?;
            let read = length(self.state.total_in() - read);
            let written = length(self.state.total_out() - written);
            kept.write(&self.chunk[..written])?;
            bytes = &bytes[read..];
            self.ended = status == Status::StreamEnd;
            // What was given is used up, and what it gave is out.
            if read == 0 && written == 0 {
                break;
            }
        }
        Ok(())
    }
}

impl Kept {
    fn new(declared: u64, crc: Option<(Crc, u32)>) -> Self {
        Self {
            file: None,
            hash: Sha256::new(),
            crc,
            size: 0,
            declared,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        if self.declared > LAYER_BYTES {
            return Err(ArchiveError::TooLarge { size: self.declared });
        }
        self.size += bytes.len() as u64;
        if self.size > self.declared {
            return Err(content(format!(
                "it has more than the {} bytes announced",
                self.declared
            )));
        }
        self.hash.update(bytes);
        if let Some((crc, _)) = &mut self.crc {
            crc.update(bytes);
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => new_file()?,
        };
        self.file.insert(file).write_all(bytes).map_err(ArchiveError::Storage)
    }

    fn finish(self) -> Result<LayerZip, ArchiveError> {
        if self.size != self.declared {
            let what = format!("it has {} bytes of the {} announced", self.size, self.declared);
            return Err(content(what));
        }
        if self.crc.is_some_and(|(crc, declared)| crc.sum() != declared) {
            return Err(content("its checksum (CRC-32) is another"));
        }
        let mut file = match self.file {
            Some(file) => file,
            None => new_file()?,
        };
        file.rewind().map_err(ArchiveError::Storage)?;
        Ok(LayerZip {
            file,
            size: self.size,
            digest: Digest(self.hash.finalize().into()),
        })
    }
}

fn new_file() -> Result<NamedTempFile, ArchiveError> {
    NamedTempFile::with_prefix("layer-").map_err(ArchiveError::Storage)
}

fn content(what: impl Into<String>) -> ArchiveError {
    ArchiveError::Content { what: what.into() }
}

/// A part of a slice's length.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
