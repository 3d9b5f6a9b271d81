//! One time through an object's lines: each is put, given up or left.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use log_source::NotPut;
use tokio::time::Instant;

use crate::bucket::Object;
use crate::chunk::{Chunk, Entry};
use crate::error::Failure;
use crate::invocation::Invocation;
use crate::ledger::{self, Attempts, Decision};
use crate::line;
use crate::lines::{Lines, NotLines, PIECE};
use crate::outlet::Outlet;
use crate::places::Places;
use crate::replay::Replay;

/// Ledger objects on their way at once.
const AT_ONCE: usize = 32;
const NDJSON: &str = "application/x-ndjson";
const TEXT: &str = "text/plain";

/// What was done with an object's lines.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) replayed: u64,
    pub(crate) given_up: u64,
    pub(crate) left: u64,
    /// Whether lines were left because the deadline came.
    pub(crate) time_up: bool,
    /// Objects that hold lines that were left.
    pub(crate) left_keys: Vec<String>,
    /// What did not keep the object from being finished.
    pub(crate) failures: Vec<Failure>,
}

/// Why an object was not read to its end.
pub(crate) enum Stop {
    NotLines(NotLines),
    Gone,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<NotLines> for Stop {
    fn from(reason: NotLines) -> Self {
        Self::NotLines(reason)
    }
}

pub(crate) struct Pass<'r> {
    replay: &'r Replay,
    object: &'r Object,
    dry_run: bool,
    invocation: &'r Invocation,
    chunk: Chunk,
    given_up: Outlet,
    left: Outlet,
    done: Done,
}

impl<'r> Pass<'r> {
    pub(crate) fn new(replay: &'r Replay, object: &'r Object, dry_run: bool, invocation: &'r Invocation) -> Self {
        Self {
            replay,
            object,
            dry_run,
            invocation,
            chunk: Chunk::default(),
            given_up: Outlet::default(),
            left: Outlet::default(),
            done: Done::default(),
        }
    }

    pub(crate) fn into_done(self) -> Done {
        self.done
    }

    /// Puts what may be put. Afterwards some of what was given up or left may be in memory only: see
    /// [`Pass::write_rest`].
    pub(crate) async fn go_through(&mut self) -> Result<(), Stop> {
        let mut lines = Lines::new();
        let mut start = 0;
        while start < self.object.bytes {
            let range = self.replay.bucket.read(self.object, start).await;
            let range = range.map_err(|source| Failure::call(format!("`{}` not read", self.object.key), source))?;
            let range = range.ok_or(Stop::Gone)?;
            start += range.len() as u64;
            for piece in range.chunks(PIECE) {
                for line in lines.push(piece)? {
                    self.take(line).await?;
                }
            }
        }
        for line in lines.finish()? {
            self.take(line).await?;
        }
        let rest = self.chunk.take();
        Ok(self.put(rest).await?)
    }

    /// The object itself goes to the given-up prefix, so its lines need not.
    pub(crate) fn give_up_whole(&mut self) {
        self.given_up.take();
        self.left.take();
        self.done.given_up = 1;
        self.done.left = 0;
    }

    /// Whether no line of the object was put or stands anywhere else.
    pub(crate) fn is_untouched(&self) -> bool {
        let Done {
            replayed,
            given_up,
            left,
            ref left_keys,
            ..
        } = self.done;
        left > 0 && replayed == 0 && given_up == 0 && left_keys.is_empty()
    }

    /// Writes what was given up and left and is in memory only.
    pub(crate) async fn write_rest(&mut self) -> Result<(), Failure> {
        if let Some(lines) = self.given_up.take() {
            self.write_given_up(lines).await?;
        }
        if let Some(lines) = self.left.take() {
            self.write_left(lines).await?;
        }
        Ok(())
    }

    async fn take(&mut self, line: Vec<u8>) -> Result<(), Failure> {
        match line::record(&line) {
            None => self.give_up(&line).await,
            Some(record) => match self.chunk.push(line, record) {
                Some(full) => self.put(full).await,
                None => Ok(()),
            },
        }
    }

    async fn put(&mut self, entries: Vec<Entry>) -> Result<(), Failure> {
        if entries.is_empty() {
            return Ok(());
        }
        if Instant::now() >= self.invocation.deadline {
            self.done.time_up = true;
            return self.leave(entries.iter()).await;
        }
        let before = self.look_up(&entries).await?;
        let mut attempts = before.clone();
        let largest = self.replay.source.limits().record_bytes;
        let decisions = ledger::decide(&entries, &mut attempts, self.replay.maximum_attempts, largest);
        let mut to_put = Vec::new();
        for (entry, decision) in entries.into_iter().zip(decisions) {
            match decision {
                Decision::Put => to_put.push(entry),
                Decision::GiveUp => self.give_up(&entry.line).await?,
            }
        }
        if self.dry_run {
            self.done.replayed += to_put.len() as u64;
            return Ok(());
        }
        attempts.retain(|digest, count| before.get(digest) != Some(count));
        // Before they are made: a crash in between costs an attempt, the other way round it would give one for nothing,
        // without end.
        self.count(&attempts).await?;
        let records: Vec<&[u8]> = to_put.iter().map(|entry| entry.record.as_slice()).collect();
        let Invocation { deadline, random, .. } = *self.invocation;
        let outcomes = self.replay.source.put(&records, deadline, random).await;
        self.settle(&to_put, outcomes, attempts).await
    }

    /// What was not put is left, and not counted as an attempt.
    async fn settle(
        &mut self,
        entries: &[Entry],
        outcomes: Vec<Result<(), NotPut>>,
        mut attempts: Attempts,
    ) -> Result<(), Failure> {
        let mut not_put = Vec::new();
        let mut cause = None;
        for (entry, outcome) in entries.iter().zip(outcomes) {
            match outcome {
                Ok(()) => self.done.replayed += 1,
                Err(reason) => {
                    not_put.push(entry);
                    match reason {
                        NotPut::TimeUp => self.done.time_up = true,
                        NotPut::Failed(_) | NotPut::TooLarge { .. } => cause = Some(reason),
                    }
                }
            }
        }
        let taken_back = ledger::take_back(&mut attempts, not_put.iter().map(|entry| entry.digest.as_str()));
        if let Err(failure) = self.count(&taken_back).await {
            self.done.failures.push(failure);
        }
        if let Some(source) = cause {
            let (key, lines) = (self.object.key.clone(), not_put.len());
            self.done.failures.push(Failure::NotPut { key, lines, source });
        }
        self.leave(not_put.into_iter()).await
    }

    /// How often each record was put back so far.
    async fn look_up(&self, entries: &[Entry]) -> Result<Attempts, Failure> {
        let mut digests: Vec<&str> = entries.iter().map(|entry| entry.digest.as_str()).collect();
        digests.sort_unstable();
        digests.dedup();
        let look_up = async |digest: &str| {
            let key = self.replay.places.ledger(digest);
            let content = self.replay.bucket.read_small(&key).await;
            match content.map_err(|source| Failure::call(format!("`{key}` of the ledger not read"), source))? {
                None => Ok((digest.to_owned(), 0)),
                Some(content) => {
                    let count = ledger::parse(&content).ok_or(Failure::LedgerUnreadable { key })?;
                    Ok((digest.to_owned(), count))
                }
            }
        };
        stream::iter(digests).map(look_up).buffered(AT_ONCE).try_collect().await
    }

    async fn count(&self, attempts: &Attempts) -> Result<(), Failure> {
        let count = async |(digest, count): (&String, &u32)| {
            let key = self.replay.places.ledger(digest);
            let written = self
                .replay
                .bucket
                .write(&key, TEXT, count.to_string().into_bytes())
                .await;
            written.map_err(|source| Failure::call(format!("`{key}` of the ledger not written"), source))
        };
        stream::iter(attempts).map(count).buffered(AT_ONCE).try_collect().await
    }

    async fn give_up(&mut self, line: &[u8]) -> Result<(), Failure> {
        self.done.given_up += 1;
        match self.given_up.push(line) {
            Some(full) => self.write_given_up(full).await,
            None => Ok(()),
        }
    }

    async fn leave(&mut self, entries: impl Iterator<Item = &Entry>) -> Result<(), Failure> {
        for entry in entries {
            self.done.left += 1;
            if let Some(full) = self.left.push(&entry.line) {
                self.write_left(full).await?;
            }
        }
        Ok(())
    }

    async fn write_given_up(&mut self, lines: Vec<u8>) -> Result<(), Failure> {
        let key = self.replay.places.given_up_lines(&self.object.key, &lines);
        self.write(&key, lines).await
    }

    async fn write_left(&mut self, lines: Vec<u8>) -> Result<(), Failure> {
        let key = Places::left_lines(&self.object.key, &lines);
        self.write(&key, lines).await?;
        self.done.left_keys.push(key);
        Ok(())
    }

    async fn write(&self, key: &str, lines: Vec<u8>) -> Result<(), Failure> {
        if self.dry_run {
            return Ok(());
        }
        let written = self.replay.bucket.write(key, NDJSON, lines).await;
        written.map_err(|source| Failure::call(format!("`{key}`, lines of `{}`, not written", self.object.key), source))
    }
}
