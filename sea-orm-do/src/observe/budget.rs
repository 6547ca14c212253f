//! A limit of the rows that a request reads.

use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex};

use super::{Observer, Sent};
use crate::connection::DoConnection;
use crate::lock::lock;
use crate::storage::Cost;
use crate::storage::error::StorageError;

/// How many statements an error names.
const NAMED: usize = 3;

/// A limit of the rows that a handle reads until the budget is reset, in rows as
/// [Cloudflare bills](https://developers.cloudflare.com/durable-objects/platform/pricing/) them.
///
/// Beyond the limit, the next statement is an error before it is sent. So is the SELECT that passes the limit, and a
/// stream ends with an error. A statement that has written is never an error afterwards. The error names the statements
/// that read most. Inside a transaction closure, it rolls the transaction back as every error does.
///
/// A clone is the same budget. A counted statement costs one more call to JavaScript.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// use sea_orm_do::RowBudget;
///
/// # let connection = DoConnection::in_memory()?;
/// connection.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
/// connection.execute_unprepared("INSERT INTO task VALUES ('A'), ('B'), ('C'), ('D'), ('E'), ('F')").await?;
///
/// let budget = RowBudget::new(10);
/// let db = connection.with_row_budget(&budget);   // for each request: a handle, or one handle and budget.reset()
/// db.execute_unprepared("UPDATE task SET title = 'G' WHERE title = 'A'").await?;
/// db.execute_unprepared("UPDATE task SET title = 'H' WHERE title = 'B'").await?;
/// assert!(budget.rows_read() > 10);
/// let error = db.execute_unprepared("DELETE FROM task WHERE title = 'C'").await.unwrap_err().to_string();
/// assert!(error.contains("UPDATE task SET title = 'G'"));
///
/// budget.reset();
/// db.execute_unprepared("DELETE FROM task WHERE title = 'C'").await?;
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct RowBudget(Arc<Shared>);

/// What a text has cost since the budget was reset.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::{DoConnection, RowBudget, StatementCost};
/// # let budget = RowBudget::new(10);
/// # let db = DoConnection::in_memory()?.with_row_budget(&budget);
/// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('A'), ('B')").await?;
/// budget.reset();
/// db.execute_unprepared("DELETE FROM task WHERE title = 'A'").await?;
/// let StatementCost { sql, times, rows_read, rows_written, .. } = &budget.statements()[0];
/// assert_eq!((sql.as_str(), *times, *rows_written), ("DELETE FROM task WHERE title = 'A'", 1, 1));
/// assert!(*rows_read >= 2);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementCost {
    /// The text that was sent, with placeholders for its parameters.
    pub sql: String,
    /// How often it was run. Each batch of rows of a stream counts.
    pub times: u64,
    /// The rows it read, of all runs.
    pub rows_read: u64,
    /// The rows it wrote, index entries included, of all runs.
    pub rows_written: u64,
}

struct Shared {
    limit: u64,
    on_exceeded: Option<Box<Exceeded>>,
    state: Mutex<State>,
}

type Exceeded = dyn Fn(&RowBudget) + Send + Sync;

impl Debug for Shared {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowBudget").field("limit", &self.limit).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    rows_read: u64,
    statements: HashMap<String, StatementCost>,
}

impl RowBudget {
    /// A budget of this many rows read, beyond which statements fail.
    ///
    /// ```
    /// let budget = sea_orm_do::RowBudget::new(10_000);
    /// assert_eq!(budget.rows_read(), 0);
    /// ```
    #[must_use]
    pub fn new(rows_read: u64) -> Self {
        Self::with(rows_read, None)
    }

    /// A budget that fails no statement: it calls `hook` when the limit is passed, once until it is reset.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// use std::sync::{Arc, Mutex};
    ///
    /// use sea_orm_do::RowBudget;
    ///
    /// let warnings = Arc::new(Mutex::new(Vec::new()));
    /// let log = warnings.clone();
    /// let budget = RowBudget::reporting(1, move |budget| log.lock().unwrap().push(budget.to_string()));
    /// let db = DoConnection::in_memory()?.with_row_budget(&budget);
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); INSERT INTO task VALUES ('A'), ('B')").await?;
    /// db.execute_unprepared("DELETE FROM task WHERE title = 'A'").await?;
    /// assert!(warnings.lock().unwrap()[0].contains("budget of 1 row"));
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn reporting(rows_read: u64, hook: impl Fn(&Self) + Send + Sync + 'static) -> Self {
        Self::with(rows_read, Some(Box::new(hook)))
    }

    fn with(limit: u64, on_exceeded: Option<Box<Exceeded>>) -> Self {
        Self(Arc::new(Shared { limit, on_exceeded, state: Mutex::default() }))
    }

    /// Starts anew, for the next request.
    ///
    /// ```
    /// let budget = sea_orm_do::RowBudget::new(10_000);
    /// budget.reset();
    /// assert!(budget.statements().is_empty());
    /// ```
    pub fn reset(&self) {
        *lock(&self.0.state) = State::default();
    }

    /// The rows read since the budget was reset.
    ///
    /// ```
    /// assert_eq!(sea_orm_do::RowBudget::new(10_000).rows_read(), 0);
    /// ```
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        lock(&self.0.state).rows_read
    }

    /// The rows written since the budget was reset, index entries included. They have no limit.
    ///
    /// ```
    /// assert_eq!(sea_orm_do::RowBudget::new(10_000).rows_written(), 0);
    /// ```
    #[must_use]
    pub fn rows_written(&self) -> u64 {
        lock(&self.0.state).statements.values().map(|statement| statement.rows_written).sum()
    }

    /// What each text has cost since the budget was reset, those that read most first.
    ///
    /// ```
    /// assert!(sea_orm_do::RowBudget::new(10_000).statements().is_empty());
    /// ```
    #[must_use]
    pub fn statements(&self) -> Vec<StatementCost> {
        let mut statements: Vec<_> = lock(&self.0.state).statements.values().cloned().collect();
        statements.sort_by(|a, b| b.rows_read.cmp(&a.rows_read).then_with(|| a.sql.cmp(&b.sql)));
        statements
    }

    fn is_exceeded(&self) -> bool {
        self.rows_read() > self.0.limit
    }

    fn check(&self) -> Result<(), StorageError> {
        if self.0.on_exceeded.is_none() && self.is_exceeded() {
            return Err(StorageError { code: None, message: self.to_string() });
        }
        Ok(())
    }
}

/// How much has been read, and by what.
impl fmt::Display for RowBudget {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows = |count: u64| format!("{count} row{}", if count == 1 { "" } else { "s" });
        let (limit, read) = (rows(self.0.limit), self.rows_read());
        write!(f, "{} read, with a budget of {limit}; most by", rows(read))?;
        for (at, StatementCost { sql, times, rows_read, .. }) in self.statements().iter().take(NAMED).enumerate() {
            let comma = if at > 0 { "," } else { "" };
            write!(f, "{comma} `{sql}` ({}, {times} times)", rows(*rows_read))?;
        }
        Ok(())
    }
}

impl Observer for RowBudget {
    fn before(&self, _sent: Sent<'_>) -> Result<(), StorageError> {
        self.check()
    }

    fn spent(&self, sql: &str, cost: Cost) -> Result<(), StorageError> {
        let was_exceeded = self.is_exceeded();
        {
            let mut state = lock(&self.0.state);
            state.rows_read += cost.rows_read;
            let fresh = || StatementCost { sql: sql.to_owned(), times: 0, rows_read: 0, rows_written: 0 };
            let statement = state.statements.entry(sql.to_owned()).or_insert_with(fresh);
            statement.times += 1;
            statement.rows_read += cost.rows_read;
            statement.rows_written += cost.rows_written;
        }
        if let Some(hook) = self.0.on_exceeded.as_ref().filter(|_| !was_exceeded && self.is_exceeded()) {
            hook(self);
        }
        self.check()
    }
}

impl DoConnection {
    /// Returns a handle whose statements count for a [`RowBudget`]. Several handles may share one budget, and a handle
    /// may have several.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// use sea_orm_do::RowBudget;
    ///
    /// # let connection = DoConnection::in_memory()?;
    /// let budget = RowBudget::new(10_000);
    /// let db = connection.with_row_budget(&budget);
    /// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the statements of the returned handle count"]
    pub fn with_row_budget(&self, budget: &RowBudget) -> Self {
        let mut handle = self.clone();
        Arc::make_mut(&mut handle.handle).observers.add(Arc::new(budget.clone()));
        handle
    }
}
