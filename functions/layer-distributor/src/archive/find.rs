//! The layer in the artifact, by the artifact's directory.

use std::ops::Range;

use rawzip::{ReaderAt, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord, ZipLocator};

use super::error::{ArchiveError, Zip, shown};
use super::{LAYER_BYTES, Located, Method, ending, names};

/// Each reading is a request to S3, so it is better large: no entry of a directory is larger.
const BUFFER_BYTES: usize = 1 << 20;
/// How many names a text lists.
const NAMES: usize = 10;
/// By how much deflate may make a layer larger, generously: what does not compress gets 5 bytes for each 64 KiB.
const DEFLATE_OVERHEAD: u64 = 1 << 20;

/// What the directory says of the file.
struct Candidate {
    place: ZipArchiveEntryWayfinder,
    method: Method,
    crc: u32,
}

/// Looks for the file `path` in an artifact of `size` bytes. An artifact that needs zip64 is fine: CodePipeline makes it.
pub(crate) fn find<R: ReaderAt>(reader: R, size: u64, path: &str) -> Result<Located, ArchiveError> {
    let mut buffer = vec![0; BUFFER_BYTES];
    let archive = ZipLocator::new()
        .max_search_space(ending::LONGEST)
        .locate_in_reader(reader, &mut buffer, size)
        .map_err(|(_, error)| broken(error))?;
    let candidate = search(&archive, &mut buffer, path)?;
    locate(&archive, &candidate, path)
}

/// The one file of that name. The whole directory is read, as the name may be there twice.
fn search<R: ReaderAt>(archive: &ZipArchive<R>, buffer: &mut [u8], path: &str) -> Result<Candidate, ArchiveError> {
    let wanted = plain(path.as_bytes());
    let folder = [wanted.strip_suffix(b"/").unwrap_or(wanted), b"/"].concat();
    let mut near = Near::new(wanted);
    let (mut first, mut matches, mut is_folder, mut count) = (None, 0, false, 0_u64);
    let mut entries = archive.entries(buffer);
    while let Some(record) = entries.next_entry().map_err(broken)? {
        count += 1;
        let path = record.file_path();
        let name = plain(path.as_bytes());
        if name.starts_with(&folder) {
            is_folder = true;
        } else if name == wanted {
            matches += 1;
            if first.is_none() {
                first = Some(candidate(&record));
            }
        }
        near.add(name);
    }
    // Some writers count in 16 bits what has no room there.
    let declared = archive.entries_hint();
    if count & 0xffff != declared & 0xffff {
        let what = format!("its directory lists {count} files where {declared} are announced");
        return Err(ArchiveError::damaged(Zip::Artifact, what));
    }
    let path = shown(wanted);
    match first {
        Some(candidate) if matches == 1 => candidate,
        Some(_) => Err(ArchiveError::Ambiguous { path, entries: matches }),
        None if is_folder => Err(ArchiveError::Folder { path }),
        None => Err(ArchiveError::NoSuchPath {
            path,
            names: near.chosen(),
        }),
    }
}

fn candidate(record: &ZipFileHeaderRecord<'_>) -> Result<Candidate, ArchiveError> {
    let (zip, name) = (Zip::Artifact, shown(record.file_path().as_bytes()));
    if names::is_link(record) {
        let what = "a symbolic link";
        return Err(ArchiveError::Special { zip, name, what });
    }
    Ok(Candidate {
        place: record.wayfinder(),
        method: Method::of(record, zip)?,
        crc: record.crc32(),
    })
}

fn locate<R: ReaderAt>(archive: &ZipArchive<R>, candidate: &Candidate, path: &str) -> Result<Located, ArchiveError> {
    let Candidate { place, method, crc } = candidate;
    let name = shown(path.as_bytes());
    let (size, stored) = (place.uncompressed_size_hint(), place.compressed_size_hint());
    if size > LAYER_BYTES {
        return Err(ArchiveError::TooLarge { size });
    }
    let possible = match method {
        Method::Stored => stored == size,
        Method::Deflated => stored <= LAYER_BYTES + DEFLATE_OVERHEAD,
    };
    if !possible {
        let what = format!("the headers of {name} say that {stored} bytes are {size} bytes");
        return Err(ArchiveError::damaged(Zip::Artifact, what));
    }
    let (start, end) = archive.get_entry(*place).map_err(broken)?.compressed_data_range();
    if end > archive.directory_offset() {
        let what = format!("{name} does not lie within it");
        return Err(ArchiveError::damaged(Zip::Artifact, what));
    }
    Ok(Located {
        data: Range { start, end },
        method: *method,
        size,
        crc: *crc,
    })
}

/// Some tools write every name as `./name`.
fn plain(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"./").unwrap_or(name)
}

fn broken(error: rawzip::Error) -> ArchiveError {
    ArchiveError::of_rawzip(Zip::Artifact, error)
}

/// The names that could be meant, else the first that are there.
struct Near<'n> {
    file: &'n [u8],
    like: Vec<String>,
    others: Vec<String>,
}

impl<'n> Near<'n> {
    fn new(wanted: &'n [u8]) -> Self {
        Self {
            file: last(wanted),
            like: Vec::new(),
            others: Vec::new(),
        }
    }

    fn add(&mut self, name: &[u8]) {
        if name.ends_with(b"/") {
            return;
        }
        let file = last(name);
        let is_zip = file.len() > 4 && file[file.len() - 4..].eq_ignore_ascii_case(b".zip");
        let list = if is_zip || file.eq_ignore_ascii_case(self.file) {
            &mut self.like
        } else {
            &mut self.others
        };
        if list.len() < NAMES {
            list.push(shown(name));
        }
    }

    fn chosen(self) -> Vec<String> {
        if self.like.is_empty() { self.others } else { self.like }
    }
}

fn last(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}
