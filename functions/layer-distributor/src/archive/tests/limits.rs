//! Bombs, and layers that are too large.

use super::builder::{Entry, deflate, extra};
use super::*;
use crate::archive::find;

fn many(count: usize) -> Zip {
    Zip::of((0..count).map(|index| Entry::stored(format!("lib/{index}"), b"")))
}

#[test]
fn as_many_entries_as_allowed_and_not_one_more() {
    assert_eq!(accepted(&many(10_000)).entries, 10_000);
    let error = refused(&many(10_001));
    assert_says(
        &error,
        "has 10001 files and folders, which is more than `max_entries` allows (10000)",
    );
}

#[test]
fn as_many_entries_as_a_zip_can_have_can_be_allowed() {
    let limits = Limits { max_entries: 65_535 };
    let bytes = many(65_535).bytes();
    let reader = Watched::new(bytes.as_slice());
    let checked = inspect(&reader, bytes.len() as u64, &limits, &[]).unwrap();
    assert_eq!(checked.entries, 65_535);
    // Through buffers, and not a read for each entry.
    assert!(reader.largest.get() <= rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE);
    assert!(reader.reads.get() < 2_000, "{}", reader.reads.get());
}

/// 262,144,000 bytes in `files` files of which each says that it has its part.
fn declaring(total: u32, files: u32) -> Zip {
    let each = total / files;
    Zip::of((0..files).map(|index| {
        let size = if index == 0 { total - each * (files - 1) } else { each };
        let mut entry = Entry::deflated(format!("lib/{index}"), b"");
        // As many bytes as deflate needs for them at the least.
        entry.data = vec![0; usize::try_from(size.div_ceil(1032)).unwrap()];
        entry.with(|header| {
            header.size = size;
            header.compressed = size.div_ceil(1032);
        })
    }))
}

#[test]
fn all_files_together_have_what_a_layer_may_have() {
    assert_eq!(accepted(&declaring(262_144_000, 7)).unzipped, 262_144_000);
    let error = refused(&declaring(262_144_001, 7));
    assert_says(&error, "has 262144001 bytes unzipped, which is more than the 262144000");
}

#[test]
fn no_entry_declares_more_than_deflate_gives() {
    let with_size = |size| {
        let mut entry = Entry::deflated("lib/a", b"");
        entry.data = vec![0; 100];
        Zip::of([entry.with(|header| {
            header.compressed = 100;
            header.size = size;
        })])
    };
    accepted(&with_size(103_200));
    let error = refused(&with_size(103_201));
    assert_says(
        &error,
        "`lib/a` in the layer's zip says of itself that 100 bytes become 103201",
    );
    // What deflate really gives at best is below that.
    let zeros = vec![0; 10_000_000];
    let packed = deflate(&zeros);
    assert!(zeros.len() / packed.len() > 1_000);
    accepted(&Zip::of([Entry::deflated("lib/zeros", &zeros)]));
    let lying = Entry::stored("lib/b", b"b").with(|header| header.size = 2);
    assert_says(&refused(&Zip::of([lying])), "1 bytes become 2");
}

#[test]
fn a_bomb_of_overlapping_files_is_refused() {
    // Every file is the same kernel (https://www.bamsoftware.com/hacks/zipbomb/).
    let kernel = Entry::deflated("lib/0", &vec![0; 1_000_000]);
    let mut entries = vec![kernel.clone()];
    for _ in 1..200 {
        let mut copy = kernel.clone();
        copy.written = false;
        copy.offset = Some(0);
        entries.push(copy);
    }
    assert_says(&refused(&Zip::of(entries)), "`lib/0` twice");

    // Quoted: a stored file whose data is the next file, header and all.
    let inner = Entry::deflated("lib/inner", &vec![0; 1_000_000]);
    let mut quoted = Zip::of([inner.clone()]).bytes();
    let length = quoted.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    quoted.truncate(length);
    let outer = Entry::stored("lib/outer", &quoted);
    let mut listed = inner;
    listed.written = false;
    listed.offset = Some(30 + 9);
    let error = refused(&Zip::of([outer, listed]));
    assert_says(&error, "`lib/outer` and `lib/inner` share bytes");
}

/// A zip whose directory is larger than memory should be, made when it is read: each entry has a large record.
struct HugeDirectory {
    entries: u64,
    /// The first entry's local header and record. The others differ in their names and offsets.
    local: Vec<u8>,
    record: Vec<u8>,
}

impl HugeDirectory {
    fn new(entries: u64) -> Self {
        let mut entry = Entry::stored("lib/00000000", b"");
        entry.central.extra = extra(0xcafe, &vec![0; 59_000]);
        let mut bytes = Zip::of([entry]).bytes();
        bytes.truncate(bytes.len() - 22);
        let record = bytes.split_off(30 + 12);
        Self {
            entries,
            local: bytes,
            record,
        }
    }

    fn directory(&self) -> u64 {
        self.entries * self.local.len() as u64
    }

    fn end(&self) -> u64 {
        self.directory() + self.entries * self.record.len() as u64
    }

    fn piece(&self, offset: u64) -> (Vec<u8>, u64) {
        let (mut bytes, index, skip, name) = if offset < self.directory() {
            let length = self.local.len() as u64;
            (self.local.clone(), offset / length, offset % length, 30)
        } else if offset < self.end() {
            let (length, offset) = (self.record.len() as u64, offset - self.directory());
            let (mut record, index) = (self.record.clone(), offset / length);
            let local = u32::try_from(index * self.local.len() as u64).unwrap();
            record[42..46].copy_from_slice(&local.to_le_bytes());
            (record, index, offset % length, 46)
        } else {
            let mut end = Zip::default().bytes();
            let entries = u16::try_from(self.entries).unwrap().to_le_bytes();
            let length = u32::try_from(self.end() - self.directory()).unwrap().to_le_bytes();
            let directory = u32::try_from(self.directory()).unwrap().to_le_bytes();
            end.splice(
                8..20,
                [entries, entries].concat().into_iter().chain(length).chain(directory),
            );
            return (end, offset - self.end());
        };
        bytes[name + 4..name + 12].copy_from_slice(format!("{index:08}").as_bytes());
        (bytes, skip)
    }
}

impl ReaderAt for HugeDirectory {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let (bytes, skip) = self.piece(offset);
        let bytes = bytes.get(usize::try_from(skip).unwrap()..).unwrap_or_default();
        let read = bytes.len().min(buffer.len());
        buffer[..read].copy_from_slice(&bytes[..read]);
        Ok(read)
    }
}

#[test]
fn a_directory_of_200_megabytes_is_read_piece_by_piece() {
    let huge = HugeDirectory::new(3_500);
    assert!(huge.end() - huge.directory() > 200_000_000);
    let size = huge.end() + 22;
    let reader = Watched::new(huge);
    assert_eq!(inspect(&reader, size, &LIMITS, &[]).unwrap().entries, 3_500);
    assert!(reader.largest.get() <= rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE);
    let error = find(&reader, size, "layer.zip").unwrap_err();
    assert_says(
        &words(&error),
        "has no file `layer.zip`: it has `lib/00000000`, `lib/00000001`",
    );
    assert!(reader.largest.get() <= 1 << 20);
}
