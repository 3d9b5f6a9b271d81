//! Whether Lambda would take a layer's zip, and whether it unpacks to what it seems to.

use std::io::Read as _;

use flate2::read::DeflateDecoder;
use rawzip::{FileReader, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, RangeReader, ReaderAt, ZipArchive, ZipFileHeaderRecord};

use super::error::{ArchiveError, Zip, shown};
use super::extents::{Extents, Fault};
use super::layout::Layout;
use super::links;
use super::local::Body;
use super::names::{EntryPath, Kind, Paths};
use super::window::Window;
use super::{LAYER_BYTES, LayerZip, Method, directory, ending, local};

/// What the order allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Files and folders.
    pub(crate) max_entries: u64,
}

/// What is in a good zip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Files and folders.
    pub(crate) entries: u64,
    /// Bytes of all files, as the headers have them.
    pub(crate) unzipped: u64,
}

/// Reads the zip's headers, and says the first thing that is wrong. `runtimes` are those that the layer is said to be for.
pub(crate) fn check(zip: &LayerZip, limits: &Limits, runtimes: &[String]) -> Result<Checked, ArchiveError> {
    let file = zip
        .file()
        .try_clone()
        .map_err(|error| ArchiveError::of_read(Zip::Layer, error))?;
    inspect(&FileReader::from(file), zip.size, limits, runtimes)
}

/// The same for any reader of `size` bytes.
pub(super) fn inspect<R: ReaderAt>(
    reader: &R,
    size: u64,
    limits: &Limits,
    runtimes: &[String],
) -> Result<Checked, ArchiveError> {
    // So much, that no entry is too large for it.
    let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let archive = ending::locate(reader, size, limits, &mut buffer)?;
    let mut survey = Survey::new(runtimes);
    survey.entries(&archive, &mut buffer)?;
    survey.judge(&archive, &mut buffer)
}

/// What is known after some of the entries.
struct Survey<'r> {
    entries: u64,
    unzipped: u64,
    extents: Extents,
    paths: Paths,
    layout: Layout<'r>,
}

impl<'r> Survey<'r> {
    fn new(runtimes: &'r [String]) -> Self {
        Self {
            entries: 0,
            unzipped: 0,
            extents: Extents::default(),
            paths: Paths::new(),
            layout: Layout::new(runtimes),
        }
    }

    fn entries<R: ReaderAt>(&mut self, archive: &ZipArchive<&R>, buffer: &mut [u8]) -> Result<(), ArchiveError> {
        // The directory and the local headers are each read in order: a window for each.
        let (records, headers) = (Window::new(*archive.get_ref()), Window::new(*archive.get_ref()));
        let (directory, declared) = (archive.directory_offset(), archive.entries_hint());
        let mut header = Vec::new();
        let mut end = directory;
        let mut entries = archive.entries(buffer);
        while let Some(record) = entries.next_entry().map_err(broken)? {
            self.entries += 1;
            if self.entries > declared {
                break;
            }
            end += directory::length(&record);
            let path = record.file_path();
            let path = EntryPath::of(path.as_bytes())?;
            let kind = Kind::of(&record, path)?;
            let method = directory::judge(&records, &record)?;
            let body = local::judge(&headers, &record, directory, &mut header)?;
            match kind {
                Kind::Link => judge_link(&headers, &record, path, method, &body)?,
                Kind::Folder if record.uncompressed_size_hint() > 0 => {
                    let what = format!("{} is a folder with content", path.shown());
                    return Err(ArchiveError::damaged(Zip::Layer, what));
                }
                Kind::Folder | Kind::File => {}
            }
            self.unzipped += record.uncompressed_size_hint();
            self.extents.add(record.local_header_offset(), body.end)?;
            self.paths.add(path, kind)?;
            self.layout.see(path, kind);
        }
        if self.entries != declared || end != archive.eocd_offset() {
            return Err(ArchiveError::damaged(
                Zip::Layer,
                format!("its directory does not have the {declared} entries that its end announces"),
            ));
        }
        Ok(())
    }

    fn judge<R: ReaderAt>(mut self, archive: &ZipArchive<&R>, buffer: &mut [u8]) -> Result<Checked, ArchiveError> {
        match self.extents.judge(archive.directory_offset()) {
            Ok(()) => {}
            Err(Fault::Overlap(first, second)) => {
                return Err(ArchiveError::Overlap {
                    first: name_of(archive, first, buffer)?,
                    second: name_of(archive, second, buffer)?,
                });
            }
            Err(Fault::Unused { at, bytes }) => {
                let what = format!("the {bytes} bytes from byte {at} on belong to no entry");
                return Err(ArchiveError::damaged(Zip::Layer, what));
            }
        }
        if self.unzipped > LAYER_BYTES {
            return Err(ArchiveError::TooLargeUnzipped { size: self.unzipped });
        }
        let mut entries = archive.entries(buffer);
        while let Some(record) = entries.next_entry().map_err(broken)? {
            self.paths.judge(EntryPath::of(record.file_path().as_bytes())?)?;
        }
        self.layout.judge()?;
        Ok(Checked {
            entries: self.entries,
            unzipped: self.unzipped,
        })
    }
}

fn judge_link<R: ReaderAt>(
    reader: &R,
    record: &ZipFileHeaderRecord<'_>,
    path: EntryPath<'_>,
    method: Method,
    body: &Body,
) -> Result<(), ArchiveError> {
    let refused = |why: &str| ArchiveError::Link {
        name: path.shown(),
        why: why.to_owned(),
    };
    let size = record.uncompressed_size_hint();
    // A short text does not get longer by more than some bytes when it is deflated.
    if size >= links::TARGET_BYTES || record.compressed_size_hint() > 2 * links::TARGET_BYTES {
        return Err(refused("has a target that is longer than Linux takes"));
    }
    let data = RangeReader::new(reader, body.data.clone());
    let mut target = Vec::new();
    // One byte more than there should be shows that there are more.
    let read = match method {
        Method::Stored => data.take(size + 1).read_to_end(&mut target),
        Method::Deflated => DeflateDecoder::new(data).take(size + 1).read_to_end(&mut target),
    };
    if read.is_err() || target.len() as u64 != size || rawzip::crc32(&target) != record.crc32() {
        return Err(refused("has a target that is damaged"));
    }
    let folders = path.components().count().saturating_sub(1);
    match links::leads_out(&target, folders) {
        None => Ok(()),
        Some(why) => Err(refused(&format!("to {} {why}", shown(&target)))),
    }
}

/// The directory is read again for it: names are not held.
fn name_of<R: ReaderAt>(archive: &ZipArchive<&R>, entry: u32, buffer: &mut [u8]) -> Result<String, ArchiveError> {
    let mut entries = archive.entries(buffer);
    let mut index = 0;
    while let Some(record) = entries.next_entry().map_err(broken)? {
        if index == entry {
            return Ok(shown(record.file_path().as_bytes()));
        }
        index += 1;
    }
    Ok("an entry".to_owned())
}

fn broken(error: rawzip::Error) -> ArchiveError {
    ArchiveError::of_rawzip(Zip::Layer, error)
}
