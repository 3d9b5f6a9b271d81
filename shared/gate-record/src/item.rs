//! An item in our words, and the reading of its attributes.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// `S`.
    Text(String),
    /// `N`, in the digits that DynamoDB sends.
    Number(String),
    /// `L` of `S`, or `SS`.
    Texts(Vec<String>),
    /// Anything that we never write.
    Odd,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Number(time.as_millisecond().to_string())
    }
}

impl Value {
    /// A time as DynamoDB's time to live wants it
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html>).
    pub(crate) fn seconds(time: Timestamp) -> Self {
        Self::Number(time.as_second().to_string())
    }
}

/// An item: attributes by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Item(pub(crate) BTreeMap<String, Value>);

impl Item {
    pub(crate) fn keyed(pk: &str, sk: &str) -> Self {
        Self::default().with("pk", pk).with("sk", sk)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The sort key, for sentences. DynamoDB lets no item be without.
    pub(crate) fn sort_key(&self) -> &str {
        match self.0.get("sk") {
            Some(Value::Text(key)) => key,
            _ => "",
        }
    }

    /// A text that says something.
    pub(crate) fn text(&self, name: &str) -> Result<String, String> {
        match self.optional_text(name)? {
            text if !text.trim().is_empty() => Ok(text),
            _ if self.0.contains_key(name) => Err(format!("`{name}` is empty")),
            _ => Err(format!("`{name}` is missing")),
        }
    }

    /// A text that may be missing, which is the same as empty.
    pub(crate) fn optional_text(&self, name: &str) -> Result<String, String> {
        match self.0.get(name) {
            Some(Value::Text(text)) => Ok(text.clone()),
            Some(_) => Err(format!("`{name}` is no text")),
            None => Ok(String::new()),
        }
    }

    /// A list of texts, which may be empty.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        match self.0.get(name) {
            Some(Value::Texts(texts)) => Ok(texts.clone()),
            Some(_) => Err(format!("`{name}` is no list of texts")),
            None => Err(format!("`{name}` is missing")),
        }
    }

    /// A time that must be there.
    pub(crate) fn time(&self, name: &str) -> Result<Timestamp, String> {
        self.optional_time(name)?.ok_or_else(|| format!("`{name}` is missing"))
    }

    /// Milliseconds as a number, or as people write them into a command: as a text, or a time in ISO 8601.
    pub(crate) fn optional_time(&self, name: &str) -> Result<Option<Timestamp>, String> {
        let text = match self.0.get(name) {
            None => return Ok(None),
            Some(Value::Number(text) | Value::Text(text)) => text.trim(),
            Some(_) => return Err(format!("`{name}` is no time")),
        };
        let time = match text.parse::<i64>() {
            Ok(milliseconds) => Timestamp::from_millisecond(milliseconds).ok(),
            Err(_) => text.parse().ok(),
        };
        time.map(Some).ok_or_else(|| {
            format!("`{name}` is no time: write milliseconds since 1970, or a time such as 2026-11-20T12:00:00Z")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_milliseconds_or_what_people_write() {
        let noon = "2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap();
        let number = |text: &str| Value::Number(text.to_owned());
        let read = [
            number("1795176000000"),
            Value::from("1795176000000"),
            Value::from(" 1795176000000 "),
            Value::from("2026-11-20T12:00:00Z"),
            Value::from("2026-11-20T13:00:00+01:00"),
        ];
        for value in read {
            let item = Item::default().with("until", value.clone());
            assert_eq!(item.time("until"), Ok(noon), "{value:?}");
        }
        let refused = [
            (number("1795176000000.5"), "is no time: write"),
            (number("99999999999999999999"), "is no time: write"),
            (number("9223372036854775807"), "is no time: write"),
            (Value::from("2026-11-20"), "is no time: write"),
            (Value::from("2026-11-20T12:00:00"), "is no time: write"),
            (Value::from("tomorrow"), "is no time: write"),
            (Value::from(""), "is no time: write"),
            (Value::Texts(vec![]), "is no time"),
            (Value::Odd, "is no time"),
        ];
        for (value, problem) in refused {
            let found = Item::default().with("until", value.clone()).time("until").unwrap_err();
            assert!(
                found.starts_with("`until`") && found.contains(problem),
                "{value:?}: {found}"
            );
        }
        assert_eq!(Item::default().time("until"), Err("`until` is missing".to_owned()));
        assert_eq!(Item::default().optional_time("until"), Ok(None));
    }

    #[test]
    fn a_time_that_was_written_is_read_again_to_the_millisecond() {
        for time in [
            "2026-11-20T12:00:00.25Z",
            "1970-01-01T00:00:00Z",
            "9999-12-30T22:00:00Z",
        ] {
            let time: Timestamp = time.parse().unwrap();
            assert_eq!(Item::default().with("seen", time).time("seen"), Ok(time));
        }
    }

    #[test]
    fn a_text_says_something() {
        let cases = [
            (None, "`reason` is missing"),
            (Some(Value::from("")), "`reason` is empty"),
            (Some(Value::from(" \n")), "`reason` is empty"),
            (Some(Value::Number("1".to_owned())), "`reason` is no text"),
            (Some(Value::Odd), "`reason` is no text"),
        ];
        for (value, problem) in cases {
            let item = Item::default().with_some("reason", value.clone());
            assert_eq!(item.text("reason"), Err(problem.to_owned()), "{value:?}");
        }
        assert_eq!(
            Item::default().with("reason", "why").text("reason"),
            Ok("why".to_owned())
        );
    }
}
