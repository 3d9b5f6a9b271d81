//! Whatever is done to a zip: no panic, no large read, and what is accepted stays in its folder.

use std::path::{Component, Path};
use std::sync::LazyLock;

use proptest::prelude::*;

use super::builder::Entry;
use super::*;
use crate::archive::find;

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut zip = Zip::of([
        Entry::folder("python/"),
        Entry::deflated("python/a.py", &[b'a'; 300]),
        Entry::stored("python/b.py", b"b = 1").streamed(true),
        Entry::link("python/c", "b.py"),
        Entry::deflated("bin/d", b"d").streamed(false),
        Entry::stored("lib/e", b""),
    ]);
    zip.comment = b"comment".to_vec();
    zip.bytes()
});

#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Copy(usize, usize, usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let place = 0..1_200_usize;
    let byte = prop_oneof![any::<u8>(), Just(0), Just(0xff), Just(b'/'), Just(b'.'), Just(b'\\')];
    let change = prop_oneof![
        6 => (place.clone(), byte).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => (place.clone(), prop::collection::vec(any::<u8>(), 1..30)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => (place.clone(), 1..60_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        1 => (place.clone(), place, 1..100_usize).prop_map(|(from, to, length)| Change::Copy(from, to, length)),
    ];
    prop::collection::vec(change, 0..6)
}

fn apply(bytes: &mut Vec<u8>, changes: &[Change]) {
    for change in changes {
        let length = bytes.len().max(1);
        match change {
            Change::Set(at, byte) => bytes[at % length] = *byte,
            Change::Insert(at, inserted) => {
                let at = at % length;
                bytes.splice(at..at, inserted.iter().copied());
            }
            Change::Remove(at, count) => {
                let at = at % length;
                let end = (at + count).min(bytes.len());
                bytes.drain(at..end);
            }
            Change::Copy(from, to, count) => {
                let (from, to) = (from % length, to % length);
                let count = (*count).min(bytes.len() - from.max(to));
                bytes.copy_within(from..from + count, to);
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
}

/// As another reader of zips has them.
fn names(bytes: &[u8]) -> Vec<String> {
    let archive = rawzip::ZipArchive::from_slice(bytes).unwrap();
    let mut entries = archive.entries();
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().unwrap() {
        names.push(String::from_utf8(entry.file_path().as_bytes().to_vec()).unwrap());
    }
    names
}

#[test]
fn the_zip_that_is_changed_is_good() {
    assert_eq!(check(&GOOD).unwrap().entries, 6);
    assert_eq!(names(&GOOD).len(), 6);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_zip_is_refused_or_stays_in_its_folder(changes in changes()) {
        let mut bytes = GOOD.clone();
        apply(&mut bytes, &changes);
        let reader = Watched::new(bytes.as_slice());
        let runtimes = ["python3.13".to_owned()];
        let checked = inspect(&reader, bytes.len() as u64, &LIMITS, &runtimes);
        prop_assert!(reader.largest.get() <= rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE);
        prop_assert!(reader.reads.get() < 1_000);
        match checked {
            Ok(checked) => {
                let names = names(&bytes);
                prop_assert_eq!(checked.entries, names.len() as u64);
                for name in names {
                    // `join` takes an absolute path for the whole.
                    let joined = Path::new("/opt").join(&name);
                    let below = joined.strip_prefix("/opt");
                    let stays = below.is_ok_and(|below| below.components().all(|part| matches!(part, Component::Normal(_))));
                    prop_assert!(stays, "{name:?}");
                }
            }
            Err(error) => {
                let text = error.to_string();
                prop_assert!(!text.contains(char::is_control) && text.len() < 1_500, "{text:?}");
            }
        }
    }

    #[test]
    fn an_artifact_that_is_changed_is_refused_or_its_file_lies_in_it(changes in changes()) {
        let mut bytes = GOOD.clone();
        apply(&mut bytes, &changes);
        if let Ok(located) = find(bytes.as_slice(), bytes.len() as u64, "python/a.py") {
            prop_assert!(located.data.start <= located.data.end && located.data.end <= bytes.len() as u64);
        }
    }

    #[test]
    fn any_name_is_refused_or_stays_in_its_folder(name in "[./\\\\:a-zA-Z\u{0}é]{0,12}") {
        let bytes = Zip::of([Entry::stored(&name, b""), Entry::stored("other", b"")]).bytes();
        if check(&bytes).is_ok() {
            let parts = Path::new(&name).components();
            let parts = parts.filter(|part| *part != Component::CurDir);
            prop_assert!(parts.clone().all(|part| matches!(part, Component::Normal(_))), "{name:?}");
            prop_assert!(!name.contains('\\'));
        }
    }
}
