//! Several statements in one request: all of them, or none.

use sea_orm::{DbErr, FromQueryResult, QueryResult, Statement, Value};
use sea_orm_do_typed::TypedRow;
use sea_orm_do_typed::scope::Reading;

use crate::error::exec_err;
use crate::remote::protocol::profile::Asked;
use crate::remote::protocol::value::{WireStatement, WireValue};
use crate::remote::protocol::{Expected, Packed, WireStep};

/// Statements that the object runs in one transaction, in order. If one fails, or ends otherwise than it is expected to,
/// all are undone.
///
/// This takes the place of a transaction, which a remote connection cannot keep open: an object that waited for its next
/// statement would wait for a network.
///
/// ```
/// # use futures_util::FutureExt;
/// # use sea_orm::ConnectionTrait;
/// use sea_orm::{DbBackend, Statement};
/// use sea_orm_do::DoConnection;
/// use sea_orm_do::remote::{Access, Batch, InProcess, RemoteConnection};
///
/// # async {
/// # let db = DoConnection::in_memory()?;
/// # let db = RemoteConnection::new(InProcess::new(&db, Access::read_write()));
/// db.execute_unprepared("CREATE TABLE account (name TEXT, cents INTEGER)").await?;
/// db.execute_unprepared("INSERT INTO account VALUES ('Ann', 500), ('Bob', 0)").await?;
///
/// let pay = |sql: &str, name: &str| Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()]);
/// let transfer = Batch::new()
///     .execute(pay("UPDATE account SET cents = cents - 400 WHERE name = ? AND cents >= 400", "Ann"))
///     .only_if_affected(1)
///     .execute(pay("UPDATE account SET cents = cents + 400 WHERE name = ?", "Bob"))
///     .only_if_affected(1);
/// db.batch(transfer.clone()).await?;
/// assert!(db.batch(transfer).await.unwrap_err().is_unexpected());   // Ann has 100 left
/// # Ok::<_, sea_orm::DbErr>(())
/// # }.now_or_never().unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "RemoteConnection::batch runs it"]
pub struct Batch {
    steps: Vec<Step>,
    /// Whether a condition was set before there was a statement.
    is_misused: bool,
}

#[derive(Clone, Debug)]
struct Step {
    statement: Statement,
    /// What its rows are read as; `None` for a statement whose rows are not read.
    rows: Option<Option<Reading>>,
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug)]
enum Condition {
    Affected(u64),
    Rows(u64),
    Row(Vec<(String, Value)>),
}

impl Batch {
    /// Makes a batch without statements.
    ///
    /// ```
    /// # use sea_orm_do::remote::Batch;
    /// let batch = Batch::new();
    /// # let _ = batch;
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement whose rows are not read, as with `execute`. Build it from a query with
    /// [`QueryTrait::build`](sea_orm::QueryTrait::build).
    ///
    /// ```
    /// # use sea_orm::{DbBackend, Statement};
    /// # use sea_orm_do::remote::Batch;
    /// let batch = Batch::new().execute(Statement::from_string(DbBackend::Sqlite, "DELETE FROM task"));
    /// # let _ = batch;
    /// ```
    pub fn execute(self, statement: Statement) -> Self {
        self.add(statement, None)
    }

    /// Adds a query. Its rows are read as the connection reads them.
    ///
    /// ```
    /// # use sea_orm::{DbBackend, Statement};
    /// # use sea_orm_do::remote::Batch;
    /// let batch = Batch::new().query(Statement::from_string(DbBackend::Sqlite, "SELECT title FROM task"));
    /// # let _ = batch;
    /// ```
    pub fn query(self, statement: Statement) -> Self {
        self.add(statement, Some(None))
    }

    /// Adds a query whose rows are read as a struct or model, by the names of its columns.
    ///
    /// ```
    /// # use sea_orm::{DbBackend, Statement};
    /// # use sea_orm_do::TypedRow;
    /// # use sea_orm_do::remote::Batch;
    /// #[derive(TypedRow)]
    /// struct Longest {
    ///     letters: i32,
    /// }
    ///
    /// let longest = "SELECT max(length(title)) AS letters FROM task";
    /// let batch = Batch::new().query_as::<Longest>(Statement::from_string(DbBackend::Sqlite, longest));
    /// # let _ = batch;
    /// ```
    pub fn query_as<R: TypedRow + 'static>(self, statement: Statement) -> Self {
        self.add(statement, Some(Some(Reading::row::<R>())))
    }

    fn add(mut self, statement: Statement, rows: Option<Option<Reading>>) -> Self {
        self.steps.push(Step { statement, rows, conditions: Vec::new() });
        self
    }

    /// Undoes the batch unless the last statement has affected this number of rows.
    ///
    /// ```
    /// # use sea_orm::{DbBackend, Statement};
    /// # use sea_orm_do::remote::Batch;
    /// let one = Statement::from_string(DbBackend::Sqlite, "DELETE FROM task WHERE id = 1");
    /// let batch = Batch::new().execute(one).only_if_affected(1);
    /// # let _ = batch;
    /// ```
    pub fn only_if_affected(self, rows: u64) -> Self {
        self.only_if(Condition::Affected(rows))
    }

    /// Undoes the batch unless the last statement, a query, has returned this number of rows.
    ///
    /// ```
    /// # use sea_orm::{DbBackend, Statement};
    /// # use sea_orm_do::remote::Batch;
    /// let late = Statement::from_string(DbBackend::Sqlite, "SELECT id FROM task WHERE due < '2026-01-01'");
    /// let batch = Batch::new().query(late).only_if_rows(0);
    /// # let _ = batch;
    /// ```
    pub fn only_if_rows(self, rows: u64) -> Self {
        self.only_if(Condition::Rows(rows))
    }

    /// Undoes the batch unless the last statement, a query, has returned one row with these values.
    ///
    /// ```
    /// # use sea_orm::{DbBackend, Statement};
    /// # use sea_orm_do::remote::Batch;
    /// let version = Statement::from_string(DbBackend::Sqlite, "SELECT version FROM task WHERE id = 1");
    /// let batch = Batch::new().query(version).only_if_row([("version", 7.into())]);
    /// # let _ = batch;
    /// ```
    pub fn only_if_row<C: Into<String>>(self, values: impl IntoIterator<Item = (C, Value)>) -> Self {
        self.only_if(Condition::Row(values.into_iter().map(|(column, value)| (column.into(), value)).collect()))
    }

    fn only_if(mut self, condition: Condition) -> Self {
        match self.steps.last_mut() {
            Some(last) => last.conditions.push(condition),
            None => self.is_misused = true,
        }
        self
    }

    /// # Errors
    /// `DbErr::Type` for a value that cannot be sent; `DbErr::Exec` for a condition without a statement.
    pub(in crate::remote) fn encode(&self) -> Result<Packed, DbErr> {
        if self.is_misused {
            return Err(exec_err("the first condition of the batch comes before its first statement"));
        }
        Ok(Packed::of(&self.steps.iter().map(Step::encode).collect::<Result<Vec<_>, _>>()?))
    }
}

impl Step {
    fn encode(&self) -> Result<Packed, DbErr> {
        let Self { statement, rows, conditions } = self;
        let named = |(column, value): &(String, Value)| match WireValue::encode(value) {
            Ok(value) => Ok((column.clone(), value)),
            Err(why) => Err(DbErr::Type(format!("column `{column}`: {why}"))),
        };
        let expected = |condition: &Condition| {
            Ok::<_, DbErr>(match condition {
                Condition::Affected(rows) => Expected::Affected(*rows),
                Condition::Rows(rows) => Expected::Rows(*rows),
                Condition::Row(row) => Expected::Row(row.iter().map(named).collect::<Result<_, _>>()?),
            })
        };
        Ok(Packed::of(&WireStep {
            statement: WireStatement::encode(statement)?,
            rows: rows.as_ref().map(|asked| asked.as_ref().map(Asked::encode).transpose()).transpose()?,
            expected: Packed::of(&conditions.iter().map(expected).collect::<Result<Vec<_>, _>>()?),
        }))
    }
}

/// The results of a batch, by the positions of its statements, from 0.
///
/// ```
/// # use futures_util::FutureExt;
/// # use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
/// # use sea_orm_do::{DoConnection, TypedRow};
/// # use sea_orm_do::remote::{Access, Batch, InProcess, RemoteConnection};
/// #[derive(FromQueryResult, TypedRow)]
/// struct Title {
///     title: String,
/// }
///
/// # async {
/// # let db = DoConnection::in_memory()?;
/// # let db = RemoteConnection::new(InProcess::new(&db, Access::read_write()));
/// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
/// let sql = |sql: &str| Statement::from_string(DbBackend::Sqlite, sql);
/// let add = Batch::new()
///     .execute(sql("INSERT INTO task VALUES ('Write'), ('Send')"))
///     .query_as::<Title>(sql("SELECT title FROM task"));
/// let results = db.batch(add).await?;
/// assert_eq!(results.rows_affected(0), 2);
/// assert_eq!(results.rows::<Title>(1)?[0].title, "Write");
/// # Ok::<_, sea_orm::DbErr>(())
/// # }.now_or_never().unwrap().unwrap();
/// ```
#[derive(Debug, Default)]
pub struct BatchResults {
    pub(in crate::remote) results: Vec<BatchResult>,
}

#[derive(Debug, Default)]
pub(in crate::remote) struct BatchResult {
    pub(in crate::remote) rows_affected: u64,
    pub(in crate::remote) last_insert_id: u64,
    pub(in crate::remote) rows: Vec<QueryResult>,
}

impl BatchResults {
    /// Returns how many rows a statement has affected; 0 for a query.
    ///
    /// ```
    /// # use sea_orm_do::remote::BatchResults;
    /// fn has_paid(results: &BatchResults) -> bool {
    ///     results.rows_affected(0) == 1
    /// }
    /// # let _ = has_paid;
    /// ```
    #[must_use]
    pub fn rows_affected(&self, at: usize) -> u64 {
        self.results.get(at).map_or(0, |result| result.rows_affected)
    }

    /// Returns the rowid that was inserted last when a statement had run; 0 for a query.
    ///
    /// ```
    /// # use sea_orm_do::remote::BatchResults;
    /// fn order(results: &BatchResults) -> u64 {
    ///     results.last_insert_id(0)
    /// }
    /// # let _ = order;
    /// ```
    #[must_use]
    pub fn last_insert_id(&self, at: usize) -> u64 {
        self.results.get(at).map_or(0, |result| result.last_insert_id)
    }

    /// Returns the rows of a query.
    ///
    /// # Errors
    /// Fails if a row does not fit the type, as with SeaORM.
    ///
    /// ```
    /// # use sea_orm::{DbErr, FromQueryResult};
    /// # use sea_orm_do::remote::BatchResults;
    /// #[derive(FromQueryResult)]
    /// struct Title {
    ///     title: String,
    /// }
    ///
    /// fn titles(results: &BatchResults) -> Result<Vec<Title>, DbErr> {
    ///     results.rows(1)
    /// }
    /// # let _ = titles;
    /// ```
    pub fn rows<R: FromQueryResult>(&self, at: usize) -> Result<Vec<R>, DbErr> {
        let rows = self.results.get(at).map_or(&[][..], |result| &result.rows);
        rows.iter().map(|row| R::from_query_result(row, "")).collect()
    }
}

/// Why a batch was undone.
///
/// ```
/// use sea_orm::DbErr;
/// use sea_orm_do::remote::BatchError;
///
/// fn reason(error: BatchError) -> Result<&'static str, DbErr> {
///     if error.is_unexpected() { Ok("somebody was faster") } else { Err(error.into()) }
/// }
/// # let _ = reason;
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}{error}", self.statement.map(|at| format!("statement {at} of the batch: ")).unwrap_or_default())]
#[non_exhaustive]
pub struct BatchError {
    /// The position of the statement, from 0; `None` if the request itself failed.
    pub statement: Option<usize>,
    /// The error of the statement.
    pub error: DbErr,
    is_unexpected: bool,
}

impl BatchError {
    pub(in crate::remote) fn new(statement: Option<usize>, error: DbErr, is_unexpected: bool) -> Self {
        Self { statement, error, is_unexpected }
    }

    /// Returns whether the statement ran, but its outcome was not the one of an `only_if_…`.
    ///
    /// ```
    /// # use sea_orm_do::remote::BatchError;
    /// fn is_taken(error: &BatchError) -> bool {
    ///     error.is_unexpected()
    /// }
    /// # let _ = is_taken;
    /// ```
    #[must_use]
    pub fn is_unexpected(&self) -> bool {
        self.is_unexpected
    }
}

impl From<DbErr> for BatchError {
    fn from(error: DbErr) -> Self {
        Self { statement: None, error, is_unexpected: false }
    }
}

impl From<BatchError> for DbErr {
    fn from(error: BatchError) -> Self {
        error.error
    }
}
