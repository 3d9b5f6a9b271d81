//! Zips as a build and CodePipeline make them: sizes and checksums come after the content.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchiveWriter, ZipDataWriter};

/// Files by name, deflated.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    written(files, CompressionMethod::DEFLATE)
}

/// Files by name, as they are.
pub(crate) fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    written(files, CompressionMethod::STORE)
}

fn written(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (name, content) in files {
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
        let output = if method == CompressionMethod::DEFLATE {
            let mut data = config.wrap(DeflateEncoder::new(&mut entry, Compression::fast()));
            data.write_all(content).unwrap();
            let (encoder, output) = data.finish().unwrap();
            encoder.finish().unwrap();
            output
        } else {
            let mut data: ZipDataWriter<_> = config.wrap(&mut entry);
            data.write_all(content).unwrap();
            data.finish().unwrap().1
        };
        entry.finish(output).unwrap();
    }
    archive.finish().unwrap()
}

/// A layer of Python, with so many bytes that do not compress.
pub(crate) fn layer(bytes: usize) -> Vec<u8> {
    zip(&[("python/data.bin", &noise(bytes)), ("python/deps.py", b"answer = 42\n")])
}

/// Bytes without a pattern that deflate finds (xorshift, <https://www.jstatsoft.org/article/view/v008i14>).
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(bytes).collect()
}
