//! Reports statements to the hooks of a handle once they have run, and to `tracing`.

mod span;

use std::cell::Cell;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::Duration;

use self::span::Span;
use crate::storage::error::StorageError;
use crate::storage::{Cost, Storage};

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
    /// `rowsRead`. `None` if nothing counts them, as on the host, or if the statement did not start.
    pub rows_read: Option<u64>,
    /// The number of rows it wrote, including index entries: the cursor's `rowsWritten`. `None` as for `rows_read`.
    pub rows_written: Option<u64>,
    /// The time that the storage took for it. A deployed Worker's clock
    /// [stands still between I/O](https://developers.cloudflare.com/workers/runtime-apis/performance/), and a statement
    /// is not I/O, so there it is zero. On the host and in `wrangler dev` it is measured; workerd measures whole
    /// milliseconds.
    pub elapsed: Duration,
    /// The error message of the storage, if the statement failed.
    pub error: Option<&'a str>,
}

type Hook = dyn Fn(&StatementEvent<'_>) + Send + Sync;

/// The hooks of a handle, in the order in which they were added.
#[derive(Clone, Default)]
pub(crate) struct Hooks(Vec<Arc<Hook>>);

impl Debug for Hooks {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} hooks", self.0.len())
    }
}

thread_local! {
    /// Whether a hook is running. Statements that it runs are not reported, because reporting them would never end.
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

impl Hooks {
    pub(crate) fn add(&mut self, hook: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static) {
        self.0.push(Arc::new(hook));
    }

    /// Runs a statement in the storage, and reports it if it is observed; `rows` counts the rows that it returned.
    pub(crate) fn observed<T>(
        &self,
        storage: &dyn Storage,
        sql: &str,
        rows: impl FnOnce(&T) -> usize,
        run: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        if !self.is_observed() {
            return run();
        }
        let span = Span::new(sql);
        storage.count_next();
        let begun = storage.clock();
        let result = span.in_scope(run);
        let elapsed = storage.clock().saturating_sub(begun);
        let rows = result.as_ref().map_or(0, rows);
        let error = result.as_ref().err().map(|error| error.message.as_str());
        self.notify(&span, event(sql, rows, storage.counted(), elapsed, error));
        result
    }

    fn is_observed(&self) -> bool {
        (!self.0.is_empty() || Span::is_enabled()) && !NOTIFYING.get()
    }

    fn notify(&self, span: &Span, event: StatementEvent<'_>) {
        let _guard = ReentrancyGuard::begin();
        self.0.iter().for_each(|hook| hook(&event));
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
    StatementEvent { sql, rows, rows_read, rows_written, elapsed, error }
}

/// A statement whose rows are read on demand; it is reported when it is dropped.
#[cfg(feature = "stream")]
#[derive(Debug)]
pub(crate) struct Running {
    hooks: Hooks,
    storage: Arc<dyn Storage>,
    text: Arc<crate::storage::StatementText>,
    span: Span,
    rows: usize,
    cost: Option<Cost>,
    elapsed: Duration,
    error: Option<String>,
}

#[cfg(feature = "stream")]
impl Hooks {
    /// `None` if the statement is not observed.
    pub(crate) fn running(
        &self,
        storage: &Arc<dyn Storage>,
        text: &Arc<crate::storage::StatementText>,
    ) -> Option<Running> {
        self.is_observed().then(|| Running {
            hooks: self.clone(),
            storage: storage.clone(),
            text: text.clone(),
            span: Span::new(&text.sql),
            rows: 0,
            cost: None,
            elapsed: Duration::ZERO,
            error: None,
        })
    }
}

#[cfg(feature = "stream")]
impl Running {
    /// Runs a step of the statement; `measure` returns the number of rows of the step and the cost so far.
    pub(crate) fn step<T>(
        running: &mut Option<Self>,
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
            let Self { hooks, storage: _, text, span, rows, cost, elapsed, error } = self;
            hooks.notify(span, event(&text.sql, *rows, *cost, *elapsed, error.as_deref()));
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
