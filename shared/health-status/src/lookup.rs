//! The CNAME of a name. The only file that names the resolver.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

/// For the whole look-up. A resolver of AWS answers in milliseconds, and without an answer there is a good guess.
const BUDGET: Duration = Duration::from_secs(1);
/// One of its packets, so that one may be lost.
const ATTEMPT: Duration = Duration::from_millis(400);

/// What `name` is an alias of, asked of `server`, or of the system's resolver. The error is for the log.
pub(crate) async fn alias(name: &str, server: Option<SocketAddr>) -> Result<String, String> {
    match tokio::time::timeout(BUDGET, ask(name, server)).await {
        Ok(Ok(Some(target))) => Ok(target),
        Ok(Ok(None)) => Err("it is no alias".to_owned()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer within a second".to_owned()),
    }
}

async fn ask(name: &str, server: Option<SocketAddr>) -> Result<Option<String>, NetError> {
    let mut builder = match server {
        Some(server) => TokioResolver::builder_with_config(only(server), TokioRuntimeProvider::default()),
        None => TokioResolver::builder_tokio()?,
    };
    let options = builder.options_mut();
    options.timeout = ATTEMPT;
    options.attempts = 1;
    // Asked once a minute at most, by a resolver that lives as long as the question.
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    let answer = builder.build()?.lookup(name, RecordType::CNAME).await?;
    let targets = answer.answers().iter().filter_map(|record| match &record.data {
        RData::CNAME(target) => Some(target.to_string()),
        _ => None,
    });
    Ok(targets.into_iter().next())
}

fn only(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    ResolverConfig::from_name_servers(vec![server])
}
