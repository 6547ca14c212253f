//! [`DoConnection`]: SeaORM's `ConnectionTrait` over the storage.

use std::collections::BTreeMap;
use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, ExecResult, ProxyExecResult, ProxyRow, QueryResult, Statement,
    Value,
};

use crate::dialect::columns::result_types;
use crate::dialect::decode::decode;
use crate::dialect::registry::Registry;
use crate::dialect::statement::{Effect, effect, prepare, prepare_script};
use crate::storage::{Outcome, ResultSet, SqlValue, Storage};

/// A connection to the SQLite database of one Durable Object.
///
/// Cheap to clone; a clone is the same database with the entities registered so far.
#[derive(Clone, Debug)]
pub struct DoConnection {
    storage: Arc<dyn Storage>,
    registry: Arc<Registry>,
}

impl DoConnection {
    /// Connects to the database of the object that `state` belongs to.
    ///
    /// # Errors
    /// `DbErr::Conn` when the object's class is not backed by SQLite: it must be listed under `new_sqlite_classes` in
    /// the [migrations](https://developers.cloudflare.com/durable-objects/reference/durable-objects-migrations/) of
    /// `wrangler.toml`.
    #[cfg(target_arch = "wasm32")]
    pub fn new(state: &worker::State) -> Result<Self, DbErr> {
        let storage = crate::storage::workerd::WorkerdStorage::open(state).map_err(|error| error.into_conn())?;
        Ok(Self { storage: Arc::new(storage), registry: Arc::default() })
    }

    /// Makes the Rust types of an entity's columns known to this handle and to the clones taken from it.
    ///
    /// Rows of a table without a registered entity are not decoded: reading them is an error that names the table. The
    /// later of two entities on one table wins.
    #[must_use = "the entity is known to the returned handle"]
    pub fn register<E: EntityTrait>(mut self) -> Self {
        Arc::make_mut(&mut self.registry).register::<E>();
        self
    }

    fn execute_sync(&self, statement: &Statement) -> Result<ExecResult, DbErr> {
        let prepared = prepare(statement)?;
        self.storage.exec(&prepared.sql, &prepared.params).map_err(|error| error.into_exec())?;
        Ok(self.counts(effect(&prepared.sql))?.into())
    }

    fn execute_script(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let statements = prepare_script(sql)?;
        let Some(last) = statements.last() else { return Ok(ProxyExecResult::default().into()) };
        let mut done = Ok(());
        self.storage
            .atomically(&mut || {
                done = statements.iter().try_for_each(|sql| self.storage.exec(sql, &[]).map(|_| ()));
                if done.is_ok() { Outcome::Commit } else { Outcome::Rollback }
            })
            .and(done)
            .map_err(|error| error.into_exec())?;
        Ok(self.counts(effect(last))?.into())
    }

    fn query_sync(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let prepared = prepare(statement)?;
        let types = result_types(&statement.sql, &self.registry).map_err(DbErr::Type)?;
        let ResultSet { columns, rows } =
            self.storage.exec(&prepared.sql, &prepared.params).map_err(|error| error.into_query())?;
        if columns.len() != types.len() {
            return Err(DbErr::Type(format!("{} result columns, but {} were read", columns.len(), types.len())));
        }
        let keys = RowKeys::new(&columns);
        rows.into_iter()
            .map(|row| {
                let values = row.into_iter().zip(&types).zip(&columns).map(|((value, ty), column)| {
                    decode(value, ty).map_err(|why| DbErr::Type(format!("column `{column}`: {why}")))
                });
                Ok(keys.row(values.collect::<Result<_, _>>()?))
            })
            .collect()
    }

    /// Rows changed and the last rowid, as SQLite counts them. `changes()` is left over from an earlier statement when
    /// this one wrote no rows: <https://www.sqlite.org/lang_corefunc.html#changes>.
    fn counts(&self, effect: Effect) -> Result<ProxyExecResult, DbErr> {
        if effect == Effect::Other {
            return Ok(ProxyExecResult::default());
        }
        let counts = self
            .storage
            .exec("SELECT CAST(changes() AS TEXT), CAST(last_insert_rowid() AS TEXT)", &[])
            .map_err(|error| error.into_exec())?;
        let [SqlValue::Text(changes), SqlValue::Text(rowid)] = counts.rows.first().map_or(&[][..], Vec::as_slice)
        else {
            return Err(DbErr::Type("changes() and last_insert_rowid() are not two numbers".to_owned()));
        };
        let number = |text: &str| text.parse::<i64>().map_err(|_| DbErr::Type(format!("'{text}' is not a count")));
        Ok(ProxyExecResult {
            rows_affected: number(changes)?.unsigned_abs(),
            // SeaORM counts ids without a sign and reads a negative rowid back from the same bits.
            last_insert_id: number(rowid)?.cast_unsigned(),
        })
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for DoConnection {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    fn support_returning(&self) -> bool {
        true
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.execute_sync(&statement)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_script(sql)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_sync(&statement)?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.query_sync(&statement)
    }
}

/// The keys under which SeaORM finds a row's values.
///
/// A proxy row is a map: SeaORM reads by position in the order of the keys. So where the names are not in that order, or
/// not all different, each value also stands under a key that sorts before every name and counts up.
struct RowKeys<'a> {
    names: &'a [String],
    positions: Vec<String>,
}

impl<'a> RowKeys<'a> {
    fn new(names: &'a [String]) -> Self {
        let positions = if names.is_sorted_by(|a, b| a < b) {
            Vec::new()
        } else {
            (0..names.len()).map(|at| format!("\0{at:04}")).collect()
        };
        Self { names, positions }
    }

    fn row(&self, values: Vec<Value>) -> QueryResult {
        let mut row = BTreeMap::new();
        for (position, value) in self.positions.iter().zip(&values) {
            row.insert(position.clone(), value.clone());
        }
        for (name, value) in self.names.iter().zip(values) {
            row.insert(name.clone(), value);
        }
        ProxyRow::new(row).into()
    }
}
