//! Zips of real tools, made from a folder `python` with two files and a link: Info-ZIP 3.0 (`zip -ry`; a file from standard
//! input), Python 3's zipfile (into a file; into a pipe; with `force_zip64`), `jar cMf`, java.util.zip.

use super::*;

#[test]
fn what_real_tools_write_is_accepted() {
    let cases: [(&str, &[u8], u64); 5] = [
        ("info-zip", include_bytes!("zips/info-zip.zip"), 5),
        ("python", include_bytes!("zips/python.zip"), 3),
        ("python into a pipe", include_bytes!("zips/python-unseekable.zip"), 1),
        ("jar", include_bytes!("zips/jar.zip"), 5),
        ("java", include_bytes!("zips/java.zip"), 2),
    ];
    for (tool, bytes, entries) in cases {
        assert_eq!(check(bytes).expect(tool).entries, entries, "{tool}");
    }
}

#[test]
fn zip64_as_real_tools_write_it_is_refused() {
    let cases: [&[u8]; 2] = [
        include_bytes!("zips/info-zip-zip64.zip"),
        include_bytes!("zips/python-zip64.zip"),
    ];
    for bytes in cases {
        assert_says(
            &words(&check(bytes).unwrap_err()),
            "uses zip64, which a layer never needs",
        );
    }
}

#[test]
fn what_rawzip_writes_is_accepted() {
    let mut bytes = Vec::new();
    let mut writer = rawzip::ZipArchiveWriter::new(&mut bytes);
    writer.new_dir("python/").create().unwrap();
    let (mut entry, config) = writer
        .new_file("python/a.py")
        .compression_method(rawzip::CompressionMethod::DEFLATE)
        .start()
        .unwrap();
    let mut data = config.wrap(flate2::write::DeflateEncoder::new(
        &mut entry,
        flate2::Compression::fast(),
    ));
    io::Write::write_all(&mut data, &[7; 10_000]).unwrap();
    let (encoder, descriptor) = data.finish().unwrap();
    encoder.finish().unwrap();
    entry.finish(descriptor).unwrap();
    writer.finish().unwrap();
    let expected = Checked {
        entries: 2,
        unzipped: 10_000,
    };
    assert_eq!(check(&bytes).unwrap(), expected);
}
