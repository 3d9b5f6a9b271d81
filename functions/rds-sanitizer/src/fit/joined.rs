//! Foreign keys: rows that belong together before the masks do so after them.

use std::collections::BTreeMap;

use sanitizer_contract::{Mask, TableName};

use super::{Change, Unit, Work};
use crate::schema::{Column, ForeignKey, Kind, Table};

/// A foreign key of the schema, with what becomes of both of its ends.
struct Tie<'a> {
    table: TableName,
    to: TableName,
    key: &'a ForeignKey,
    masked: bool,
}

/// Every pair of columns that would no longer be equal.
pub(super) fn problems(path: &str, works: &[Work], schema: &[Table]) -> Vec<String> {
    let mut problems = Vec::new();
    for tie in ties(works, schema) {
        for (column, to_column) in tie.key.columns.iter().zip(&tie.key.to_columns) {
            let from = fate(works, schema, &tie.table, column);
            let to = fate(works, schema, &tie.to, to_column);
            if let Some(problem) = apart(&from, &to) {
                problems.push(format!(
                    "{path}.tables.{}.{column} {problem}: the foreign key {} ties it to {}.{to_column}; both need the same mask",
                    tie.table, tie.key.name, tie.to
                ));
            }
        }
    }
    problems
}

/// What becomes of a column's values.
enum Fate<'a> {
    /// Its rows are deleted.
    Gone,
    /// They stay.
    Kept,
    /// They change.
    Masked(&'a Mask, &'a Column),
}

fn fate<'a>(works: &'a [Work], schema: &'a [Table], table: &TableName, column: &str) -> Fate<'a> {
    let work = works.iter().find(|work| work.table == *table);
    let Some(work) = work else { return Fate::Kept };
    if work.change == Change::Truncate {
        return Fate::Gone;
    }
    let of_schema = schema.iter().find(|found| found.full_name() == *table);
    let masked = work.masked().find(|(masked, _)| masked.name == column);
    match (masked, of_schema.and_then(|table| table.column(column))) {
        (Some((_, mask)), Some(column)) => Fate::Masked(mask, column),
        _ => Fate::Kept,
    }
}

/// Why what was equal would be so no longer.
fn apart(from: &Fate<'_>, to: &Fate<'_>) -> Option<String> {
    match (from, to) {
        // Rows that are gone refer to nothing, and so does a NULL.
        (Fate::Gone | Fate::Masked(Mask::Null, _), _) | (Fate::Kept, Fate::Kept) => None,
        (_, Fate::Gone) => Some("refers to rows that are truncated".into()),
        (Fate::Kept, Fate::Masked(mask, _)) => Some(format!("is kept while what it refers to becomes {mask}")),
        (Fate::Masked(mask, _), Fate::Kept) => Some(format!("becomes {mask} while what it refers to is kept")),
        (Fate::Masked(one, column), Fate::Masked(other, to)) => {
            if one != other {
                Some(format!("becomes {one} while what it refers to becomes {other}"))
            } else if folds(column) != folds(to) || kind_of_text(column) != kind_of_text(to) {
                Some("is of a type whose values are written differently from those it refers to".into())
            } else {
                None
            }
        }
    }
}

fn folds(column: &Column) -> bool {
    matches!(column.kind, Kind::Text { folds: true, .. })
}

fn kind_of_text(column: &Column) -> std::mem::Discriminant<Kind> {
    std::mem::discriminant(&column.kind)
}

/// Foreign keys whose both ends are tables that the rules can change.
fn ties<'a>(works: &[Work], schema: &'a [Table]) -> Vec<Tie<'a>> {
    let masked = |table: &TableName, columns: &[String]| {
        let work = works.iter().find(|work| work.table == *table);
        work.is_some_and(|work| work.masked().any(|(column, _)| columns.contains(&column.name)))
    };
    let tie = |table: &'a Table, key: &'a ForeignKey| {
        let to = TableName {
            schema: Some(key.to_schema.clone()),
            name: key.to_table.clone(),
        };
        let from = table.full_name();
        let masked = masked(&from, &key.columns) || masked(&to, &key.to_columns);
        Tie {
            table: from,
            to,
            key,
            masked,
        }
    };
    let keys = schema
        .iter()
        .flat_map(|table| table.references.iter().map(move |key| (table, key)));
    keys.map(|(table, key)| tie(table, key)).collect()
}

/// Tables that a foreign key over masked columns ties are one unit; every other table is one by itself. Tables to be
/// emptied are one unit together, for an engine empties a table only together with those that refer to it.
pub(super) fn units(works: Vec<Work>, schema: &[Table]) -> Vec<Unit> {
    let ties = ties(&works, schema);
    let place: BTreeMap<_, _> = works
        .iter()
        .enumerate()
        .map(|(index, work)| (work.table.clone(), index))
        .collect();
    let mut group: Vec<usize> = (0..works.len()).collect();
    let emptied: Vec<_> = works
        .iter()
        .enumerate()
        .filter(|(_, work)| work.change == Change::Truncate)
        .map(|(i, _)| i)
        .collect();
    let pairs = ties
        .iter()
        .filter(|tie| tie.masked)
        .filter_map(|tie| Some((*place.get(&tie.table)?, *place.get(&tie.to)?)));
    let together = emptied
        .windows(2)
        .filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
    for (one, other) in pairs.chain(together) {
        let (from, to) = (group.get(other).copied(), group.get(one).copied());
        for member in &mut group {
            if Some(*member) == from {
                *member = to.unwrap_or(*member);
            }
        }
    }
    let mut units: BTreeMap<usize, Unit> = BTreeMap::new();
    for (work, group) in works.into_iter().zip(&group) {
        units.entry(*group).or_default().tables.push(work);
    }
    for tie in ties.iter().filter(|tie| tie.masked) {
        if let Some(unit) = place
            .get(&tie.table)
            .and_then(|place| group.get(*place))
            .and_then(|group| units.get_mut(group))
        {
            unit.foreign_keys.push((tie.table.clone(), tie.key.clone()));
        }
    }
    units.into_values().collect()
}

#[cfg(test)]
mod tests {
    use sanitizer_contract::Fake;

    use super::*;
    use crate::schema::Shape;

    fn table(name: &str, references: &[(&str, &str)]) -> Table {
        let column = |name: &str| Column {
            name: name.into(),
            type_name: "text".into(),
            kind: Kind::Text {
                longest: None,
                folds: false,
            },
            nullable: true,
            generated: false,
            identity: false,
        };
        let key = |(column, to): &(&str, &str)| ForeignKey {
            name: format!("{name}_{column}"),
            columns: vec![(*column).into()],
            to_schema: "public".into(),
            to_table: (*to).into(),
            to_columns: vec!["a".into()],
            definition: String::new(),
        };
        Table {
            schema: "public".into(),
            name: name.into(),
            shape: Shape::Table,
            owner: "o".into(),
            ours: true,
            dropped: false,
            columns: vec![column("a"), column("b")],
            uniques: vec![],
            checks: vec![],
            references: references.iter().map(key).collect(),
            triggers: vec![],
            rules: vec![],
        }
    }

    /// What becomes of `a` and `b`; of all where there is nothing.
    fn work(table: &Table, masks: Option<[Mask; 2]>) -> Work {
        let change = match masks {
            None => Change::Truncate,
            Some(masks) => Change::Columns(table.columns.iter().cloned().zip(masks).collect()),
        };
        Work {
            table: table.full_name(),
            partitioned: false,
            change,
            triggers: vec![],
            rules: vec![],
            checks: vec![],
            key: vec![],
            dropped: false,
        }
    }

    fn keep() -> Mask {
        Mask::Keep(sanitizer_contract::Kept::default())
    }

    const EMAIL: Mask = Mask::Fake(Fake::Email);

    #[test]
    fn what_a_key_over_masked_columns_ties_changes_together_and_nothing_else_does() {
        let schema = [
            table("a", &[]),
            table("b", &[("a", "a")]),
            table("c", &[("a", "b")]),
            table("d", &[("b", "a")]),
            table("e", &[]),
            table("f", &[]),
            table("g", &[]),
        ];
        let email = || Some([EMAIL, keep()]);
        let masks = [
            email(),
            email(),
            email(),
            Some([keep(), Mask::Null]),
            None,
            email(),
            None,
        ];
        let works = schema
            .iter()
            .zip(masks)
            .map(|(table, masks)| work(table, masks))
            .collect();
        let units = units(works, &schema);
        let names = |unit: &Unit| {
            unit.tables
                .iter()
                .map(|work| work.table.name.clone())
                .collect::<String>()
        };
        let together: Vec<_> = units.iter().map(names).collect();
        assert_eq!(together, ["abcd", "eg", "f"]);
        let keys: Vec<_> = units[0].foreign_keys.iter().map(|(_, key)| key.name.as_str()).collect();
        assert_eq!(keys, ["b_a", "c_a", "d_b"]);
    }

    #[test]
    fn columns_that_would_no_longer_be_equal_are_told() {
        let schema = [table("a", &[]), table("b", &[("a", "a")])];
        let cases = [
            (Some([keep(), keep()]), Some([keep(), keep()]), None),
            (Some([EMAIL, keep()]), Some([EMAIL, keep()]), None),
            (Some([EMAIL, keep()]), Some([Mask::Null, keep()]), None),
            (None, None, None),
            (Some([keep(), keep()]), None, None),
            (None, Some([keep(), keep()]), Some("refers to rows that are truncated")),
            (
                Some([EMAIL, keep()]),
                Some([keep(), keep()]),
                Some("is kept while what it refers to becomes fake.email"),
            ),
            (
                Some([keep(), keep()]),
                Some([EMAIL, keep()]),
                Some("becomes fake.email while what it refers to is kept"),
            ),
            (
                Some([EMAIL, keep()]),
                Some([Mask::Redact, keep()]),
                Some("becomes redact while what it refers to becomes fake.email"),
            ),
        ];
        for (to, from, expected) in cases {
            let works = [work(&schema[0], to.clone()), work(&schema[1], from.clone())];
            let expected = expected.map(|problem| {
                format!(
                    "d.tables.public.b.a {problem}: the foreign key b_a ties it to public.a.a; both need the same mask"
                )
            });
            assert_eq!(
                problems("d", &works, &schema),
                Vec::from_iter(expected),
                "{from:?} to {to:?}"
            );
        }
    }
}
