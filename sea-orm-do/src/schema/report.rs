//! What differs between entities and a database.

use std::fmt::{Display, Formatter};

use sea_orm::DbErr;
use serde::Serialize;

use crate::introspect::{Difference, Object};

/// What [`sync`](super::sync) did, or would do, and what it leaves alone.
///
/// In each difference, `before` is the SQL of the database and `after` that of the entity.
///
/// ```
/// # #[cfg(all(feature = "native", feature = "with-chrono"))]
/// # futures_util::FutureExt::now_or_never(async {
#[doc = include_str!("task.txt")]
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::{DoConnection, schema};
/// let db = DoConnection::in_memory()?.register::<task::Entity>();
/// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT)").await?;
/// let report = schema::check(&db)?;
/// assert!(report.changes[0].after.as_deref().unwrap().contains("ADD COLUMN \"title\""));
/// assert_eq!(report.skipped[0].difference.before.as_deref(), Some("\"note\" TEXT"));
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What the database lacked; `sync` has created it with the statement in `after`. For a renamed column, `before` is
    /// the old column.
    pub changes: Vec<Difference>,
    /// What differs from the entities and stays unchanged.
    pub skipped: Vec<Skipped>,
}

/// A difference that `sync` does not resolve.
///
/// ```
/// # #[cfg(all(feature = "native", feature = "with-chrono"))]
/// # futures_util::FutureExt::now_or_never(async {
#[doc = include_str!("task.txt")]
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::{DoConnection, schema};
/// use sea_orm_do::introspect::Object;
///
/// let db = DoConnection::in_memory()?.register::<task::Entity>();
/// schema::sync(&db)?;
/// db.execute_unprepared("ALTER TABLE task ADD COLUMN note TEXT").await?;
/// let skipped = schema::sync(&db)?.skipped.remove(0);
/// assert_eq!(skipped.difference.object, Object::Column { table: "task".into(), name: "note".into() });
/// assert_eq!(skipped.reason, "it may hold data: drop it in a migration");
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// What differs.
    pub difference: Difference,
    /// Why it was left alone.
    pub reason: &'static str,
}

impl Report {
    /// Whether the database matches the entities.
    ///
    /// ```
    /// # #[cfg(all(feature = "native", feature = "with-chrono"))]
    /// # futures_util::FutureExt::now_or_never(async {
    #[doc = include_str!("task.txt")]
    /// # use sea_orm_do::{DoConnection, schema};
    /// let db = DoConnection::in_memory()?.register::<task::Entity>();
    /// assert!(!schema::check(&db)?.is_empty());
    /// schema::sync(&db)?;
    /// assert!(schema::check(&db)?.is_empty());
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.skipped.is_empty()
    }

    /// Turns a report with differences into an error, for a guard at startup.
    ///
    /// # Errors
    /// `DbErr::Migration` with the whole report, unless the database matches the entities.
    ///
    /// ```
    /// # #[cfg(all(feature = "native", feature = "with-chrono"))]
    /// # futures_util::FutureExt::now_or_never(async {
    #[doc = include_str!("task.txt")]
    /// # use sea_orm::DbErr;
    /// # use sea_orm_do::{DoConnection, schema};
    /// let db = DoConnection::in_memory()?.register::<task::Entity>();
    /// let refused = schema::check(&db)?.into_result();
    /// assert!(matches!(refused, Err(DbErr::Migration(why)) if why.contains("missing: CREATE TABLE \"task\"")));
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub fn into_result(self) -> Result<(), DbErr> {
        if self.is_empty() {
            return Ok(());
        }
        Err(DbErr::Migration(format!("the database does not match the entities: {self}")))
    }

    pub(super) fn add(&mut self, object: Object, sql: String) {
        self.changes.push(Difference { object, before: None, after: Some(sql) });
    }

    pub(super) fn skip(&mut self, object: Object, before: Option<String>, after: Option<String>, reason: &'static str) {
        self.skipped.push(Skipped { difference: Difference { object, before, after }, reason });
    }
}

/// One sentence for each difference, separated by semicolons.
impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let none = || "nothing".to_owned();
        let missing =
            self.changes.iter().map(|difference| format!("missing: {}", difference.after.clone().unwrap_or_default()));
        let skipped =
            self.skipped.iter().map(|Skipped { difference: Difference { object, before, after }, reason }| {
                let (before, after) = (before.clone().unwrap_or_else(none), after.clone().unwrap_or_else(none));
                format!("table `{}` has {before} where its entity has {after} ({reason})", table_of(object))
            });
        f.write_str(&missing.chain(skipped).collect::<Vec<_>>().join("; "))
    }
}

fn table_of(object: &Object) -> &str {
    match object {
        Object::Column { table, .. } | Object::Index { table, .. } | Object::Constraint { table, .. } => table,
        Object::Table(name)
        | Object::ColumnOrder(name)
        | Object::PrimaryKey(name)
        | Object::Options(name)
        | Object::VirtualTable(name)
        | Object::View(name)
        | Object::Trigger(name) => name,
    }
}
