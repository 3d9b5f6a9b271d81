//! The header in front of an entry's data, which some readers believe and others do not: it must say what the central
//! directory says.

use std::ops::Range;

use rawzip::extra_fields::ExtraFields;
use rawzip::{ReaderAt, ZipFileHeaderRecord};

use super::directory::zip64_is_used;
use super::ending::read;
use super::error::{ArchiveError, Zip, shown};
use super::names;

const HEADER_BYTES: usize = 30;
const SIGNATURE: &[u8] = b"PK\x03\x04";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// The flags that change how an entry is read: encryption, data descriptor, patch, UTF-8, masked fields. Writers differ in the others.
const FLAGS: u16 = 1 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 11 | 1 << 13;

/// Where an entry's bytes are.
pub(super) struct Body {
    pub(super) data: Range<u64>,
    /// Behind the data descriptor.
    pub(super) end: u64,
}

/// Compares the header with the entry's record. All of the entry lies before byte `directory`.
pub(super) fn judge<R: ReaderAt>(
    reader: &R,
    record: &ZipFileHeaderRecord<'_>,
    directory: u64,
    buffer: &mut Vec<u8>,
) -> Result<Body, ArchiveError> {
    let path = record.file_path();
    let name = path.as_bytes();
    let outside = || ArchiveError::Outside { name: shown(name) };
    let differs = |what| ArchiveError::Headers {
        name: shown(name),
        what,
    };
    let at = record.local_header_offset();
    let rest = directory
        .checked_sub(at)
        .filter(|rest| *rest >= HEADER_BYTES as u64)
        .ok_or_else(outside)?;

    let mut fixed = [0; HEADER_BYTES];
    read(reader, &mut fixed, at)?;
    let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let long = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
    if !fixed.starts_with(SIGNATURE) {
        let what = format!("{} is not where its directory says", shown(name));
        return Err(ArchiveError::damaged(Zip::Layer, what));
    }
    let (flags, method, crc, compressed, size) = (short(6), short(8), long(14), long(18), long(22));
    let (name_bytes, extra_bytes) = (usize::from(short(26)), usize::from(short(28)));
    let header = (HEADER_BYTES + name_bytes + extra_bytes) as u64;
    let wanted = (record.compressed_size_hint(), record.uncompressed_size_hint());
    if header.saturating_add(wanted.0) > rest {
        return Err(outside());
    }
    buffer.resize(name_bytes + extra_bytes, 0);
    read(reader, buffer, at + HEADER_BYTES as u64)?;
    let (local_name, extra) = buffer.split_at(name_bytes);

    if local_name != name {
        return Err(differs("name"));
    }
    names::one_name(name, extra)?;
    if (flags ^ record.flags().bits()) & FLAGS != 0 {
        return Err(differs("flags"));
    }
    if method != record.compression_method().as_u16() {
        return Err(differs("method"));
    }
    let zip64 = || ArchiveError::Zip64 {
        what: format!("{} in the layer's zip uses", shown(name)),
    };
    if compressed == u32::MAX || size == u32::MAX || zip64_is_used(ExtraFields::new(extra), wanted.0, wanted.1) {
        return Err(zip64());
    }
    // With a data descriptor the writer may not have known these yet.
    let streamed = record.flags().has_data_descriptor();
    let same = |local: u32, central: u64| u64::from(local) == central || (streamed && local == 0);
    if !same(compressed, wanted.0) || !same(size, wanted.1) {
        return Err(differs("size"));
    }
    if !same(crc, u64::from(record.crc32())) {
        return Err(differs("checksum"));
    }

    let data = at + header..at + header + wanted.0;
    let behind = if streamed {
        match descriptor(reader, record, data.end, directory)? {
            Descriptor::Of(bytes) => bytes,
            Descriptor::Zip64 => return Err(zip64()),
            Descriptor::Other => return Err(differs("data descriptor")),
        }
    } else {
        0
    };
    Ok(Body {
        end: data.end + behind,
        data,
    })
}

enum Descriptor {
    Of(u64),
    /// With sizes of 8 bytes.
    Zip64,
    Other,
}

/// What follows the data: CRC and sizes again, behind a signature that not every writer writes.
fn descriptor<R: ReaderAt>(
    reader: &R,
    record: &ZipFileHeaderRecord<'_>,
    at: u64,
    directory: u64,
) -> Result<Descriptor, ArchiveError> {
    let mut bytes = [0; 24];
    let room = usize::try_from(directory - at).map_or(bytes.len(), |room| room.min(bytes.len()));
    read(reader, &mut bytes[..room], at)?;
    let (compressed, size) = (record.compressed_size_hint(), record.uncompressed_size_hint());
    let crc = record.crc32().to_le_bytes();
    let sizes = [compressed.to_le_bytes(), size.to_le_bytes()];
    let plain = [&crc[..], &sizes[0][..4], &sizes[1][..4]].concat();
    let wide = [&crc[..], &sizes[0], &sizes[1]].concat();
    let found = &bytes[..room];
    let behind_signature = found.strip_prefix(DESCRIPTOR);
    let is = |expected: &[u8]| {
        behind_signature.is_some_and(|found| found.starts_with(expected)) || found.starts_with(expected)
    };
    Ok(if is(&wide) && wide != plain && size != 0 {
        Descriptor::Zip64
    } else if behind_signature.is_some_and(|found| found.starts_with(&plain)) {
        Descriptor::Of((DESCRIPTOR.len() + plain.len()) as u64)
    } else if found.starts_with(&plain) {
        Descriptor::Of(plain.len() as u64)
    } else {
        Descriptor::Other
    })
}
