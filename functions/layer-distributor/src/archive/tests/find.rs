//! The layer in the artifact.

use super::builder::{ENCRYPTED, Entry, deflate};
use super::*;
use crate::archive::{Located, Method, find};

fn located(zip: &Zip, path: &str) -> Result<Located, String> {
    let bytes = zip.bytes();
    find(bytes.as_slice(), bytes.len() as u64, path).map_err(|error| words(&error))
}

fn artifact() -> Zip {
    Zip::of([
        Entry::folder("dist/"),
        Entry::stored("dist/layer.zip", b"stored"),
        Entry::deflated("layer.zip", &[7; 1_000]),
        Entry::stored("README.md", b"read"),
    ])
}

#[test]
fn a_file_is_found_where_its_bytes_are() {
    let bytes = artifact().bytes();
    let stored = located(&artifact(), "dist/layer.zip").unwrap();
    assert_eq!(
        (stored.method, stored.size, stored.crc),
        (Method::Stored, 6, rawzip::crc32(b"stored"))
    );
    let range =
        |located: &Located| usize::try_from(located.data.start).unwrap()..usize::try_from(located.data.end).unwrap();
    assert_eq!(&bytes[range(&stored)], b"stored");
    let deflated = located(&artifact(), "./layer.zip").unwrap();
    assert_eq!((deflated.method, deflated.size), (Method::Deflated, 1_000));
    assert_eq!(bytes[range(&deflated)], deflate(&[7; 1_000]));
}

#[test]
fn an_artifact_may_have_more_around_it_than_a_layer() {
    let mut zip = artifact();
    zip.prefix = b"#!/bin/sh\n".to_vec();
    zip.gap = vec![0; 100];
    let bytes = zip.bytes();
    let found = located(&zip, "dist/layer.zip").unwrap();
    assert_eq!(&bytes[usize::try_from(found.data.start).unwrap()..][..6], b"stored");
    let zip = Zip::of([Entry::stored("./layer.zip", b"a").streamed(true)]);
    assert_eq!(located(&zip, "layer.zip").unwrap().size, 1);
}

#[test]
fn an_artifact_may_need_zip64() {
    let mut entry = Entry::stored("layer.zip", b"zip64");
    let sizes = [5_u64.to_le_bytes(), 5_u64.to_le_bytes()].concat();
    entry = entry.with(|header| {
        header.size = u32::MAX;
        header.compressed = u32::MAX;
        header.extra = super::builder::extra(1, &sizes);
    });
    assert_eq!(located(&Zip::of([entry]), "layer.zip").unwrap().size, 5);
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let error = located(&artifact(), "build/layer.zip").unwrap_err();
    assert_says(
        &error,
        "has no file `build/layer.zip`: it has `dist/layer.zip`, `layer.zip`; let",
    );
    // Nothing like it: the first that are there.
    let error = located(
        &Zip::of([Entry::stored("a", b""), Entry::stored("b\n", b"")]),
        "layer.zip",
    )
    .unwrap_err();
    assert_says(&error, r"it has `a`, `b\n`; let `artifact_path` name");
    let many = Zip::of((0..5_000).map(|index| Entry::stored(format!("{index}.ZIP"), b"")));
    let error = located(&many, "layer.zip").unwrap_err();
    assert_says(&error, "`8.ZIP`, `9.ZIP`; let");
    assert!(error.len() < 300, "{error}");
    assert_says(
        &located(&Zip::default(), "layer.zip").unwrap_err(),
        "has no file `layer.zip`: it is empty",
    );
}

#[test]
fn a_folder_is_no_layer() {
    for path in ["dist", "dist/", "./dist"] {
        assert_says(
            &located(&artifact(), path).unwrap_err(),
            "is a folder in the input artifact",
        );
    }
    let implied = Zip::of([Entry::stored("dist/a", b"")]);
    assert_says(
        &located(&implied, "dist").unwrap_err(),
        "`dist` is a folder in the input artifact",
    );
    assert_says(&located(&implied, "dis").unwrap_err(), "has no file");
}

#[test]
fn a_name_that_is_there_twice_is_not_guessed_at() {
    let mut zip = artifact();
    zip.entries.push(Entry::stored("layer.zip", b"other"));
    assert_says(&located(&zip, "layer.zip").unwrap_err(), "has 2 files `layer.zip`");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let with = |change: fn(Entry) -> Entry| {
        let mut zip = artifact();
        zip.entries[2] = change(zip.entries[2].clone());
        located(&zip, "layer.zip").unwrap_err()
    };
    let encrypted = with(|entry| entry.with(|header| header.flags |= ENCRYPTED));
    assert_says(&encrypted, "`layer.zip` in the input artifact is encrypted");
    let zstd = with(|entry| entry.with(|header| header.method = 93));
    assert_says(
        &zstd,
        "`layer.zip` in the input artifact is compressed by method 93 (ZSTD)",
    );
    let link = with(|mut entry| {
        entry.attributes = 0o120_777 << 16;
        entry
    });
    assert_says(
        &link,
        "`layer.zip` in the input artifact is a symbolic link: have the build put",
    );
    let large = with(|entry| entry.with(|header| header.size = 262_144_001));
    assert_says(&large, "the layer's zip has 262144001 bytes");
    let outside = with(|entry| entry.with(|header| header.compressed = 100_000));
    assert_says(&outside, "`layer.zip` does not lie within it");
    let nowhere = with(|mut entry| {
        entry.offset = Some(3);
        entry
    });
    assert_says(&nowhere, "the input artifact is damaged");
    let lying = with(|entry| entry.with(|header| header.method = 0));
    assert_says(&lying, "say that");
    // Another file's faults are another file's.
    let mut zip = artifact();
    zip.entries[3] = zip.entries[3].clone().with(|header| header.flags |= ENCRYPTED);
    assert!(located(&zip, "layer.zip").is_ok());
}

#[test]
fn what_is_no_zip_is_said_to_be_none() {
    for bytes in [&b""[..], b"PK", &vec![b'x'; 100_000]] {
        let error = find(bytes, bytes.len() as u64, "layer.zip").unwrap_err();
        assert_says(&words(&error), "the input artifact is no zip file");
    }
    let bytes = artifact().bytes();
    for length in 0..bytes.len() {
        assert!(find(&bytes[..length], length as u64, "layer.zip").is_err());
    }
    let short = Zip {
        entries_off: 1,
        ..artifact()
    };
    assert_says(
        &located(&short, "layer.zip").unwrap_err(),
        "lists 4 files where 5 are announced",
    );
}

#[test]
fn a_large_artifact_is_read_in_few_large_pieces() {
    let mut zip = Zip::of((0..65_000).map(|index| Entry::stored(format!("src/{index}"), b"")));
    zip.entries.push(Entry::stored("layer.zip", b"layer"));
    let bytes = zip.bytes();
    let reader = Watched::new(bytes.as_slice());
    assert_eq!(find(&reader, bytes.len() as u64, "layer.zip").unwrap().size, 5);
    assert!(reader.largest.get() <= 1 << 20);
    assert!(reader.reads.get() < 12, "{}", reader.reads.get());
}

/// Refuses as S3 does.
struct Denied;

impl ReaderAt for Denied {
    fn read_at(&self, _buffer: &mut [u8], _offset: u64) -> io::Result<usize> {
        Err(io::Error::other("AccessDenied"))
    }
}

#[test]
fn a_reader_that_fails_is_the_cause() {
    let error = find(Denied, 1_000, "layer.zip").unwrap_err();
    assert_eq!(error.to_string(), "the input artifact could not be read");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "AccessDenied");
}
