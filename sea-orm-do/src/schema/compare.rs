//! Compares a table with its entity.

use sea_orm::DbErr;

use super::alike::{columns_of, is_alike, is_same_key, is_same_set, is_strict, serves};
use super::report::Report;
use super::wanted::{AddColumn, DesiredTable, NO_DEFAULT, WantedIndex};
use crate::connection::DoConnection;
use crate::introspect::{Column, ForeignKey, Index, Object, Schema, Table};
use crate::sql::quote::quoted;
use crate::storage::error::StorageError;

const REBUILD: &str = "ALTER TABLE cannot change it: rebuild the table in a migration";
const IN_USE: &str = "it may hold data: drop it in a migration";

pub(super) fn compare(
    db: &DoConnection,
    schema: &Schema,
    found: &Table,
    wanted: &DesiredTable,
    report: &mut Report,
) -> Result<(), DbErr> {
    let mut comparison = Comparison { schema, found, wanted, report, absent: Vec::new() };
    comparison.columns(|| is_empty(db, &found.name))?;
    comparison.primary_key();
    comparison.indexes();
    comparison.foreign_keys();
    Ok(())
}

fn is_empty(db: &DoConnection, table: &str) -> Result<bool, DbErr> {
    let sql = format!("SELECT 1 FROM {} LIMIT 1", quoted(table));
    Ok(db.database.storage.exec(&sql, &[]).map_err(StorageError::into_query)?.rows.is_empty())
}

struct Comparison<'a> {
    schema: &'a Schema,
    found: &'a Table,
    wanted: &'a DesiredTable,
    report: &'a mut Report,
    /// The columns that the table lacks and that cannot be added.
    absent: Vec<&'a str>,
}

impl<'a> Comparison<'a> {
    fn column(&self, name: &str) -> Object {
        Object::Column { table: self.found.name.clone(), name: name.to_owned() }
    }

    fn columns(&mut self, is_empty: impl Fn() -> Result<bool, DbErr>) -> Result<(), DbErr> {
        for (column, added) in self.wanted.columns() {
            match self.found.column(&column.name) {
                Some(found) => self.column_that_is_there(found, column),
                None => self.column_to_add(column, added, &is_empty)?,
            }
        }
        // Entities have no generated columns.
        let stored = self.found.columns.iter().filter(|found| found.generated.is_none());
        for found in stored.filter(|found| self.wanted.table.column(&found.name).is_none()) {
            self.report.skip(self.column(&found.name), Some(found.to_string()), None, IN_USE);
        }
        Ok(())
    }

    fn column_that_is_there(&mut self, found: &Column, wanted: &Column) {
        // The rowid is never NULL, even if it is not declared NOT NULL.
        let is_rowid = self.found.is_rowid(found);
        if is_alike(found, wanted, is_rowid) {
            return;
        }
        // What the entity does not specify is shown as the database has it.
        let said = Column {
            default: wanted.default.clone().or_else(|| found.default.clone()),
            collation: found.collation.clone(),
            ..wanted.clone()
        };
        self.report.skip(self.column(&wanted.name), Some(found.to_string()), Some(said.to_string()), REBUILD);
    }

    fn column_to_add(
        &mut self,
        column: &'a Column,
        added: &AddColumn,
        is_empty: impl Fn() -> Result<bool, DbErr>,
    ) -> Result<(), DbErr> {
        let keys: Vec<_> = self.keys_of_one(&column.name).map(references).collect();
        let on_rows = added.needs_empty_table.or((!keys.is_empty() && added.has_default).then_some(NO_DEFAULT));
        let reason = if column.primary_key.is_some() {
            Some("SQLite cannot add to a primary key: rebuild the table in a migration")
        } else if added.renamed_from.as_ref().is_some_and(|old| self.found.column(old).is_some()) {
            Some("the entity has a column of the old name as well: rename it in a migration")
        } else if self.found.strict && !is_strict(&column.declared_type) {
            Some("a STRICT table has no such type: rebuild the table in a migration")
        } else if added.needs_new_table.is_some() {
            added.needs_new_table
        } else if on_rows.is_some() && !is_empty()? {
            on_rows
        } else {
            None
        };
        let object = self.column(&column.name);
        if let Some(reason) = reason {
            self.absent.push(&column.name);
            self.report.skip(object, None, Some(column.to_string()), reason);
        } else {
            self.report.add(object, format!("{}{}", added.sql, keys.concat()));
        }
        Ok(())
    }

    fn primary_key(&mut self) {
        let names = |table: &Table| table.primary_key().iter().map(|column| quoted(&column.name)).collect::<Vec<_>>();
        let (found, wanted) = (names(self.found).join(", "), names(&self.wanted.table).join(", "));
        if !found.eq_ignore_ascii_case(&wanted) {
            let object = Object::PrimaryKey(self.found.name.clone());
            let key = |names: String| Some(format!("PRIMARY KEY ({names})"));
            self.report.skip(object, key(found), key(wanted), REBUILD);
        }
    }

    fn indexes(&mut self) {
        let key: Vec<_> = self.found.primary_key().iter().map(|column| column.name.clone()).collect();
        for wanted in &self.wanted.indexes {
            let is_key = wanted.unique && is_same_set(&wanted.columns, &key);
            if is_key || self.found.indexes.iter().any(|found| serves(found, wanted.unique, &wanted.columns)) {
                continue;
            }
            let object = wanted.object(&self.found.name);
            let of_name =
                |found: &&Index| found.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&wanted.name));
            if let Some(other) = self.found.indexes.iter().find(of_name) {
                let (before, after) = (other.create_sql(&self.found.name), Some(wanted.create.clone()));
                self.report.skip(object, before, after, "an index of this name already exists: drop it in a migration");
            } else if wanted.columns.iter().any(|column| self.absent.contains(&column.as_str())) {
                self.report.skip(object, None, Some(wanted.create.clone()), "one of its columns does not exist");
            } else {
                wanted.add(&self.found.name, self.schema, self.report);
            }
        }
        let unique = self.found.indexes.iter().filter(|found| found.unique && found.predicate.is_none());
        for found in unique {
            let Some(columns) = columns_of(found) else { continue };
            let is_wanted = |wanted: &WantedIndex| wanted.unique && is_same_set(&columns, &wanted.columns);
            if is_same_set(&columns, &key) || self.wanted.indexes.iter().any(is_wanted) {
                continue;
            }
            let table = self.found.name.clone();
            let sql = found.create_sql(&table).unwrap_or_else(|| found.to_string());
            let object = match &found.name {
                Some(name) => Object::Index { table, name: name.clone() },
                None => Object::Constraint { table, sql: sql.clone() },
            };
            self.report.skip(object, Some(sql), None, "the entity does not say that it is unique");
        }
    }

    fn foreign_keys(&mut self) {
        for wanted in &self.wanted.table.foreign_keys {
            // An added column brings its foreign keys with it.
            let comes = matches!(&wanted.columns[..], [column] if self.found.column(column).is_none());
            if !comes && !self.found.foreign_keys.iter().any(|found| is_same_key(self.schema, found, wanted)) {
                let sql = wanted.to_string();
                let object = Object::Constraint { table: self.found.name.clone(), sql: sql.clone() };
                self.report.skip(object, None, Some(sql), REBUILD);
            }
        }
        let is_extra = |key: &ForeignKey| {
            let is_of = |column: &Column| matches!(&key.columns[..], [own] if own.eq_ignore_ascii_case(&column.name));
            self.wanted.columns().any(|(column, added)| added.refers && is_of(column))
        };
        for found in &self.found.foreign_keys {
            if !is_extra(found)
                && !self.wanted.table.foreign_keys.iter().any(|wanted| is_same_key(self.schema, found, wanted))
            {
                let sql = found.to_string();
                let object = Object::Constraint { table: self.found.name.clone(), sql: sql.clone() };
                self.report.skip(object, Some(sql), None, REBUILD);
            }
        }
    }

    /// The foreign keys of this column alone.
    fn keys_of_one(&self, column: &str) -> impl Iterator<Item = &'a ForeignKey> {
        self.wanted.table.foreign_keys.iter().filter(move |key| matches!(&key.columns[..], [own] if own == column))
    }
}

/// A foreign key as a column constraint.
pub(crate) fn references(key: &ForeignKey) -> String {
    let constraint = ForeignKey { columns: Vec::new(), ..key.clone() }.to_string();
    constraint.strip_prefix("FOREIGN KEY ()").unwrap_or_default().to_owned()
}
