//! TLS towards the database: which authorities are trusted, and when it may be left out.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::error::Error;

/// Whether a connection may do without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Never.
    Required,
    /// Where the server offers none. What it offers is still verified.
    Offered,
}

/// TLS is required unless the traffic cannot leave this machine.
pub(crate) fn demand(address: IpAddr) -> Demand {
    if address.to_canonical().is_loopback() {
        Demand::Offered
    } else {
        Demand::Required
    }
}

/// A client that trusts the certificate authorities of a PEM file alone and verifies the server's name
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html>).
///
/// # Errors
/// [`Error::CaBundleUnusable`].
pub(crate) fn client(ca_bundle: &Path) -> Result<ClientConfig, Error> {
    let unusable = |problem: String| Error::CaBundleUnusable {
        path: ca_bundle.into(),
        problem,
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(ca_bundle)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    // One authority in a form that is not supported shall not take the others away.
    let (usable, _) = roots.add_parsable_certificates(certificates);
    if usable == 0 {
        return Err(unusable("it has no certificate".into()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_may_do_without_tls() {
        let cases = [
            ("127.0.0.1", Demand::Offered),
            ("127.9.9.9", Demand::Offered),
            ("::1", Demand::Offered),
            ("::ffff:127.0.0.1", Demand::Offered),
            ("10.0.0.1", Demand::Required),
            ("192.168.1.1", Demand::Required),
            ("0.0.0.0", Demand::Required),
            ("128.0.0.1", Demand::Required),
            ("::", Demand::Required),
            ("fe80::1", Demand::Required),
            ("::ffff:10.0.0.1", Demand::Required),
        ];
        for (address, expected) in cases {
            assert_eq!(demand(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn a_bundle_without_certificates_is_refused() {
        let missing = client(Path::new("/does/not/exist.pem")).unwrap_err().to_string();
        assert!(
            missing.starts_with("the CA bundle /does/not/exist.pem cannot be used: "),
            "{missing}"
        );
        let no_pem = client(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")))
            .unwrap_err()
            .to_string();
        assert!(no_pem.contains("cannot be used: it has no certificate; "), "{no_pem}");
    }
}
