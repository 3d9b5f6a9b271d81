//! A DNS server of one UDP socket.

use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, CNAME};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

/// What it answers to everything.
#[derive(Clone)]
pub(crate) enum Says {
    /// It is an alias of this.
    Alias(&'static str),
    /// There is no such name.
    NoSuchName,
    /// The name is there, with nothing of the kind asked for.
    Nothing,
    /// An address, which nobody asked for.
    Address,
    Failure,
    /// Bytes that are no answer.
    Noise,
    Silence,
    /// An answer to some other question.
    OfAnother,
}

pub(crate) struct Dns {
    pub(crate) address: SocketAddr,
    says: Arc<Mutex<Says>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Dns {
    pub(crate) async fn new(says: Says) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let server = Self {
            address: socket.local_addr().unwrap(),
            says: Arc::new(Mutex::new(says)),
            asked: Arc::default(),
        };
        let (says, asked) = (server.says.clone(), server.asked.clone());
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                let question = &query.queries[0];
                assert_eq!(question.query_type(), RecordType::CNAME);
                asked.lock().unwrap().push(question.name().to_string());
                let says = says.lock().unwrap().clone();
                if let Some(answer) = answer(query, &says) {
                    socket.send_to(&answer, from).await.unwrap();
                }
            }
        });
        server
    }

    pub(crate) fn now_says(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(query: Message, says: &Says) -> Option<Vec<u8>> {
    let name = query.queries[0].name().clone();
    let record = |data| Record::from_rdata(name.clone(), 60, data);
    let alias = |target: &str| record(RData::CNAME(CNAME(Name::from_str(target).unwrap())));
    let mut answer = query.into_response();
    match says {
        Says::Alias(target) => {
            answer.add_answer(alias(target));
        }
        Says::NoSuchName => answer.metadata.response_code = ResponseCode::NXDomain,
        Says::Nothing => {}
        Says::Address => {
            answer.add_answer(record(RData::A(A::new(192, 0, 2, 1))));
        }
        Says::Failure => answer.metadata.response_code = ResponseCode::ServFail,
        Says::Noise => return Some(b"no answer".to_vec()),
        Says::Silence => return None,
        Says::OfAnother => {
            answer.metadata.id = answer.metadata.id.wrapping_add(1);
            answer.add_answer(alias("health.us-east-2.amazonaws.com."));
        }
    }
    Some(answer.to_vec().unwrap())
}
