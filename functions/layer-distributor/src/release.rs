//! What makes a published version this release: its content, and what it says of itself.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::parameters::Attributes;

const MARK: &str = "wrasse sha256:";
/// A version that only takes a number, so that the next one has the number that is wanted.
pub(crate) const FILLER: &str = "wrasse filler: it only takes a number, and is deleted";

/// The SHA-256 of a layer's zip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest(pub(crate) [u8; 32]);

impl Digest {
    pub(crate) fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    pub(crate) fn hex(&self) -> String {
        hex(&self.0)
    }

    /// As Lambda (`CodeSha256`) and S3 (`x-amz-checksum-sha256`) write it.
    pub(crate) fn base64(&self) -> String {
        base64_simd::STANDARD.encode_to_string(self.0)
    }
}

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) digest: Digest,
    pub(crate) attributes: Attributes,
    /// The description of its versions (256 characters at most), by which they are known again.
    pub(crate) description: String,
}

/// Whose a version is, as its description has it. Before one is deleted, its content is asked too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// This release's.
    This,
    /// An earlier or later release's of this function.
    Another,
    /// A filler's.
    Filler,
    /// Somebody else's.
    Foreign,
}

impl Release {
    pub(crate) fn new(digest: Digest, attributes: Attributes) -> Self {
        let description = format!("{MARK}{} attributes:{}", digest.hex(), short(&attributes));
        Self {
            digest,
            attributes,
            description,
        }
    }

    /// Whose a version is that says this of itself.
    pub(crate) fn mark(&self, description: &str) -> Mark {
        if description == self.description {
            Mark::This
        } else if description == FILLER {
            Mark::Filler
        } else if description.starts_with(MARK) {
            Mark::Another
        } else {
            Mark::Foreign
        }
    }
}

/// The digest that one of our versions says it has. Whether it has it, `CodeSha256` tells.
pub(crate) fn digest_said(description: &str) -> Option<Digest> {
    let digits = description.strip_prefix(MARK)?.get(..64)?;
    let mut digest = [0; 32];
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(Digest(digest))
}

/// Twelve digits are enough to tell the attributes of one zip apart.
fn short(attributes: &Attributes) -> String {
    let written = serde_json::json!([attributes.runtimes, attributes.architectures, attributes.license]);
    hex(&Sha256::digest(written.to_string())[..6])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes() -> Attributes {
        Attributes {
            runtimes: vec!["python3.13".to_owned()],
            architectures: vec!["arm64".to_owned()],
            license: None,
        }
    }

    #[test]
    fn content_and_attributes_make_the_release() {
        let release = Release::new(Digest([7; 32]), attributes());
        assert_eq!(release.mark(&release.description), Mark::This);
        let licensed = Attributes {
            license: Some("MIT".to_owned()),
            ..attributes()
        };
        for other in [
            Release::new(Digest([8; 32]), attributes()),
            Release::new(Digest([7; 32]), licensed),
        ] {
            assert_eq!(release.mark(&other.description), Mark::Another);
        }
        assert_eq!(release.mark(FILLER), Mark::Filler);
        assert_eq!(release.mark("my layer"), Mark::Foreign);
        assert_eq!(release.mark(""), Mark::Foreign);
    }

    #[test]
    fn a_description_says_its_digest() {
        let release = Release::new(Digest([0x5c; 32]), attributes());
        assert_eq!(digest_said(&release.description), Some(release.digest));
        for other in [
            "",
            FILLER,
            "wrasse sha256:",
            "wrasse sha256:5c5c",
            &release.description.replace("5c", "zz"),
        ] {
            assert_eq!(digest_said(other), None, "{other}");
        }
    }

    #[test]
    fn a_description_fits_and_is_the_same_for_ever() {
        let release = Release::new(Digest([0xab; 32]), attributes());
        assert!(release.description.len() <= 256);
        assert_eq!(
            release.description,
            format!("wrasse sha256:{} attributes:c66bc84e7db2", "ab".repeat(32))
        );
        assert_eq!(release.digest.base64(), "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=");
    }
}
