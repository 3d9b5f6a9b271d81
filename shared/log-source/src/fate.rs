//! What a call's answer means for each of its records.

use aws_client::{CallError, Outlook};

use crate::NotPut;

/// What becomes of one record after one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// AWS has it.
    Put,
    /// Worth another try.
    Again(NotPut),
    /// The same call would fail again.
    Never(NotPut),
}

/// Refusals by name that pass: the key's owner is throttled, not we
/// (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors>).
const PASSING: [&str; 1] = ["KMSThrottlingException"];

/// The fates of `count` records that one call carried.
///
/// A record that fails alone is worth another try whatever its code: those that AWS documents (throttled, unavailable,
/// internal failure) all pass. An answer that does not speak of every record proves nothing about any.
pub(crate) fn of_answer(answer: Result<Vec<Result<(), String>>, CallError>, count: usize) -> Vec<Fate> {
    match answer {
        Ok(entries) if entries.len() == count => entries
            .into_iter()
            .map(|entry| match entry {
                Ok(()) => Fate::Put,
                Err(reason) => Fate::Again(NotPut::Failed(reason)),
            })
            .collect(),
        Ok(entries) => {
            let reason = format!("AWS's answer has {} results for {count} records", entries.len());
            vec![Fate::Again(NotPut::Failed(reason)); count]
        }
        Err(error) => {
            let passing = error.code().is_some_and(|code| PASSING.contains(&code));
            let reason = NotPut::Failed(error.to_string());
            let fate = match error.outlook() {
                Outlook::Temporary => Fate::Again(reason),
                Outlook::Refused if passing => Fate::Again(reason),
                Outlook::Refused => Fate::Never(reason),
            };
            vec![fate; count]
        }
    }
}

/// What AWS says of one record: `id` is what a record that was put has, `code` and `message` what a failed one has.
///
/// A record without either was not said to be put.
pub(crate) fn of_entry(id: Option<&str>, code: Option<&str>, message: Option<&str>) -> Result<(), String> {
    match (id, code) {
        (Some(_), None) => Ok(()),
        (_, Some(code)) => Err(message.map_or_else(|| code.to_owned(), |message| format!("{code}: {message}"))),
        (None, None) => Err("AWS's answer says neither that the record was put nor that it failed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_put_only_where_aws_says_so() {
        assert_eq!(of_entry(Some("id"), None, None), Ok(()));
        assert!(of_entry(None, None, None).is_err());
        assert_eq!(
            of_entry(Some("id"), Some("InternalFailure"), None),
            Err("InternalFailure".into())
        );
        assert_eq!(
            of_entry(None, Some("InternalFailure"), Some("Internal Service Failure")),
            Err("InternalFailure: Internal Service Failure".into())
        );
    }

    #[test]
    fn an_answer_that_does_not_speak_of_every_record_proves_nothing() {
        for entries in [vec![], vec![Ok(())], vec![Ok(()); 3]] {
            let fates = of_answer(Ok(entries), 2);
            assert_eq!(fates.len(), 2);
            assert!(fates.iter().all(|fate| matches!(fate, Fate::Again(_))), "{fates:?}");
        }
    }
}
