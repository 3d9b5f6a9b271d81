//! Knows zip files: the artifact that CodePipeline hands over, the layer in it, and what Lambda takes for a layer. Does not
//! know where they come from or go to.
//!
//! Three steps, none of which holds a zip in memory: [`find`] looks for the layer in the artifact, [`Spool`] takes its bytes
//! into a temporary file and hashes them, [`check`] reads that file's headers before anything is published.
//!
//! # What is checked, and what is left to Lambda
//! [`check`] reads the central directory and every entry's local header, and the content of symbolic links. It inflates
//! nothing else: it is to keep up with the SHA-256 of the file, which inflating would not. So an entry whose *content* is not
//! what its headers say passes here. That cannot grow without bounds anywhere: no entry may declare more than deflate gives,
//! no two may share bytes, and all together may not declare more than a layer may have. Lambda unzips each version when it
//! is published, and refuses what lies.
//!
//! A zip that readers of zip files could understand in two ways is refused, also where one of them is harmless: what was
//! checked must be what is unpacked.
//!
//! # Memory
//! [`find`] holds one buffer of 1 MiB, whatever the artifact's size; [`Spool`] 64 KiB and the inflater's window. [`check`]
//! holds buffers of 350 KiB at most and for each entry 12 bytes (where it lies) and a hash of its name: for 65,535 entries
//! 0.8 MB and 2.2 MB, half as much again while these grow. The central directory, which may have 200 MB, is read through
//! the buffer.

mod check;
mod directory;
mod ending;
mod error;
mod extents;
mod find;
mod layout;
mod links;
mod local;
mod names;
mod spool;
#[cfg(test)]
mod tests;
mod window;

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use tempfile::NamedTempFile;

pub(crate) use self::check::{Limits, check};
pub(crate) use self::error::ArchiveError;
pub(crate) use self::find::find;
pub(crate) use self::spool::Spool;
use crate::release::Digest;

/// What a function and its layers may have when they are unzipped, so that no layer can have more
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>: 250 MB, which Lambda counts as MiB). No zip of a
/// layer can be larger either, but for its headers.
pub(crate) const LAYER_BYTES: u64 = 262_144_000;

/// Where the layer's zip lies in the artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    /// Its bytes in the artifact, as they are stored there.
    pub(crate) data: Range<u64>,
    pub(crate) method: Method,
    /// What they are to become, by the artifact's directory: at most [`LAYER_BYTES`].
    pub(crate) size: u64,
    pub(crate) crc: u32,
}

/// How an entry's bytes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflated,
}

/// The layer's zip as a file that goes away with this.
#[derive(Debug)]
pub(crate) struct LayerZip {
    file: NamedTempFile,
    pub(crate) size: u64,
    pub(crate) digest: Digest,
}

impl LayerZip {
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// To be read by offset: its position is everybody's.
    pub(crate) fn file(&self) -> &File {
        self.file.as_file()
    }
}
