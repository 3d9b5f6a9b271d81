//! How long a layer of 50 MB takes to hash and check, against its SHA-256 alone: `layers-check [ROUNDS]`.
//!
//! ```text
//! {"bytes":50012345,"entries":2041,"sha256_ms":30.1,"spool_and_check_ms":55.0,"ratio":1.83,"check_ms":2.1,"from_artifact_ms":151.0}
//! ```
//!
//! The medians of rounds that take turns, in one process. `sha256_ms` reads the zip and hashes it, `spool_and_check_ms` reads it through
//! the same buffer, hashes it, writes it to the temporary file and checks that, `ratio` is the second by the first. `check_ms`
//! is the check's part of it. `from_artifact_ms` finds the layer deflated in an artifact, inflates, hashes, writes and checks it.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, FileReader, ZipArchiveWriter};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use archive::{Limits, Spool, check, find};
use release::Digest;

/// The modules as they ship: they are nobody's outside of the crate.
#[path = "../../../functions/layer-distributor/src/archive/mod.rs"]
#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "what only the function needs")
)]
mod archive;

/// As much of the crate as they need.
mod release {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Digest(pub(crate) [u8; 32]);
}

const LAYER_BYTES: u64 = 50_000_000;
const FILE_BYTES: usize = 35_000;
/// As it comes from S3.
const BUFFER_BYTES: usize = 64 * 1024;
const LIMITS: Limits = Limits { max_entries: 10_000 };

fn main() -> Result<()> {
    let rounds = match std::env::args().nth(1) {
        Some(rounds) => rounds.parse().context("ROUNDS is not a whole number")?,
        None => 15_usize,
    };
    ensure!(rounds > 0, "ROUNDS is 0");
    let layer = layer()?;
    let artifact = artifact(&layer)?;
    let bytes = layer.metadata()?.len();

    let (mut hashes, mut spools, mut checks, mut finds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut entries = 0;
    for _ in 0..rounds {
        let began = Instant::now();
        let digest = hash(&layer, bytes)?;
        hashes.push(began.elapsed());

        let began = Instant::now();
        let mut spool = Spool::whole(bytes);
        pieces(&layer, 0, bytes, |piece| Ok(spool.write(piece)?))?;
        let zip = spool.finish()?;
        let spooled = began.elapsed();
        entries = check(&zip, &LIMITS, &[])?.entries;
        spools.push(began.elapsed());
        checks.push(began.elapsed().saturating_sub(spooled));
        ensure!(zip.digest == digest, "the digests differ");
        drop(zip);

        let began = Instant::now();
        let reader = FileReader::from(artifact.try_clone()?);
        let located = find(reader, artifact.metadata()?.len(), "build/layer.zip")?;
        let mut spool = Spool::of(&located);
        pieces(&artifact, located.data.start, located.data.end, |piece| {
            Ok(spool.write(piece)?)
        })?;
        let zip = spool.finish()?;
        check(&zip, &LIMITS, &[])?;
        finds.push(began.elapsed());
        ensure!(zip.digest == digest, "the digests differ");
    }

    let (alone, whole) = (median(hashes), median(spools));
    let line = json!({
        "bytes": bytes,
        "entries": entries,
        "sha256_ms": alone * 1e3,
        "spool_and_check_ms": whole * 1e3,
        "ratio": whole / alone,
        "check_ms": median(checks) * 1e3,
        "from_artifact_ms": median(finds) * 1e3,
    });
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}

/// Many files, of which three tenths compress: the same for ever.
fn layer() -> Result<File> {
    let mut file = tempfile::tempfile()?;
    let mut writer = ZipArchiveWriter::new(io::BufWriter::new(&mut file));
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut index = 0;
    while writer.stream_offset() < LAYER_BYTES {
        let content: Vec<u8> = (0..FILE_BYTES)
            .map(|at| {
                // Xorshift (https://www.jstatsoft.org/article/view/v008i14).
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                if at % 1_000 < 300 { 0 } else { state.to_le_bytes()[0] }
            })
            .collect();
        add(
            &mut writer,
            &format!("python/package{}/module{index}.py", index % 50),
            &mut content.as_slice(),
        )?;
        index += 1;
    }
    writer.finish()?.flush()?;
    Ok(file)
}

/// The layer in it, deflated.
fn artifact(layer: &File) -> Result<File> {
    let mut file = tempfile::tempfile()?;
    let mut writer = ZipArchiveWriter::new(io::BufWriter::new(&mut file));
    add(&mut writer, "README.md", &mut "An artifact.".as_bytes())?;
    let mut content = Vec::new();
    pieces(layer, 0, layer.metadata()?.len(), |piece| Ok(content.write_all(piece)?))?;
    add(&mut writer, "build/layer.zip", &mut content.as_slice())?;
    writer.finish()?.flush()?;
    Ok(file)
}

fn add<W: Write>(writer: &mut ZipArchiveWriter<W>, name: &str, content: &mut &[u8]) -> Result<()> {
    let (mut entry, config) = writer
        .new_file(name)
        .compression_method(CompressionMethod::DEFLATE)
        .start()?;
    let mut data = config.wrap(DeflateEncoder::new(&mut entry, Compression::fast()));
    io::copy(content, &mut data)?;
    let (encoder, descriptor) = data.finish()?;
    encoder.finish()?;
    entry.finish(descriptor)?;
    Ok(())
}

fn hash(file: &File, bytes: u64) -> Result<Digest> {
    let mut hash = Sha256::new();
    pieces(file, 0, bytes, |piece| {
        hash.update(piece);
        Ok(())
    })?;
    Ok(Digest(hash.finalize().into()))
}

fn pieces(file: &File, mut at: u64, end: u64, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    while at < end {
        let wanted = usize::try_from(end - at).map_or(BUFFER_BYTES, |rest| rest.min(BUFFER_BYTES));
        let read = file.read_at(&mut buffer[..wanted], at)?;
        ensure!(read > 0, "the file is shorter than it was");
        take(&buffer[..read])?;
        at += read as u64;
    }
    Ok(())
}

/// In seconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
