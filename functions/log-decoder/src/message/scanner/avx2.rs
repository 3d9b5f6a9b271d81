//! The same on x86 with AVX2: the only unsafe code here.
//!
//! Two things that no safe Rust becomes: bytes compared into bits by one instruction, and bytes left out of a word by
//! one. Messages with escapes, which most are, are read 1.5 times as fast with them. Every call is sound because
//! [`Avx2`] is only ever made by asking the processor; nothing here touches memory but through references.

#![allow(unsafe_code, reason = "what the processor can is only known when it runs")]

use std::arch::x86_64::{
    __m256i, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x,
    _mm256_set1_epi8, _pdep_u64, _pext_u64,
};

use super::blocks::{BLOCK, ROOM};
use super::buffer::Buffer;
use super::machine::Machine;
use super::strings;
use super::target::Target;

/// That the processor has what the functions here need.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    #[inline]
    pub(super) fn detect() -> Option<Self> {
        let there = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        there.then_some(Self(()))
    }
}

impl Machine for Avx2 {
    fn write<T: Target>(self, text: &[u8], at: usize, buffer: &mut Buffer<'_>) -> Option<usize> {
        // SAFETY: the processor has the features.
        unsafe { write::<T>(self, text, at, buffer) }
    }

    #[inline]
    fn specials(self, block: &[u8; BLOCK]) -> u64 {
        // SAFETY: the processor has the features.
        unsafe { specials(block) }
    }

    #[inline]
    fn backslashes(self, block: &[u8; BLOCK]) -> u64 {
        // SAFETY: the processor has the features.
        unsafe { backslashes(block) }
    }

    #[inline]
    fn compact(self, block: &[u8; BLOCK], gone: u64, room: &mut [u8; ROOM]) -> usize {
        // SAFETY: the processor has the features.
        unsafe { compact(block, gone, room) }
    }
}

/// All of it is compiled for the processor, not only what is below.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn write<T: Target>(machine: Avx2, text: &[u8], at: usize, buffer: &mut Buffer<'_>) -> Option<usize> {
    strings::write::<T, _>(machine, text, at, buffer)
}

#[inline]
#[target_feature(enable = "avx2")]
fn specials(block: &[u8; BLOCK]) -> u64 {
    bits(block, |bytes| {
        let quotes = _mm256_cmpeq_epi8(bytes, splat(b'"'));
        let backslashes = _mm256_cmpeq_epi8(bytes, splat(b'\\'));
        let controls = _mm256_cmpeq_epi8(bytes, _mm256_min_epu8(bytes, splat(b' ' - 1)));
        _mm256_or_si256(_mm256_or_si256(quotes, backslashes), controls)
    })
}

#[inline]
#[target_feature(enable = "avx2")]
fn backslashes(block: &[u8; BLOCK]) -> u64 {
    bits(block, |bytes| _mm256_cmpeq_epi8(bytes, splat(b'\\')))
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn bits(block: &[u8; BLOCK], kind: impl Fn(__m256i) -> __m256i) -> u64 {
    let mut bits = 0;
    for (index, half) in block.as_chunks::<32>().0.iter().enumerate() {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(half.as_chunks::<8>().0) {
            *word = i64::from_le_bytes(*bytes);
        }
        let [a, b, c, d] = words;
        let found = _mm256_movemask_epi8(kind(_mm256_set_epi64x(d, c, b, a)));
        bits |= u64::from(found.cast_unsigned()) << (32 * index);
    }
    bits
}

#[inline]
#[target_feature(enable = "bmi2,popcnt")]
fn compact(block: &[u8; BLOCK], gone: u64, room: &mut [u8; ROOM]) -> usize {
    let mut length = 0;
    for (word, gone) in block.as_chunks::<8>().0.iter().zip(gone.to_le_bytes()) {
        let bytes_gone = _pdep_u64(u64::from(gone), 0x0101_0101_0101_0101) * 0xff;
        let word = _pext_u64(u64::from_le_bytes(*word), !bytes_gone);
        room[length..length + 8].copy_from_slice(&word.to_le_bytes());
        length += 8 - gone.count_ones() as usize;
    }
    length
}
