//! [`Aws`] at an address, for what only a real connection has: its `Date`.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::aws::{Answer, Aws, Call};

/// Serves the steps at an address, each with a date of 12:05.
pub(crate) async fn serve(aws: Aws) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve_one(stream, aws.clone()));
        }
    });
    format!("http://{address}")
}

async fn serve_one(stream: TcpStream, aws: Aws) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut uri, mut target, mut length) = (String::new(), None, 0);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap() == 0 {
                return;
            }
            let line = line.trim();
            match line.split_once(": ") {
                _ if line.is_empty() => break,
                Some((name, value)) if name.eq_ignore_ascii_case("x-amz-target") => target = Some(value.to_owned()),
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
                Some(_) => {}
                None => line.split(' ').nth(1).unwrap().clone_into(&mut uri),
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let Answer::Said(status, body) = aws.take(Call::read(target.as_deref(), &uri, &body)) else {
            return;
        };
        let head = format!(
            "HTTP/1.1 {status} Said\r\ndate: Fri, 20 Nov 2026 12:05:00 GMT\r\nsmithy-protocol: rpc-v2-cbor\r\ncontent-length: \
             {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    }
}
