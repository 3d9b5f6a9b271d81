//! Whether a request is from somebody who knows the secret. Nothing but headers and bytes is looked at.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use crate::request::Headers;
use crate::secret::Secret;

/// How many bytes a signature has.
const LENGTH: usize = 32;

/// What a request has to show. Where there are several the strongest counts alone.
enum Proof<'a> {
    /// Of `<id>.<timestamp>.<body>`: Standard Webhooks, GitLab's signing tokens.
    OfMessage {
        id: &'a str,
        timestamp: &'a str,
        signatures: &'a str,
    },
    /// Of the body: GitHub, Bitbucket.
    OfBody(&'a str),
    /// The secret itself: GitLab's secret tokens.
    Token(&'a str),
}

/// A request that is from somebody who knows the secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// When it was signed, where that is signed too.
    pub(crate) at: Option<Timestamp>,
}

impl<'a> Proof<'a> {
    /// Standard Webhooks: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.
    /// GitHub: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>.
    /// Bitbucket: <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>.
    /// GitLab: <https://docs.gitlab.com/user/project/integrations/webhooks/>.
    fn of(headers: &'a Headers) -> Option<Self> {
        if let Some(signatures) = headers.get("webhook-signature") {
            let id = headers.get("webhook-id")?;
            let timestamp = headers.get("webhook-timestamp")?;
            // Else the same bytes could be another id and another body.
            let is_one_part = |part: &str| !part.is_empty() && !part.contains('.');
            return (is_one_part(id) && is_one_part(timestamp)).then_some(Self::OfMessage {
                id,
                timestamp,
                signatures,
            });
        }
        let of_body = headers
            .get("x-hub-signature-256")
            .or_else(|| headers.get("x-hub-signature"));
        of_body
            .map(Self::OfBody)
            .or_else(|| headers.get("x-gitlab-token").map(Self::Token))
    }
}

/// Checks a request against every secret. Signatures are compared in constant time, by `Mac::verify_slice`.
pub(crate) fn check(headers: &Headers, body: &[u8], secrets: &[Secret]) -> Option<Signed> {
    match Proof::of(headers)? {
        Proof::OfMessage {
            id,
            timestamp,
            signatures,
        } => {
            // `v1a` and what may come after are other methods: <https://www.standardwebhooks.com/>.
            let given = signatures.split(' ').filter_map(|one| one.strip_prefix("v1,"));
            let given: Vec<_> = given
                .filter_map(|one| base64_simd::STANDARD.decode_to_vec(one).ok())
                .collect();
            let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
            let keys = secrets.iter().filter_map(Secret::decoded);
            let is_signed = keys
                .map(|key| mac(key, &parts))
                .any(|mac| given.iter().any(|given| is(&mac, given)));
            let at = timestamp
                .parse()
                .ok()
                .and_then(|seconds| Timestamp::from_second(seconds).ok());
            (is_signed && at.is_some()).then_some(Signed { at })
        }
        Proof::OfBody(given) => {
            let given = hex(given.strip_prefix("sha256=")?)?;
            let is_signed = secrets.iter().any(|secret| is(&mac(secret.text(), &[body]), &given));
            is_signed.then_some(Signed { at: None })
        }
        // Two texts of any lengths are compared by what they sign, which has one length.
        Proof::Token(given) => {
            let is_known = |secret: &Secret| {
                let known = mac(secret.text(), &[secret.text()]).finalize().into_bytes();
                is(&mac(secret.text(), &[given.as_bytes()]), &known)
            };
            secrets.iter().any(is_known).then_some(Signed { at: None })
        }
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC has keys of every length")]
    let mut mac = Hmac::new_from_slice(key).expect("a key");
    for part in parts {
        mac.update(part);
    }
    mac
}

fn is(mac: &Hmac<Sha256>, given: &[u8]) -> bool {
    mac.clone().verify_slice(given).is_ok()
}

/// In lower case, as hosts write it, so that a signature is written in one way.
fn hex(text: &str) -> Option<[u8; LENGTH]> {
    let text: &[u8; 2 * LENGTH] = text.as_bytes().try_into().ok()?;
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; LENGTH];
    for (byte, digits) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(digits[0])? << 4 | digit(digits[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
