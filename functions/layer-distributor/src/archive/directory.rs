//! What an entry's record in the central directory says, each by itself.

use rawzip::extra_fields::{ExtraFieldId, ExtraFields};
use rawzip::{CompressionMethod, ReaderAt, ZipFileHeaderRecord};

use super::Method;
use super::ending;
use super::error::{ArchiveError, Zip, shown};
use super::names;

const RECORD_BYTES: usize = 46;
/// Two bits of deflate can stand for 258 bytes, and none for more (RFC 1951).
const MOST_PER_BYTE: u64 = 4 * 258;
/// The data is a difference to another file's (bit 5).
const PATCH: u16 = 1 << 5;

impl Method {
    /// Fails if the entry needs a password or another method.
    pub(super) fn of(record: &ZipFileHeaderRecord<'_>, zip: Zip) -> Result<Self, ArchiveError> {
        let name = || shown(record.file_path().as_bytes());
        let (flags, method) = (record.flags(), record.compression_method());
        let encrypted = flags.is_encrypted() || flags.has_strong_encryption() || flags.is_masked();
        if encrypted || method == CompressionMethod::AES {
            return Err(ArchiveError::Encrypted { zip, name: name() });
        }
        let unsupported = |method| {
            Err(ArchiveError::Unsupported {
                zip,
                name: name(),
                method,
            })
        };
        if flags.bits() & PATCH != 0 {
            return unsupported("patching".to_owned());
        }
        match method {
            CompressionMethod::STORE => Ok(Self::Stored),
            CompressionMethod::DEFLATE => Ok(Self::Deflated),
            _ => unsupported(format!("method {method}")),
        }
    }
}

/// Fails if the record of an entry of the layer cannot be true, or is more than a layer needs.
pub(super) fn judge<R: ReaderAt>(reader: &R, record: &ZipFileHeaderRecord<'_>) -> Result<Method, ArchiveError> {
    let name = || shown(record.file_path().as_bytes());
    let method = Method::of(record, Zip::Layer)?;
    // Where the fixed fields say that an extra field has the value, rawzip shows only that value.
    let mut fixed = [0; RECORD_BYTES];
    ending::read(reader, &mut fixed, record.central_directory_offset())?;
    let long = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
    let disk = u16::from_le_bytes([fixed[34], fixed[35]]);
    let (compressed, size) = (record.compressed_size_hint(), record.uncompressed_size_hint());
    let elsewhere = [20, 24, 42].into_iter().any(|at| long(at) == u32::MAX) || disk == u16::MAX;
    if elsewhere || zip64_is_used(record.extra_fields(), compressed, size) {
        return Err(ArchiveError::Zip64 {
            what: format!("{} in the layer's zip uses", name()),
        });
    }
    if disk != 0 {
        return Err(ArchiveError::MultiDisk);
    }
    names::one_name(record.file_path().as_bytes(), record.extra_fields().remaining_bytes())?;
    let most = match method {
        Method::Stored => compressed,
        Method::Deflated => compressed * MOST_PER_BYTE,
    };
    if size > most || (method == Method::Stored && size != compressed) {
        return Err(ArchiveError::Ratio {
            name: name(),
            compressed,
            size,
        });
    }
    Ok(method)
}

/// Whether an extra field of zip64 has something that the other fields have not. Writers that do not know a file's size beforehand
/// leave room for it, and the room stays behind unused, empty or with the same sizes again (Apache Commons Compress, hence
/// Gradle): every reader passes over it, so it is no reason to refuse a layer.
pub(super) fn zip64_is_used(extra: ExtraFields<'_>, compressed: u64, size: u64) -> bool {
    extra
        .filter(|(id, _)| *id == ExtraFieldId::ZIP64)
        .flat_map(|(_, field)| field.chunks(8).enumerate())
        .any(|(index, bytes)| {
            let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
            value != 0 && !(index < 2 && (value == compressed || value == size))
        })
}

/// The record's bytes in the directory.
pub(super) fn length(record: &ZipFileHeaderRecord<'_>) -> u64 {
    let extra = record.extra_fields().remaining_bytes().len();
    (RECORD_BYTES + record.file_path().len() + extra + record.comment().as_bytes().len()) as u64
}
