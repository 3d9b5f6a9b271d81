//! Where lines are written.

/// Room kept after the end, so that small things are written without a look at the room first.
const SPARE: usize = 256;

/// The end of a vector: bytes are written into room that is already there, in blocks of fixed size that may be larger
/// than what they bring. That is many times faster than appending short slices, of which escapes make very many.
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

    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.make_room(bytes.len());
        self.bytes[self.end..self.end + bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }

    /// As [`Self::put`], faster for 8 to 16 bytes: the first and the last 8, which may overlap.
    #[inline]
    pub(super) fn put_short(&mut self, bytes: &[u8]) {
        match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(first), Some(last)) if bytes.len() <= 16 => {
                let room: &mut [u8; 16] = self.room();
                room[..8].copy_from_slice(first);
                room[bytes.len() - 8..bytes.len()].copy_from_slice(last);
                self.advance(bytes.len());
            }
            _ => self.put(bytes),
        }
    }

    /// Writes again what was written before, with what stands behind it where that is faster.
    #[inline]
    pub(super) fn repeat(&mut self, from: usize, length: usize) {
        self.make_room(length);
        match length {
            0..=64 => self.bytes.copy_within(from..from + 64, self.end),
            65..=128 => self.bytes.copy_within(from..from + 128, self.end),
            _ => self.bytes.copy_within(from..from + length, self.end),
        }
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
