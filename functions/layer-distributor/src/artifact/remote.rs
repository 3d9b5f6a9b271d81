//! An object that blocking code reads as it reads a file.

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::Range;

use aws_client::CallError;
use rawzip::ReaderAt;

use crate::artifact::object::{Object, Part};
use crate::artifact::problem::What;
use crate::artifact::waiting::Waiting;

/// What is read at once where a few bytes are asked for. A zip's list of contents is at its end, and one of 1 MiB has some
/// 10,000 files.
pub(super) const WINDOW: u64 = 1024 * 1024;
/// How often reading goes on after an answer broke off. Each time is a new call, with the SDK's own attempts.
const RESUMED: u32 = 3;

/// One content of an object: that of the first answer.
pub(super) struct Remote<'r> {
    object: &'r Object,
    waiting: &'r Waiting,
    etag: Option<String>,
    size: u64,
    resumed: Cell<u32>,
    end: Window,
    /// Read last.
    near: RefCell<Window>,
    /// Why a reader got an error, which has no room for it.
    failure: RefCell<Option<What>>,
}

#[derive(Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// As much of it as there is from `offset` on.
    fn read(&self, buffer: &mut [u8], offset: u64) -> usize {
        let skipped = offset
            .checked_sub(self.start)
            .and_then(|skipped| usize::try_from(skipped).ok());
        let there = skipped
            .and_then(|skipped| self.bytes.get(skipped..))
            .unwrap_or_default();
        let length = there.len().min(buffer.len());
        buffer[..length].copy_from_slice(&there[..length]);
        length
    }
}

impl<'r> Remote<'r> {
    /// Reads the object's end, which says how large it is.
    pub(super) fn open(object: &'r Object, waiting: &'r Waiting) -> Result<Self, What> {
        let part = waiting.wait(object.end(WINDOW))??.ok_or(What::NoPart)?;
        if part.size == 0 {
            return Err(What::Empty);
        }
        let mut remote = Self {
            object,
            waiting,
            etag: part.etag.clone(),
            size: part.size,
            resumed: Cell::default(),
            end: Window::default(),
            near: RefCell::default(),
            failure: RefCell::default(),
        };
        let start = part.start;
        let mut bytes = Vec::new();
        remote.copy_from(Some(part), start..remote.size, |chunk| {
            bytes.extend_from_slice(chunk);
            Ok::<_, What>(())
        })?;
        remote.end = Window { start, bytes };
        Ok(remote)
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Why reading failed, if that was S3's doing.
    pub(super) fn failure(&self) -> Option<What> {
        self.failure.take()
    }

    pub(super) fn still_wanted(&self) -> Result<(), What> {
        Ok(self.waiting.wait(std::future::ready(()))?)
    }

    /// Gives every one of these bytes to `sink` once, in order, as they come. An answer that breaks off is gone on with.
    pub(super) fn copy<E>(&self, bytes: Range<u64>, sink: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), What>
    where
        What: From<E>,
    {
        self.copy_from(None, bytes, sink)
    }

    fn copy_from<E>(
        &self,
        mut part: Option<Part>,
        bytes: Range<u64>,
        mut sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), What>
    where
        What: From<E>,
    {
        let mut left = bytes;
        while !left.is_empty() {
            let mut part = match part.take() {
                Some(part) => part,
                None => (self.waiting.wait(self.object.part(&left, self.etag.as_deref()))??).ok_or(What::NoPart)?,
            };
            let broken = self.pour(&mut part, &mut left, &mut sink)?;
            if !left.is_empty() {
                self.resume(broken)?;
            }
        }
        Ok(())
    }

    /// Until the body ends; why it broke off, if it did.
    fn pour<E>(
        &self,
        part: &mut Part,
        left: &mut Range<u64>,
        sink: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Option<CallError>, What>
    where
        What: From<E>,
    {
        while !left.is_empty() {
            match self.waiting.wait(part.next())? {
                Ok(Some(chunk)) => {
                    let more = usize::try_from(left.end - left.start).unwrap_or(usize::MAX);
                    let chunk = &chunk[..chunk.len().min(more)];
                    sink(chunk)?;
                    left.start += chunk.len() as u64;
                }
                Ok(None) => return Ok(None),
                Err(error) => return Ok(Some(error)),
            }
        }
        Ok(None)
    }

    fn resume(&self, broken: Option<CallError>) -> Result<(), What> {
        let resumed = self.resumed.get();
        if resumed == RESUMED {
            return Err(broken.map_or(What::NoPart, What::Call));
        }
        tracing::warn!(
            outcome = "BrokeOff",
            resumed,
            "the artifact's bytes ended early, reading goes on"
        );
        self.resumed.set(resumed + 1);
        Ok(())
    }

    /// A window that has the byte at `offset`, which is before the end's.
    fn window(&self, offset: u64) -> Result<Window, What> {
        let mut bytes = Vec::new();
        let end = self.end.start.min(offset + WINDOW);
        self.copy(offset..end, |chunk| {
            bytes.extend_from_slice(chunk);
            Ok::<_, What>(())
        })?;
        Ok(Window { start: offset, bytes })
    }
}

impl ReaderAt for Remote<'_> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset >= self.end.start {
            return Ok(self.end.read(buffer, offset));
        }
        let read = self.near.borrow().read(buffer, offset);
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        match self.window(offset) {
            Ok(window) => {
                let read = window.read(buffer, offset);
                self.near.replace(window);
                Ok(read)
            }
            Err(what) => {
                self.failure.replace(Some(what));
                Err(io::Error::other("the object cannot be read"))
            }
        }
    }
}
