//! A handle on which a statement that scans is an error, and the scans that are allowed on it.

use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sea_orm::DbErr;

use super::{Scan, plan, scans, write_plan};
use crate::connection::DoConnection;
use crate::error::exec_err;
use crate::lock::lock;
use crate::observe::{Observer, Sent};
use crate::storage::error::StorageError;

/// A reason to scan, given for the statements of one handle.
#[derive(Debug)]
pub(crate) struct Allowance {
    reason: String,
    place: &'static Location<'static>,
    statements: AtomicUsize,
    is_needed: AtomicBool,
}

/// A table that may be scanned.
#[derive(Debug)]
struct AllowedTable {
    table: String,
    reason: String,
    is_needed: bool,
}

/// Refuses statements that scan.
#[derive(Clone, Debug, Default)]
struct DenyScans {
    allowed: Arc<Allowed>,
    /// Why the statements of this handle may scan.
    allowances: Vec<Arc<Allowance>>,
}

/// The allowances of all handles that come from one call of `deny_scans`.
#[derive(Debug, Default)]
struct Allowed {
    tables: Mutex<Vec<AllowedTable>>,
    calls: Mutex<Vec<Arc<Allowance>>>,
}

impl Observer for DenyScans {
    fn before(&self, sent: Sent<'_>) -> Result<(), StorageError> {
        self.allowances.iter().for_each(|allowance| {
            allowance.statements.fetch_add(1, Ordering::Relaxed);
        });
        // A statement that SQLite cannot explain fails by itself.
        let Ok(mut scans) = scans(sent.storage, sent.sql, sent.params) else { return Ok(()) };
        scans.retain(|scan| !self.is_allowed_table(&scan.table));
        if scans.is_empty() {
            return Ok(());
        }
        if self.allowances.is_empty() {
            return Err(refused(sent, &scans));
        }
        self.allowances.iter().for_each(|allowance| allowance.is_needed.store(true, Ordering::Relaxed));
        Ok(())
    }

    fn allowing_scans(&self, allowance: &Arc<Allowance>) -> Option<Arc<dyn Observer>> {
        lock(&self.allowed.calls).push(allowance.clone());
        let allowances = self.allowances.iter().chain([allowance]).cloned().collect();
        Some(Arc::new(Self { allowed: self.allowed.clone(), allowances }))
    }

    fn allow_scans_of(&self, table: &str, reason: &str) {
        let allowed = AllowedTable { table: table.to_owned(), reason: reason.to_owned(), is_needed: false };
        lock(&self.allowed.tables).push(allowed);
    }

    fn unused_allowances(&self) -> Vec<String> {
        let tables = lock(&self.allowed.tables);
        let tables = tables.iter().filter(|table| !table.is_needed).map(|AllowedTable { table, reason, .. }| {
            format!("allow_scans_of({table:?}, {reason:?}): no statement scanned the table")
        });
        let calls = lock(&self.allowed.calls);
        let calls = calls.iter().filter(|call| {
            // The same call may have needed it at another time.
            let needed = |other: &&Arc<Allowance>| other.place == call.place && other.is_needed.load(Ordering::Relaxed);
            !calls.iter().any(|other| needed(&other))
        });
        let mut unused: Vec<_> = tables.collect();
        for Allowance { reason, place, statements, .. } in calls.map(|call| &**call) {
            let statements = match statements.load(Ordering::Relaxed) {
                0 => "ran no statement".to_owned(),
                1 => "its statement does not scan".to_owned(),
                several => format!("none of its {several} statements scans"),
            };
            let line = format!("allow_scan({reason:?}) at {place}: {statements}");
            if !unused.contains(&line) {
                unused.push(line);
            }
        }
        unused
    }
}

impl DenyScans {
    fn is_allowed_table(&self, table: &str) -> bool {
        let mut tables = lock(&self.allowed.tables);
        let mut allowed = tables.iter_mut().filter(|allowed| allowed.table.eq_ignore_ascii_case(table)).peekable();
        let is_allowed = allowed.peek().is_some();
        allowed.for_each(|allowed| allowed.is_needed = true);
        is_allowed
    }
}

fn refused(sent: Sent<'_>, scans: &[Scan]) -> StorageError {
    let read: Vec<_> = scans.iter().map(ToString::to_string).collect();
    let mut message = format!("the statement reads {}, and scans are denied: {}\n", read.join(" and "), sent.sql);
    if let Ok(plan) = plan(sent.storage, sent.sql, sent.params) {
        // Writing into a string does not fail.
        let _ = write_plan(&mut message, &plan);
    }
    for index in scans.iter().flat_map(|scan| &scan.indexes) {
        message.push_str(&format!("an index that would help: {index}\n"));
    }
    message.push_str("if it is meant to: db.allow_scan(\"why\") for the call, or db.allow_scans_of(table, \"why\")");
    StorageError { code: None, message }
}

impl DoConnection {
    /// Returns a handle for tests, on which a statement that [scans](Scan) is an error before it is sent. The error
    /// names the table, SQLite's plan and the index that would help.
    ///
    /// Statements that are meant to read everything are allowed by [`allow_scan`](Self::allow_scan), small tables by
    /// [`allow_scans_of`](Self::allow_scans_of). What migrations run through the handle is seen as well; statements
    /// that change the schema and the driver's own queries about it are not.
    ///
    /// Each statement is explained before it runs, so this is not for production: a
    /// [`RowBudget`](crate::RowBudget) is.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// let db = DoConnection::in_memory()?.deny_scans();
    /// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, project INTEGER, done BOOLEAN)").await?;
    /// let error = db.execute_unprepared("UPDATE task SET done = TRUE WHERE project = 7").await.unwrap_err().to_string();
    /// assert!(error.contains("every row of `task`"));
    /// assert!(error.contains(r#"CREATE INDEX "idx_task_project" ON "task" ("project")"#));
    ///
    /// db.execute_unprepared(r#"CREATE INDEX "idx_task_project" ON "task" ("project")"#).await?;
    /// db.execute_unprepared("UPDATE task SET done = TRUE WHERE project = 7").await?;
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the statements of the returned handle are checked"]
    pub fn deny_scans(mut self) -> Self {
        Arc::make_mut(&mut self.handle).observers.add(Arc::new(DenyScans::default()));
        self
    }

    /// Returns a handle whose statements are meant to scan, and says why. It changes nothing unless the handle comes
    /// from [`deny_scans`](Self::deny_scans), so it can stay in the program, at the call that it is about.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbErr};
    /// # use sea_orm_do::DoConnection;
    /// async fn close_all(db: &DoConnection) -> Result<(), DbErr> {
    ///     db.allow_scan("the year is over").execute_unprepared("UPDATE task SET done = TRUE").await?;
    ///     Ok(())
    /// }
    ///
    /// let db = DoConnection::in_memory()?.deny_scans();
    /// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, done BOOLEAN)").await?;
    /// close_all(&db).await?;
    /// db.check_scan_allowances()?;
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "only the statements of the returned handle may scan"]
    #[track_caller]
    pub fn allow_scan(&self, reason: &str) -> Self {
        let allowance = Arc::new(Allowance {
            reason: reason.to_owned(),
            place: Location::caller(),
            statements: AtomicUsize::new(0),
            is_needed: AtomicBool::new(false),
        });
        let mut handle = self.clone();
        if let Some(observers) = self.handle.observers.allowing_scans(&allowance) {
            Arc::make_mut(&mut handle.handle).observers = observers;
        }
        handle
    }

    /// Allows scans of a small table, on all handles that come from the same call of [`deny_scans`](Self::deny_scans).
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// let db = DoConnection::in_memory()?.deny_scans().allow_scans_of("setting", "at most twenty rows");
    /// db.execute_unprepared("CREATE TABLE setting (name TEXT, value TEXT)").await?;
    /// db.execute_unprepared("UPDATE setting SET value = 'de' WHERE name = 'language'").await?;
    /// db.check_scan_allowances()?;
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use = "the handle is returned"]
    pub fn allow_scans_of(self, table: &str, reason: &str) -> Self {
        self.handle.observers.iter().for_each(|observer| observer.allow_scans_of(table, reason));
        self
    }

    /// Checks that every allowance of scans was needed since [`deny_scans`](Self::deny_scans): call it at the end of a
    /// test, so that the list keeps to what is true.
    ///
    /// # Errors
    /// Names each allowance that no statement needed.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # use sea_orm_do::DoConnection;
    /// let db = DoConnection::in_memory()?.deny_scans();
    /// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY)").await?;
    /// db.allow_scan("deletes one task").execute_unprepared("DELETE FROM task WHERE id = 7").await?;
    /// let error = db.check_scan_allowances().unwrap_err().to_string();
    /// assert!(error.contains("its statement does not scan"));
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub fn check_scan_allowances(&self) -> Result<(), DbErr> {
        let unused: Vec<_> = self.handle.observers.iter().flat_map(|observer| observer.unused_allowances()).collect();
        if unused.is_empty() {
            return Ok(());
        }
        Err(exec_err(format!("scans are allowed that do not happen:\n{}", unused.join("\n"))))
    }
}
