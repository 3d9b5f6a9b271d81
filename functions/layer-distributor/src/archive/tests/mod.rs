//! Zips with every lie in them, byte by byte.

mod builder;
mod find;
mod layout;
mod lies;
mod limits;
mod mutations;
mod names;
mod spool;
mod tools;
mod zip64;

use std::cell::Cell;
use std::io;

use rawzip::ReaderAt;

use self::builder::Zip;
use super::check::{Checked, inspect};
use super::{ArchiveError, Limits};

/// The default of `max_entries`.
const LIMITS: Limits = Limits { max_entries: 10_000 };

/// Remembers what was asked of it.
struct Watched<R> {
    inner: R,
    reads: Cell<usize>,
    largest: Cell<usize>,
}

impl<R> Watched<R> {
    fn new(inner: R) -> Self {
        let (reads, largest) = (Cell::new(0), Cell::new(0));
        Self { inner, reads, largest }
    }
}

impl<R: ReaderAt> ReaderAt for Watched<R> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.reads.set(self.reads.get() + 1);
        self.largest.set(self.largest.get().max(buffer.len()));
        self.inner.read_at(buffer, offset)
    }
}

fn check(bytes: &[u8]) -> Result<Checked, ArchiveError> {
    inspect(&bytes, bytes.len() as u64, &LIMITS, &[])
}

/// What is said of it, with its cause.
#[track_caller]
fn refused(zip: &Zip) -> String {
    words(&check(&zip.bytes()).expect_err("it should be refused"))
}

#[track_caller]
fn accepted(zip: &Zip) -> Checked {
    check(&zip.bytes()).expect("it should be accepted")
}

fn words(error: &ArchiveError) -> String {
    error.to_string()
}

/// One text, the same for both sides.
#[track_caller]
fn assert_says(text: &str, part: &str) {
    assert!(text.contains(part), "{text:?} does not say {part:?}");
}
