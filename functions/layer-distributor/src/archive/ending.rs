//! The end of the layer's zip: its last record must be the last thing in it, and say where everything is.

use rawzip::{ReaderAt, ZipArchive, ZipLocator};

use super::Limits;
use super::error::{ArchiveError, Zip};

/// The record without its comment.
const RECORD_BYTES: u16 = 22;
/// Where it can begin, from the end of the file.
pub(super) const LONGEST: u64 = RECORD_BYTES as u64 + u16::MAX as u64;
const ZIP64_LOCATOR_BYTES: u64 = 20;
const ZIP64_LOCATOR: &[u8] = b"PK\x06\x07";
const FIRST_ENTRY: &[u8] = b"PK\x03\x04";

/// Finds the directory of a zip of `size` bytes, if there is only one way to find it.
pub(super) fn locate<R: ReaderAt>(
    reader: R,
    size: u64,
    limits: &Limits,
    buffer: &mut [u8],
) -> Result<ZipArchive<R>, ArchiveError> {
    let archive = ZipLocator::new()
        .max_search_space(LONGEST)
        .locate_in_reader(reader, buffer, size)
        .map_err(|(reader, error)| without_end(&reader, error))?;
    let at = archive.eocd_offset();
    let mut record = [0; RECORD_BYTES as usize];
    read(archive.get_ref(), &mut record, at)?;
    let short = |at: usize| u16::from_le_bytes([record[at], record[at + 1]]);
    let long = |at: usize| u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]]);
    let (disk, directory_disk, entries_here, entries) = (short(4), short(6), short(8), short(10));
    let (directory_bytes, directory_offset, comment_bytes) = (long(12), long(16), short(20));

    // First what the author knows by another name than zip64.
    if archive.entries_hint() > limits.max_entries {
        return Err(ArchiveError::TooManyEntries {
            entries: archive.entries_hint(),
            limit: limits.max_entries,
        });
    }
    if directory_bytes == u32::MAX || directory_offset == u32::MAX || follows_zip64(archive.get_ref(), at)? {
        return Err(ArchiveError::Zip64 {
            what: "the layer's zip uses".to_owned(),
        });
    }
    if disk != 0 || directory_disk != 0 || entries_here != entries {
        return Err(ArchiveError::MultiDisk);
    }
    let end = at + u64::from(RECORD_BYTES) + u64::from(comment_bytes);
    if end > size {
        return Err(ArchiveError::damaged(Zip::Layer, "it is cut short"));
    }
    if end < size {
        let what = format!("it should end at byte {end} and ends at {size}");
        return Err(ArchiveError::damaged(Zip::Layer, what));
    }
    if entries == 0 && directory_bytes == 0 {
        return Err(ArchiveError::Empty);
    }
    let directory_end = u64::from(directory_offset) + u64::from(directory_bytes);
    if directory_end != at {
        let what = format!("its directory should end at byte {directory_end} and ends at {at}");
        return Err(ArchiveError::damaged(Zip::Layer, what));
    }
    Ok(archive)
}

/// No zip at all, or the beginning of one.
fn without_end<R: ReaderAt>(reader: &R, error: rawzip::Error) -> ArchiveError {
    let error = ArchiveError::of_rawzip(Zip::Layer, error);
    let mut first = [0; FIRST_ENTRY.len()];
    let begins = reader.read_exact_at(&mut first, 0).is_ok() && first == FIRST_ENTRY;
    if matches!(error, ArchiveError::NotAZip { .. }) && begins {
        return ArchiveError::damaged(Zip::Layer, "it is cut short");
    }
    error
}

fn follows_zip64<R: ReaderAt>(reader: &R, at: u64) -> Result<bool, ArchiveError> {
    let Some(at) = at.checked_sub(ZIP64_LOCATOR_BYTES) else {
        return Ok(false);
    };
    let mut signature = [0; ZIP64_LOCATOR.len()];
    read(reader, &mut signature, at)?;
    Ok(signature == ZIP64_LOCATOR)
}

pub(super) fn read<R: ReaderAt>(reader: &R, bytes: &mut [u8], at: u64) -> Result<(), ArchiveError> {
    reader
        .read_exact_at(bytes, at)
        .map_err(|error| ArchiveError::of_read(Zip::Layer, error))
}
