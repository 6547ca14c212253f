//! Compares a table with its entity.

use sea_orm::DbErr;

use super::default::DefaultValue;
use super::report::Report;
use super::wanted::{AddColumn, DesiredTable, NO_DEFAULT, WantedIndex};
use crate::connection::DoConnection;
use crate::introspect::{Column, ForeignKey, Index, Object, Schema, Table, Term, tidied};
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
        let is_rowid = self.found.rowid().is_some_and(|rowid| rowid.name == found.name);
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
            if is_key || self.found.indexes.iter().any(|found| serves(found, wanted)) {
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
            if !comes && !self.found.foreign_keys.iter().any(|found| self.is_same_key(found, wanted)) {
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
            if !is_extra(found) && !self.wanted.table.foreign_keys.iter().any(|wanted| self.is_same_key(found, wanted))
            {
                let sql = found.to_string();
                let object = Object::Constraint { table: self.found.name.clone(), sql: sql.clone() };
                self.report.skip(object, Some(sql), None, REBUILD);
            }
        }
    }

    fn is_same_key(&self, found: &ForeignKey, wanted: &ForeignKey) -> bool {
        let parent = self.schema.table(&found.table);
        let key = || parent.map(|parent| parent.primary_key().iter().map(|column| column.name.clone()).collect());
        let references = if found.references.is_empty() { key().unwrap_or_default() } else { found.references.clone() };
        found.table.eq_ignore_ascii_case(&wanted.table)
            && is_same_list(&found.columns, &wanted.columns)
            && is_same_list(&references, &wanted.references)
            && (found.on_delete, found.on_update) == (wanted.on_delete, wanted.on_update)
    }

    /// The foreign keys of this column alone.
    fn keys_of_one(&self, column: &str) -> impl Iterator<Item = &'a ForeignKey> {
        self.wanted.table.foreign_keys.iter().filter(move |key| matches!(&key.columns[..], [own] if own == column))
    }
}

/// A foreign key as a column constraint.
fn references(key: &ForeignKey) -> String {
    let constraint = ForeignKey { columns: Vec::new(), ..key.clone() }.to_string();
    constraint.strip_prefix("FOREIGN KEY ()").unwrap_or_default().to_owned()
}

fn is_alike(found: &Column, wanted: &Column, never_null: bool) -> bool {
    tidied(&found.declared_type).eq_ignore_ascii_case(&tidied(&wanted.declared_type))
        && (never_null || found.not_null == wanted.not_null)
        && wanted
            .default
            .as_ref()
            .is_none_or(|wanted| found.default.as_ref().is_some_and(|found| is_same_default(found, wanted)))
}

fn is_same_default(found: &str, wanted: &str) -> bool {
    DefaultValue::new(found).is_same(&DefaultValue::new(wanted))
}

/// <https://www.sqlite.org/stricttables.html>
fn is_strict(declared_type: &str) -> bool {
    ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"].iter().any(|strict| declared_type.eq_ignore_ascii_case(strict))
}

/// Whether an existing index does what the entity asks for, regardless of its name.
fn serves(found: &Index, wanted: &WantedIndex) -> bool {
    let columns = columns_of(found).filter(|_| found.predicate.is_none());
    columns.is_some_and(|columns| match wanted.unique {
        true => found.unique && is_same_set(&columns, &wanted.columns),
        false => is_same_list(&columns, &wanted.columns),
    })
}

/// The columns of an index; `None` for an index on expressions.
fn columns_of(index: &Index) -> Option<Vec<String>> {
    let column = |column: &crate::introspect::IndexColumn| match &column.term {
        Term::Column(name) => Some(name.clone()),
        Term::Expression(_) => None,
    };
    index.columns.iter().map(column).collect()
}

fn is_same_list(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// The order of columns does not matter for a unique key.
fn is_same_set(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().all(|name| other.iter().any(|other| other.eq_ignore_ascii_case(name)))
}
