//! Why a zip is not taken, in words for the author of the pipeline.

use std::fmt;
use std::io;

use rawzip::ErrorKind;

use super::LAYER_BYTES;

/// Names in a text are cut after so many characters.
const SHOWN_CHARACTERS: usize = 120;

/// Which zip is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zip {
    Artifact,
    Layer,
}

impl fmt::Display for Zip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Artifact => "the input artifact",
            Self::Layer => "the layer's zip",
        })
    }
}

/// Why a zip is not taken. Apart from `Read` and `Storage`, another try ends the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error("{zip} could not be read")]
    Read {
        zip: Zip,
        #[source]
        error: io::Error,
    },
    #[error("the layer's zip could not be kept in the function's temporary storage")]
    Storage(#[source] io::Error),
    #[error("{zip} is no zip file: {}", match zip {
        Zip::Artifact => "give the action an artifact that a source or build action of CodePipeline has made",
        Zip::Layer => "check that `artifact_path` names the zip and that the build makes one",
    })]
    NotAZip { zip: Zip },
    #[error(
        "{zip} is damaged or ambiguous: {what}; make it anew, with nothing before, between or behind what the zip tool writes"
    )]
    Damaged { zip: Zip, what: String },
    #[error("the input artifact has no file {path}{}", near(names))]
    NoSuchPath { path: String, names: Vec<String> },
    #[error(
        "{path} is a folder in the input artifact: `artifact_path` must name the layer's zip, or be \".\" if the artifact itself is the layer"
    )]
    Folder { path: String },
    #[error("the input artifact has {entries} files {path}: have the build write it once")]
    Ambiguous { path: String, entries: u64 },
    #[error("{name} in {zip} is encrypted: make the zip without a password")]
    Encrypted { zip: Zip, name: String },
    #[error("{name} in {zip} is compressed by {method}: make the zip with deflate, or without compression")]
    Unsupported { zip: Zip, name: String, method: String },
    #[error("{name} in {zip} is {what}: {}", match zip {
        Zip::Artifact => "have the build put the layer's zip itself there",
        Zip::Layer => "only files, folders and symbolic links can be in a layer",
    })]
    Special { zip: Zip, name: String, what: &'static str },
    #[error(
        "the layer's zip has {size} bytes, which is more than the {LAYER_BYTES} that a layer may have unzipped: take something out of the layer"
    )]
    TooLarge { size: u64 },
    #[error("the layer's zip is not what the input artifact says of it: {what}; run the build again")]
    Content { what: String },

    #[error("the layer's zip has no file in it: check what the build puts into it")]
    Empty,
    #[error(
        "the layer's zip has {entries} files and folders, which is more than `max_entries` allows ({limit}): take something out of the layer or raise `max_entries`"
    )]
    TooManyEntries { entries: u64, limit: u64 },
    #[error(
        "{what} zip64, which a layer never needs and not every reader knows: have the build write the zip to a file, not into a pipe, and without zip64 (zip: `-fz-`; Python: no `force_zip64`; Gradle: `zip64 = false`)"
    )]
    Zip64 { what: String },
    #[error("the layer's zip is one part of several: make it in one piece")]
    MultiDisk,
    #[error("the layer's zip has an entry {name}, whose name {why}: rename it")]
    Name { name: String, why: &'static str },
    #[error("the layer's zip has {name} twice: have the build write it once")]
    Twice { name: String },
    #[error("the layer's zip has {name} as a file, and something below it as if it were a folder: remove one of them")]
    FileAndFolder { name: String },
    #[error("the layer's zip has something below {name}, which is a symbolic link: put it where the link leads to")]
    BelowLink { name: String },
    #[error(
        "the symbolic link {name} in the layer's zip {why}: have it lead to something in the layer, by a relative path"
    )]
    Link { name: String, why: String },
    #[error(
        "the layer has {size} bytes unzipped, which is more than the {LAYER_BYTES} that a function and all its layers may have: take something out of it"
    )]
    TooLargeUnzipped { size: u64 },
    #[error(
        "{name} in the layer's zip says of itself that {compressed} bytes become {size}, which is not possible: make the zip anew"
    )]
    Ratio { name: String, compressed: u64, size: u64 },
    #[error("{first} and {second} share bytes in the layer's zip, as in a zip bomb: make the zip anew")]
    Overlap { first: String, second: String },
    #[error("{name} lies outside the layer's zip: the zip is cut short or damaged, make it anew")]
    Outside { name: String },
    #[error(
        "the two headers of {name} in the layer's zip disagree about its {what}: make the zip anew, with another tool if it happens again"
    )]
    Headers { name: String, what: &'static str },
    #[error(
        "the layer's zip holds nothing but another zip, {name}: {remedy}",
        remedy = "let `artifact_path` name the layer itself, or have the build zip the layer's files only once"
    )]
    LayerWithinLayer { name: String },
    #[error("the layer has nothing where {runtime} looks ({}): at its top there is {}. {remedy}", .expected.join(", "), .found.join(", "))]
    Layout {
        runtime: String,
        expected: Vec<String>,
        found: Vec<String>,
        remedy: String,
    },
}

impl ArchiveError {
    pub(super) fn damaged(zip: Zip, what: impl Into<String>) -> Self {
        Self::Damaged { zip, what: what.into() }
    }

    /// Of a reader that failed, or had less than it should.
    pub(super) fn of_read(zip: Zip, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::damaged(zip, "it is cut short")
        } else {
            Self::Read { zip, error }
        }
    }

    pub(super) fn of_rawzip(zip: Zip, error: rawzip::Error) -> Self {
        match error.into_kind() {
            ErrorKind::IO(error) => Self::of_read(zip, error),
            ErrorKind::MissingEndOfCentralDirectory => Self::NotAZip { zip },
            ErrorKind::Eof => Self::damaged(zip, "it is cut short"),
            _ => Self::damaged(zip, "its directory of files cannot be read"),
        }
    }
}

fn near(names: &[String]) -> String {
    if names.is_empty() {
        ": it is empty, check what the build puts into it".to_owned()
    } else {
        format!(
            ": it has {}; let `artifact_path` name the layer's zip",
            names.join(", ")
        )
    }
}

/// A name as texts show it: whatever it has in it, it cannot garble them.
pub(super) fn shown(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(&name[..name.len().min(4 * SHOWN_CHARACTERS)]);
    let mut characters = name.chars();
    let head: String = characters.by_ref().take(SHOWN_CHARACTERS).collect();
    let more = if characters.next().is_some() { "..." } else { "" };
    format!("`{}{more}`", head.escape_debug())
}
