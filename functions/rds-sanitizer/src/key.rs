//! The key of the masks: never in SQL, never in a log, gone with the process.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The fewest bytes of a key that is nobody's guess.
pub const LEAST_BYTES: usize = 32;
/// SHA-256's block.
const BLOCK: usize = 64;

/// A key as HMAC uses it (<https://www.rfc-editor.org/rfc/rfc2104>): `SHA-256(outer || SHA-256(inner || text))`. It has no
/// `Display`, and its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    inner: [u8; BLOCK],
    outer: [u8; BLOCK],
}

impl Key {
    /// The key of these bytes; none of fewer than [`LEAST_BYTES`].
    #[must_use]
    pub fn new(secret: &[u8]) -> Option<Self> {
        if secret.len() < LEAST_BYTES {
            return None;
        }
        let hashed;
        let secret = if secret.len() > BLOCK {
            hashed = Sha256::digest(secret);
            hashed.as_slice()
        } else {
            secret
        };
        let block = |pad: u8| {
            let mut block = [pad; BLOCK];
            for (byte, secret) in block.iter_mut().zip(secret) {
                *byte ^= secret;
            }
            block
        };
        Some(Self {
            inner: block(0x36),
            outer: block(0x5c),
        })
    }

    /// A key that is nobody's; `None` where the operating system gives no randomness.
    #[must_use]
    pub fn random() -> Option<Self> {
        let mut secret = [0; BLOCK];
        rustls::crypto::ring::default_provider()
            .secure_random
            .fill(&mut secret)
            .ok()?;
        Self::new(&secret)
    }

    /// The block before the text.
    #[must_use]
    pub fn inner(&self) -> &[u8] {
        &self.inner
    }

    /// The block before the inner digest.
    #[must_use]
    pub fn outer(&self) -> &[u8] {
        &self.outer
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hmac(key: &Key, text: &[u8]) -> String {
        let inner = Sha256::digest([key.inner(), text].concat());
        sanitizer_contract::sha256_hex(&[key.outer(), &inner].concat())
    }

    #[test]
    fn the_blocks_are_those_of_hmac() {
        // RFC 4231, test case 6: a key of 131 bytes.
        let key = Key::new(&[0xaa; 131]).unwrap();
        assert_eq!(
            hmac(&key, b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
        // What Python's hmac gives for a key of 32 bytes.
        let key = Key::new(b"0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(
            hmac(&key, b"email:ada@bigcorp.example"),
            "a15fdb1c6693d2c739d6e4317384721b3d91e3a1e0f9a81b87c2ff0db9f12dc4"
        );
    }

    #[test]
    fn a_short_key_is_none_and_no_key_is_shown() {
        assert_eq!(Key::new(&[1; 31]), None);
        assert_eq!(format!("{:?}", Key::new(&[7; 32]).unwrap()), "Key(not shown)");
    }
}
