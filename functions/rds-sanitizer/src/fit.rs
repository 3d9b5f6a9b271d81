//! Whether the rules fit the database, told before anything changes: what is to be done, or every problem at once.

mod columns;
mod joined;
mod stub;

use std::collections::BTreeMap;

use sanitizer_contract::{Coverage, Database, Kept, Mask, TableName, TableRule};

use crate::schema::{Check, Column, ForeignKey, Shape, Table, Trigger};

/// What is to be done in one database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Every table, with those together that foreign keys tie by masked columns.
    pub units: Vec<Unit>,
    /// Columns of which the rules say nothing; they are kept.
    pub unclassified: Vec<Unclassified>,
    /// Whether texts are bytes of no known encoding.
    pub raw_texts: bool,
}

/// Tables that change in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit {
    /// What is to be done to each.
    pub tables: Vec<Work>,
    /// Foreign keys that are taken away for the change and made again, with the table that has each.
    pub foreign_keys: Vec<(TableName, ForeignKey)>,
}

/// What is to be done to one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The table, with its schema.
    pub table: TableName,
    /// Whether its rows are its partitions'.
    pub partitioned: bool,
    /// What becomes of its rows.
    pub change: Change,
    /// Triggers that must not see the change.
    pub triggers: Vec<Trigger>,
    /// Rewrite rules that must not see it.
    pub rules: Vec<Trigger>,
    /// CHECK constraints that look at a masked column.
    pub checks: Vec<Check>,
    /// Columns that stay and tell every row from every other, where there are such.
    pub key: Vec<String>,
    /// Whether its files hold values of columns that were dropped.
    pub dropped: bool,
}

/// What becomes of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// They are deleted.
    Truncate,
    /// Every column with its mask, [`Mask::Keep`] where it stays.
    Columns(Vec<(Column, Mask)>),
}

/// A column of which the rules say nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclassified {
    /// Its table, with its schema.
    pub table: TableName,
    /// The column.
    pub column: Column,
}

impl Plan {
    /// Every table's.
    pub fn works(&self) -> impl Iterator<Item = &Work> {
        self.units.iter().flat_map(|unit| &unit.tables)
    }
}

impl Unit {
    /// Whether anything of it changes.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.tables.iter().any(Work::changes)
    }
}

impl Work {
    /// The columns that change, with their masks.
    pub fn masked(&self) -> impl Iterator<Item = &(Column, Mask)> {
        let columns = match &self.change {
            Change::Truncate => &[][..],
            Change::Columns(columns) => columns,
        };
        columns.iter().filter(|(_, mask)| !matches!(mask, Mask::Keep(_)))
    }

    /// Whether anything of it changes.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.change == Change::Truncate || self.masked().next().is_some()
    }
}

/// Whether every rule must be for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rulings {
    /// A rule for what is not there is a problem.
    Exact,
    /// Scripts of the rules may have dropped it.
    AfterScripts,
}

/// Fits the rules of one database, which stand at `path`, to what it holds. A table without a schema in the rules is
/// one of `usual_schema`.
///
/// # Errors
/// Every problem there is; each begins with its place in the rules.
pub fn fit(
    rules: &Database,
    path: &str,
    coverage: Coverage,
    rulings: Rulings,
    schema: &[Table],
    usual_schema: &str,
) -> Result<Plan, Vec<String>> {
    let mut fitting = Fitting {
        path,
        rulings,
        problems: Vec::new(),
        unclassified: Vec::new(),
    };
    let mut named = fitting.named(rules, schema, usual_schema);
    let mut works = Vec::new();
    for table in schema {
        let rule = named.remove(&table.full_name());
        match (table.shape, rule) {
            (Shape::Table | Shape::Partitioned, rule) => works.push(fitting.table(table, rule)),
            (Shape::Foreign, Some(TableRule::KeepAll)) | (Shape::Partition | Shape::MaterializedView, None) => {}
            (Shape::Foreign, _) => fitting.problem(
                &table.full_name(),
                "is a foreign table: its rows are on another server and cannot be masked here; say { keep: all }",
            ),
            (Shape::Partition, Some(_)) => fitting.problem(
                &table.full_name(),
                "is a partition: the rules of its partitioned table are its own",
            ),
            (Shape::MaterializedView, Some(_)) => fitting.problem(
                &table.full_name(),
                "is a materialized view: it is filled anew out of the masked tables",
            ),
        }
    }
    fitting.problems.extend(joined::problems(path, &works, schema));
    if coverage == Coverage::Require && !fitting.unclassified.is_empty() {
        fitting
            .problems
            .push(stub::of(path, &fitting.unclassified, usual_schema));
    }
    if fitting.problems.is_empty() {
        Ok(Plan {
            units: joined::units(works, schema),
            unclassified: fitting.unclassified,
            raw_texts: false,
        })
    } else {
        Err(fitting.problems)
    }
}

/// Whether a value that the mask made looks like any other.
#[must_use]
pub fn mask_has_no_form(mask: &Mask) -> bool {
    matches!(mask, Mask::DateShift { .. } | Mask::NumberNoise { .. })
}

/// Columns that are never NULL, stay, and tell every row from every other.
fn row_key(table: &Table, masked: &[String]) -> Vec<String> {
    let stays = |name: &String| !masked.contains(name) && table.column(name).is_some_and(|column| !column.nullable);
    let mut keys = table
        .uniques
        .iter()
        .filter(|unique| unique.whole && !unique.exclusion && unique.columns.iter().all(stays));
    keys.next().map(|unique| unique.columns.clone()).unwrap_or_default()
}

struct Fitting<'a> {
    path: &'a str,
    rulings: Rulings,
    problems: Vec<String>,
    unclassified: Vec<Unclassified>,
}

impl Fitting<'_> {
    fn problem(&mut self, place: &impl std::fmt::Display, problem: &str) {
        self.problems.push(format!("{}.tables.{place} {problem}", self.path));
    }

    /// A rule is for something that is not there.
    fn missing(&mut self, place: &impl std::fmt::Display, problem: &str) {
        if self.rulings == Rulings::Exact {
            self.problem(place, problem);
        }
    }

    /// The rules by the tables they are for; a rule for a table that is not there is a problem.
    fn named<'r>(
        &mut self,
        rules: &'r Database,
        schema: &[Table],
        usual_schema: &str,
    ) -> BTreeMap<TableName, &'r TableRule> {
        let mut named = BTreeMap::new();
        for rule in &rules.tables {
            let mut table = rule.table.clone();
            table.schema.get_or_insert_with(|| usual_schema.to_owned());
            if !schema.iter().any(|found| found.full_name() == table) {
                self.missing(&rule.table, "is for a table that the database does not have");
            } else if named.insert(table, &rule.rule).is_some() {
                self.problem(&rule.table, "is given twice, with its schema and without");
            }
        }
        named
    }

    /// What is to be done to a table that holds rows.
    fn table(&mut self, table: &Table, rule: Option<&TableRule>) -> Work {
        let name = table.full_name();
        let change = match rule {
            Some(TableRule::Truncate) => Change::Truncate,
            Some(TableRule::KeepAll) => Change::Columns(Vec::new()),
            Some(TableRule::Columns(columns)) => Change::Columns(self.columns(table, columns)),
            None => Change::Columns(self.columns(table, &[])),
        };
        let work = Work {
            table: name.clone(),
            partitioned: table.shape == Shape::Partitioned,
            checks: Vec::new(),
            triggers: table.triggers.clone(),
            rules: table.rules.clone(),
            key: Vec::new(),
            dropped: table.dropped,
            change,
        };
        if work.changes() && !table.ours {
            self.problem(
                &name,
                &format!(
                    "cannot be changed: it belongs to the role {owner}, and the secret's user is no member of it; GRANT {owner} \
                     to it on the source",
                    owner = table.owner
                ),
            );
        }
        let masked: Vec<_> = work.masked().map(|(column, _)| column.name.clone()).collect();
        let key = row_key(table, &masked);
        for (column, mask) in work.masked().filter(|(_, mask)| mask_has_no_form(mask)) {
            if key.is_empty() {
                self.problem(
                    &format!("{name}.{}", column.name),
                    &format!("becomes {mask}, which is proven row by row: the table needs a primary key that is kept"),
                );
            }
        }
        let checks = table.checks.iter();
        let checks = checks.filter(|check| check.columns.iter().any(|column| masked.contains(column)));
        Work {
            checks: checks.cloned().collect(),
            key,
            ..work
        }
    }

    /// Every column with its mask; those without one are kept and noted.
    fn columns(&mut self, table: &Table, rules: &[(String, Mask)]) -> Vec<(Column, Mask)> {
        let name = table.full_name();
        for (column, _) in rules {
            if table.column(column).is_none() {
                self.missing(
                    &format!("{name}.{column}"),
                    "is for a column that the table does not have",
                );
            }
        }
        let mut columns = Vec::new();
        for column in &table.columns {
            let rule = rules.iter().find(|(name, _)| *name == column.name);
            match rule {
                Some((_, mask)) => {
                    for problem in columns::problems(table, column, mask) {
                        self.problem(&format!("{name}.{}", column.name), &problem);
                    }
                    columns.push((column.clone(), mask.clone()));
                }
                // It follows from other columns, which have their words.
                None if column.generated => {}
                None => {
                    self.unclassified.push(Unclassified {
                        table: name.clone(),
                        column: column.clone(),
                    });
                    columns.push((column.clone(), Mask::Keep(Kept::default())));
                }
            }
        }
        columns
    }
}
