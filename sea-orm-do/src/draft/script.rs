//! The statements that lead from one schema to another.

use crate::introspect::{Action, Column, ForeignKey, Index, Origin, Schema, Table};
use crate::schema::compare::references;
use crate::schema::default::DefaultValue;
use crate::schema::order::{is, parents_first};
use crate::sql::quote::quoted;
use crate::types::declared::{Affinity, Family};
use crate::value::literal::text as literal;

/// A statement of a draft.
///
/// ```
/// use sea_orm_do::draft::{Part, Statement};
///
/// let statement = Statement::from("DROP TABLE task".to_owned());
/// assert_eq!(statement.parts, [Part::Sql("DROP TABLE task".into())]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Its text, in parts.
    pub parts: Vec<Part>,
}

/// A part of a statement.
///
/// ```
/// use sea_orm_do::draft::Part;
///
/// let value = Part::Value { table: "task".into(), column: "priority".into() };
/// assert_ne!(value, Part::Sql("0".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A text.
    Sql(String),
    /// The value that existing rows get in this column, which is for the author of the migration to give.
    Value {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
}

impl From<String> for Statement {
    fn from(sql: String) -> Self {
        Self { parts: vec![Part::Sql(sql)] }
    }
}

impl Statement {
    /// Returns the text, with these values for what is missing.
    ///
    /// ```
    /// use sea_orm_do::draft::{Part, Statement};
    ///
    /// let value = Part::Value { table: "task".into(), column: "priority".into() };
    /// let statement = Statement { parts: vec![Part::Sql("SELECT ".into()), value] };
    /// assert_eq!(statement.text(|table, column| format!("{table}_{column}")), "SELECT task_priority");
    /// ```
    #[must_use]
    pub fn text(&self, value: impl Fn(&str, &str) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Sql(sql) => sql.clone(),
            Part::Value { table, column } => value(table, column),
        };
        self.parts.iter().map(part).collect()
    }

    pub(super) fn missing_values(&self) -> impl Iterator<Item = (String, String)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Sql(_) => None,
            Part::Value { table, column } => Some((table.clone(), column.clone())),
        })
    }
}

/// The statements as a script; `None` if a value is missing.
pub(super) fn text(statements: &[Statement]) -> Option<String> {
    if statements.iter().any(|statement| statement.missing_values().next().is_some()) {
        return None;
    }
    let texts = statements.iter().map(|statement| statement.text(|_, _| String::new()) + ";");
    Some(texts.collect::<Vec<_>>().join("\n"))
}

/// The value that existing rows get in a column, by table and column, from a value that suits the column's type.
type Values<'a> = &'a dyn Fn(&str, &str, &str) -> Option<String>;

/// The statements that lead from one schema to another.
pub(super) fn script(from: &Schema, to: &Schema, values: Values<'_>) -> Vec<Statement> {
    let pairs: Vec<_> = from.tables.iter().filter_map(|table| Some((table, to.table(&table.name)?))).collect();
    let rebuilt: Vec<_> = pairs.iter().filter(|(from, to)| !is_additive(from, to)).copied().collect();
    let dropped: Vec<_> = from.tables.iter().filter(|table| to.table(&table.name).is_none()).collect();
    let gone: Vec<_> = rebuilt.iter().map(|(from, _)| *from).chain(dropped.iter().copied()).collect();
    let reached = reached(from, &gone);
    let mut script = Script::default();
    // What is dropped with its table.
    let is_of_gone = |table: &str| gone.iter().any(|gone| is(gone, table));
    let is_of_reached = |table: &str| reached.iter().any(|reached| is(reached, table));
    let stays = |name: &str, sql: &str| to.triggers.iter().any(|trigger| trigger.name == name && trigger.sql == sql);
    for trigger in from.triggers.iter().filter(|trigger| !is_of_gone(&trigger.table)) {
        if is_of_reached(&trigger.table) || !stays(&trigger.name, &trigger.sql) {
            script.add(format!("DROP TRIGGER {}", quoted(&trigger.name)));
        }
    }
    for view in from.views.iter().filter(|view| !to.views.contains(view)) {
        script.add(format!("DROP VIEW {}", quoted(&view.name)));
    }
    for (table, after) in pairs.iter().filter(|(table, _)| !is_of_gone(&table.name)) {
        for index in named_indexes(table).filter(|index| !after.indexes.contains(index)) {
            script.add(format!("DROP INDEX {}", quoted(index.name.as_deref().unwrap_or_default())));
        }
    }
    let aside: Vec<_> = rebuilt.iter().map(|(from, _)| *from).chain(reached.iter().copied()).collect();
    let created: Vec<_> = to.tables.iter().filter(|table| from.table(&table.name).is_none()).collect();
    let kept = |table: &Table| quoted(&free(from, to, &format!("kept_{}", table.name)));
    let counted: Vec<_> = rebuilt.iter().filter(|(from, to)| from.autoincrement && to.autoincrement).collect();
    let sequence = quoted(&free(from, to, "kept_sequence"));
    if !gone.is_empty() {
        script.add("PRAGMA defer_foreign_keys = ON".to_owned());
    }
    for table in &aside {
        let columns = stored(table);
        script.add(format!("CREATE TABLE {} AS SELECT {columns} FROM {}", kept(table), quoted(&table.name)));
    }
    let names: Vec<_> = counted.iter().map(|(from, _)| literal(&from.name)).collect();
    let names = names.join(", ");
    if !counted.is_empty() {
        script.add(format!("CREATE TABLE {sequence} AS SELECT name, seq FROM sqlite_sequence WHERE name IN ({names})"));
    }
    for table in parents_first(reached.clone(), |table| table).into_iter().rev() {
        script.add(format!("DELETE FROM {}", quoted(&table.name)));
    }
    for table in parents_first(gone.clone(), |table| table).into_iter().rev() {
        script.add(format!("DROP TABLE {}", quoted(&table.name)));
    }
    let made: Vec<_> = created.iter().copied().chain(rebuilt.iter().map(|(_, to)| *to)).collect();
    for table in parents_first(made.clone(), |table| table) {
        script.add(table.create_sql());
    }
    let back: Vec<_> = rebuilt.iter().map(|(_, to)| *to).chain(reached.iter().copied()).collect();
    for table in parents_first(back, |table| table) {
        match rebuilt.iter().find(|(_, to)| to.name == table.name) {
            Some((from, to)) => script.fill(from, to, &kept(from), values),
            None => {
                let columns = stored(table);
                let (name, kept) = (quoted(&table.name), kept(table));
                script.add(format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM {kept}"));
            }
        }
    }
    if !counted.is_empty() {
        script.add(format!("DELETE FROM sqlite_sequence WHERE name IN ({names})"));
        script.add(format!("INSERT INTO sqlite_sequence (name, seq) SELECT name, seq FROM {sequence}"));
        script.add(format!("DROP TABLE {sequence}"));
    }
    for table in &aside {
        script.add(format!("DROP TABLE {}", kept(table)));
    }
    for (before, table) in pairs.iter().filter(|(table, _)| !is_of_gone(&table.name)) {
        script.add_columns(before, table);
        for index in named_indexes(table).filter(|index| !before.indexes.contains(index)) {
            script.statements.extend(index.create_sql(&table.name).map(Statement::from));
        }
    }
    for table in &made {
        script.statements.extend(table.create_indexes_sql().into_iter().map(Statement::from));
    }
    for view in to.views.iter().filter(|view| !from.views.contains(view)) {
        script.add(view.sql.clone());
    }
    for trigger in &to.triggers {
        let is_there = from.triggers.contains(trigger) && !is_of_gone(&trigger.table) && !is_of_reached(&trigger.table);
        if !is_there {
            script.add(trigger.sql.clone());
        }
    }
    script.statements
}

#[derive(Default)]
struct Script {
    statements: Vec<Statement>,
}

impl Script {
    fn add(&mut self, sql: String) {
        self.statements.push(sql.into());
    }

    /// Adds the columns that a table lacks.
    fn add_columns(&mut self, before: &Table, table: &Table) {
        for column in &table.columns[before.columns.len()..] {
            let of_column = |key: &&ForeignKey| matches!(&key.columns[..], [own] if own == &column.name);
            let mut sql = format!("ALTER TABLE {} ADD COLUMN {column}", quoted(&table.name));
            sql.extend(table.foreign_keys.iter().filter(of_column).map(references));
            self.add(sql);
        }
    }

    /// Copies the rows that were set aside into the new table.
    fn fill(&mut self, from: &Table, to: &Table, kept: &str, values: Values<'_>) {
        let mut statement = Statement::default();
        let (mut names, mut parts) = (Vec::new(), Vec::new());
        for column in to.columns.iter().filter(|column| column.generated.is_none()) {
            let is_rowid = to.is_rowid(column);
            let before = from.column(&column.name).filter(|before| before.generated.is_none());
            let value = || match &column.default {
                Some(default) if !DefaultValue::new(default).is_null() => vec![Part::Sql(format!("({default})"))],
                _ => match values(&to.name, &column.name, neutral(&column.declared_type)) {
                    Some(sql) => vec![Part::Sql(format!("({sql})"))],
                    None => vec![Part::Value { table: to.name.clone(), column: column.name.clone() }],
                },
            };
            let value = match before {
                Some(before) if column.not_null && !before.not_null && !is_rowid && !from.is_rowid(before) => {
                    let mut parts = vec![Part::Sql(format!("coalesce({}, ", quoted(&before.name)))];
                    parts.extend(value());
                    parts.push(Part::Sql(")".to_owned()));
                    parts
                }
                Some(before) => vec![Part::Sql(quoted(&before.name))],
                None if is_rowid || !column.not_null || has_default(column) => continue,
                None => value(),
            };
            if !parts.is_empty() {
                parts.push(Part::Sql(", ".to_owned()));
            }
            parts.extend(value);
            names.push(quoted(&column.name));
        }
        if names.is_empty() {
            return;
        }
        statement.parts.push(Part::Sql(format!("INSERT INTO {} ({}) SELECT ", quoted(&to.name), names.join(", "))));
        statement.parts.extend(parts);
        statement.parts.push(Part::Sql(format!(" FROM {kept}")));
        self.statements.push(statement);
    }
}

fn has_default(column: &Column) -> bool {
    column.default.as_ref().is_some_and(|default| !DefaultValue::new(default).is_null())
}

/// Whether only ADD COLUMN, CREATE INDEX and DROP INDEX are needed:
/// <https://www.sqlite.org/lang_altertable.html#alter_table_add_column>.
fn is_additive(from: &Table, to: &Table) -> bool {
    let Some((kept, new)) = to.columns.split_at_checked(from.columns.len()) else { return false };
    let is_new = |key: &ForeignKey| matches!(&key.columns[..], [own] if new.iter().any(|column| &column.name == own && !has_default(column)));
    let keys = to.foreign_keys.iter().filter(|key| !is_new(key));
    let can_be_added = |column: &Column| {
        let is_stored = column.generated.as_ref().is_some_and(|generated| generated.stored);
        let suits = match &column.default {
            None => !column.not_null || column.generated.is_some(),
            Some(default) => {
                let default = DefaultValue::new(default);
                default.is_constant() && !(column.not_null && default.is_null())
            }
        };
        column.primary_key.is_none() && !is_stored && suits
    };
    kept == from.columns
        && new.iter().all(can_be_added)
        && sorted(keys) == sorted(&from.foreign_keys)
        && sorted(constraints(from)) == sorted(constraints(to))
        && sorted(&from.checks) == sorted(&to.checks)
        && (from.strict, from.without_rowid, from.autoincrement, from.primary_key_conflict)
            == (to.strict, to.without_rowid, to.autoincrement, to.primary_key_conflict)
}

fn sorted<T: Ord>(parts: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort();
    parts
}

/// The tables whose rows are deleted or changed, or refuse it, when those of `gone` are deleted.
fn reached<'a>(schema: &'a Schema, gone: &[&Table]) -> Vec<&'a Table> {
    let mut found: Vec<&Table> = Vec::new();
    loop {
        let is_reached = |table: &&&'a Table| {
            let acts = |key: &&ForeignKey| {
                key.on_delete != Action::NoAction && gone.iter().chain(&found).any(|parent| is(parent, &key.table))
            };
            !gone.iter().chain(&found).any(|known| known.name == table.name)
                && table.foreign_keys.iter().any(|key| acts(&key))
        };
        match schema.tables.iter().collect::<Vec<_>>().iter().find(|table| is_reached(table)) {
            Some(table) => found.push(table),
            None => return found,
        }
    }
}

fn named_indexes(table: &Table) -> impl Iterator<Item = &Index> {
    table.indexes.iter().filter(|index| index.origin == Origin::Statement)
}

/// The indexes of constraints.
fn constraints(table: &Table) -> impl Iterator<Item = &Index> {
    table.indexes.iter().filter(|index| index.origin != Origin::Statement)
}

/// The columns that are not generated.
fn stored(table: &Table) -> String {
    let columns = table.columns.iter().filter(|column| column.generated.is_none());
    columns.map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}

/// A name that no table has.
fn free(from: &Schema, to: &Schema, name: &str) -> String {
    let is_taken = |name: &str| {
        let views = from.views.iter().chain(&to.views).any(|view| view.name.eq_ignore_ascii_case(name));
        views || from.table(name).is_some() || to.table(name).is_some()
    };
    let mut free = name.to_owned();
    while is_taken(&free) {
        free.push('_');
    }
    free
}

/// An empty value of a declared type.
pub(super) fn neutral(declared_type: &str) -> &'static str {
    match (Family::of(declared_type), Affinity::of(declared_type)) {
        (Some(Family::Date), _) => "'1970-01-01'",
        (Some(Family::Time), _) => "'00:00:00'",
        (Some(Family::DateTime | Family::Timestamp), _) => "'1970-01-01 00:00:00'",
        (Some(Family::TimestampWithTimeZone), _) => "'1970-01-01 00:00:00+00:00'",
        (Some(Family::Uuid), _) => "zeroblob(16)",
        (Some(Family::Json), _) => "'null'",
        (_, Affinity::Text) => "''",
        (_, Affinity::None) => "x''",
        (_, Affinity::Integer | Affinity::Numeric | Affinity::Real) => "0",
    }
}
