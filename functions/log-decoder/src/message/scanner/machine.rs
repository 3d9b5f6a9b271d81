//! What is done with blocks, by what the processor can.

use super::blocks::{self, BLOCK, ROOM};
use super::buffer::Buffer;
use super::strings;
use super::target::Target;

/// A processor.
pub(super) trait Machine: Copy {
    /// As [`strings::write`].
    fn write<T: Target>(self, text: &[u8], at: usize, buffer: &mut Buffer<'_>) -> Option<usize>;

    /// The quotes, backslashes and control characters of a block, the lowest bit for the first byte.
    fn specials(self, block: &[u8; BLOCK]) -> u64;

    /// The backslashes.
    fn backslashes(self, block: &[u8; BLOCK]) -> u64;

    /// Leaves out bytes, no two next to one another, and answers how many are left. Behind those, what is in the room
    /// is of no meaning.
    fn compact(self, block: &[u8; BLOCK], gone: u64, room: &mut [u8; ROOM]) -> usize;
}

/// Any processor.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Machine for Portable {
    fn write<T: Target>(self, text: &[u8], at: usize, buffer: &mut Buffer<'_>) -> Option<usize> {
        strings::write::<T, _>(self, text, at, buffer)
    }

    #[inline]
    fn specials(self, block: &[u8; BLOCK]) -> u64 {
        blocks::specials(block)
    }

    #[inline]
    fn backslashes(self, block: &[u8; BLOCK]) -> u64 {
        blocks::bits(block, |byte| byte == b'\\')
    }

    #[inline]
    fn compact(self, block: &[u8; BLOCK], gone: u64, room: &mut [u8; ROOM]) -> usize {
        blocks::compact(block, gone, room)
    }
}
