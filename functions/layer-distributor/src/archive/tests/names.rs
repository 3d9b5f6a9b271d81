//! Where entries would be unpacked to.

use super::builder::{Entry, extra};
use super::*;

fn named(name: impl AsRef<[u8]>) -> Zip {
    Zip::of([Entry::stored("python/a.py", b"a"), Entry::stored(name, b"b")])
}

#[test]
fn a_name_stays_below_its_folder() {
    let cases: [(&[u8], &str); 19] = [
        (b"../evil", "leads out of the layer by `..`"),
        (b"python/../../evil", "leads out of the layer by `..`"),
        (b"python/..", "leads out of the layer by `..`"),
        (b"./../evil", "leads out of the layer by `..`"),
        (b"/etc/passwd", "is an absolute path"),
        (b"//server/share", "is an absolute path"),
        (b"C:/windows", "is an absolute path"),
        (b"c:evil", "is an absolute path"),
        (b"python\\evil", "has a backslash"),
        (b"..\\evil", "has a backslash"),
        (b"python/\0evil", "has control characters"),
        (b"python/a\nb", "has control characters"),
        (b"python/\x1b[2J", "has control characters"),
        (b"python/\xc2\x85", "has control characters"),
        (b"python/\xff", "is not in UTF-8"),
        (b"", "is empty"),
        (b".", "is empty"),
        (&[b'a'; 256], "is longer than Linux takes"),
        (&[b'/'; 1], "is an absolute path"),
    ];
    for (name, why) in cases {
        assert_says(&refused(&named(name)), why);
    }
    let long = "a/".repeat(2_500) + "b";
    assert_says(&refused(&named(long)), "is longer than Linux takes");
}

#[test]
fn unusual_names_are_names() {
    for name in [
        "./python/b.py",
        "python//c.py",
        "..b",
        "b..",
        "...",
        "python/..b/c",
        "Foo::Bar",
        "é/ü",
        "a b",
        "-rf",
        "~",
        "$HOME",
    ] {
        accepted(&named(name));
    }
    accepted(&Zip::of([Entry::folder("./"), Entry::stored("./a", b"")]));
}

#[test]
fn a_name_in_an_error_cannot_garble_it() {
    let error = refused(&named("a\x1b[31m\n".to_owned() + &"b".repeat(1_000)));
    assert_says(&error, r"`a\u{1b}[31m\nb");
    assert!(error.len() < 300 && !error.contains(char::is_control), "{error}");
}

#[test]
fn an_entry_has_one_name() {
    let other = |name: &[u8], crc: u32| extra(0x7075, &[&[1][..], &crc.to_le_bytes(), name].concat());
    let crc = rawzip::crc32(b"python/b.py");
    for central in [false, true] {
        let with = |field: Vec<u8>| {
            let mut zip = named("python/b.py");
            let entry = &mut zip.entries[1];
            *(if central {
                &mut entry.central.extra
            } else {
                &mut entry.local.extra
            }) = field;
            zip
        };
        assert_says(&refused(&with(other(b"../evil", crc))), "is another in an extra field");
        accepted(&with(other(b"python/b.py", crc)));
        // Readers pass over one that belongs to another name.
        accepted(&with(other(b"../evil", crc ^ 1)));
    }
}

#[test]
fn a_path_is_there_once() {
    for (first, second) in [
        ("python/a", "python/a"),
        ("python/a", "python//a"),
        ("python/a", "./python/a"),
        ("python/", "python/./"),
    ] {
        let zip = Zip::of([
            Entry::stored("x", b""),
            Entry::stored(first, b""),
            Entry::stored(second, b""),
        ]);
        assert_says(&refused(&zip), &format!("has `{second}` twice"));
    }
    accepted(&Zip::of([
        Entry::stored("python/a", b""),
        Entry::stored("python/A", b""),
    ]));
}

#[test]
fn a_file_is_no_folder() {
    let pairs = [
        [Entry::stored("python", b""), Entry::stored("python/a/b", b"")],
        [Entry::stored("python/a/b", b""), Entry::stored("python", b"")],
        [Entry::stored("python", b""), Entry::folder("python/")],
        [Entry::folder("python/"), Entry::stored("python", b"")],
    ];
    for pair in pairs {
        let error = refused(&Zip::of(pair));
        assert_says(&error, "as a file, and something below it as if it were a folder");
    }
    // Among many that are fine, and at any depth.
    let mut entries: Vec<Entry> = (0..500)
        .map(|index| Entry::stored(format!("a/b/c/{index}"), b""))
        .collect();
    accepted(&Zip::of(entries.clone()));
    entries.push(Entry::stored("a/b/c/77/x/y", b""));
    assert_says(&refused(&Zip::of(entries)), "has `a/b/c/77` as a file");
}

#[test]
fn a_link_leads_to_something_in_the_layer() {
    for target in ["b", "./b", "../lib/b", "../../bin", "../..", ".", "c/..x"] {
        accepted(&Zip::of([Entry::link("python/x/link", target)]));
    }
    let cases: [(&str, &[u8], &str); 10] = [
        ("link", b"..", "leads out of the layer by `..`"),
        ("link", b"../etc", "leads out of the layer by `..`"),
        ("python/link", b"../../etc", "leads out of the layer by `..`"),
        ("python/link", b"./.././../etc", "leads out of the layer by `..`"),
        (
            "python/link",
            b"/etc/passwd",
            "leads out of the layer by an absolute path",
        ),
        ("python/link", b"/opt/lib", "leads out of the layer by an absolute path"),
        // Where `x` leads is where `..` goes up from.
        ("python/link", b"x/../y", "has `..` behind a name"),
        ("python/link", b"", "is empty or has control characters"),
        ("python/link", b"a\0b", "is empty or has control characters"),
        ("python/link", b"\xff", "is not in UTF-8"),
    ];
    for (name, target, why) in cases {
        let error = refused(&Zip::of([Entry::link(name, target)]));
        assert_says(&error, &format!("the symbolic link `{name}` in the layer's zip to `"));
        assert_says(&error, why);
    }
}

#[test]
fn a_links_target_is_read_deflated_too_and_must_be_what_it_says() {
    let deflated = |target: &[u8]| {
        let mut entry = Entry::deflated("python/link", target);
        entry.attributes = 0o120_777 << 16;
        entry
    };
    accepted(&Zip::of([deflated(b"../lib")]));
    assert_says(&refused(&Zip::of([deflated(b"../../etc")])), "leads out");
    let damaged = deflated(b"../lib").with(|header| header.crc ^= 1);
    assert_says(&refused(&Zip::of([damaged])), "has a target that is damaged");
    // More than it says: another reader might read on.
    for read in [&b"a/b"[..], b"a/b/"] {
        let more = deflated(b"a/b/../../../../etc").with(|header| {
            header.size = 3;
            header.crc = rawzip::crc32(read);
        });
        assert_says(&refused(&Zip::of([more])), "has a target that is damaged");
    }
    assert_says(
        &refused(&Zip::of([deflated(&[b'a'; 4_096])])),
        "longer than Linux takes",
    );
    accepted(&Zip::of([deflated(&[b'a'; 4_095])]));
    // Whatever system it says that it was made on.
    let mut windows = deflated(b"/etc");
    windows.made_by = 20;
    assert_says(&refused(&Zip::of([windows])), "leads out");
}

#[test]
fn nothing_is_written_through_a_link() {
    for entries in [
        [Entry::link("python/lib", "../lib"), Entry::stored("python/lib/a", b"")],
        [
            Entry::stored("python/lib/a/b/c", b""),
            Entry::link("python/lib", "../lib"),
        ],
    ] {
        let error = refused(&Zip::of(entries));
        assert_says(&error, "has something below `python/lib`, which is a symbolic link");
    }
    let error = refused(&Zip::of([Entry::link("lib", "b"), Entry::stored("lib", b"")]));
    assert_says(&error, "has `lib` twice");
}

#[test]
fn only_files_folders_and_links_are_in_a_layer() {
    let cases = [
        (0o010_644, "a", "a named pipe"),
        (0o020_644, "a", "a device"),
        (0o060_644, "a", "a device"),
        (0o140_644, "a", "a socket"),
        (0o160_644, "a", "of a type that Linux does not know"),
        (0o120_777, "a/", "a symbolic link whose name ends with a slash"),
        (0o040_755, "a", "a folder whose name does not end with a slash"),
    ];
    for (mode, name, what) in cases {
        let mut entry = Entry::stored(name, b"");
        entry.attributes = mode << 16;
        assert_says(
            &refused(&Zip::of([entry])),
            &format!("`{name}` in the layer's zip is {what}"),
        );
    }
    let mut plain = Entry::stored("a", b"");
    plain.attributes = 0x20;
    accepted(&Zip::of([plain]));
}
