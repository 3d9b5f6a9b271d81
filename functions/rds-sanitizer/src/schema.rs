//! What a database holds, as far as masks care: the same words for every engine.

use sanitizer_contract::TableName;
use serde::Deserialize;

/// A table, partitioned table, materialized view or foreign table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Table {
    /// The schema's name.
    pub schema: String,
    /// The table's name.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// The role that owns it.
    pub owner: String,
    /// Whether the session may alter it: it is the owner or a member of it.
    pub ours: bool,
    /// Whether it had columns that were dropped: their values are in its files until it is rewritten.
    pub dropped: bool,
    /// In the table's order.
    pub columns: Vec<Column>,
    /// Unique indexes, primary key included, and exclusion constraints.
    pub uniques: Vec<Unique>,
    /// CHECK constraints.
    pub checks: Vec<Check>,
    /// Foreign keys of this table.
    pub references: Vec<ForeignKey>,
    /// Triggers of users' that are not disabled.
    pub triggers: Vec<Trigger>,
    /// Rewrite rules that are not disabled.
    pub rules: Vec<Trigger>,
}

/// What a relation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A table that holds its own rows; a partition too.
    Table,
    /// A table whose rows are its partitions'.
    Partitioned,
    /// A partition: its rules are those of the table it belongs to.
    Partition,
    /// A stored query.
    MaterializedView,
    /// A table of another server.
    Foreign,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as the engine writes it, with length or precision.
    pub type_name: String,
    /// What its type is to masks.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether the engine computes it out of other columns.
    pub generated: bool,
    /// Whether the engine refuses values other than its own (`GENERATED ALWAYS AS IDENTITY`).
    pub identity: bool,
}

/// What a type is to masks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Characters.
    Text {
        /// The most characters; `None` is as many as one likes.
        longest: Option<u32>,
        /// Whether it compares without case.
        folds: bool,
    },
    /// A whole number.
    Integer,
    /// Another number.
    Number,
    /// A day.
    Date,
    /// A day and a time.
    Time,
    /// A UUID.
    Uuid,
    /// An IP address.
    Address,
    /// One of the enum's labels.
    Enum(Vec<String>),
    /// Anything else: an array, a document, bytes.
    Other,
}

/// What no two rows may have in common.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Unique {
    /// The index or constraint.
    pub name: String,
    /// All columns that it looks at.
    pub columns: Vec<String>,
    /// Whether two NULLs are the same to it, as in a primary key.
    pub nulls_equal: bool,
    /// Whether it compares by other operators than equality.
    pub exclusion: bool,
    /// Whether it holds for every row of the table.
    pub whole: bool,
}

/// A CHECK constraint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// All columns that it looks at.
    pub columns: Vec<String>,
    /// The condition in the engine's SQL, over the columns' bare names.
    pub condition: String,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: String,
    /// Columns of the table that has it.
    pub columns: Vec<String>,
    /// The schema of the table that it refers to.
    pub to_schema: String,
    /// The table that it refers to.
    pub to_table: String,
    /// The columns that it refers to, in the same order.
    pub to_columns: Vec<String>,
    /// The constraint as SQL, to make it again.
    pub definition: String,
}

/// A trigger or rewrite rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Trigger {
    /// The schema of the table that has it.
    pub schema: String,
    /// The table that has it: this one, or a partition of it.
    pub table: String,
    /// Its name.
    pub name: String,
    /// The words of `ALTER TABLE ... ENABLE` that bring it back to how it is.
    pub enable: String,
}

impl Trigger {
    /// The table that has it.
    #[must_use]
    pub fn table(&self) -> TableName {
        TableName {
            schema: Some(self.schema.clone()),
            name: self.table.clone(),
        }
    }
}

impl Table {
    /// Its name with its schema.
    #[must_use]
    pub fn full_name(&self) -> TableName {
        TableName {
            schema: Some(self.schema.clone()),
            name: self.name.clone(),
        }
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
