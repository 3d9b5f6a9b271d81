//! Splits a message by its events.

use serde_json::value::RawValue;

use super::{NotAMessage, oracle};

/// As [`super::split`], of text.
pub(super) fn split(text: &str, parts: usize) -> Result<Vec<Vec<u8>>, NotAMessage> {
    let array = oracle::events(text)?;
    let events: Vec<&RawValue> = serde_json::from_str(array).map_err(|_| NotAMessage)?;
    if events.len() < 2 {
        return Err(NotAMessage);
    }
    let start = array.as_ptr().addr() - text.as_ptr().addr();
    let (before, after) = (&text[..=start], &text[start + array.len() - 1..]);
    let lengths: Vec<usize> = events.iter().map(|event| event.get().len()).collect();
    let mut rest = events.as_slice();
    let messages = counts(&lengths, parts.clamp(2, events.len())).into_iter().map(|count| {
        let (part, others) = rest.split_at(count);
        rest = others;
        let part: Vec<&str> = part.iter().map(|event| event.get()).collect();
        [before, &part.join(","), after].concat().into_bytes()
    });
    Ok(messages.collect())
}

/// How many of the neighbouring lengths go together, so that there are `parts` groups at most, two at least, and none
/// is empty.
fn counts(lengths: &[usize], parts: usize) -> Vec<usize> {
    let mut counts = Vec::with_capacity(parts);
    let mut left: usize = lengths.iter().sum();
    let (mut count, mut size) = (0, 0);
    for length in lengths {
        let open = parts - counts.len();
        // It goes where more of it belongs. The size left over is shared anew each time, so that one huge event does
        // not make all that follow it share one part.
        if count > 0 && open > 1 && (size + length / 2) * open > left {
            counts.push(count);
            left -= size;
            (count, size) = (0, 0);
        }
        count += 1;
        size += length;
    }
    counts.push(count);
    counts
}
