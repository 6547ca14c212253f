//! The schema of a database as plain data, without a connection.

use serde::{Deserialize, Serialize};

/// Everything that a user has declared in a database, each list sorted by name.
///
/// Two equal schemas mean the same to SQLite. Spacing, comments and quotes in the statement of a table or an index do
/// not count. Within an expression, spacing, comments and the case of collations do not count, but the spelling of
/// names and keywords does. Views, virtual tables and triggers are compared by their whole text. The names of
/// constraints count only for `CHECK`, whose errors show them.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # let db = sea_orm_do::DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (title TEXT, done BOOLEAN)").await?;
/// db.execute_unprepared("CREATE VIEW open_task AS SELECT title FROM task WHERE NOT done").await?;
/// db.execute_unprepared("CREATE VIRTUAL TABLE search USING fts5(words)").await?;
/// db.execute_unprepared("CREATE TRIGGER fill AFTER INSERT ON task BEGIN INSERT INTO search VALUES (1); END").await?;
/// let schema = sea_orm_do::introspect(&db)?;
/// assert_eq!(schema.tables[0].name, "task");
/// assert_eq!(schema.views[0].columns, ["title"]);
/// assert_eq!(schema.virtual_tables[0].columns, ["words"]);
/// assert_eq!(schema.triggers[0].table, "task");
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The tables, except those of SQLite, those of the runtime (`_cf_…`), of wrangler (`__miniflare_…`) and the shadow tables of virtual tables.
    pub tables: Vec<Table>,
    /// The virtual tables, such as those of FTS5.
    pub virtual_tables: Vec<VirtualTable>,
    /// The views.
    pub views: Vec<View>,
    /// The triggers.
    pub triggers: Vec<Trigger>,
}

/// A table that stores its own rows, unlike a virtual table.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # let db = sea_orm_do::DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE list (id INTEGER PRIMARY KEY)").await?;
/// db.execute_unprepared("CREATE TABLE task (name TEXT UNIQUE, list INTEGER REFERENCES list CHECK (list > 0))").await?;
/// let schema = sea_orm_do::introspect(&db)?;
/// let task = schema.table("task").unwrap();
/// assert_eq!(task.columns[1].declared_type, "INTEGER");
/// assert!(task.indexes[0].unique);
/// assert_eq!(task.foreign_keys[0].table, "list");
/// assert_eq!(task.checks[0].expression, "list > 0");
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name, without quotes.
    pub name: String,
    /// Whether it is [STRICT](https://www.sqlite.org/stricttables.html).
    pub strict: bool,
    /// Whether it is [WITHOUT ROWID](https://www.sqlite.org/withoutrowid.html).
    pub without_rowid: bool,
    /// Whether its key is declared [AUTOINCREMENT](https://www.sqlite.org/autoinc.html).
    pub autoincrement: bool,
    /// What its primary key does on a conflict.
    pub primary_key_conflict: Conflict,
    /// Its columns, in the order of their declaration.
    pub columns: Vec<Column>,
    /// Its indexes, including those that SQLite created for constraints, in a fixed order.
    pub indexes: Vec<Index>,
    /// Its foreign keys, in a fixed order.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks, including those of its columns, in a fixed order.
    pub checks: Vec<Check>,
}

/// A column of a table.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// use sea_orm_do::introspect::Conflict;
///
/// # let db = sea_orm_do::DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE item (name TEXT COLLATE NOCASE, price REAL NOT NULL DEFAULT (1 + 1))").await?;
/// db.execute_unprepared("ALTER TABLE item ADD COLUMN tax INTEGER AS (price / 5) VIRTUAL").await?;
/// let item = sea_orm_do::introspect(&db)?.tables.remove(0);
/// assert_eq!(item.columns[0].collation, "NOCASE");
/// assert_eq!(item.columns[1].default.as_deref(), Some("1 + 1"));
/// assert_eq!(item.columns[1].not_null_conflict, Conflict::Abort);
/// assert_eq!(item.columns[2].generated.as_ref().unwrap().expression, "price / 5");
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name, without quotes.
    pub name: String,
    /// The declared type as SQLite reports it: standard types in capitals, spaced as in `real(16, 4)`; empty if there
    /// is none.
    pub declared_type: String,
    /// Whether it is NOT NULL, by its declaration or because it is in the key of a WITHOUT ROWID table.
    pub not_null: bool,
    /// What NOT NULL does on a conflict.
    pub not_null_conflict: Conflict,
    /// The default as an SQL expression, without brackets around it: `'text'`, `CURRENT_TIMESTAMP`, `1 + 1`.
    pub default: Option<String>,
    /// The position in the primary key, from 1.
    pub primary_key: Option<u32>,
    /// How SQLite computes the column, if it is generated.
    pub generated: Option<Generated>,
    /// The name of its collating sequence, in capitals; `BINARY` if none is declared.
    pub collation: String,
}

/// A [generated column](https://www.sqlite.org/gencol.html)'s expression.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// The expression, without the brackets around it.
    pub expression: String,
    /// Whether its values are stored rather than computed on each read.
    pub stored: bool,
}

/// An index of a table.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// use sea_orm_do::introspect::{Origin, Term};
///
/// # let db = sea_orm_do::DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (title TEXT, done BOOLEAN)").await?;
/// db.execute_unprepared("CREATE INDEX open ON task (title DESC) WHERE NOT done").await?;
/// let index = sea_orm_do::introspect(&db)?.tables.remove(0).indexes.remove(0);
/// assert_eq!(index.origin, Origin::Statement);
/// assert_eq!(index.columns[0].term, Term::Column("title".into()));
/// assert!(index.columns[0].descending);
/// assert_eq!(index.predicate.as_deref(), Some("NOT done"));
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Index {
    /// The name; `None` for the index of a constraint, which SQLite names itself.
    pub name: Option<String>,
    /// What created the index.
    pub origin: Origin,
    /// Whether its values must be unique.
    pub unique: bool,
    /// The columns and expressions that it sorts by, in order.
    pub columns: Vec<IndexColumn>,
    /// The WHERE clause of a [partial index](https://www.sqlite.org/partialindex.html).
    pub predicate: Option<String>,
    /// What a UNIQUE constraint does on a conflict.
    pub conflict: Conflict,
}

/// What created an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// `CREATE INDEX`.
    #[default]
    Statement,
    /// A UNIQUE constraint.
    Unique,
    /// A primary key that is not the rowid.
    PrimaryKey,
}

/// One of the values that an index sorts by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IndexColumn {
    /// The value.
    pub term: Term,
    /// Whether the largest value comes first.
    pub descending: bool,
    /// The name of the collating sequence that compares it, in capitals.
    pub collation: String,
}

/// A value that an index sorts by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// The column of this name.
    Column(String),
    /// An SQL expression: <https://www.sqlite.org/expridx.html>.
    Expression(String),
}

/// A foreign key of a table.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// use sea_orm_do::introspect::Action;
///
/// # let db = sea_orm_do::DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE folder (id INTEGER PRIMARY KEY, inside INTEGER)").await?;
/// db.execute_unprepared("CREATE TABLE file (folder INTEGER REFERENCES folder (id) ON DELETE CASCADE)").await?;
/// let schema = sea_orm_do::introspect(&db)?;
/// let key = &schema.table("file").unwrap().foreign_keys[0];
/// assert_eq!((key.references.as_slice(), key.on_delete), (&["id".to_owned()][..], Action::Cascade));
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The table that they reference.
    pub table: String,
    /// The columns that they reference; empty if the declaration names none, which means the primary key.
    pub references: Vec<String>,
    /// What happens to a row when the row that it references is deleted.
    pub on_delete: Action,
    /// What happens to a row when the key that it references is changed.
    pub on_update: Action,
    /// Whether it is checked only at commit: `DEFERRABLE INITIALLY DEFERRED`.
    pub deferred: bool,
}

/// What a foreign key does when the referenced row changes: <https://www.sqlite.org/foreignkeys.html#fk_actions>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing: the row must still reference an existing row when the key is checked.
    #[default]
    NoAction,
    /// The change is refused at once.
    Restrict,
    /// The columns become NULL.
    SetNull,
    /// The columns become their defaults.
    SetDefault,
    /// The row is deleted or updated as well.
    Cascade,
}

/// What a constraint does on a conflict: <https://www.sqlite.org/lang_conflict.html>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// The statement is undone: SQLite's default.
    #[default]
    Abort,
    /// The statement stops, and the changes that it has made stay.
    Fail,
    /// The row is skipped.
    Ignore,
    /// The row replaces the rows that it conflicts with.
    Replace,
    /// The whole transaction is rolled back.
    Rollback,
}

/// A CHECK constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Check {
    /// The name that an error shows.
    pub name: Option<String>,
    /// The expression, without the brackets around it.
    pub expression: String,
}

/// A [virtual table](https://www.sqlite.org/vtab.html).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VirtualTable {
    /// Its name, without quotes.
    pub name: String,
    /// The names of its columns, except hidden columns, which `*` does not select.
    pub columns: Vec<String>,
    /// The statement that created it.
    pub sql: String,
}

/// A view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its name, without quotes.
    pub name: String,
    /// The names of its columns; empty if SQLite cannot list them, because the view selects from something that does
    /// not exist.
    pub columns: Vec<String>,
    /// The statement that created it.
    pub sql: String,
}

/// A trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Its name, without quotes.
    pub name: String,
    /// The table or view that it belongs to.
    pub table: String,
    /// The statement that created it.
    pub sql: String,
}

impl Schema {
    /// The table with this name, ignoring ASCII case.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE Task (title TEXT)").await?;
    /// let schema = sea_orm_do::introspect(&db)?;
    /// assert_eq!(schema.table("task").unwrap().name, "Task");
    /// assert_eq!(schema.table("tag"), None);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }
}

impl Table {
    /// The column with this name, ignoring ASCII case.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title VARCHAR(80))").await?;
    /// let schema = sea_orm_do::introspect(&db)?;
    /// assert_eq!(schema.tables[0].column("title").unwrap().declared_type, "VARCHAR(80)");
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The columns of the primary key, in key order; empty for a table without one.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE entry (line INTEGER, page INTEGER, PRIMARY KEY (page, line))").await?;
    /// let schema = sea_orm_do::introspect(&db)?;
    /// let key: Vec<_> = schema.tables[0].primary_key().iter().map(|column| column.name.as_str()).collect();
    /// assert_eq!(key, ["page", "line"]);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn primary_key(&self) -> Vec<&Column> {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.primary_key.is_some()).collect();
        key.sort_by_key(|column| column.primary_key);
        key
    }

    /// The column that is the rowid: an [INTEGER PRIMARY KEY](https://www.sqlite.org/lang_createtable.html#rowid).
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY)").await?;
    /// db.execute_unprepared("CREATE TABLE tag (name TEXT PRIMARY KEY)").await?;
    /// let schema = sea_orm_do::introspect(&db)?;
    /// assert_eq!(schema.table("task").unwrap().rowid().unwrap().name, "id");
    /// assert_eq!(schema.table("tag").unwrap().rowid(), None);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn rowid(&self) -> Option<&Column> {
        // A primary key that is not the rowid has an index.
        match self.primary_key()[..] {
            [key] if !self.without_rowid && self.index_of_primary_key().is_none() => Some(key),
            _ => None,
        }
    }

    /// The index that SQLite created for a primary key that is not the rowid.
    /// Whether a column is the rowid, which is never NULL.
    #[cfg(feature = "schema-sync")]
    pub(crate) fn is_rowid(&self, column: &Column) -> bool {
        self.rowid().is_some_and(|rowid| rowid.name == column.name)
    }

    pub(super) fn index_of_primary_key(&self) -> Option<&Index> {
        self.indexes.iter().find(|index| index.origin == Origin::PrimaryKey)
    }
}
