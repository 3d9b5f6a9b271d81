//! Reads git's list of refs, as its HTTP protocol of version 0 sends it. Pure.
//!
//! <https://git-scm.com/docs/http-protocol>, <https://git-scm.com/docs/gitprotocol-pack#_reference_discovery>. What is not whole, or
//! not understood, is an error and never a list with fewer branches: an environment goes when its branch is not in the list.

use std::collections::BTreeMap;

const SERVICE: &[u8] = b"# service=git-upload-pack";
const BRANCHES: &str = "refs/heads/";
const NO_REFS: &[u8] = b"capabilities^{}";

/// What a host says of a repository's branches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Advertisement {
    /// The default branch; an empty repository has none.
    pub(crate) default: Option<String>,
    /// The commit of every branch. One whose name is no UTF-8 is left out: no tag and no event could carry it.
    pub(crate) heads: BTreeMap<String, String>,
}

/// Why an answer is no list of refs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("it broke off")]
    BrokenOff,
    #[error("it is not git's list of branches")]
    NotGit,
    #[error("the host reports an error of its own in it")]
    Refused,
}

/// One line of the protocol.
#[derive(Debug, PartialEq, Eq)]
enum Packet<'b> {
    Flush,
    Line(&'b [u8]),
}

/// The lines of a body, one after the other.
struct Packets<'b>(&'b [u8]);

impl<'b> Packets<'b> {
    /// Four hexadecimal digits are the length of a line, themselves included; 0000 ends a list.
    fn next(&mut self) -> Result<Packet<'b>, Unreadable> {
        let (digits, rest) = self.0.split_at_checked(4).ok_or(Unreadable::BrokenOff)?;
        let digits = digits.iter().map(|digit| char::from(*digit).to_digit(16));
        let length = digits
            .into_iter()
            .try_fold(0, |length, digit| Some(length * 16 + digit?))
            .and_then(|length| usize::try_from(length).ok())
            .ok_or(Unreadable::NotGit)?;
        if length == 0 {
            self.0 = rest;
            return Ok(Packet::Flush);
        }
        let length = length.checked_sub(4).ok_or(Unreadable::NotGit)?;
        let (line, rest) = rest.split_at_checked(length).ok_or(Unreadable::BrokenOff)?;
        self.0 = rest;
        Ok(Packet::Line(line.strip_suffix(b"\n").unwrap_or(line)))
    }
}

/// Reads the body of `info/refs?service=git-upload-pack`.
pub(crate) fn read(body: &[u8]) -> Result<Advertisement, Unreadable> {
    let mut packets = Packets(body);
    let opening = (packets.next()?, packets.next()?);
    if opening != (Packet::Line(SERVICE), Packet::Flush) {
        return Err(Unreadable::NotGit);
    }
    let mut found = Advertisement::default();
    let mut is_first = true;
    loop {
        let line = match packets.next()? {
            Packet::Line(line) => line,
            Packet::Flush if packets.0.is_empty() && !is_first => return Ok(found),
            Packet::Flush => return Err(Unreadable::NotGit),
        };
        let line = if is_first { found.take_capabilities(line)? } else { line };
        is_first = false;
        found.take_ref(line)?;
    }
}

impl Advertisement {
    /// The first ref has the host's capabilities behind it, and among them which branch is the default.
    fn take_capabilities<'b>(&mut self, line: &'b [u8]) -> Result<&'b [u8], Unreadable> {
        if line.starts_with(b"ERR ") {
            return Err(Unreadable::Refused);
        }
        let end = line.iter().position(|byte| *byte == 0).ok_or(Unreadable::NotGit)?;
        let mut capabilities = line[end + 1..].split(|byte| *byte == b' ');
        let head = capabilities.find_map(|capability| capability.strip_prefix(b"symref=HEAD:"));
        self.default = head.and_then(branch).map(str::to_owned);
        Ok(&line[..end])
    }

    fn take_ref(&mut self, line: &[u8]) -> Result<(), Unreadable> {
        if line.starts_with(b"ERR ") {
            return Err(Unreadable::Refused);
        }
        // A repository without the whole history says so after its refs.
        if line.starts_with(b"shallow ") {
            return Ok(());
        }
        let space = line.iter().position(|byte| *byte == b' ').ok_or(Unreadable::NotGit)?;
        let (id, name) = (&line[..space], &line[space + 1..]);
        let is_id = matches!(id.len(), 40 | 64) && id.iter().all(u8::is_ascii_hexdigit);
        if !is_id || name.is_empty() {
            return Err(Unreadable::NotGit);
        }
        if let (Some(branch), Ok(id), false) = (branch(name), std::str::from_utf8(id), name == NO_REFS) {
            self.heads.insert(branch.to_owned(), id.to_owned());
        }
        Ok(())
    }
}

fn branch(name: &[u8]) -> Option<&str> {
    std::str::from_utf8(name).ok()?.strip_prefix(BRANCHES)
}

#[cfg(test)]
mod tests;
