//! Where lines are written.

/// Room kept after the end, so that small things are written without a look at the room first.
const SPARE: usize = 256;

/// The end of a vector: bytes are written into room that is already there, in blocks of fixed size that may be larger than what
/// they bring. That is many times faster than appending short slices, of which escapes make very many.
pub(super) struct Buffer<'o> {
    bytes: &'o mut Vec<u8>,
    start: usize,
    end: usize,
}

impl<'o> Buffer<'o> {
    /// `expected` is how much will probably be written.
    pub(super) fn new(bytes: &'o mut Vec<u8>, expected: usize) -> Self {
        let start = bytes.len();
        bytes.resize(start + expected + SPARE, 0);
        Self {
            bytes,
            start,
            end: start,
        }
    }

    /// Leaves what was written, or nothing.
    pub(super) fn finish(self, written: bool) {
        self.bytes.truncate(if written { self.end } else { self.start });
    }

    /// Where the next byte goes.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Takes the last `length` bytes back.
    pub(super) fn take_back(&mut self, length: usize) {
        self.end -= length;
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.make_room(bytes.len());
        self.bytes[self.end..self.end + bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }

    /// Writes again what was written before.
    pub(super) fn repeat(&mut self, from: usize, length: usize) {
        self.make_room(length);
        self.bytes.copy_within(from..from + length, self.end);
        self.end += length;
    }

    /// Room for `length` bytes, and [`SPARE`] after them.
    #[inline]
    pub(super) fn make_room(&mut self, length: usize) {
        if self.bytes.len() < self.end + length + SPARE {
            self.grow(length);
        }
    }

    #[cold]
    fn grow(&mut self, length: usize) {
        let written = self.end - self.start;
        self.bytes.resize(self.end + length + written / 4 + 16 * SPARE, 0);
    }

    /// Room for the next `N` bytes, which [`Self::advance`] then counts.
    #[inline]
    pub(super) fn room<const N: usize>(&mut self) -> &mut [u8; N] {
        self.make_room(N);
        &mut self.bytes[self.end..].as_chunks_mut().0[0]
    }

    /// So many bytes were written into the room.
    #[inline]
    pub(super) fn advance(&mut self, length: usize) {
        self.end += length;
    }
}
