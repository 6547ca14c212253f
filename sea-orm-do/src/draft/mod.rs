//! Drafts the migration that leads from one schema to another.
//!
//! [`Draft::new`] takes the schema that the migrations of a project make, and the one that its entities declare. The
//! command `sea-orm-do migrate draft` reads both and writes the draft as a migration.
//!
//! ```
//! # use futures_util::FutureExt;
//! # use sea_orm::{ConnectionTrait, DbErr};
//! # use sea_orm_do::DoConnection;
//! use sea_orm_do::draft::{Draft, Options};
//! use sea_orm_do::introspect;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let schema = |sql: &str| -> Result<_, DbErr> {
//! #     let db = DoConnection::in_memory()?;
//! #     db.execute_unprepared(sql).now_or_never().unwrap()?;
//! #     introspect(&db)
//! # };
//! let have = schema("CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT)")?;
//! let want = schema("CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT, done BOOLEAN NOT NULL DEFAULT FALSE)")?;
//! let draft = Draft::new(&have, &want, &Options::default())?;
//! assert_eq!(draft.up_sql().unwrap(), r#"ALTER TABLE "task" ADD COLUMN "done" BOOLEAN NOT NULL DEFAULT FALSE;"#);
//! # Ok(())
//! # }
//! ```
//!
//! # What it changes
//! What an entity declares: tables, columns with their types, NOT NULL and defaults, primary keys, unique keys, indexes,
//! foreign keys and the checks in `extra`. Everything else stays: views, triggers, generated columns, collations, STRICT,
//! AUTOINCREMENT, further indexes and checks.
//!
//! What ALTER TABLE cannot change is made by creating the table again with its rows, and with the rows that deleting it
//! would reach: [the recipe](crate::migrate::rebuild).

mod render;
mod script;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sea_orm::DbErr;

pub use self::render::Driver;
pub use self::script::{Part, Statement};
use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::introspect::{Object, Schema};
use crate::sql::quote::quoted;

/// How to draft a migration.
///
/// ```
/// use sea_orm_do::draft::Options;
///
/// let options = Options::default()
///     .rename_column("task", "title", "name")
///     .value("task", "priority", "0")
///     .allow_drops();
/// assert_eq!(options, options.clone());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    renames: Vec<Rename>,
    values: BTreeMap<(String, String), String>,
    allow_drops: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rename {
    Table { old: String, new: String },
    Column { table: String, old: String, new: String },
}

impl Options {
    /// Renames a table, with its rows.
    ///
    /// ```
    /// let options = sea_orm_do::draft::Options::default().rename_table("job", "task");
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn rename_table(mut self, old: &str, new: &str) -> Self {
        self.renames.push(Rename::Table { old: old.to_owned(), new: new.to_owned() });
        self
    }

    /// Renames a column, with its values. `table` is the new name, if the table is renamed before.
    ///
    /// ```
    /// let options = sea_orm_do::draft::Options::default().rename_column("task", "title", "name");
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn rename_column(mut self, table: &str, old: &str, new: &str) -> Self {
        self.renames.push(Rename::Column { table: table.to_owned(), old: old.to_owned(), new: new.to_owned() });
        self
    }

    /// Sets the SQL expression that existing rows get in a column which is NOT NULL and has no default.
    ///
    /// ```
    /// let options = sea_orm_do::draft::Options::default().value("task", "priority", "length(title)");
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn value(mut self, table: &str, column: &str, sql: &str) -> Self {
        self.values.insert((table.to_lowercase(), column.to_lowercase()), sql.to_owned());
        self
    }

    /// Drops tables and columns that no entity has, with their data.
    ///
    /// ```
    /// let options = sea_orm_do::draft::Options::default().allow_drops();
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn allow_drops(mut self) -> Self {
        self.allow_drops = true;
        self
    }
}

/// A migration that leads from one schema to another, and back.
///
/// ```
/// use sea_orm_do::draft::{Draft, Options};
/// use sea_orm_do::introspect::Schema;
///
/// # fn main() -> Result<(), sea_orm_do::draft::DraftError> {
/// let draft = Draft::new(&Schema::default(), &Schema::default(), &Options::default())?;
/// assert!(draft.is_empty() && draft.withheld.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What changes the schema.
    pub up: Vec<Statement>,
    /// What changes it back. A dropped column comes back without its values: with NULL, its default, or 0 or an empty
    /// value where it is NOT NULL.
    pub down: Vec<Statement>,
    /// The tables and columns that no entity has and that are not dropped.
    pub withheld: Vec<Object>,
}

/// Why there is no draft.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// A rename names a table or column that does not exist, or whose new name is taken.
    #[error("cannot rename {0}: {1}")]
    Rename(String, String),
    /// A STRICT table cannot have a column of this type.
    #[error(
        "table `{table}`, column `{column}`: a STRICT table has no type {ty}: declare the column as INTEGER, REAL, TEXT, \
         BLOB or ANY, or create the table again without STRICT in a migration by hand"
    )]
    Strict {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The type that the entity declares.
        ty: String,
    },
    /// SQLite refuses the draft, which a migration by hand then has to replace.
    #[error("SQLite refuses the draft: {0}\n{1}")]
    Refused(String, String),
    /// A view or a trigger names what the draft drops or renames.
    #[error("the draft would break {0}: {1}: change or drop it in a migration by hand first")]
    Breaks(Object, String),
    /// The draft does not make what it should.
    #[error("the draft does not lead there, write the migration by hand: {}", .0.join("; "))]
    Astray(Vec<String>),
    /// A database of SQLite in memory fails.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Draft {
    /// Drafts the migration from the schema `have` to what the tables of `want` declare.
    ///
    /// The draft is tried on an empty database with the schema `have`: `up` leads to a schema that needs no further
    /// draft, and `down` leads back.
    ///
    /// # Errors
    /// Why SQLite cannot make the change, with the table, the column and the way out.
    ///
    /// ```
    /// # use sea_orm_do::introspect::{Column, Schema, Table};
    /// use sea_orm_do::draft::{Draft, Options};
    ///
    /// # fn main() -> Result<(), sea_orm_do::draft::DraftError> {
    /// # let column = |name: &str| Column {
    /// #     name: name.into(), declared_type: "TEXT".into(), collation: "BINARY".into(), ..Column::default()
    /// # };
    /// # let schema = |columns: &[&str]| Schema {
    /// #     tables: vec![Table {
    /// #         name: "task".into(), columns: columns.iter().map(|name| column(name)).collect(), ..Table::default()
    /// #     }],
    /// #     ..Schema::default()
    /// # };
    /// let (have, want) = (schema(&["title", "notes"]), schema(&["title"]));
    /// let draft = Draft::new(&have, &want, &Options::default())?;
    /// assert_eq!(draft.withheld[0].to_string(), "table `task`, column `notes`");
    /// let draft = Draft::new(&have, &want, &Options::default().allow_drops())?;
    /// assert!(draft.up_sql().unwrap().contains("DROP TABLE"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(have: &Schema, want: &Schema, options: &Options) -> Result<Self, DraftError> {
        let scratch = Scratch::with(have)?;
        let renames = &options.renames;
        scratch.rename(renames)?;
        let renamed = scratch.schema()?;
        let mut withheld = Vec::new();
        let target = target::target(&renamed, want, options.allow_drops, &mut withheld)?;
        let mut up: Vec<_> = renames.iter().map(|rename| Statement::from(rename.sql())).collect();
        up.extend(script::script(&renamed, &target, &|table, column, _| options.value_of(table, column)));
        let mut draft = Self { up, down: Vec::new(), withheld };
        if draft.is_empty() {
            return Ok(draft);
        }
        let broken = scratch.broken(&renamed);
        scratch.run(&draft.up[renames.len()..])?;
        if let Some((object, why)) =
            scratch.broken(&target).into_iter().find(|(object, _)| !broken.iter().any(|(known, _)| known == object))
        {
            return Err(DraftError::Breaks(object, why));
        }
        let reached = scratch.schema()?;
        let again = target::target(&reached, want, options.allow_drops, &mut Vec::new())?;
        is_same(&reached, &again)?;
        draft.down = script::script(&reached, &renamed, &|_, _, neutral| Some(neutral.to_owned()));
        draft.down.extend(reverted(renames));
        scratch.run(&draft.down)?;
        is_same(&expected(have, renames)?, &scratch.schema()?)?;
        Ok(draft)
    }

    /// Whether there is nothing to change.
    ///
    /// ```
    /// assert!(sea_orm_do::draft::Draft::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.up.is_empty()
    }

    /// Returns the columns for which existing rows need a value that nobody has given, as table and column.
    ///
    /// ```
    /// assert!(sea_orm_do::draft::Draft::default().missing_values().is_empty());
    /// ```
    #[must_use]
    pub fn missing_values(&self) -> Vec<(String, String)> {
        let mut missing: Vec<_> = self.up.iter().flat_map(Statement::missing_values).collect();
        missing.dedup();
        missing
    }

    /// Returns the script of `up`; `None` if a value is missing in it.
    ///
    /// ```
    /// assert_eq!(sea_orm_do::draft::Draft::default().up_sql().as_deref(), Some(""));
    /// ```
    #[must_use]
    pub fn up_sql(&self) -> Option<String> {
        script::text(&self.up)
    }

    /// Returns the script of `down`.
    ///
    /// ```
    /// assert_eq!(sea_orm_do::draft::Draft::default().down_sql().as_deref(), Some(""));
    /// ```
    #[must_use]
    pub fn down_sql(&self) -> Option<String> {
        script::text(&self.down)
    }
}

impl Options {
    fn value_of(&self, table: &str, column: &str) -> Option<String> {
        self.values.get(&(table.to_lowercase(), column.to_lowercase())).cloned()
    }
}

impl Rename {
    fn sql(&self) -> String {
        match self {
            Self::Table { old, new } => format!("ALTER TABLE {} RENAME TO {}", quoted(old), quoted(new)),
            Self::Column { table, old, new } => {
                format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quoted(table), quoted(old), quoted(new))
            }
        }
    }

    fn reversed(&self) -> Self {
        match self.clone() {
            Self::Table { old, new } => Self::Table { old: new, new: old },
            Self::Column { table, old, new } => Self::Column { table, old: new, new: old },
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Table { old, new } => format!("table `{old}` to `{new}`"),
            Self::Column { table, old, new } => format!("column `{table}`.`{old}` to `{new}`"),
        }
    }
}

/// The statements that take renames back.
fn reverted(renames: &[Rename]) -> Vec<Statement> {
    renames.iter().rev().map(|rename| Statement::from(rename.reversed().sql())).collect()
}

fn is_same(expected: &Schema, reached: &Schema) -> Result<(), DraftError> {
    let left = expected.diff(reached);
    if left.is_empty() { Ok(()) } else { Err(DraftError::Astray(left.iter().map(ToString::to_string).collect())) }
}

/// The schema that `down` leads to: SQLite writes expressions anew when it renames what they name.
fn expected(have: &Schema, renames: &[Rename]) -> Result<Schema, DraftError> {
    if renames.is_empty() {
        return Ok(have.clone());
    }
    let scratch = Scratch::with(have)?;
    scratch.rename(renames)?;
    scratch.run(&reverted(renames))?;
    Ok(scratch.schema()?)
}

/// A database in memory, on which a draft is tried.
struct Scratch(DoConnection);

impl Scratch {
    fn with(schema: &Schema) -> Result<Self, DbErr> {
        let db = DoConnection::in_memory()?;
        schema.create_sql().iter().try_for_each(|sql| db.execute_script(sql).map(drop))?;
        Ok(Self(db))
    }

    fn schema(&self) -> Result<Schema, DbErr> {
        introspect(&self.0)
    }

    fn rename(&self, renames: &[Rename]) -> Result<(), DraftError> {
        renames.iter().try_for_each(|rename| {
            let refused = |error: DbErr| DraftError::Rename(rename.shown(), error.to_string());
            self.0.execute_script(&rename.sql()).map(drop).map_err(refused)
        })
    }

    /// The views that cannot be read, and the triggers of tables that cannot be written to. SQLite compiles them only
    /// then.
    fn broken(&self, schema: &Schema) -> Vec<(Object, String)> {
        let mut broken = Vec::new();
        let mut check = |object: Object, sql: String| {
            if let Err(error) = self.0.database.storage.exec(&sql, &[]) {
                broken.push((object, error.message));
            }
        };
        for view in &schema.views {
            check(Object::View(view.name.clone()), format!("SELECT * FROM {} LIMIT 0", quoted(&view.name)));
        }
        for trigger in &schema.triggers {
            let (table, columns) = (quoted(&trigger.table), schema.table(&trigger.table));
            let column = columns.and_then(|table| table.columns.iter().find(|column| column.generated.is_none()));
            let mut writes = vec![format!("DELETE FROM {table}"), format!("INSERT INTO {table} DEFAULT VALUES")];
            let set = column.map(|column| quoted(&column.name));
            writes.extend(set.map(|column| format!("UPDATE {table} SET {column} = {column}")));
            for write in writes {
                check(Object::Trigger(trigger.name.clone()), format!("EXPLAIN {write}"));
            }
        }
        broken
    }

    /// Runs statements; a value that is missing is NULL, because there are no rows.
    fn run(&self, statements: &[Statement]) -> Result<(), DraftError> {
        let script: Vec<_> = statements.iter().map(|statement| statement.text(|_, _| "NULL".to_owned())).collect();
        let script = script.join(";\n");
        match self.0.execute_script(&script) {
            Ok(_) => Ok(()),
            Err(error) => Err(DraftError::Refused(error.to_string(), script)),
        }
    }
}
