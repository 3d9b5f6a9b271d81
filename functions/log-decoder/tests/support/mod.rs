//! Messages that are nearly what CloudWatch Logs sends, made of any bytes, and what must hold for every message. The
//! fuzz target uses it too.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

use log_decoder::message::{Content, Format, Layout, Newlines, inspect, oracle, scanner, split, write_lines};

pub(crate) const LAYOUTS: [Layout; 3] = [
    Layout {
        format: Format::Raw,
        newlines: Newlines::Keep,
    },
    Layout {
        format: Format::Raw,
        newlines: Newlines::Escape,
    },
    Layout {
        format: Format::Ndjson,
        newlines: Newlines::Keep,
    },
];

/// Panics where the scanner and `serde_json` disagree, or where lines are not what their format promises. Answers whether
/// the scanner took the message.
pub(crate) fn check(message: &[u8], layout: Layout) -> bool {
    let (content, lines) = written(message, layout);
    assert_eq!(inspect(message), content);
    check_lines(layout, &content, &lines);
    let Ok(text) = str::from_utf8(message) else {
        assert!(content.is_err());
        return false;
    };
    let mut expected = BEFORE.to_vec();
    assert_eq!(oracle::write_lines(text, &layout, &mut expected), content);
    assert!(
        expected[BEFORE.len()..] == lines,
        "{layout:?}: the lines are not serde_json's"
    );
    let (mut out, mut portable) = (BEFORE.to_vec(), BEFORE.to_vec());
    let scanned = scanner::write_lines(text, &layout, &mut out);
    assert_eq!(scanner::write_lines_portably(text, &layout, &mut portable), scanned);
    assert!(
        portable == out,
        "{layout:?}: the lines are not those of another processor"
    );
    let Some(scanned) = scanned else {
        assert!(out == BEFORE, "declined, and wrote");
        return false;
    };
    assert_eq!(Ok(scanned), content);
    true
}

/// What is in the buffer already.
const BEFORE: &[u8] = b"another record's line\n";

type Found<'m> = Result<Content<'m>, log_decoder::message::NotAMessage>;

fn written(message: &[u8], layout: Layout) -> (Found<'_>, Vec<u8>) {
    let mut out = BEFORE.to_vec();
    let content = write_lines(message, &layout, &mut out);
    assert!(out.starts_with(BEFORE));
    (content, out.split_off(BEFORE.len()))
}

fn check_lines(layout: Layout, content: &Found<'_>, lines: &[u8]) {
    let Ok(Content::Data(header)) = content else {
        assert!(lines.is_empty());
        return;
    };
    assert_eq!(header.first_timestamp.is_some(), header.events > 0);
    let text = str::from_utf8(lines).expect("lines are UTF-8");
    assert!(text.is_empty() || text.ends_with('\n'));
    let count = text.matches('\n').count();
    match (layout.format, layout.newlines) {
        (Format::Raw, Newlines::Keep) => assert!(count >= header.events),
        (Format::Raw, Newlines::Escape) => assert_eq!(count, header.events),
        (Format::Ndjson, _) => {
            assert_eq!(count, header.events);
            for line in text.lines() {
                serde_json::from_str::<serde_json::Value>(line).expect("every line is JSON");
            }
        }
    }
}

/// Panics where a message is not split into messages that have its lines.
pub(crate) fn check_parts(message: &[u8], layout: Layout, most: usize) {
    let (content, lines) = written(message, layout);
    let parts = split(message, most);
    let header = match &content {
        Ok(Content::Data(header)) if header.events > 1 => header,
        _ => return assert!(parts.is_err()),
    };
    let parts = parts.expect("two events are two messages");
    assert!(parts.len() >= 2 && parts.len() <= most.max(2));
    let mut events = 0;
    let mut joined = Vec::new();
    for part in &parts {
        let Ok(Content::Data(of_part)) = write_lines(part, &layout, &mut joined) else {
            panic!("a part is no message")
        };
        assert!((1..header.events).contains(&of_part.events));
        assert_eq!((&of_part.account, &of_part.group), (&header.account, &header.group));
        events += of_part.events;
    }
    assert_eq!(events, header.events);
    assert!(
        joined == lines,
        "{layout:?}: the parts' lines are not those of the whole"
    );
}

/// A message for any bytes: each is one choice, and 0, which is the choice after the last byte too, is what CloudWatch
/// Logs would do.
pub(crate) fn near_message(choices: &[u8]) -> Vec<u8> {
    let mut maker = Maker {
        choices: choices.iter(),
        out: Vec::new(),
    };
    maker.message();
    maker.mutate();
    maker.out
}

struct Maker<'c> {
    choices: std::slice::Iter<'c, u8>,
    out: Vec<u8>,
}

impl Maker<'_> {
    fn choice(&mut self) -> usize {
        self.choices.next().copied().unwrap_or_default().into()
    }

    /// True in one of 64 cases.
    fn rarely(&mut self) -> bool {
        self.choice() >= 252
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Between tokens.
    fn token(&mut self, text: &str) {
        self.put(text);
        if self.rarely() {
            let space = [" ", "\n", "\t", "\r", "  \n ", "\u{a0}", "\0"][self.choice() % 7];
            self.put(space);
        }
    }

    fn message(&mut self) {
        self.token("{");
        let mut fields = vec![0, 1, 2, 3, 4, 5];
        match self.choice() {
            0..200 => {}
            200..210 => fields.swap(0, 4),
            210..220 => fields.push(6),
            220..230 => fields.insert(5, 6),
            230..236 => fields.reverse(),
            236..242 => drop(fields.remove(4)),
            242..248 => drop(fields.remove(usize::min(self.choice() % 8, 5))),
            _ => fields.insert(self.choice() % 6, self.choice() % 8),
        }
        for (index, field) in fields.into_iter().enumerate() {
            if index > 0 {
                self.token(",");
            }
            self.field(field);
        }
        self.token("}");
    }

    fn field(&mut self, field: usize) {
        let key = [
            "messageType",
            "owner",
            "logGroup",
            "logStream",
            "subscriptionFilters",
            "logEvents",
            "policyLevel",
        ];
        match key.get(field) {
            Some(key) => self.key(key),
            None => self.string(),
        }
        self.token(":");
        if self.rarely() {
            return self.any_value(0);
        }
        match field {
            0 => {
                let kind = [
                    "DATA_MESSAGE",
                    "CONTROL_MESSAGE",
                    "DATA_\\u004dESSAGE",
                    "data_message",
                    "",
                ];
                let kind = kind[self.choice().saturating_sub(240) % 5];
                self.token(&format!("\"{kind}\""));
            }
            1 => self.name("123456789012"),
            2 => self.name("/aws/lambda/shop"),
            3 => self.name("2026/11/20/[$LATEST]0a1b2c3d"),
            4 => self.array(2, |maker| maker.name("archive")),
            5 => self.array(6, Self::event),
            6 => self.name("ACCOUNT_LEVEL_POLICY"),
            _ => self.any_value(0),
        }
    }

    fn key(&mut self, key: &str) {
        if self.rarely() {
            let (first, rest) = key.split_at(1);
            self.token(&format!("\"\\u{:04x}{rest}\"", first.as_bytes()[0]));
        } else {
            self.token(&format!("\"{key}\""));
        }
    }

    fn name(&mut self, name: &str) {
        if self.choice() < 240 {
            self.token(&format!("\"{name}\""));
        } else {
            self.string();
        }
    }

    fn array(&mut self, most: usize, each: impl Fn(&mut Self)) {
        self.token("[");
        for index in 0..self.choice() % (most + 1) {
            if index > 0 {
                self.token(",");
            }
            each(self);
        }
        self.token("]");
    }

    fn event(&mut self) {
        if self.rarely() {
            return self.any_value(0);
        }
        self.token("{");
        let fields: &[usize] = match self.choice() {
            0..240 => &[0, 1, 2],
            240..243 => &[2, 1, 0],
            243..246 => &[0, 1, 2, 3],
            246..249 => &[0, 3, 1, 2],
            249..252 => &[0, 1],
            _ => &[0, 1, 1, 2],
        };
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                self.token(",");
            }
            self.key(["id", "timestamp", "message", "extractedFields"][*field]);
            self.token(":");
            match field {
                0 => self.id(),
                1 => self.timestamp(),
                2 => self.log_message(),
                _ => self.any_value(0),
            }
        }
        self.token("}");
    }

    fn id(&mut self) {
        let endings = ["15", "ab", "\\/", "\\\"", "\\n", "é"];
        let ending = endings[self.choice().saturating_sub(240) % 6];
        self.name(&format!(
            "381919560681902190250798042170414321114328961542429822{ending}"
        ));
    }

    fn timestamp(&mut self) {
        let unusual = [
            "0",
            "1",
            "12345678901234",
            "253402207199999",
            "253402207200000",
            "-1",
            "-0",
            "00",
            "01795176000123",
            "1e3",
            "1.0",
            "9223372036854775807",
            "9223372036854775808",
            "123456789012345678901234567890",
            "0795176000123",
            "179517600012x",
            "\"1\"",
            "null",
            "[]",
            "",
        ];
        match self.choice() {
            choice @ 0..200 => self.token(&(1_795_176_000_123 + 7_777_777 * choice).to_string()),
            choice => self.token(unusual[choice % unusual.len()]),
        }
    }

    fn log_message(&mut self) {
        if self.choice() < 180 {
            return self.string();
        }
        // An object in a string: its text is made where the message is, taken out and escaped.
        let start = self.out.len();
        self.any_value(0);
        let text = String::from_utf8_lossy(&self.out.split_off(start)).into_owned();
        let space = ["", "", "", " ", "\n", "\t\r\n"];
        let (before, after) = (space[self.choice() % 6], space[self.choice() % 6]);
        let string = serde_json::to_string(&format!("{before}{text}{after}")).expect("a string");
        self.token(&string);
    }

    fn any_value(&mut self, depth: usize) {
        match self.choice() % 8 {
            0 | 1 if depth < 4 => {
                self.token("{");
                for index in 0..self.choice() % 4 {
                    if index > 0 {
                        self.token(",");
                    }
                    self.string();
                    self.token(":");
                    self.any_value(depth + 1);
                }
                self.token("}");
            }
            2 if depth < 4 => {
                self.token("[");
                for index in 0..self.choice() % 4 {
                    if index > 0 {
                        self.token(",");
                    }
                    self.any_value(depth + 1);
                }
                self.token("]");
            }
            3 => {
                let deep = 90 + self.choice() % 50;
                self.put(&"{\"a\":".repeat(deep));
                self.put("1");
                self.put(&"}".repeat(deep));
            }
            4 => self.timestamp(),
            5 => {
                let word = ["true", "false", "null", "1e400", "-1.5E-3", "tru", "{}", "\"\""];
                let word = word[self.choice() % 8];
                self.token(word);
            }
            _ => self.string(),
        }
    }

    fn string(&mut self) {
        self.put("\"");
        for _ in 0..self.choice() % 8 {
            self.piece();
        }
        self.token("\"");
    }

    fn piece(&mut self) {
        const SHORT: [&str; 10] = [
            "\\\"", "\\\\", "\\n", "\\r", "\\t", "\\/", "\\b", "\\f", "\\n\\n", "\\r\\n",
        ];
        const LONG: [&str; 12] = [
            "\\u0000",
            "\\u001F",
            "\\u001b",
            "\\u000a",
            "\\u000D",
            "\\u0022",
            "\\u005c",
            "\\u002f",
            "\\u007f",
            "\\u00e9",
            "\\u20AC",
            "\\ud83d\\udE00",
        ];
        const WRONG: [&str; 14] = [
            "\\ud800",
            "\\udc00",
            "\\ud83d\\ud83d",
            "\\ud83dx",
            "\\ud83d\\n",
            "\\u12",
            "\\u12g4",
            "\\x41",
            "\\U0041",
            "\\'",
            "\n",
            "\t",
            "\0",
            "\\",
        ];
        const RAW: [&str; 8] = ["é", "€", "😀", "\u{7f}", "\u{2028}", "日本語", " ", "{"];
        match self.choice() {
            0..90 => {
                let length = self.choice() % 140;
                self.put(&"2026-11-20 12:00:00 INFO shop.OrderService accepted ".repeat(3)[..length]);
            }
            choice @ (90..140 | 245..250) => self.put(SHORT[choice % 10]),
            choice @ 140..180 => self.put(LONG[choice % 12]),
            choice @ 180..210 => self.put(RAW[choice % 8]),
            210..225 => {
                let times = self.choice() % 80;
                self.put(&"\\\\".repeat(times));
            }
            choice @ 225..235 => {
                let times = self.choice() % 30;
                self.put(&LONG[choice % 12].repeat(times));
            }
            235..245 => {
                let unit = (self.choice() << 8) | self.choice();
                self.put(&format!("\\u{unit:04x}"));
            }
            _ => {
                let wrong = WRONG[self.choice() % 14];
                self.put(wrong);
            }
        }
    }

    /// Bytes set, taken out and put in, anywhere.
    fn mutate(&mut self) {
        for _ in 0..self.choice().saturating_sub(220) / 8 {
            if self.out.is_empty() {
                return;
            }
            let at = (self.choice() << 8 | self.choice()) % self.out.len();
            let byte = u8::try_from(self.choice()).unwrap_or_default();
            match self.choice() % 3 {
                0 => self.out[at] = byte,
                1 => drop(self.out.remove(at)),
                _ => self.out.insert(at, byte),
            }
        }
    }
}
