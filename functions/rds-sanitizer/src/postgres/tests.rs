use std::path::Path;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// A server that answers the request for TLS with no, and what it was sent after that.
async fn server_without_tls(listener: TcpListener) -> Vec<u8> {
    let (mut connection, _) = listener.accept().await.unwrap();
    // https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest
    let mut request = [0; 8];
    connection.read_exact(&mut request).await.unwrap();
    assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47]);
    connection.write_all(b"N").await.unwrap();
    let mut sent = vec![0; 1_000];
    let length = connection.read(&mut sent).await.unwrap();
    sent.truncate(length);
    sent
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_where_tls_is_required() {
    let ca_bundle = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/test-ca.pem"));
    for (demand, gets_something) in [(Demand::Required, false), (Demand::Offered, true)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let config = Config {
            host: "db.example.com".into(),
            port: address.port(),
            ..crate::config::tests::complete()
        };
        let server = Server {
            config: &config,
            credentials: serde_json::from_str(r#"{"username":"master","password":"hunter2"}"#).unwrap(),
            tls: MakeRustlsConnect::new(tls::client(ca_bundle).unwrap()),
            addresses: vec![address.ip()],
        };
        let (sent, session) = tokio::join!(
            server_without_tls(listener),
            server.connect_to(address.ip(), demand, "shop")
        );
        assert_eq!(!sent.is_empty(), gets_something, "{demand:?}");
        let error = session.err().unwrap();
        assert_eq!(
            matches!(error, Error::TlsNotOffered { .. }),
            demand == Demand::Required,
            "{error}"
        );
    }
}
