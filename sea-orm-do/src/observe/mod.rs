//! Shows the statements of a handle to its observers, before and after they run, and to `tracing`.

pub(crate) mod budget;
#[cfg(all(feature = "native", feature = "with-json", not(target_arch = "wasm32")))]
pub(crate) mod record;
mod span;

use std::cell::Cell;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::Duration;

use self::span::Span;
use crate::explain::deny::Allowance;
use crate::sql::parser::is_read_only;
use crate::storage::error::StorageError;
use crate::storage::{Cost, SqlValue, Storage};

/// A statement that has run, as passed to the hooks of
/// [`DoConnection::on_statement`](crate::DoConnection::on_statement).
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// use std::sync::{Arc, Mutex};
///
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let lines = log.clone();
/// let db = DoConnection::in_memory()?.on_statement(move |event| {
///     lines.lock().unwrap().push(format!("{}: {}", event.sql, event.error.unwrap_or("done")));
/// });
/// db.execute_unprepared("CREATE TABLE task (title TEXT)").await?;
/// assert_eq!(*log.lock().unwrap(), ["CREATE TABLE task (title TEXT): done"]);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StatementEvent<'a> {
    /// The text that was sent. Parameters appear as placeholders without their values, except those beyond the hundred
    /// that a Durable Object accepts: they are inlined as literals.
    pub sql: &'a str,
    /// The number of rows it returned.
    pub rows: usize,
    /// The number of rows it read, as
    /// [Cloudflare bills](https://developers.cloudflare.com/durable-objects/platform/pricing/) them: the cursor's
    /// `rowsRead`. On the host it is worked out from SQLite's counters. `None` if it is unknown or if the statement
    /// failed to start.
    pub rows_read: Option<u64>,
    /// The number of rows it wrote, including index entries: the cursor's `rowsWritten`. `None` as for `rows_read`.
    pub rows_written: Option<u64>,
    /// Whether the two numbers are estimates: on the host, SQLite's counters may allow more than one value, and these
    /// are in the middle. In workerd they are always counts.
    pub is_estimate: bool,
    /// The time that the storage took for it. A deployed Worker's clock
    /// [stands still between I/O](https://developers.cloudflare.com/workers/runtime-apis/performance/), and a statement
    /// is not I/O, so there it is zero. On the host and in `wrangler dev` it is measured; workerd measures whole
    /// milliseconds.
    pub elapsed: Duration,
    /// The error message of the storage, if the statement failed.
    pub error: Option<&'a str>,
    /// Whether it came from a remote connection.
    pub is_remote: bool,
}

/// A statement that is about to be sent.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) storage: &'a dyn Storage,
    pub(crate) sql: &'a str,
    pub(crate) params: &'a [SqlValue],
}

/// What sees the statements of a handle, and may refuse them. Each method that a kind of observer does not need does
/// nothing.
pub(crate) trait Observer: Send + Sync {
    /// Before a statement is sent. An error keeps it from being sent.
    fn before(&self, _sent: Sent<'_>) -> Result<(), StorageError> {
        Ok(())
    }

    /// When a statement has cost something, or the next rows of a stream have. An error ends a statement that has
    /// written nothing.
    fn spent(&self, _sql: &str, _cost: Cost) -> Result<(), StorageError> {
        Ok(())
    }

    /// When a statement has ended.
    fn after(&self, _event: &StatementEvent<'_>) {}

    /// The observer of a handle whose statements are meant to scan.
    fn allowing_scans(&self, _allowance: &Arc<Allowance>) -> Option<Arc<dyn Observer>> {
        None
    }

    /// Allows scans of a table.
    fn allow_scans_of(&self, _table: &str, _reason: &str) {}

    /// The allowances of scans that no statement has needed.
    fn unused_allowances(&self) -> Vec<String> {
        Vec::new()
    }
}

struct Hook<F>(F);

impl<F: Fn(&StatementEvent<'_>) + Send + Sync> Observer for Hook<F> {
    fn after(&self, event: &StatementEvent<'_>) {
        (self.0)(event);
    }
}

/// The observers of a handle, in the order in which they were added.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    list: Vec<Arc<dyn Observer>>,
    /// Whether the statements of the handle come from a remote connection.
    pub(crate) is_remote: bool,
}

impl Debug for Observers {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.list.len())
    }
}

thread_local! {
    /// Whether an observer is running. Statements that it runs are not observed, because that would never end.
    static NOTIFYING: Cell<bool> = const { Cell::new(false) };
}

struct ReentrancyGuard;

impl ReentrancyGuard {
    fn begin() -> Self {
        NOTIFYING.set(true);
        Self
    }
}

impl Drop for ReentrancyGuard {
    fn drop(&mut self) {
        NOTIFYING.set(false);
    }
}

impl Observers {
    /// Those of a new connection: the recorder, if `sea-orm-do cost` has started this process.
    #[cfg(any(target_arch = "wasm32", feature = "native"))]
    pub(crate) fn of_connection() -> Self {
        #[cfg(all(feature = "native", feature = "with-json", not(target_arch = "wasm32")))]
        return Self { list: record::recorder().into_iter().collect(), is_remote: false };
        #[cfg(not(all(feature = "native", feature = "with-json", not(target_arch = "wasm32"))))]
        Self::default()
    }

    pub(crate) fn add_hook(&mut self, hook: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static) {
        self.add(Arc::new(Hook(hook)));
    }

    pub(crate) fn add(&mut self, observer: Arc<dyn Observer>) {
        self.list.push(observer);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<dyn Observer>> {
        self.list.iter()
    }

    /// The observers of a handle whose statements are meant to scan; `None` if they are the same.
    pub(crate) fn allowing_scans(&self, allowance: &Arc<Allowance>) -> Option<Self> {
        let others: Vec<_> = self.iter().map(|observer| observer.allowing_scans(allowance)).collect();
        let one = |(other, own): (Option<Arc<dyn Observer>>, &Arc<dyn Observer>)| other.unwrap_or_else(|| own.clone());
        others
            .iter()
            .any(Option::is_some)
            .then(|| Self { list: others.into_iter().zip(self.iter()).map(one).collect(), ..*self })
    }

    /// Runs a statement in the storage, and reports it if it is observed; `rows` counts the rows that it returned.
    pub(crate) fn observed<T>(
        &self,
        sent: Sent<'_>,
        rows: impl FnOnce(&T) -> usize,
        run: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        if !self.is_observed() {
            return run();
        }
        let Sent { storage, sql, .. } = sent;
        self.before(sent)?;
        let span = Span::new(sql, self.is_remote);
        storage.count_next();
        let begun = storage.clock();
        let result = span.in_scope(run);
        let elapsed = storage.clock().saturating_sub(begun);
        let cost = storage.counted();
        let rows = result.as_ref().map_or(0, rows);
        let error = result.as_ref().err().map(|error| error.message.as_str());
        self.notify(&span, event(sql, rows, cost, elapsed, error));
        let spent = cost.map_or(Ok(()), |cost| self.spent(sql, cost));
        match (result, spent) {
            (Ok(_), Err(error)) if is_read_only(sql) => Err(error),
            // What has been written must not look like a failure.
            (result, _) => result,
        }
    }

    fn is_observed(&self) -> bool {
        (!self.list.is_empty() || Span::is_enabled()) && !NOTIFYING.get()
    }

    fn before(&self, sent: Sent<'_>) -> Result<(), StorageError> {
        let _guard = ReentrancyGuard::begin();
        self.iter().try_for_each(|observer| observer.before(sent))
    }

    /// Reports the cost to every observer; the first error counts.
    fn spent(&self, sql: &str, cost: Cost) -> Result<(), StorageError> {
        let _guard = ReentrancyGuard::begin();
        self.iter().map(|observer| observer.spent(sql, cost)).fold(Ok(()), Result::and)
    }

    fn notify(&self, span: &Span, event: StatementEvent<'_>) {
        let _guard = ReentrancyGuard::begin();
        let event = StatementEvent { is_remote: self.is_remote, ..event };
        self.iter().for_each(|observer| observer.after(&event));
        span.end(&event);
    }
}

fn event<'a>(
    sql: &'a str,
    rows: usize,
    cost: Option<Cost>,
    elapsed: Duration,
    error: Option<&'a str>,
) -> StatementEvent<'a> {
    let (rows_read, rows_written) = (cost.map(|cost| cost.rows_read), cost.map(|cost| cost.rows_written));
    let is_estimate = cost.is_some_and(|cost| cost.is_estimate);
    StatementEvent { sql, rows, rows_read, rows_written, is_estimate, elapsed, error, is_remote: false }
}

/// A statement whose rows are read on demand; it is reported when it is dropped.
#[cfg(feature = "stream")]
#[derive(Debug)]
pub(crate) struct Running {
    observers: Observers,
    storage: Arc<dyn Storage>,
    text: Arc<crate::storage::StatementText>,
    span: Span,
    rows: usize,
    cost: Option<Cost>,
    /// The part of the cost that the observers know.
    spent: Option<Cost>,
    elapsed: Duration,
    error: Option<String>,
}

#[cfg(feature = "stream")]
impl Observers {
    /// `None` if the statement is not observed.
    ///
    /// # Errors
    /// Fails if an observer refuses the statement.
    pub(crate) fn running(
        &self,
        storage: &Arc<dyn Storage>,
        text: &Arc<crate::storage::StatementText>,
        params: &[SqlValue],
    ) -> Result<Option<Box<Running>>, StorageError> {
        if !self.is_observed() {
            return Ok(None);
        }
        self.before(Sent { storage: &**storage, sql: &text.sql, params })?;
        Ok(Some(Box::new(Running {
            observers: self.clone(),
            storage: storage.clone(),
            text: text.clone(),
            span: Span::new(&text.sql, self.is_remote),
            rows: 0,
            cost: None,
            spent: None,
            elapsed: Duration::ZERO,
            error: None,
        })))
    }
}

#[cfg(feature = "stream")]
impl Running {
    /// Continues with another text of the same statement, of which nothing has been read yet.
    pub(crate) fn replace(running: &mut Option<Box<Self>>, text: &Arc<crate::storage::StatementText>) {
        if let Some(running) = running {
            running.text = text.clone();
        }
    }

    /// Reports what has been spent since the last call. Outside the lock of the cursor, because a hook may close it.
    pub(crate) fn spend(running: &mut Option<Box<Self>>) -> Result<(), StorageError> {
        let Some(running) = running else { return Ok(()) };
        let Some(cost) = running.cost else { return Ok(()) };
        let more = cost.since(running.spent.replace(cost));
        let spent = running.observers.spent(&running.text.sql, more);
        if let Err(error) = &spent {
            running.error = Some(error.message.clone());
        }
        spent
    }

    /// Runs a step of the statement; `measure` returns the number of rows of the step and the cost so far.
    pub(crate) fn step<T>(
        running: &mut Option<Box<Self>>,
        step: impl FnOnce() -> Result<T, StorageError>,
        measure: impl FnOnce(&T) -> (usize, Option<Cost>),
    ) -> Result<T, StorageError> {
        let Some(running) = running else { return step() };
        let storage = &*running.storage;
        let begun = storage.clock();
        let result = running.span.in_scope(step);
        running.elapsed += storage.clock().saturating_sub(begun);
        match &result {
            Ok(value) => {
                let (rows, cost) = measure(value);
                running.rows += rows;
                running.cost = cost;
            }
            Err(error) => running.error = Some(error.message.clone()),
        }
        result
    }
}

#[cfg(feature = "stream")]
impl Drop for Running {
    fn drop(&mut self) {
        // A second panic, in a hook, would abort the process.
        if !std::thread::panicking() {
            let Self { observers, storage: _, text, span, rows, cost, spent: _, elapsed, error } = self;
            observers.notify(span, event(&text.sql, *rows, *cost, *elapsed, error.as_deref()));
        }
    }
}

#[cfg(all(test, feature = "native"))]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use futures_util::FutureExt;
    use sea_orm::ConnectionTrait;

    use super::*;
    use crate::connection::DoConnection;

    fn run(db: &impl ConnectionTrait, sql: &str) -> u64 {
        db.execute_unprepared(sql).now_or_never().unwrap().unwrap().rows_affected()
    }

    #[test]
    fn survives_a_hook_that_panics() {
        let db = DoConnection::in_memory().unwrap();
        run(&db, "CREATE TABLE t (a)");
        let panics = db.clone().on_statement(|_| panic!("of the hook"));
        let step = async |txn: &crate::DoTransaction| txn.execute_unprepared("INSERT INTO t VALUES (1)").await;
        assert!(catch_unwind(AssertUnwindSafe(|| panics.transaction_sync(step))).is_err());
        assert_eq!(run(&db, "DELETE FROM t"), 0, "the transaction was rolled back");
        assert!(catch_unwind(AssertUnwindSafe(|| run(&panics, "INSERT INTO t VALUES (1)"))).is_err());
        assert!(!NOTIFYING.get());
        assert_eq!(run(&db, "DELETE FROM t"), 1);
    }
}
