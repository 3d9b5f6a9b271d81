//! Dates of timestamps.

use std::ops::RangeInclusive;

use jiff::Timestamp;

const DAY: i64 = 86_400_000;

/// What timestamps are taken, in milliseconds since 1970: up to 9999-12-30T21:59:59.999Z, which has a date of four
/// digits in every time zone.
pub(super) const TIMESTAMPS: RangeInclusive<i64> = 0..=253_402_207_199_999;

/// Writes timestamps as ISO 8601. The events of a message are mostly of one day, so its date is kept.
#[derive(Default)]
pub(super) struct Dates {
    /// The day since 1970, and its date.
    last: Option<(i64, [u8; 10])>,
}

impl Dates {
    /// `2026-11-20T12:00:00.123Z` of milliseconds since 1970; none where it has no date.
    pub(super) fn iso_8601(&mut self, timestamp: i64) -> Option<[u8; 24]> {
        let (day, millisecond) = (timestamp.div_euclid(DAY), timestamp.rem_euclid(DAY));
        let date = match self.last {
            Some((last, date)) if last == day => date,
            _ => self.date(day)?,
        };
        let mut text = *b"0000-00-00T00:00:00.000Z";
        text[..10].copy_from_slice(&date);
        write_digits(&mut text[11..13], millisecond / 3_600_000);
        write_digits(&mut text[14..16], millisecond / 60_000 % 60);
        write_digits(&mut text[17..19], millisecond / 1_000 % 60);
        write_digits(&mut text[20..23], millisecond % 1_000);
        Some(text)
    }

    fn date(&mut self, day: i64) -> Option<[u8; 10]> {
        let text = Timestamp::from_millisecond(day * DAY).ok()?.to_string();
        // Years before 0 and after 9999 are longer.
        let date = *text
            .as_bytes()
            .first_chunk::<10>()
            .filter(|_| text.as_bytes().get(10) == Some(&b'T'))?;
        self.last = Some((day, date));
        Some(date)
    }
}

fn write_digits(text: &mut [u8], mut number: i64) {
    for digit in text.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_jiff() {
        let mut dates = Dates::default();
        let around = [
            0,
            DAY,
            951_782_400_000,
            951_868_800_000,
            1_795_176_000_123,
            4_107_542_400_000,
            *TIMESTAMPS.end(),
        ];
        for timestamp in around
            .into_iter()
            .flat_map(|around| [around - 1, around, around + 1, around + DAY - 1])
        {
            if TIMESTAMPS.contains(&timestamp) {
                let expected = format!("{:.3}", Timestamp::from_millisecond(timestamp).unwrap());
                assert_eq!(
                    dates.iso_8601(timestamp).as_ref().map(<[u8; 24]>::as_slice),
                    Some(expected.as_bytes())
                );
            }
        }
    }
}
