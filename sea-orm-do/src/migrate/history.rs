//! Which migrations the code knows, and which of them a database has recorded.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use super::error::Error;
use crate::database::Database;
use crate::sql::quote::quoted;
use crate::storage::SqlValue;
use crate::storage::error::Code;
use crate::transaction::DoTransaction;

/// The migrations of the code, in their order.
pub(super) struct Known {
    pub(super) migrations: Vec<Box<dyn MigrationTrait>>,
    /// The name of the table that records them.
    pub(super) table: String,
}

/// A migration that the database has recorded.
pub(super) struct Record {
    pub(super) name: String,
    /// Seconds since 1970.
    pub(super) applied_at: i64,
}

impl Known {
    /// # Errors
    /// Fails if two migrations have the same name.
    pub(super) fn of<M: MigratorTrait>() -> Result<Self, DbErr> {
        let known = Self { migrations: M::migrations(), table: M::migration_table_name().to_string() };
        let mut names = HashSet::new();
        match known.migrations.iter().find(|migration| !names.insert(migration.name())) {
            None => Ok(known),
            Some(twice) => Err(DbErr::Migration(format!("two migrations are named `{}`: rename one", twice.name()))),
        }
    }

    /// Reads the recorded migrations, in the order in which they were applied, with one statement that writes nothing.
    /// `None` if the table that records them does not exist yet.
    ///
    /// # Errors
    /// [`Error::Drift`] unless they are the first migrations of the code, in its order.
    pub(super) fn recorded(&self, database: &Database) -> Result<Option<Vec<Record>>, Error> {
        let sql = format!("SELECT version, CAST(applied_at AS TEXT) FROM {} ORDER BY rowid", quoted(&self.table));
        let rows = match database.storage.exec(&sql, &[]) {
            Ok(set) => set.rows,
            // Checking for the table first would cost every object that wakes another read.
            Err(error) if error.code == Some(Code::NoSuchTable) => return Ok(None),
            Err(error) => return Err(Error::Database(error.into_query())),
        };
        let record = |row: Vec<SqlValue>| match &row[..] {
            [SqlValue::Text(name), SqlValue::Text(seconds)] => {
                seconds.parse().ok().map(|applied_at| Record { name: name.clone(), applied_at })
            }
            _ => None,
        };
        let records = rows.into_iter().map(record).collect::<Option<Vec<_>>>();
        let no_record = || DbErr::Type(format!("table `{}` holds a row that records no migration", self.table));
        let records = records.ok_or_else(no_record)?;
        self.check(&records)?;
        Ok(Some(records))
    }

    fn check(&self, records: &[Record]) -> Result<(), Error> {
        let known = |at: usize| self.migrations.get(at).map(|migration| migration.name());
        let Some(at) = (0..records.len()).find(|&at| known(at) != Some(records[at].name.as_str())) else {
            return Ok(());
        };
        let name = &records[at].name;
        let difference = match known(at) {
            _ if !self.migrations.iter().any(|migration| migration.name() == name) => {
                format!("`{name}` is recorded, but not in the code")
            }
            Some(expected) => format!("`{name}` is recorded instead of `{expected}`"),
            None => format!("`{name}` is recorded twice"),
        };
        let recorded = records.iter().map(|record| record.name.clone()).collect();
        Err(Error::Drift { difference, recorded, known: self.names() })
    }

    fn names(&self) -> Vec<String> {
        self.migrations.iter().map(|migration| migration.name().to_owned()).collect()
    }

    /// Records a migration as applied now.
    pub(super) async fn record(&self, name: &str, transaction: &DoTransaction) -> Result<(), DbErr> {
        let sql = format!("INSERT INTO {} (version, applied_at) VALUES (?, unixepoch())", quoted(&self.table));
        transaction.execute_raw(about(name, sql)).await.map(drop)
    }

    /// Deletes the record of a migration.
    pub(super) async fn erase(&self, name: &str, transaction: &DoTransaction) -> Result<(), DbErr> {
        let sql = format!("DELETE FROM {} WHERE version = ?", quoted(&self.table));
        transaction.execute_raw(about(name, sql)).await.map(drop)
    }
}

fn about(name: &str, sql: String) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, [Value::from(name)])
}
