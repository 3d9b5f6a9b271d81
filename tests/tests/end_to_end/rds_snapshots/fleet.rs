//! One production database and one deployed fleet, made once and shared by all tests of this file's neighbours.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use aws_sdk_s3::primitives::ByteStream;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::deployment::{architecture, make_artifact_bucket, network, outputs};
use crate::engine::{self, control, tool, until};

/// The production instance.
pub(crate) const SOURCE: &str = "shop-production";
/// Its master password.
pub(crate) const PRODUCTION_PASSWORD: &str = "production-password-never-to-be-seen";
/// The accounts that the sanitized snapshots are shared with.
pub(crate) const FRIENDS: [&str; 2] = ["210987654321", "345678901234"];
/// How many people the production database knows.
pub(crate) const PEOPLE: usize = 500;
/// A rules document that does what it should.
pub(crate) const RULES: &str = "
version: 1
databases:
  - name: shop
    sql:
      - UPDATE people SET email = 'person' || id || '@example.com', full_name = 'Person ' || id, notes = NULL
      - VACUUM (FULL, ANALYZE) people
    verify:
      - expect_no_rows: SELECT 1 FROM people WHERE email LIKE '%@bigcorp.example'
      - expect_no_rows: SELECT 1 FROM people WHERE notes LIKE '%bigcorp%'
";

/// The key of the masks.
pub(crate) const MASKING_KEY: &str = "the-key-of-the-masks-never-to-be-seen";
/// Rules of masks alone.
pub(crate) const MASKS: &str = "
version: 1
seed: secret
databases:
  - name: shop
    tables:
      people: { id: keep, email: fake.email, full_name: fake.name, notes: redact }
      go: truncate
";

const PRODUCTION: &str = "
CREATE TABLE people (id integer PRIMARY KEY, email text NOT NULL, full_name text NOT NULL, notes text);
CREATE TABLE go (now boolean);
INSERT INTO people SELECT n, 'ada.' || n || '@bigcorp.example', 'Ada ' || n, 'call ada.' || n || '@bigcorp.example'
  FROM generate_series(1, 500) n;
";

/// The shared fleet.
pub(crate) struct Fleet {
    runtime: Runtime,
    /// Clients of the services that tests look into.
    pub(crate) rds: aws_sdk_rds::Client,
    /// S3.
    pub(crate) s3: aws_sdk_s3::Client,
    /// Secrets Manager.
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    /// Step Functions.
    pub(crate) states: aws_sdk_sfn::Client,
    outputs: BTreeMap<String, String>,
}

/// One execution that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// Of the execution.
    pub(crate) arn: String,
    /// The run's id.
    pub(crate) id: String,
    /// SUCCEEDED, FAILED, ABORTED...
    pub(crate) status: String,
    /// Empty on success.
    pub(crate) error: String,
    /// Empty on success.
    pub(crate) cause: String,
}

static FLEET: LazyLock<Mutex<Fleet>> = LazyLock::new(|| Mutex::new(Fleet::deploy()));

/// The fleet, for one test at a time, with good rules and no faults pending.
pub(crate) fn fleet() -> MutexGuard<'static, Fleet> {
    let fleet = FLEET.lock().unwrap_or_else(PoisonError::into_inner);
    control("rds/faults", &json!({"kind": "clear"}));
    fleet.rules(RULES);
    fleet
}

impl Fleet {
    fn deploy() -> Self {
        make_artifact_bucket();
        tool("aws", &["s3", "mb", "s3://wrasse-rules"]);
        let config = aws_client::sdk_config();
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(true)
            .build();
        let mut fleet = Self {
            runtime: Runtime::new().unwrap(),
            rds: aws_sdk_rds::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            secrets: aws_sdk_secretsmanager::Client::new(&config),
            states: aws_sdk_sfn::Client::new(&config),
            outputs: BTreeMap::new(),
        };
        fleet.make_production();
        let key = fleet
            .secrets
            .create_secret()
            .name("masking-key")
            .secret_string(MASKING_KEY);
        let key = fleet.wait(key.send()).unwrap();
        let network = network();
        let parameters = format!(
            "Architecture={} {network} RdsSnapshots=true RdsSnapshotsSourceDBInstance={SOURCE} \
             RdsSnapshotsSanitizerImage=local/rds-sanitizer RdsSnapshotsRulesS3Uri=s3://wrasse-rules/rules.yaml \
             RdsSnapshotsShareWithAccounts={} RdsSnapshotsKeepFinalSnapshots=2 \
             RdsSnapshotsFinalSnapshotName={{source}}-sanitized-{{run}} RdsSnapshotsMaskingKeySecretArn={}",
            architecture(),
            FRIENDS.join(","),
            key.arn().unwrap()
        );
        let overrides: Vec<&str> = parameters.split_whitespace().collect();
        let command = ["deploy", "--config-env", "local", "--parameter-overrides"];
        tool("sam", &[&command[..], &overrides].concat());
        fleet.outputs = outputs("wrasse");
        fleet
    }

    fn make_production(&self) {
        let create = self
            .rds
            .create_db_instance()
            .db_instance_identifier(SOURCE)
            .engine("postgres")
            .db_name("shop");
        let create = create.db_instance_class("db.t4g.micro").allocated_storage(20);
        let create = create
            .master_username("shopkeeper")
            .master_user_password(PRODUCTION_PASSWORD);
        self.wait(create.send()).unwrap();
        control("clock/advance", &json!({"seconds": 3600}));
        self.sql(SOURCE, "shopkeeper", PRODUCTION_PASSWORD, PRODUCTION);
    }

    /// Runs a call to its end.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// An output of the deployed stack.
    pub(crate) fn output(&self, name: &str) -> &str {
        self.outputs
            .get(name)
            .unwrap_or_else(|| panic!("no output {name} in {:?}", self.outputs))
    }

    /// Puts the rules document that the next run reads.
    pub(crate) fn rules(&self, document: &str) {
        let put = self.s3.put_object().bucket("wrasse-rules").key("rules.yaml");
        self.wait(put.body(ByteStream::from(document.as_bytes().to_vec())).send())
            .unwrap();
    }

    /// Runs SQL on an instance with psql, over verified TLS, and returns its unaligned output.
    pub(crate) fn sql(&self, instance: &str, user: &str, password: &str, sql: &str) -> String {
        let described = self
            .wait(self.rds.describe_db_instances().db_instance_identifier(instance).send())
            .unwrap();
        let endpoint = described.db_instances()[0].endpoint().unwrap();
        let output = Command::new("psql")
            .args([
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
                "--command",
                sql,
            ])
            .args([
                "--host",
                endpoint.address().unwrap(),
                "--port",
                &endpoint.port().unwrap().to_string(),
            ])
            .args(["--username", user, "--dbname", "shop"])
            .env("PGPASSWORD", password)
            .env("PGSSLMODE", "verify-full")
            .env("PGSSLROOTCERT", engine::state().join("rds/ca.pem"))
            .output()
            .expect("psql is needed: apt-get install postgresql-client");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Starts an execution by name.
    pub(crate) fn start(&self, name: &str) -> String {
        let machine = self.output("RdsSnapshotsStateMachineArn");
        let started = self
            .states
            .start_execution()
            .state_machine_arn(machine)
            .name(name)
            .input("{}")
            .send();
        self.wait(started).unwrap().execution_arn
    }

    /// What the ARN of an execution of that name is.
    pub(crate) fn arn(&self, name: &str) -> String {
        self.output("RdsSnapshotsStateMachineArn")
            .replace(":stateMachine:", ":execution:")
            + ":"
            + name
    }

    /// Follows an execution to its end.
    pub(crate) fn finish(&self, arn: &str) -> Run {
        let ended = until("the execution ends", || {
            let described = self
                .wait(self.states.describe_execution().execution_arn(arn).send())
                .unwrap();
            (described.status().as_str() != "RUNNING").then_some(described)
        });
        Run {
            id: rds_run::names::run_id(arn),
            arn: arn.to_owned(),
            status: ended.status().as_str().to_owned(),
            error: ended.error().unwrap_or_default().to_owned(),
            cause: ended.cause().unwrap_or_default().to_owned(),
        }
    }

    /// Starts an execution and follows it to its end.
    pub(crate) fn run(&self, name: &str) -> Run {
        self.finish(&self.start(name))
    }

    /// An object of the evidence bucket, if it is there.
    pub(crate) fn evidence(&self, run: &str, name: &str) -> Option<Vec<u8>> {
        let bucket = self.output("RdsSnapshotsEvidenceBucketName");
        let get = self
            .s3
            .get_object()
            .bucket(bucket)
            .key(format!("runs/{run}/{name}"))
            .send();
        let object = self.wait(get).ok()?;
        Some(self.wait(object.body.collect()).unwrap().to_vec())
    }
}
