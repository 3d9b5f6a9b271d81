//! Writes a zip as it is told, true or not.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

pub(super) const ENCRYPTED: u16 = 1;
pub(super) const DESCRIPTOR: u16 = 1 << 3;
pub(super) const UTF8: u16 = 1 << 11;
pub(super) const UNIX: u16 = 0x0314;

/// The fields that both headers of an entry have.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u32,
    pub(super) size: u32,
    pub(super) name: Vec<u8>,
    pub(super) extra: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) local: Header,
    pub(super) central: Header,
    pub(super) data: Vec<u8>,
    /// What follows the data.
    pub(super) behind: Vec<u8>,
    pub(super) made_by: u16,
    pub(super) attributes: u32,
    pub(super) disk: u16,
    pub(super) comment: Vec<u8>,
    /// Where the directory says that it is, if not where it is.
    pub(super) offset: Option<u32>,
    /// Whether it is written at all, or only listed.
    pub(super) written: bool,
}

impl Entry {
    fn of(name: &[u8], content: &[u8], method: u16, data: Vec<u8>, mode: u32) -> Self {
        let header = Header {
            flags: UTF8,
            method,
            crc: rawzip::crc32(content),
            compressed: u32::try_from(data.len()).unwrap(),
            size: u32::try_from(content.len()).unwrap(),
            name: name.to_vec(),
            extra: Vec::new(),
        };
        Self {
            local: header.clone(),
            central: header,
            data,
            behind: Vec::new(),
            made_by: UNIX,
            attributes: mode << 16,
            disk: 0,
            comment: Vec::new(),
            offset: None,
            written: true,
        }
    }

    pub(super) fn stored(name: impl AsRef<[u8]>, content: &[u8]) -> Self {
        Self::of(name.as_ref(), content, 0, content.to_vec(), 0o100_644)
    }

    pub(super) fn deflated(name: impl AsRef<[u8]>, content: &[u8]) -> Self {
        Self::of(name.as_ref(), content, 8, deflate(content), 0o100_644)
    }

    pub(super) fn folder(name: impl AsRef<[u8]>) -> Self {
        Self::of(name.as_ref(), b"", 0, Vec::new(), 0o040_755)
    }

    pub(super) fn link(name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        let target = target.as_ref();
        Self::of(name.as_ref(), target, 0, target.to_vec(), 0o120_777)
    }

    /// In both headers.
    pub(super) fn with(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }

    /// As writers write that cannot go back: the local header without sizes, a data descriptor behind the data.
    pub(super) fn streamed(mut self, signature: bool) -> Self {
        self.behind = if signature { b"PK\x07\x08".to_vec() } else { Vec::new() };
        for value in [self.central.crc, self.central.compressed, self.central.size] {
            self.behind.extend(value.to_le_bytes());
        }
        self.local.crc = 0;
        self.local.compressed = 0;
        self.local.size = 0;
        self.with(|header| header.flags |= DESCRIPTOR)
    }
}

/// Deflated, without a header.
pub(super) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// One field of an extra field.
pub(super) fn extra(id: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// The record at the end, and what is around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Zip {
    pub(super) entries: Vec<Entry>,
    pub(super) prefix: Vec<u8>,
    /// Between the entries and the directory.
    pub(super) gap: Vec<u8>,
    /// Between the directory and its end.
    pub(super) before_end: Vec<u8>,
    pub(super) comment: Vec<u8>,
    pub(super) suffix: Vec<u8>,
    /// Of the zip's end: what to add to the offset of the directory, to its size, to the number of entries.
    pub(super) offset_off: i64,
    pub(super) size_off: i64,
    pub(super) entries_off: i64,
    pub(super) disks: [u16; 2],
}

impl Zip {
    pub(super) fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self {
            entries: entries.into_iter().collect(),
            ..Self::default()
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.prefix.clone();
        let mut directory = Vec::new();
        for entry in &self.entries {
            let start = u32::try_from(bytes.len() - self.prefix.len()).unwrap();
            if entry.written {
                bytes.extend(b"PK\x03\x04\x14\x00");
                fixed(&mut bytes, &entry.local);
                bytes.extend(&entry.local.name);
                bytes.extend(&entry.local.extra);
                bytes.extend(&entry.data);
                bytes.extend(&entry.behind);
            }
            let offset = entry.offset.unwrap_or(start);
            directory.extend(b"PK\x01\x02");
            directory.extend(entry.made_by.to_le_bytes());
            directory.extend(b"\x14\x00");
            fixed(&mut directory, &entry.central);
            directory.extend(length(&entry.comment));
            directory.extend(entry.disk.to_le_bytes());
            directory.extend(b"\x00\x00");
            directory.extend(entry.attributes.to_le_bytes());
            directory.extend(offset.to_le_bytes());
            directory.extend(&entry.central.name);
            directory.extend(&entry.central.extra);
            directory.extend(&entry.comment);
        }
        bytes.extend(&self.gap);
        let off = |value: usize, off: i64| i64::try_from(value).unwrap() + off;
        let offset = u32::try_from(off(bytes.len() - self.prefix.len(), self.offset_off)).unwrap();
        let size = u32::try_from(off(directory.len(), self.size_off)).unwrap();
        let entries = u16::try_from(off(self.entries.len(), self.entries_off)).unwrap();
        bytes.extend(directory);
        bytes.extend(&self.before_end);
        bytes.extend(b"PK\x05\x06");
        for number in [self.disks[0], self.disks[1], entries, entries] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(size.to_le_bytes());
        bytes.extend(offset.to_le_bytes());
        bytes.extend(length(&self.comment));
        bytes.extend(&self.comment);
        bytes.extend(&self.suffix);
        bytes
    }
}

/// From the flags to the length of the extra field.
fn fixed(bytes: &mut Vec<u8>, header: &Header) {
    bytes.extend(header.flags.to_le_bytes());
    bytes.extend(header.method.to_le_bytes());
    bytes.extend(b"\x00\x00\x21\x5c");
    bytes.extend(header.crc.to_le_bytes());
    bytes.extend(header.compressed.to_le_bytes());
    bytes.extend(header.size.to_le_bytes());
    bytes.extend(length(&header.name));
    bytes.extend(length(&header.extra));
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap().to_le_bytes()
}
