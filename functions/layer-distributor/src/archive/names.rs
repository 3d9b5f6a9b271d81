//! What an entry is called, and which names go together.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use rawzip::extra_fields::{ExtraFieldId, ExtraFields};
use rawzip::{ZipFileHeaderRecord, crc32};

use super::error::{ArchiveError, Zip, shown};

/// Linux takes no more in one component of a path, and no more than 4,096 in all, `/opt/` and a zero included.
const COMPONENT_BYTES: usize = 255;
const PATH_BYTES: usize = 4_000;

/// A name that stays below the folder into which it is unpacked.
#[derive(Debug, Clone, Copy)]
pub(super) struct EntryPath<'n> {
    text: &'n str,
}

impl<'n> EntryPath<'n> {
    pub(super) fn of(name: &'n [u8]) -> Result<Self, ArchiveError> {
        let refused = |why| ArchiveError::Name { name: shown(name), why };
        let text = std::str::from_utf8(name).map_err(|_| refused("is not in UTF-8"))?;
        match unsafe_because(text) {
            Some(why) => Err(refused(why)),
            None => Ok(Self { text }),
        }
    }

    /// Whether it names a folder: zip has no other sign that all tools write.
    pub(super) fn is_folder(self) -> bool {
        self.text.ends_with('/')
    }

    /// Its folders and last its own name: `./a//b` is `a`, `b`. None at all for `./`.
    pub(super) fn components(self) -> impl Iterator<Item = &'n str> {
        components(self.text)
    }

    pub(super) fn shown(self) -> String {
        shown(self.text.as_bytes())
    }
}

pub(super) fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|component| !component.is_empty() && *component != ".")
}

fn unsafe_because(name: &str) -> Option<&'static str> {
    let drive = name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && name.as_bytes().get(1) == Some(&b':');
    if name.is_empty() {
        Some("is empty")
    } else if name.contains(char::is_control) {
        Some("has control characters")
    } else if name.contains('\\') {
        Some("has a backslash, which is no separator of folders in a zip")
    } else if name.starts_with('/') || drive {
        Some("is an absolute path")
    } else if components(name).any(|component| component == "..") {
        Some("leads out of the layer by `..`")
    } else if name.len() > PATH_BYTES || components(name).any(|component| component.len() > COMPONENT_BYTES) {
        Some("is longer than Linux takes")
    } else if components(name).next().is_none() && !name.ends_with('/') {
        Some("is empty")
    } else {
        None
    }
}

/// Some readers take an entry's name from an extra field (Info-ZIP's Unicode path): it must be no other.
pub(super) fn one_name(name: &[u8], extra: &[u8]) -> Result<(), ArchiveError> {
    for (id, field) in ExtraFields::new(extra) {
        // Version 1, and the CRC of the name to which the field belongs; readers ignore it where these are others.
        let applies = id == ExtraFieldId::INFO_ZIP_UNICODE_PATH
            && field.first() == Some(&1)
            && field.get(1..5) == Some(&crc32(name).to_le_bytes());
        if applies && field.get(5..) != Some(name) {
            return Err(ArchiveError::Name {
                name: shown(name),
                why: "is another in an extra field",
            });
        }
    }
    Ok(())
}

/// What an entry becomes when it is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
    Link,
}

impl Kind {
    pub(super) fn of(record: &ZipFileHeaderRecord<'_>, path: EntryPath<'_>) -> Result<Self, ArchiveError> {
        let special = |what| {
            Err(ArchiveError::Special {
                zip: Zip::Layer,
                name: path.shown(),
                what,
            })
        };
        match (file_type(record), path.is_folder()) {
            (0 | FILE | FOLDER, true) => Ok(Self::Folder),
            (0 | FILE, false) => Ok(Self::File),
            (LINK, false) => Ok(Self::Link),
            (LINK, true) => special("a symbolic link whose name ends with a slash"),
            (FOLDER, false) => special("a folder whose name does not end with a slash"),
            (0o01, _) => special("a named pipe"),
            (0o02 | 0o06, _) => special("a device"),
            (0o14, _) => special("a socket"),
            _ => special("of a type that Linux does not know"),
        }
    }
}

const FOLDER: u32 = 0o04;
const FILE: u32 = 0o10;
const LINK: u32 = 0o12;

/// The upper bits of the mode (`S_IFMT`), whatever system the entry says it was made on: Python on Windows writes
/// a Unix mode as well, and readers differ in which systems they believe. Windows' own attributes do not reach these bits.
fn file_type(record: &ZipFileHeaderRecord<'_>) -> u32 {
    record.external_attributes() >> 28
}

pub(super) fn is_link(record: &ZipFileHeaderRecord<'_>) -> bool {
    file_type(record) == LINK
}

/// The paths of a zip, as hashes of 64 bits: names can be long, and there are many.
///
/// Two paths with one hash would be taken for the same, so that a good zip were refused, never a bad one taken. Among 65,535
/// paths that happens once in 10,000,000,000 zips; nobody can bring it about, as the keys are random; and another try has others.
pub(super) struct Paths {
    keys: RandomState,
    kinds: HashMap<u64, Kind>,
    /// The folder that was looked at last, as a zip mostly has what is in a folder in a row.
    last_folder: Option<u64>,
}

impl Paths {
    pub(super) fn new() -> Self {
        Self {
            keys: RandomState::new(),
            kinds: HashMap::new(),
            last_folder: None,
        }
    }

    /// Fails if the path is there already.
    pub(super) fn add(&mut self, path: EntryPath<'_>, kind: Kind) -> Result<(), ArchiveError> {
        let hash = self.hashes(path).last().unwrap_or(0);
        match self.kinds.insert(hash, kind) {
            None => Ok(()),
            Some(Kind::Folder) if kind == Kind::Folder => Err(ArchiveError::Twice { name: path.shown() }),
            Some(Kind::Folder) => Err(ArchiveError::FileAndFolder { name: path.shown() }),
            Some(_) if kind == Kind::Folder => Err(ArchiveError::FileAndFolder { name: path.shown() }),
            Some(_) => Err(ArchiveError::Twice { name: path.shown() }),
        }
    }

    /// When all are added: fails if a folder of the path is no folder.
    pub(super) fn judge(&mut self, path: EntryPath<'_>) -> Result<(), ArchiveError> {
        let depth = path.components().count();
        let folders = depth.saturating_sub(1);
        let Some(folder) = self.hashes(path).take(folders).last() else {
            return Ok(());
        };
        if self.last_folder == Some(folder) {
            return Ok(());
        }
        for (index, hash) in self.hashes(path).take(folders).enumerate() {
            let above = || {
                let components: Vec<&str> = path.components().take(index + 1).collect();
                shown(components.join("/").as_bytes())
            };
            match self.kinds.get(&hash) {
                Some(Kind::File) => return Err(ArchiveError::FileAndFolder { name: above() }),
                Some(Kind::Link) => return Err(ArchiveError::BelowLink { name: above() }),
                Some(Kind::Folder) | None => {}
            }
        }
        self.last_folder = Some(folder);
        Ok(())
    }

    /// Of the first folder, of that and the next, and so on to the path itself.
    fn hashes<'p>(&self, path: EntryPath<'p>) -> impl Iterator<Item = u64> + use<'p> {
        let mut hasher = self.keys.build_hasher();
        path.components().map(move |component| {
            hasher.write(component.as_bytes());
            hasher.write_u8(b'/');
            hasher.finish()
        })
    }
}
