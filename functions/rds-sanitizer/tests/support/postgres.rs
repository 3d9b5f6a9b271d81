//! A real PostgreSQL server of the test's own: loopback, a temporary folder, a user without rights, ended with its test.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio_postgres::{Client, NoTls};

/// The master user: as on RDS, no superuser, and a member of pg_monitor.
pub(crate) const MASTER: &str = "master";
pub(crate) const PASSWORD: &str = "hunter2-of-the-master";
const SUPERUSER: &str = "postgres";
const SUPERUSER_PASSWORD: &str = "hunter2-of-the-superuser";

static NEXT: AtomicU32 = AtomicU32::new(1);
static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

pub(crate) struct Server {
    folder: PathBuf,
    process: Child,
    pub(crate) port: u16,
    /// The authority that signed the server's certificate for `localhost`.
    pub(crate) ca_bundle: PathBuf,
}

impl Server {
    /// The server that the tests running at the moment share; the last one ends it.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start(true));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// A server of one's own, with or without TLS.
    pub(crate) fn start(tls: bool) -> Self {
        let folder = temporary_folder();
        let data = folder.join("data");
        let owner = unprivileged_owner();
        let password_file = folder.join("password");
        fs::write(&password_file, SUPERUSER_PASSWORD).unwrap();
        write_certificates(&folder);
        for entry in fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .chain([folder.clone()])
        {
            if let Some((user, group)) = owner {
                chown(&entry, Some(user), Some(group)).unwrap();
            }
        }
        run(as_owner("initdb", owner)
            .arg("--pgdata")
            .arg(&data)
            .arg("--pwfile")
            .arg(&password_file)
            .args([
                "--username",
                SUPERUSER,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ]));
        let port = free_port();
        let key = folder.join("server.key");
        let process = as_owner("postgres", owner)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-h", "127.0.0.1,::1", "-p", &port.to_string(), "-F"])
            .args(["-c", if tls { "ssl=on" } else { "ssl=off" }])
            // What must not be in a log is looked for in one that has everything.
            .args(["-c", "log_statement=all", "-c", "log_min_duration_statement=0"])
            .arg("-c")
            .arg(format!("ssl_cert_file={}", folder.join("server.pem").display()))
            .arg("-c")
            .arg(format!("ssl_key_file={}", key.display()))
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.join("log")).unwrap())
            .spawn()
            .unwrap();
        let ca_bundle = folder.join("ca.pem");
        let mut server = Self {
            folder,
            process,
            port,
            ca_bundle,
        };
        server.wait_until_ready();
        server
    }

    /// `pg_isready` answers at once, so this asks again and again without sleeping.
    fn wait_until_ready(&mut self) {
        loop {
            let ready = Command::new(binary("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()
                .unwrap();
            if ready.success() {
                return;
            }
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("{status}: {}", fs::read_to_string(self.folder.join("log")).unwrap());
            }
        }
    }

    /// Sends a signal to the postmaster: `INT` is a fast shutdown, `KILL` a crash.
    pub(crate) fn signal(&self, name: &str) {
        run(Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.process.id().to_string()));
    }

    /// Ends the server in an orderly way: everything is in its files.
    pub(crate) fn stop(&self) {
        self.signal("INT");
        let pid = self.process.id().to_string();
        while Command::new("kill")
            .args(["-0", &pid])
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
            && !self.is_zombie()
        {
            std::thread::yield_now();
        }
    }

    /// Ended, and not waited for: the child is still ours.
    fn is_zombie(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| rest.trim_start().starts_with('Z'))
    }

    /// The files of the data directory that have these bytes, but for the write-ahead log.
    pub(crate) fn data_with(&self, word: &[u8]) -> Vec<String> {
        let found = self.files_with(word).into_iter();
        found
            .filter(|name| name.starts_with("data/") && !name.starts_with("data/pg_wal/"))
            .collect()
    }

    /// All files of the server's that have these bytes, the write-ahead log and the server's log of statements included.
    pub(crate) fn files_with(&self, word: &[u8]) -> Vec<String> {
        let mut folders = vec![self.folder.clone()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.is_file()
                    && fs::read(&entry)
                        .unwrap()
                        .windows(word.len())
                        .any(|window| window == word)
                {
                    found.push(entry.strip_prefix(&self.folder).unwrap().display().to_string());
                }
            }
        }
        found
    }

    /// A new database of the master's, with `setup` done in it.
    pub(crate) async fn database(&self, setup: &str) -> String {
        let name = format!("test{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = self.session("postgres", SUPERUSER, SUPERUSER_PASSWORD).await;
        let role = format!(
            "DO $$ BEGIN PERFORM pg_advisory_xact_lock(1); IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{MASTER}')
             THEN CREATE ROLE {MASTER} LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}' IN ROLE pg_monitor; END IF; END $$"
        );
        admin.batch_execute(&role).await.unwrap();
        admin
            .batch_execute(&format!("CREATE DATABASE {name} OWNER {MASTER}"))
            .await
            .unwrap();
        self.master(&name).await.batch_execute(setup).await.unwrap();
        name
    }

    /// A session of the master's, past the sanitizer.
    pub(crate) async fn master(&self, database: &str) -> Client {
        self.session(database, MASTER, PASSWORD).await
    }

    async fn session(&self, database: &str, user: &str, password: &str) -> Client {
        let (client, connection) = tokio_postgres::Config::new()
            .host("127.0.0.1")
            .port(self.port)
            .user(user)
            .password(password)
            .dbname(database)
            .connect(NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        client
    }

    /// The authority of nobody's certificate.
    pub(crate) fn other_ca_bundle(&self) -> PathBuf {
        let path = self.folder.join("other-ca.pem");
        fs::write(&path, authority("another").0.pem()).unwrap();
        path
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An immediate shutdown: the data is of no more use.
        drop(
            Command::new("kill")
                .arg("-QUIT")
                .arg(self.process.id().to_string())
                .stderr(Stdio::null())
                .status(),
        );
        drop(self.process.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// The single number that a query gives.
pub(crate) async fn number(client: &Client, query: &str) -> i64 {
    client.query_one(query, &[]).await.unwrap().get(0)
}

fn temporary_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!(
        "rds-sanitizer-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    ));
    fs::create_dir(&folder).unwrap();
    folder
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// PostgreSQL refuses to run as root: then user and group to run it as.
fn unprivileged_owner() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let nobody = users
        .lines()
        .find(|line| line.starts_with("nobody:"))
        .expect("a user nobody");
    let fields: Vec<_> = nobody.split(':').collect();
    Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}

fn as_owner(name: &str, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(binary(name));
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command.current_dir("/");
    command
}

/// Debian keeps the server's programs out of PATH, in a folder for each version.
fn binary(name: &str) -> PathBuf {
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path().join("bin"));
    let homes = [
        "/usr/bin",
        "/usr/local/bin",
        "/usr/local/pgsql/bin",
        "/opt/homebrew/bin",
    ]
    .map(PathBuf::from);
    debian
        .chain(homes)
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("PostgreSQL's {name} is missing; install it with: sudo apt-get install postgresql"))
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn authority(name: &str) -> (rcgen::Certificate, rcgen::Issuer<'static, rcgen::KeyPair>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = parameters.self_signed(&key).unwrap();
    (certificate, rcgen::Issuer::new(parameters, key))
}

fn write_certificates(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let (certificate, issuer) = authority("the server's");
    fs::write(folder.join("ca.pem"), certificate.pem()).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let server = rcgen::CertificateParams::new(vec!["localhost".into()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    fs::write(folder.join("server.pem"), server.pem()).unwrap();
    fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
}
