//! The records that are looked up, put and counted together.

/// What a put may take in one call of either source, so that gathering more would save no call.
const RECORDS: usize = 500;
const BYTES: usize = 4 * 1024 * 1024;

/// A record and the line it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) line: Vec<u8>,
    pub(crate) record: Vec<u8>,
    /// Of the record.
    pub(crate) digest: String,
}

/// Gathers records.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    entries: Vec<Entry>,
    bytes: usize,
}

impl Chunk {
    /// Takes a record. What is full is handed out.
    pub(crate) fn push(&mut self, line: Vec<u8>, record: Vec<u8>) -> Option<Vec<Entry>> {
        self.bytes += record.len();
        let digest = log_source::digest(&record);
        self.entries.push(Entry { line, record, digest });
        let full = self.entries.len() >= RECORDS || self.bytes >= BYTES;
        full.then(|| self.take())
    }

    /// What is gathered.
    pub(crate) fn take(&mut self) -> Vec<Entry> {
        std::mem::take(self).entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_bounded_in_number_and_bytes() {
        for (size, expected) in [(1, RECORDS), (BYTES / 4, 4), (BYTES, 1), (2 * BYTES, 1)] {
            let mut chunk = Chunk::default();
            let full = (1..).find_map(|_| chunk.push(Vec::new(), vec![b'a'; size])).unwrap();
            assert_eq!(full.len(), expected, "{size}");
            assert!(chunk.take().is_empty());
        }
    }
}
