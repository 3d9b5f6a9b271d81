//! Where the entries lie: one behind the other, from the first byte to the directory.

use super::error::{ArchiveError, Zip};

/// The bytes of one entry: its local header, its data and its data descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Extent {
    // A layer's zip without zip64 has no byte beyond 4 GiB.
    start: u32,
    end: u32,
    /// The how manieth of the directory.
    entry: u32,
}

#[derive(Default)]
pub(super) struct Extents(Vec<Extent>);

/// What is wrong with them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Two entries, by their places in the directory, have bytes in common.
    Overlap(u32, u32),
    /// Bytes that no entry has.
    Unused { at: u32, bytes: u32 },
}

impl Extents {
    pub(super) fn add(&mut self, start: u64, end: u64) -> Result<(), ArchiveError> {
        let narrow = |offset| u32::try_from(offset).map_err(|_| ArchiveError::damaged(Zip::Layer, "it is too large"));
        self.0.push(Extent {
            start: narrow(start)?,
            end: narrow(end)?,
            entry: narrow(self.0.len() as u64)?,
        });
        Ok(())
    }

    /// Overlapping files are how few bytes become many (<https://www.bamsoftware.com/hacks/zipbomb/>). Bytes between files
    /// can be files that only some readers see: those that read from the front, or look for another directory.
    pub(super) fn judge(mut self, directory: u64) -> Result<(), Fault> {
        self.0.sort_unstable();
        let mut last: Option<Extent> = None;
        for extent in &self.0 {
            let end = last.map_or(0, |last| last.end);
            if let Some(last) = last.filter(|last| last.end > extent.start) {
                return Err(Fault::Overlap(last.entry, extent.entry));
            }
            if extent.start > end {
                return Err(Fault::Unused {
                    at: end,
                    bytes: extent.start - end,
                });
            }
            last = Some(*extent);
        }
        let end = last.map_or(0, |last| last.end);
        match u32::try_from(directory) {
            Ok(directory) if directory > end => Err(Fault::Unused {
                at: end,
                bytes: directory - end,
            }),
            _ => Ok(()),
        }
    }
}
