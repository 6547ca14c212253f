//! What differs between entities and a database.

use std::fmt::{Display, Formatter};

use sea_orm::DbErr;
use serde::Serialize;

use crate::introspect::{Difference, Object};

/// What [`sync`](super::sync) did, or would do, and what it leaves alone.
///
/// In each difference, `before` is the SQL of the database and `after` that of the entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What the database lacked; `sync` has created it with the statement in `after`. For a renamed column, `before` is
    /// the old column.
    pub changes: Vec<Difference>,
    /// What differs from the entities and stays unchanged.
    pub skipped: Vec<Skipped>,
}

/// A difference that `sync` does not resolve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// What differs.
    pub difference: Difference,
    /// Why it was left alone.
    pub reason: &'static str,
}

impl Report {
    /// Whether the database matches the entities.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.skipped.is_empty()
    }

    /// Turns a report with differences into an error, for a guard at startup.
    ///
    /// # Errors
    /// `DbErr::Migration` with the whole report, unless the database matches the entities.
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
