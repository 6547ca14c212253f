//! What differs between two schemas.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter};

use serde::{Deserialize, Serialize};

use super::schema::{Origin, Schema, Table};
use super::sql::{OnConflict, names};
use crate::sql::quote::quoted;

/// An object that differs between two schemas.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// use sea_orm_do::introspect::Object;
///
/// # let db = sea_orm_do::DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
/// let before = sea_orm_do::introspect(&db)?;
/// db.execute_unprepared("ALTER TABLE task ADD COLUMN done BOOLEAN").await?;
/// let difference = before.diff(&sea_orm_do::introspect(&db)?).remove(0);
/// assert_eq!(difference.object, Object::Column { table: "task".into(), name: "done".into() });
/// assert_eq!((difference.before, difference.after.as_deref()), (None, Some(r#""done" BOOLEAN"#)));
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The object that differs.
    pub object: Object,
    /// Its SQL in the first schema; `None` if it is not there.
    pub before: Option<String>,
    /// Its SQL in the second schema; `None` if it is not there.
    pub after: Option<String>,
}

/// An object in a schema, or a part of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// A whole table.
    Table(String),
    /// A column of a table.
    Column {
        /// The table.
        table: String,
        /// The column.
        name: String,
    },
    /// The order of a table's columns, if both schemas have the same columns.
    ColumnOrder(String),
    /// The primary key of a table.
    PrimaryKey(String),
    /// The options after a table's columns: STRICT, WITHOUT ROWID.
    Options(String),
    /// A named index.
    Index {
        /// The table.
        table: String,
        /// The index.
        name: String,
    },
    /// A UNIQUE constraint, a foreign key or a check of a table.
    Constraint {
        /// The table.
        table: String,
        /// Its SQL, which identifies it, because its name does not count.
        sql: String,
    },
    /// A virtual table.
    VirtualTable(String),
    /// A view.
    View(String),
    /// A trigger.
    Trigger(String),
}

type Parts = BTreeMap<Object, Part>;

#[derive(Clone, PartialEq, Eq)]
struct Part {
    sql: String,
    /// What its SQL alone does not determine, such as the columns of a view with `*`.
    told: String,
}

impl From<String> for Part {
    fn from(sql: String) -> Self {
        Self { sql, told: String::new() }
    }
}

impl Part {
    /// Its SQL, followed by `told` if only `told` differs.
    fn text(&self, other: Option<&Self>) -> String {
        match other {
            Some(other) if other.sql == self.sql => format!("{} -- {}", self.sql, self.told),
            _ => self.sql.clone(),
        }
    }
}

impl Schema {
    /// Returns the differences to `other`, object by object; empty exactly if the two schemas are equal.
    ///
    /// A table that only one schema has is one difference. Names are compared exactly as they are written.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// let before = sea_orm_do::introspect(&db)?;
    /// db.execute_unprepared("DROP TABLE task; CREATE TABLE task (title TEXT NOT NULL)").await?;
    /// let differences = before.diff(&sea_orm_do::introspect(&db)?);
    /// assert_eq!(
    ///     differences[0].to_string(),
    ///     "- table `task`, column `title`: \"title\" TEXT\n+ table `task`, column `title`: \"title\" TEXT NOT NULL"
    /// );
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn diff(&self, other: &Self) -> Vec<Difference> {
        let mut differences = Vec::new();
        let (mut before, mut after) = (self.parts(), other.parts());
        for table in &self.tables {
            match other.tables.iter().find(|other| other.name == table.name) {
                Some(other) => differences.extend(compare(table.parts(), &other.parts())),
                None => {
                    before.insert(Object::Table(table.name.clone()), table.create_sql().into());
                }
            }
        }
        for table in other.tables.iter().filter(|table| self.tables.iter().all(|own| own.name != table.name)) {
            after.insert(Object::Table(table.name.clone()), table.create_sql().into());
        }
        differences.extend(compare(before, &after));
        differences
    }

    /// All objects except tables.
    fn parts(&self) -> Parts {
        let part = |sql: &str, told: String| Part { sql: sql.to_owned(), told };
        let columns = |sql: &str, columns: &[String]| part(sql, format!("columns ({})", names(columns)));
        let virtual_tables = self.virtual_tables.iter();
        let virtual_tables =
            virtual_tables.map(|table| (Object::VirtualTable(table.name.clone()), columns(&table.sql, &table.columns)));
        let views = self.views.iter();
        let views = views.map(|view| (Object::View(view.name.clone()), columns(&view.sql, &view.columns)));
        let triggers = self.triggers.iter().map(|trigger| {
            (Object::Trigger(trigger.name.clone()), part(&trigger.sql, format!("on {}", quoted(&trigger.table))))
        });
        virtual_tables.chain(views).chain(triggers).collect()
    }
}

fn compare(before: Parts, after: &Parts) -> Vec<Difference> {
    let added = after.iter().filter(|(object, _)| !before.contains_key(object));
    let added =
        added.map(|(object, part)| Difference { object: object.clone(), before: None, after: Some(part.sql.clone()) });
    let added: Vec<_> = added.collect();
    let difference = |(object, part): (Object, Part)| {
        let other = after.get(&object);
        let (before, after) = (Some(part.text(other)), other.map(|other| other.text(Some(&part))));
        Difference { object, before, after }
    };
    let mut differences: Vec<_> = before
        .into_iter()
        .filter(|(object, part)| after.get(object) != Some(part))
        .map(difference)
        .chain(added)
        .collect();
    differences.sort_by(|one, other| one.object.cmp(&other.object));
    // Added and dropped columns change the order anyway.
    let columns_differ = differences.iter().any(|difference| {
        matches!(difference.object, Object::Column { .. })
            && (difference.before.is_none() || difference.after.is_none())
    });
    differences.retain(|difference| !columns_differ || !matches!(difference.object, Object::ColumnOrder(_)));
    differences
}

impl Table {
    fn parts(&self) -> Parts {
        let table = || self.name.clone();
        let constraint = |sql: String| (Object::Constraint { table: table(), sql: sql.clone() }, sql.into());
        let columns: Vec<_> = self.columns.iter().map(|column| column.name.clone()).collect();
        let mut parts = Parts::from([(Object::ColumnOrder(table()), names(&columns).into())]);
        parts.extend(
            self.columns.iter().map(|column| {
                (Object::Column { table: table(), name: column.name.clone() }, column.to_string().into())
            }),
        );
        parts.extend(self.primary_key_sql().map(|sql| (Object::PrimaryKey(table()), sql.into())));
        parts.extend(self.options().map(|options| (Object::Options(table()), options.into())));
        for index in &self.indexes {
            match (&index.name, index.create_sql(&self.name)) {
                (Some(name), Some(sql)) => {
                    parts.insert(Object::Index { table: table(), name: name.clone() }, sql.into());
                }
                _ if index.origin == Origin::Unique => parts.extend([constraint(index.to_string())]),
                _ => {}
            }
        }
        parts.extend(self.foreign_keys.iter().map(|key| constraint(key.to_string())));
        parts.extend(self.checks.iter().map(|check| constraint(check.to_string())));
        parts
    }

    /// The primary key with its order, collations, conflict clause and AUTOINCREMENT.
    fn primary_key_sql(&self) -> Option<String> {
        let names: Vec<_> = self.primary_key().into_iter().map(|column| quoted(&column.name)).collect();
        let columns = match self.index_of_primary_key() {
            Some(index) => index.to_string(),
            None if names.is_empty() => return None,
            None => format!("PRIMARY KEY ({})", names.join(", ")),
        };
        let autoincrement = if self.autoincrement { " AUTOINCREMENT" } else { "" };
        Some(format!("{columns}{}{autoincrement}", OnConflict(self.primary_key_conflict)))
    }
}

/// Written as ``- table `task`, column `title`: "title" TEXT``, and with `+` for the second schema.
impl Display for Difference {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let lines = [('-', &self.before), ('+', &self.after)];
        let lines = lines.into_iter().filter_map(|(sign, sql)| Some((sign, sql.as_ref()?)));
        for (at, (sign, sql)) in lines.enumerate() {
            write!(f, "{}{sign} {}: {sql}", if at > 0 { "\n" } else { "" }, self.object)?;
        }
        Ok(())
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(name) => write!(f, "table `{name}`"),
            Self::Column { table, name } => write!(f, "table `{table}`, column `{name}`"),
            Self::ColumnOrder(table) => write!(f, "table `{table}`, order of columns"),
            Self::PrimaryKey(table) => write!(f, "table `{table}`, primary key"),
            Self::Options(table) => write!(f, "table `{table}`, options"),
            Self::Index { table, name } => write!(f, "table `{table}`, index `{name}`"),
            Self::Constraint { table, .. } => write!(f, "table `{table}`, constraint"),
            Self::VirtualTable(name) => write!(f, "virtual table `{name}`"),
            Self::View(name) => write!(f, "view `{name}`"),
            Self::Trigger(name) => write!(f, "trigger `{name}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::introspect::schema::{Column, Trigger, View, VirtualTable};

    fn schema(columns: &[&str]) -> Schema {
        let column =
            |name: &&str| Column { name: (*name).to_owned(), collation: "BINARY".to_owned(), ..Default::default() };
        let table = Table { name: "t".to_owned(), columns: columns.iter().map(column).collect(), ..Default::default() };
        Schema { tables: vec![table], ..Default::default() }
    }

    fn lines(before: &Schema, after: &Schema) -> Vec<String> {
        before.diff(after).iter().map(Difference::to_string).collect()
    }

    #[test]
    fn names_a_column_that_came() {
        assert_eq!(lines(&schema(&["a"]), &schema(&["b", "a"])), ["+ table `t`, column `b`: \"b\""]);
    }

    #[test]
    fn names_a_column_that_changed() {
        let mut after = schema(&["a"]);
        after.tables[0].columns[0].not_null = true;
        let expected = ["- table `t`, column `a`: \"a\"\n+ table `t`, column `a`: \"a\" NOT NULL"];
        assert_eq!(lines(&schema(&["a"]), &after), expected);
    }

    #[test]
    fn names_another_order_of_the_same_columns() {
        let [line] = &lines(&schema(&["a", "b"]), &schema(&["b", "a"]))[..] else { panic!("one difference") };
        assert!(line.starts_with("- table `t`, order of columns: \"a\", \"b\""), "{line}");
    }

    #[test]
    fn names_what_its_own_sql_does_not_tell() {
        let schema = |name: &str| Schema {
            views: vec![View { name: "v".to_owned(), columns: vec![name.to_owned()], sql: "CREATE VIEW v".to_owned() }],
            virtual_tables: vec![VirtualTable { columns: vec![name.to_owned()], ..Default::default() }],
            triggers: vec![Trigger { table: name.to_owned(), ..Default::default() }],
            ..Default::default()
        };
        let lines = lines(&schema("a"), &schema("b"));
        assert_eq!(lines.len(), 3, "{lines:?}");
        let expected = "- view `v`: CREATE VIEW v -- columns (\"a\")\n+ view `v`: CREATE VIEW v -- columns (\"b\")";
        assert!(lines.contains(&expected.to_owned()), "{lines:?}");
        assert_eq!(schema("a").diff(&schema("a")), []);
    }

    #[test]
    fn a_table_that_went_is_one_difference() {
        assert_eq!(lines(&schema(&["a"]), &Schema::default()), ["- table `t`: CREATE TABLE \"t\" ( \"a\" )"]);
        assert_eq!(lines(&Schema::default(), &Schema::default()), [""; 0]);
    }
}
