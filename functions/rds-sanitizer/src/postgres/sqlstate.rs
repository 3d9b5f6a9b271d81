//! PostgreSQL's error codes: their names, what is safe to repeat, and what to do
//! (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).

/// Codes whose messages, where the server words them, are fixed texts with names of objects, types and roles.
pub(super) const MESSAGE_HAS_ONLY_NAMES: [&str; 24] = [
    "25001", // VACUUM cannot run inside a transaction block
    "25006", // cannot execute UPDATE in a read-only transaction
    "2BP01", // cannot drop table a because other objects depend on it
    "34000", // cursor "a" does not exist
    "3F000", // schema "a" does not exist
    "40001", // could not serialize access due to concurrent update
    "40P01", // deadlock detected
    "42501", // permission denied for table a
    "42701", // column "a" of relation "b" already exists
    "42702", // column reference "a" is ambiguous
    "42703", // column "a" does not exist
    "42704", // type "a" does not exist
    "42710", // trigger "a" for relation "b" already exists
    "42803", // column "a.b" must appear in the GROUP BY clause ...
    "42804", // column "a" is of type integer but expression is of type text
    "42809", // "a" is not a table
    "42883", // function a(integer) does not exist
    "42P01", // relation "a" does not exist
    "42P02", // there is no parameter $1
    "42P07", // relation "a" already exists
    "53100", // could not extend file "base/1/2": No space left on device
    "53300", // too many connections for role "a"
    "55P03", // could not obtain lock on relation "a"
    "57014", // canceling statement due to statement timeout
];

/// The condition name of a code, for the codes that a script is likely to meet.
pub(super) fn condition(code: &str) -> Option<&'static str> {
    Some(match code {
        "0A000" => "feature_not_supported",
        "21000" => "cardinality_violation",
        "22001" => "string_data_right_truncation",
        "22003" => "numeric_value_out_of_range",
        "22007" => "invalid_datetime_format",
        "22008" => "datetime_field_overflow",
        "22012" => "division_by_zero",
        "22021" => "character_not_in_repertoire",
        "22023" => "invalid_parameter_value",
        "22P02" => "invalid_text_representation",
        "23001" => "restrict_violation",
        "23502" => "not_null_violation",
        "23503" => "foreign_key_violation",
        "23505" => "unique_violation",
        "23514" => "check_violation",
        "23P01" => "exclusion_violation",
        "25001" => "active_sql_transaction",
        "25006" => "read_only_sql_transaction",
        "25P02" => "in_failed_sql_transaction",
        "25P03" => "idle_in_transaction_session_timeout",
        "28000" => "invalid_authorization_specification",
        "28P01" => "invalid_password",
        "2BP01" => "dependent_objects_still_exist",
        "34000" => "invalid_cursor_name",
        "3D000" => "invalid_catalog_name",
        "3F000" => "invalid_schema_name",
        "40001" => "serialization_failure",
        "40P01" => "deadlock_detected",
        "42501" => "insufficient_privilege",
        "42601" => "syntax_error",
        "42701" => "duplicate_column",
        "42702" => "ambiguous_column",
        "42703" => "undefined_column",
        "42704" => "undefined_object",
        "42710" => "duplicate_object",
        "42803" => "grouping_error",
        "42804" => "datatype_mismatch",
        "42809" => "wrong_object_type",
        "42846" => "cannot_coerce",
        "42883" => "undefined_function",
        "42P01" => "undefined_table",
        "42P02" => "undefined_parameter",
        "42P07" => "duplicate_table",
        "42P11" => "invalid_cursor_definition",
        "44000" => "with_check_option_violation",
        "53100" => "disk_full",
        "53200" => "out_of_memory",
        "53300" => "too_many_connections",
        "54000" => "program_limit_exceeded",
        "55006" => "object_in_use",
        "55P03" => "lock_not_available",
        "57014" => "query_canceled",
        "57P01" => "admin_shutdown",
        "57P02" => "crash_shutdown",
        "57P03" => "cannot_connect_now",
        "57P04" => "database_dropped",
        "57P05" => "idle_session_timeout",
        "58030" => "io_error",
        "P0001" => "raise_exception",
        "P0004" => "assert_failure",
        "XX000" => "internal_error",
        _ => return None,
    })
}

/// What to do about a code, where there is something to say that holds always.
pub(super) fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "25001" => "give this statement an sql entry of its own",
        "28000" => "the server's rules (pg_hba.conf) do not let this user in from here",
        "42501" => "the secret's user is no superuser: it must own the object or be granted the right",
        "53100" => "the temporary instance's storage is full: give the source more, or work in smaller steps",
        "53300" => "the server has too few connections: use a larger temporary instance class",
        "57014" => "where a time-out of the role or database is too short, SET statement_timeout = 0 in the script",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_whose_message_quotes_values_is_repeated() {
        for code in MESSAGE_HAS_ONLY_NAMES {
            let class = &code[..2];
            assert!(
                !["22", "23", "28", "44", "P0", "XX"].contains(&class) && code != "42601",
                "{code}"
            );
            assert!(condition(code).is_some(), "{code} has no name");
        }
    }
}
