//! The layer's bytes on their way.

use sha2::{Digest as _, Sha256};

use super::builder::deflate;
use super::*;
use crate::archive::{LayerZip, Located, Method, Spool, check as check_file};
use crate::release::Digest;

fn content() -> Vec<u8> {
    (0..300_000_u32).flat_map(|number| (number / 7).to_le_bytes()).collect()
}

fn located(method: Method, data: &[u8], content: &[u8]) -> Located {
    Located {
        data: 0..data.len() as u64,
        method,
        size: content.len() as u64,
        crc: rawzip::crc32(content),
    }
}

fn run(mut spool: Spool, data: &[u8], piece: usize) -> Result<LayerZip, String> {
    for piece in data.chunks(piece) {
        spool.write(piece).map_err(|error| words(&error))?;
    }
    spool.finish().map_err(|error| words(&error))
}

#[test]
fn the_file_is_the_layer_however_its_bytes_come() {
    let content = content();
    let packed = deflate(&content);
    for piece in [1_000, 65_536, content.len()] {
        let ways = [
            run(Spool::whole(content.len() as u64), &content, piece),
            run(Spool::of(&located(Method::Stored, &content, &content)), &content, piece),
            run(Spool::of(&located(Method::Deflated, &packed, &content)), &packed, piece),
        ];
        for zip in ways {
            let zip = zip.unwrap();
            assert_eq!(zip.size, content.len() as u64);
            assert_eq!(zip.digest, Digest(Sha256::digest(&content).into()));
            assert!(std::fs::read(zip.path()).unwrap() == content);
            assert_eq!(zip.file().metadata().unwrap().len(), zip.size);
        }
    }
    let byte_by_byte = run(Spool::of(&located(Method::Deflated, &packed, &content)), &packed, 1).unwrap();
    assert_eq!(byte_by_byte.size, content.len() as u64);
}

#[test]
fn the_file_goes_away_with_its_owner() {
    let zip = run(Spool::whole(3), b"abc", 3).unwrap();
    let path = zip.path().to_owned();
    assert!(path.exists());
    drop(zip);
    assert!(!path.exists());
}

#[test]
fn nothing_becomes_an_empty_file_that_is_no_zip() {
    for spool in [Spool::whole(0), Spool::of(&located(Method::Stored, b"", b""))] {
        let zip = run(spool, b"", 1).unwrap();
        assert_says(&words(&check_file(&zip, &LIMITS, &[]).unwrap_err()), "is no zip file");
    }
}

#[test]
fn a_zip_on_disk_is_checked() {
    let bytes = Zip::of([super::builder::Entry::stored("lib/a", b"abc")]).bytes();
    let zip = run(Spool::whole(bytes.len() as u64), &bytes, 10).unwrap();
    let expected = Checked {
        entries: 1,
        unzipped: 3,
    };
    assert_eq!(check_file(&zip, &LIMITS, &[]).unwrap(), expected);
}

#[test]
fn what_the_artifact_says_of_the_layer_is_held_against_it() {
    let content = content();
    let packed = deflate(&content);
    let good = located(Method::Deflated, &packed, &content);
    let cut = &packed[..packed.len() - 1];
    assert_says(
        &run(Spool::of(&good), cut, 999).unwrap_err(),
        "its compressed data is cut short",
    );
    assert_says(
        &run(Spool::of(&good), b"", 999).unwrap_err(),
        "its compressed data is cut short",
    );
    let longer = [&packed[..], b"x"].concat();
    for piece in [packed.len(), longer.len()] {
        let error = run(Spool::of(&good), &longer, piece).unwrap_err();
        assert_says(&error, "something follows its compressed data");
    }
    let error = run(Spool::of(&good), &[0xff; 100], 999).unwrap_err();
    assert_says(&error, "its compressed data is damaged");
    let fewer = Located {
        size: good.size - 1,
        ..good.clone()
    };
    let error = run(Spool::of(&fewer), &packed, 999).unwrap_err();
    assert_says(&error, "it has more than the 1199999 bytes announced");
    let more = Located {
        size: good.size + 1,
        ..good.clone()
    };
    let error = run(Spool::of(&more), &packed, 999).unwrap_err();
    assert_says(&error, "it has 1200000 bytes of the 1200001 announced");
    let other = Located {
        crc: good.crc ^ 1,
        ..good
    };
    assert_says(
        &run(Spool::of(&other), &packed, 999).unwrap_err(),
        "its checksum (CRC-32) is another",
    );
    assert_says(
        &run(Spool::whole(4), b"abc", 9).unwrap_err(),
        "it has 3 bytes of the 4 announced",
    );
    assert_says(
        &run(Spool::whole(2), b"abc", 9).unwrap_err(),
        "it has more than the 2 bytes announced",
    );
}

#[test]
fn a_bomb_is_not_inflated_beyond_what_was_announced() {
    let packed = deflate(&vec![0; 50_000_000]);
    let announced = Located {
        data: 0..packed.len() as u64,
        method: Method::Deflated,
        size: 1_000_000,
        crc: 0,
    };
    let error = Spool::of(&announced).write(&packed).unwrap_err();
    assert_says(&words(&error), "it has more than the 1000000 bytes announced");
}

#[test]
fn more_than_a_layer_can_have_is_not_even_begun() {
    let error = Spool::whole(262_144_001).write(b"PK").unwrap_err();
    assert_says(
        &words(&error),
        "the layer's zip has 262144001 bytes, which is more than the 262144000",
    );
    Spool::whole(262_144_000).write(b"PK").unwrap();
}
