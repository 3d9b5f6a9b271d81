//! Whether a mask fits a column.

use sanitizer_contract::{Fake, Mask};

use crate::masks::Formula;
use crate::schema::{Column, Kind, Table};

/// Everything that keeps this mask from this column, each the end of a sentence that begins with the column.
pub(super) fn problems(table: &Table, column: &Column, mask: &Mask) -> Vec<String> {
    if matches!(mask, Mask::Keep(_)) {
        return Vec::new();
    }
    if column.generated {
        return vec!["is computed out of other columns: mask those, and leave this one out".into()];
    }
    if column.identity {
        return vec![
            "is GENERATED ALWAYS AS IDENTITY, and the engine takes no values for it but its own: keep it".into(),
        ];
    }
    let type_problem = of_type(column, mask);
    let unique_problems = table
        .uniques
        .iter()
        .filter(|unique| unique.columns.contains(&column.name))
        .filter_map(|unique| {
            let (name, fits) = (&unique.name, stays_unique(mask, unique.nulls_equal));
            if unique.exclusion {
                Some(format!("is part of the exclusion constraint {name}, which no mask is known to keep: keep it"))
            } else if fits {
                None
            } else {
                Some(format!(
                    "is part of the unique index {name}, and {mask} may give two rows the same value: hash, fake.email, \
                     fake.username, fake.uuid, fake.url and a template with {{hash:16}} do not"
                ))
            }
        });
    type_problem.into_iter().chain(unique_problems).collect()
}

fn stays_unique(mask: &Mask, nulls_equal: bool) -> bool {
    match mask {
        Mask::Null => !nulls_equal,
        _ => Formula::of(mask).is_some_and(|formula| formula.keeps_apart()),
    }
}

#[expect(clippy::match_same_arms, reason = "a table: masks and the types they are for")]
fn of_type(column: &Column, mask: &Mask) -> Option<String> {
    let type_name = &column.type_name;
    let no = |what: &str| Some(format!("is of type {type_name}: {mask} is for {what}"));
    match (mask, &column.kind) {
        (Mask::Null, _) if column.nullable => None,
        (Mask::Null, _) => Some("is NOT NULL and cannot become null".into()),
        (Mask::Constant(text), Kind::Text { longest, .. }) => {
            too_long(text.as_str().chars().count(), *longest, type_name)
        }
        (Mask::Constant(text), Kind::Enum(labels)) if !labels.iter().any(|label| label == text.as_str()) => {
            Some(format!(
                "is of the enum type {type_name}, whose labels are {}",
                labels.join(", ")
            ))
        }
        (Mask::Keep(_) | Mask::Constant(_), _) => None,
        (Mask::Fake(Fake::Uuid), Kind::Uuid) | (Mask::Fake(Fake::Ipv4), Kind::Address) => None,
        (Mask::Hash { .. } | Mask::Fake(_) | Mask::Template(_), Kind::Text { longest, .. }) => {
            Formula::of(mask).and_then(|formula| too_long(formula.longest(), *longest, type_name))
        }
        (Mask::Fake(Fake::Uuid), _) => no("texts and UUIDs"),
        (Mask::Fake(Fake::Ipv4), _) => no("texts and IP addresses"),
        (Mask::Redact | Mask::TruncateText { .. }, Kind::Text { .. }) => None,
        (Mask::Hash { .. } | Mask::Fake(_) | Mask::Template(_) | Mask::Redact | Mask::TruncateText { .. }, _) => {
            no("texts")
        }
        (Mask::DateShift { .. }, Kind::Date | Kind::Time) => None,
        (Mask::DateShift { .. }, _) => no("dates and times"),
        (Mask::NumberNoise { .. }, Kind::Integer | Kind::Number) => None,
        (Mask::NumberNoise { .. }, _) => no("numbers"),
    }
}

fn too_long(longest: usize, room: Option<u32>, type_name: &str) -> Option<String> {
    let room = usize::try_from(room?).ok()?;
    (longest > room).then(|| {
        format!("is of type {type_name}, and the replacement may have {longest} characters: hash(N) and template give shorter ones")
    })
}
