//! Measures an implementation of the decoder: how many events a thread's CPU second answers, and at what peak of memory.
//!
//! ```text
//! throughput FILE SECONDS [THREADS]
//! {"implementation":"wrasse","bytes":1012345,"events":3210,"cpu_seconds":3.0,"wall_seconds":3.0,"mb_per_s":1083.2,"peak_mib":14.1}
//! ```
//!
//! `FILE` is an event as Firehose sends it. `bytes` are what its records hold when inflated, `mb_per_s` is in 10^6 of these per
//! CPU second, over all threads. Linux only: times and memory are read from `/proc`.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};

/// Before the clock starts: buffers get their size, pages their memory.
const WARM_UP: Duration = Duration::from_millis(200);

/// What one thread did.
#[derive(Clone, Copy)]
struct Share {
    events: u64,
    cpu: Duration,
}

/// Runs the command line's measurement and prints its line. `new_worker` makes, for each thread, what answers an event: JSON
/// in, length of the JSON out.
pub(crate) fn run<W: FnMut(&[u8]) -> Result<usize>>(
    implementation: &str,
    new_worker: impl Fn() -> W + Sync,
) -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, seconds, threads) = match arguments.as_slice() {
        [file, seconds] => (file, seconds, "1"),
        [file, seconds, threads] => (file, seconds, threads.as_str()),
        _ => bail!("usage: {implementation} FILE SECONDS [THREADS]; FILE is the JSON of an event as Firehose sends it"),
    };
    let event = fs::read(file).with_context(|| format!("cannot read {file}"))?;
    let span = Duration::try_from_secs_f64(seconds.parse().context("SECONDS is not a number")?)?;
    let threads: usize = threads.parse().context("THREADS is not a whole number")?;
    let bytes = inflated_bytes(&event).with_context(|| format!("{file} is not an event of Firehose"))?;

    let began = Instant::now();
    let shares = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let share = work(&event, span, &mut new_worker());
                shares
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .push(share);
            });
        }
    });
    let wall = began.elapsed().saturating_sub(WARM_UP);
    let shares = shares.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let shares: Vec<Share> = shares.into_iter().collect::<Result<_>>()?;
    ensure!(shares.len() == threads, "a thread ended without a result");

    let events: u64 = shares.iter().map(|share| share.events).sum();
    let cpu: Duration = shares.iter().map(|share| share.cpu).sum();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let megabytes = (bytes as f64) * (events as f64) / 1e6;
    let line = json!({
        "implementation": implementation,
        "bytes": bytes,
        "events": events,
        "cpu_seconds": cpu.as_secs_f64(),
        "wall_seconds": wall.as_secs_f64(),
        "mb_per_s": megabytes / cpu.as_secs_f64(),
        "peak_mib": peak_mib()?,
    });
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}

fn work(event: &[u8], span: Duration, worker: &mut impl FnMut(&[u8]) -> Result<usize>) -> Result<Share> {
    let warm = Instant::now();
    while warm.elapsed() < WARM_UP {
        ensure!(worker(event)? > 0, "an empty answer");
    }
    let (began, cpu_before) = (Instant::now(), thread_cpu()?);
    let mut events = 0;
    while began.elapsed() < span {
        worker(event)?;
        events += 1;
    }
    Ok(Share {
        events,
        cpu: thread_cpu()?.saturating_sub(cpu_before),
    })
}

/// What the records hold, by libraries that no implementation's own reading depends on.
fn inflated_bytes(event: &[u8]) -> Result<u64> {
    let event: Value = serde_json::from_slice(event)?;
    let records = event["records"].as_array().context("no `records`")?;
    let mut bytes = 0;
    for record in records {
        let data = record["data"].as_str().context("a record without `data`")?;
        let data = base64_simd::STANDARD.decode_to_vec(data)?;
        bytes += io::copy(&mut MultiGzDecoder::new(data.as_slice()), &mut io::sink())?;
    }
    Ok(bytes)
}

/// The CPU time of this thread: the first field of
/// [schedstat](https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat), in nanoseconds.
fn thread_cpu() -> Result<Duration> {
    let mut text = String::new();
    fs::File::open("/proc/thread-self/schedstat")?.read_to_string(&mut text)?;
    let nanoseconds = text.split(' ').next().context("an empty schedstat")?.parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}

/// The most memory that the process ever had resident.
fn peak_mib() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = line
        .context("no VmHWM")?
        .trim()
        .trim_end_matches("kB")
        .trim_end()
        .parse()?;
    Ok(kib / 1024.0)
}
