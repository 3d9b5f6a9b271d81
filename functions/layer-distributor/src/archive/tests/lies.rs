//! Zips that are broken, or that two readers would read in two ways.

use super::builder::{DESCRIPTOR, ENCRYPTED, Entry, Header, UTF8};
use super::*;

pub(super) fn good() -> Zip {
    Zip::of([
        Entry::folder("python/"),
        Entry::deflated("python/a.py", &[b'a'; 5_000]),
        Entry::stored("python/b.py", b"b = 1"),
    ])
}

#[test]
fn what_is_right_is_accepted_in_every_way_of_writing_it() {
    let expected = Checked {
        entries: 3,
        unzipped: 5_005,
    };
    assert_eq!(accepted(&good()), expected);
    let mut streamed = good();
    streamed.entries[1] = streamed.entries[1].clone().streamed(true);
    streamed.entries[2] = streamed.entries[2].clone().streamed(false);
    assert_eq!(accepted(&streamed), expected);
    let mut commented = good();
    commented.comment = b"made by nobody".to_vec();
    commented.entries[1].comment = b"a".to_vec();
    assert_eq!(accepted(&commented), expected);
    // The directory in another order than the entries.
    let mut turned = good();
    let second = u32::try_from(37 + 30 + "python/a.py".len() + turned.entries[1].data.len()).unwrap();
    turned.entries[1].offset = Some(37);
    turned.entries[2].offset = Some(second);
    let [_, a, b] = turned.entries.as_mut_slice() else {
        unreachable!()
    };
    std::mem::swap(&mut a.central, &mut b.central);
    std::mem::swap(&mut a.offset, &mut b.offset);
    assert_eq!(accepted(&turned), expected);
}

#[test]
fn what_is_no_zip_is_said_to_be_none() {
    for bytes in [&b""[..], b"PK", b"<html>AccessDenied</html>", &vec![0; 100_000]] {
        assert_says(&words(&check(bytes).unwrap_err()), "the layer's zip is no zip file");
    }
}

#[test]
fn a_zip_without_a_file_is_empty() {
    for zip in [Zip::default(), Zip::of([Entry::folder("python/")])] {
        assert_says(&refused(&zip), "has no file in it");
    }
}

#[test]
fn a_zip_that_is_cut_anywhere_is_refused() {
    let bytes = good().bytes();
    for length in 0..bytes.len() {
        let error = words(&check(&bytes[..length]).unwrap_err());
        let said = error.contains("is no zip file") || error.contains("cut short");
        assert!(said, "{length}: {error}");
    }
    assert_says(&words(&check(&bytes[..200]).unwrap_err()), "it is cut short");
    let mut commented = good();
    commented.comment = b"a comment".to_vec();
    let bytes = commented.bytes();
    assert_says(
        &words(&check(&bytes[..bytes.len() - 1]).unwrap_err()),
        "it is cut short",
    );
}

#[test]
fn nothing_may_stand_before_between_or_behind() {
    type Change = fn(&mut Zip);
    let cases: [(Change, &str); 6] = [
        (|zip| zip.prefix = b"#!/bin/sh\n".to_vec(), "its directory should end"),
        (|zip| zip.suffix = b"\n".to_vec(), "it should end at byte"),
        (|zip| zip.gap = vec![0; 9], "the 9 bytes from byte"),
        (|zip| zip.before_end = vec![0; 4], "its directory should end"),
        (|zip| zip.entries[0].behind = vec![0; 7], "the 7 bytes from byte 37 on"),
        // A signed directory: what follows the last entry is no entry.
        (
            |zip| {
                zip.before_end = b"PK\x05\x05\x00\x00".to_vec();
                zip.size_off = 6;
            },
            "does not have the 3 entries",
        ),
    ];
    for (change, expected) in cases {
        let mut zip = good();
        change(&mut zip);
        assert_says(&refused(&zip), expected);
    }
    // A prefix of which the zip knows: the first entry begins behind it.
    let mut known = good();
    known.entries.insert(0, Entry::stored("hidden", b"hidden"));
    let bytes = known.bytes();
    let record = 46 + "hidden".len();
    let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let mut unlisted = [&bytes[..directory], &bytes[directory + record..]].concat();
    let end = unlisted.len() - 22;
    let size = u32::try_from(end - directory).unwrap().to_le_bytes();
    unlisted[end + 8..end + 16].copy_from_slice(&[3, 0, 3, 0, size[0], size[1], size[2], size[3]]);
    assert_says(
        &words(&check(&unlisted).unwrap_err()),
        "the 42 bytes from byte 0 on belong to no entry",
    );
}

#[test]
fn a_zip_with_a_second_directory_in_its_comment_is_refused() {
    let other = Zip::of([Entry::stored("python/evil.py", b"evil")]);
    let mut zip = good();
    // The last end is another's, whose directory is right in front of it.
    zip.comment = other.bytes();
    assert!(check(&zip.bytes()).is_err());
    let inner = other.bytes();
    let directory = inner.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    zip.comment = inner[directory..].to_vec();
    assert!(check(&zip.bytes()).is_err());
}

#[test]
fn the_number_of_entries_is_the_number_of_entries() {
    for off in [-1, 1] {
        let zip = Zip {
            entries_off: off,
            ..good()
        };
        assert_says(&refused(&zip), "entries that its end announces");
    }
}

#[test]
fn a_part_of_several_is_refused() {
    for disks in [[1, 0], [0, 1]] {
        assert_says(&refused(&Zip { disks, ..good() }), "one part of several");
    }
    let mut zip = good();
    zip.entries[1].disk = 1;
    assert_says(&refused(&zip), "one part of several");
}

#[test]
fn encryption_is_refused_in_each_of_its_kinds() {
    let kinds: [fn(&mut Header); 4] = [
        |header| header.flags |= ENCRYPTED,
        |header| header.flags |= 1 << 6,
        |header| header.flags |= 1 << 13,
        |header| header.method = 99,
    ];
    for kind in kinds {
        let mut zip = good();
        zip.entries[1] = zip.entries[1].clone().with(kind);
        assert_says(&refused(&zip), "`python/a.py` in the layer's zip is encrypted");
    }
}

#[test]
fn only_stored_and_deflated_are_read() {
    for (method, name) in [
        (9, "9 (DEFLATE64)"),
        (12, "12 (BZIP2)"),
        (14, "14 (LZMA)"),
        (93, "93 (ZSTD)"),
        (777, "777"),
    ] {
        let mut zip = good();
        zip.entries[1] = zip.entries[1].clone().with(|header| header.method = method);
        assert_says(&refused(&zip), &format!("compressed by method {name}"));
    }
    let mut zip = good();
    zip.entries[1] = zip.entries[1].clone().with(|header| header.flags |= 1 << 5);
    assert_says(&refused(&zip), "compressed by patching");
}

#[test]
fn the_two_headers_agree() {
    type Difference = fn(&mut Header);
    let differences: [(Difference, &str); 8] = [
        (|local| local.name = b"python/c.py".to_vec(), "name"),
        (|local| local.method = 0, "method"),
        (|local| local.flags &= !UTF8, "flags"),
        (|local| local.flags |= DESCRIPTOR, "flags"),
        (|local| local.flags |= ENCRYPTED, "flags"),
        (|local| local.crc ^= 1, "checksum"),
        (|local| local.size += 1, "size"),
        (|local| local.compressed -= 1, "size"),
    ];
    for (difference, what) in differences {
        let mut zip = good();
        difference(&mut zip.entries[1].local);
        assert_says(
            &refused(&zip),
            &format!("`python/a.py` in the layer's zip disagree about its {what}"),
        );
    }
    // What says how well it was compressed is nobody's business.
    let mut zip = good();
    zip.entries[1].local.flags |= 2;
    accepted(&zip);
}

#[test]
fn a_streamed_entry_says_the_same_in_three_places() {
    let streamed = || {
        let mut zip = good();
        zip.entries[1] = zip.entries[1].clone().streamed(true);
        zip
    };
    accepted(&streamed());
    let mut zip = streamed();
    zip.entries[1].local.size = 17;
    assert_says(&refused(&zip), "disagree about its size");
    for index in [4, 8, 12] {
        let mut zip = streamed();
        zip.entries[1].behind[index] ^= 1;
        assert_says(&refused(&zip), "disagree about its data descriptor");
    }
    let mut zip = streamed();
    zip.entries[1].behind.clear();
    assert_says(&refused(&zip), "disagree about its data descriptor");
}

#[test]
fn an_entry_is_where_the_directory_says() {
    let mut zip = good();
    zip.entries[1].offset = Some(38);
    assert_says(&refused(&zip), "`python/a.py` is not where its directory says");
    let mut zip = good();
    zip.entries[1].offset = Some(1 << 20);
    assert_says(&refused(&zip), "`python/a.py` lies outside");
}

#[test]
fn no_entry_reaches_into_the_directory() {
    for bytes in [1, 60] {
        let mut zip = good();
        zip.entries[2] = zip.entries[2].clone().with(|header| {
            header.compressed += bytes;
            header.size += bytes;
        });
        assert_says(&refused(&zip), "`python/b.py` lies outside the layer's zip");
    }
}

#[test]
fn a_folder_has_no_content() {
    let mut entry = Entry::stored("python/", b"content");
    entry.attributes = 0o040_755 << 16;
    let zip = Zip::of([entry, Entry::stored("python/a", b"")]);
    assert_says(&refused(&zip), "`python/` is a folder with content");
    // Java deflates nothing to two bytes.
    accepted(&Zip::of([
        Entry::deflated("python/", b""),
        Entry::stored("python/a", b""),
    ]));
}
