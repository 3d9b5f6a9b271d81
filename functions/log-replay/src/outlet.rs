//! Lines on their way into objects.

/// Bytes of one object, unless one line alone has more: what is kept in memory.
const FULL: usize = 8 * 1024 * 1024;

/// Gathers lines until they are enough for an object.
#[derive(Debug, Default)]
pub(crate) struct Outlet {
    content: Vec<u8>,
}

impl Outlet {
    /// Takes a line. What was gathered before is handed out if the line would not fit beside it.
    pub(crate) fn push(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let full = if self.content.len() + line.len() < FULL {
            None
        } else {
            self.take()
        };
        self.content.extend_from_slice(line);
        self.content.push(b'\n');
        full
    }

    /// What is gathered, if anything.
    pub(crate) fn take(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.content)).filter(|content| !content.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_left_out_and_an_object_is_as_large_as_may_be() {
        let mut outlet = Outlet::default();
        let third = vec![b'a'; FULL / 2];
        let lines = [
            third.clone(),
            vec![b'b'; FULL],
            third.clone(),
            vec![b'c'; FULL / 2 - 2],
            vec![b'd'],
        ];
        let mut objects: Vec<Vec<u8>> = lines.iter().filter_map(|line| outlet.push(line)).collect();
        objects.extend(outlet.take());
        let sizes: Vec<usize> = objects.iter().map(Vec::len).collect();
        assert_eq!(sizes, [FULL / 2 + 1, FULL + 1, FULL, 2]);
        let all: Vec<u8> = lines
            .iter()
            .flat_map(|line| [line.as_slice(), b"\n"].concat())
            .collect();
        assert_eq!(objects.concat(), all);
        assert_eq!(outlet.take(), None);
    }
}
