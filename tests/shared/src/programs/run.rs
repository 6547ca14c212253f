//! Runs a program on a connection, whichever driver is behind it.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{
    ConnectionTrait, DbErr, ExecResult, StatementBuilder, TransactionError, TransactionSession, TransactionTrait,
};
use sea_orm_do_typed::scope::{Reading, reading};

use super::errors::{Meaning, describe};
use super::program::{Expr, Output, Program, Select, Source, Step, Transaction};
use super::read::{By, Sequence, columns, rows};
use super::schema::{Table, quoted};
use super::statement::{delete, insert, select, update};
use super::value::Kind;
use super::{Outcome, entities};

/// A transaction in which transactions can be begun.
pub trait Nested: ConnectionTrait + TransactionTrait<Transaction = Self> + TransactionSession {}

impl<T: ConnectionTrait + TransactionTrait<Transaction = T> + TransactionSession> Nested for T {}

/// Runs a program in an empty database and leaves its tables there.
pub async fn run<C>(db: &C, program: &Program, meaning: Meaning) -> Outcome
where
    C: ConnectionTrait + TransactionTrait,
    C::Transaction: Nested,
{
    let log = Log { lines: Arc::default(), meaning };
    // So that the last rowid is the same everywhere, whatever the connection was used for before.
    for sql in ["CREATE TABLE \"first\" (\"id\" INTEGER PRIMARY KEY)", "INSERT INTO \"first\" VALUES (7)"] {
        log.schema("first", db.execute_unprepared(sql).await);
    }
    for table in &program.tables {
        for sql in table.create() {
            log.schema(&table.name, db.execute_unprepared(&sql).await);
        }
    }
    steps(db, &program.steps, &log, String::new(), false).await;
    for table in &program.tables {
        contents(db, table, &log).await;
    }
    log.outcome()
}

/// Drops what [`run`] has left.
///
/// # Errors
/// What the database reports.
pub async fn clear<C: ConnectionTrait>(db: &C, program: &Program) -> Result<(), DbErr> {
    for table in program.tables.iter().rev() {
        let name = quoted(&table.name);
        // Row by row, so that a foreign key of a table on itself is in nobody's way.
        let columns: Vec<_> = table.foreign_keys.iter().map(|key| format!("{} = NULL", quoted(&key.column))).collect();
        if !columns.is_empty() {
            let _ = db.execute_unprepared(&format!("UPDATE OR IGNORE {name} SET {}", columns.join(", "))).await;
        }
        db.execute_unprepared(&format!("DROP TABLE IF EXISTS {name}")).await?;
    }
    db.execute_unprepared("DROP TABLE IF EXISTS \"first\"").await.map(|_| ())
}

/// What has happened so far.
#[derive(Clone)]
pub struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    meaning: Meaning,
}

impl Log {
    fn add(&self, line: String) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// Adds a step's result, and tells whether it is an error.
    fn result(&self, path: &str, result: Result<String, DbErr>) -> bool {
        let is_error = result.is_err();
        let told = result.unwrap_or_else(|error| describe(&error, self.meaning));
        self.add(format!("{path} {told}"));
        is_error
    }

    /// A change of the schema: nothing is told of it but its failure.
    fn schema(&self, path: &str, result: Result<ExecResult, DbErr>) -> bool {
        match result {
            Ok(_) => false,
            Err(error) => self.result(path, Err(error)),
        }
    }

    fn outcome(&self) -> Outcome {
        Outcome(self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Whether a step failed and the others must not be run.
type Stopped<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

fn steps<'a, C>(db: &'a C, steps: &'a [Step], log: &'a Log, path: String, stop: bool) -> Stopped<'a>
where
    C: ConnectionTrait + TransactionTrait,
    C::Transaction: Nested,
{
    Box::pin(async move {
        for (at, step) in steps.iter().enumerate() {
            let path = format!("{path}{at}");
            let failed = match step {
                Step::Transaction(transaction) => self::transaction(db, transaction, log, &path).await,
                Step::Schema(sql) => log.schema(&path, db.execute_unprepared(sql).await),
                Step::Model(step) => log.result(&path, entities::step(db, step).await),
                step => log.result(&path, statement(db, step).await),
            };
            if failed && stop {
                return true;
            }
        }
        false
    })
}

async fn statement<C: ConnectionTrait>(db: &C, step: &Step) -> Result<String, DbErr> {
    match step {
        Step::Insert(of) => {
            let statement = insert(of).map_err(DbErr::Custom)?;
            if of.returning.is_empty() {
                return db.execute(&statement).await.map(|result| counts(&result));
            }
            query(db, &statement, &of.returning, By::Position, Sequence::Any).await
        }
        Step::Update(of) if of.returning.is_empty() => db.execute(&update(of)).await.map(|result| counts(&result)),
        Step::Update(of) => query(db, &update(of), &of.returning, By::Position, Sequence::Any).await,
        Step::Delete(of) if of.returning.is_empty() => db.execute(&delete(of)).await.map(|result| counts(&result)),
        Step::Delete(of) => query(db, &delete(of), &of.returning, By::Position, Sequence::Any).await,
        Step::Select(of) => {
            // Both ways, for they are different ones in a driver.
            // Without ORDER BY the order is left to SQLite, and differs with its version.
            let order = if of.order.is_empty() { Sequence::Any } else { Sequence::Told };
            let by_name = query(db, &select(of, true), &of.outputs, By::Name, order).await?;
            let by_position = query(db, &select(of, true), &of.outputs, By::Position, order).await?;
            Ok(if by_name == by_position { by_name } else { format!("{by_name} but by position {by_position}") })
        }
        Step::Schema(_) | Step::Transaction(_) | Step::Model(_) => Ok(String::new()),
    }
}

/// The rows of a statement, which says what it reads.
async fn query<C: ConnectionTrait, S: StatementBuilder>(
    db: &C,
    statement: &S,
    outputs: &[Output],
    by: By,
    order: Sequence,
) -> Result<String, DbErr> {
    let found = reading(Reading::columns_of(columns(outputs, by)), db.query_all(statement)).await?;
    rows(&found, outputs, by, order)
}

fn counts(result: &ExecResult) -> String {
    format!("{} rows affected, last rowid {}", result.rows_affected(), result.last_insert_id().cast_signed())
}

/// A transaction that was to be rolled back.
#[derive(Debug)]
struct RolledBack;

impl fmt::Display for RolledBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rolled back")
    }
}

async fn transaction<C>(db: &C, transaction: &Transaction, log: &Log, path: &str) -> bool
where
    C: ConnectionTrait + TransactionTrait,
    C::Transaction: Nested,
{
    let result = if transaction.begin {
        begun(db, transaction, log, path).await
    } else {
        in_closure(db, transaction, log, path).await
    };
    log.result(path, result)
}

async fn begun<C>(db: &C, transaction: &Transaction, log: &Log, path: &str) -> Result<String, DbErr>
where
    C: ConnectionTrait + TransactionTrait,
    C::Transaction: Nested,
{
    let open = db.begin().await?;
    let stopped = steps(&open, &transaction.steps, log, format!("{path}."), transaction.stop).await;
    if transaction.commit && !stopped {
        open.commit().await?;
        Ok("committed".to_owned())
    } else {
        open.rollback().await?;
        Ok("rolled back".to_owned())
    }
}

async fn in_closure<C>(db: &C, transaction: &Transaction, log: &Log, path: &str) -> Result<String, DbErr>
where
    C: ConnectionTrait + TransactionTrait,
    C::Transaction: Nested,
{
    let (inside, log, path) = (transaction.clone(), log.clone(), format!("{path}."));
    let result = db
        .transaction(move |open| {
            Box::pin(async move {
                let stopped = steps(open, &inside.steps, &log, path, inside.stop).await;
                if inside.commit && !stopped { Ok(()) } else { Err(RolledBack) }
            })
        })
        .await;
    match result {
        Ok(()) => Ok("committed".to_owned()),
        Err(TransactionError::Transaction(RolledBack)) => Ok("rolled back".to_owned()),
        Err(TransactionError::Connection(error)) => Err(error),
    }
}

/// All rows of a table at the end: storage class and content of each cell.
async fn contents<C: ConnectionTrait>(db: &C, table: &Table, log: &Log) {
    let output = |at: usize, name: &str| Output {
        name: format!("c{at}"),
        kind: Kind::Any,
        expr: Expr::Column("t".to_owned(), name.to_owned()),
    };
    let all = Select {
        outputs: table.columns.iter().enumerate().map(|(at, column)| output(at, &column.name)).collect(),
        from: Some(Source::Table(table.name.clone(), "t".to_owned())),
        ..Select::default()
    };
    let read = async {
        let by_name = Reading::columns_of(columns(&all.outputs, By::Name));
        let found = reading(by_name, db.query_all(&select(&all, true))).await?;
        let mut lines: Vec<_> = found
            .iter()
            .map(|row| rows(std::slice::from_ref(row), &all.outputs, By::Name, Sequence::Any))
            .collect::<Result<_, _>>()?;
        lines.sort_unstable();
        Ok(lines.join("\n"))
    };
    log.result(&table.name, read.await);
}
