//! Reads ahead, so that headers that lie close to one another are one read.

use std::cell::RefCell;
use std::io;

use rawzip::ReaderAt;

/// A page: where entries are small, many headers are in it; where they are large, little is read in vain.
const WINDOW_BYTES: usize = 4 * 1024;

pub(super) struct Window<R> {
    reader: R,
    held: RefCell<Held>,
}

struct Held {
    start: u64,
    length: usize,
    bytes: Vec<u8>,
}

impl<R> Window<R> {
    pub(super) fn new(reader: R) -> Self {
        let held = Held {
            start: 0,
            length: 0,
            bytes: vec![0; WINDOW_BYTES],
        };
        Self {
            reader,
            held: RefCell::new(held),
        }
    }
}

impl<R: ReaderAt> ReaderAt for Window<R> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if buffer.len() > WINDOW_BYTES {
            return self.reader.read_at(buffer, offset);
        }
        let held = &mut *self.held.borrow_mut();
        let begins_inside = offset
            .checked_sub(held.start)
            .and_then(|skip| usize::try_from(skip).ok())
            .filter(|skip| *skip < held.length);
        let skip = if let Some(skip) = begins_inside {
            skip
        } else {
            held.length = self.reader.read_at(&mut held.bytes, offset)?;
            held.start = offset;
            0
        };
        let read = buffer.len().min(held.length - skip);
        buffer[..read].copy_from_slice(&held.bytes[skip..skip + read]);
        Ok(read)
    }
}
