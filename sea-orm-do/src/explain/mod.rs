//! What SQLite does for a statement: its plan, what it reads as a whole, and the index that would help.

mod constant;
pub(crate) mod deny;
mod index;
mod names;
mod scan;

use std::fmt::{self, Display, Formatter};

use sea_orm::{DbErr, Statement, Value};
use serde::{Deserialize, Serialize};

use self::names::{Named, Names};
use crate::connection::{DoConnection, values};
use crate::error::exec_err;
use crate::program::Program;
use crate::sql::parser::{Parameters, StatementKind, classify};
use crate::sql::quote::quoted;
use crate::storage::error::StorageError;
use crate::storage::{SqlValue, Storage};

/// How SQLite runs a statement, from [`DoConnection::explain`].
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
/// # use sea_orm_do::DoConnection;
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, project INTEGER)").await?;
/// let sql = "SELECT id FROM task WHERE project = ?";
/// let explanation = db.explain(&Statement::from_sql_and_values(DbBackend::Sqlite, sql, [7.into()]))?;
/// assert_eq!(explanation.plan[0].detail, "SCAN task");
/// assert_eq!(explanation.scans[0].table, "task");
/// assert_eq!(explanation.scans[0].indexes, [r#"CREATE INDEX "idx_task_project" ON "task" ("project")"#]);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The statement as it was written.
    pub written: String,
    /// The statement as the driver sends it. If it sends several, as for a long INSERT, this is the first.
    pub sent: String,
    /// The steps of SQLite's query plan, <https://www.sqlite.org/eqp.html>, each after the step that it belongs to.
    pub plan: Vec<PlanStep>,
    /// What the statement reads as a whole.
    pub scans: Vec<Scan>,
}

/// A step of a query plan.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
/// # use sea_orm_do::DoConnection;
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY)").await?;
/// let sql = "SELECT id FROM task UNION ALL SELECT 1";
/// let explanation = db.explain(&Statement::from_string(DbBackend::Sqlite, sql))?;
/// let deepest = explanation.plan.iter().find(|step| step.depth == 2).unwrap();
/// assert_eq!(deepest.detail, "SCAN task");
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// How many steps it is inside of.
    pub depth: usize,
    /// SQLite's words: `SEARCH task USING INDEX by_project (project=?)`.
    pub detail: String,
}

/// A table or an index that a statement reads as a whole, or without a bound.
///
/// A loop over a small `LIMIT` is none, unless a condition may leave rows out before the limit is reached. Neither is a
/// partial index, a table of SQLite's own, or what SQLite materializes for the statement.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
/// # use sea_orm_do::DoConnection;
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, due INTEGER)").await?;
/// let scans = |sql| Ok::<_, sea_orm::DbErr>(db.explain(&Statement::from_string(DbBackend::Sqlite, sql))?.scans);
/// assert_eq!(scans("SELECT id FROM task")?[0].to_string(), "every row of `task`");
/// assert!(scans("SELECT id FROM task ORDER BY id LIMIT 20")?.is_empty());
/// assert_eq!(scans("SELECT id FROM task WHERE due < 9 ORDER BY id LIMIT 20")?.len(), 1);
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// The table.
    pub table: String,
    /// The index that is read as a whole instead of the table.
    pub index: Option<String>,
    /// The indexes that would make it a search, as SQL. Empty if none would, because the statement asks for every row
    /// or compares expressions. Each serves one side of an `OR`.
    pub indexes: Vec<String>,
}

impl Display for Scan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.index {
            None => write!(f, "every row of `{}`", self.table),
            Some(index) => write!(f, "every row of `{}` in the index `{index}`", self.table),
        }
    }
}

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.written)?;
        if self.sent != self.written {
            writeln!(f, "sent as: {}", self.sent)?;
        }
        write_plan(f, &self.plan)?;
        for scan in &self.scans {
            writeln!(f, "reads {scan}")?;
            scan.indexes.iter().try_for_each(|index| writeln!(f, "  would help: {index}"))?;
        }
        Ok(())
    }
}

fn write_plan(f: &mut impl fmt::Write, plan: &[PlanStep]) -> fmt::Result {
    plan.iter().try_for_each(|PlanStep { depth, detail }| writeln!(f, "{}{detail}", "  ".repeat(depth + 1)))
}

impl DoConnection {
    /// Returns how SQLite runs a statement, without running it. Parameters count, because the driver sends some as
    /// literals and because a `LIMIT` bounds what is read. In a statement without values, `?` is a value that is not known.
    ///
    /// # Errors
    /// As the statement itself, before it is run.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::{ConnectionTrait, DbBackend, Statement};
    /// # use sea_orm_do::DoConnection;
    /// # let db = DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY)").await?;
    /// let sql = "SELECT id FROM task WHERE id = ?";
    /// let explanation = db.explain(&Statement::from_sql_and_values(DbBackend::Sqlite, sql, [7.into()]))?;
    /// assert_eq!(explanation.plan[0].detail, "SEARCH task USING INTEGER PRIMARY KEY (rowid=?)");
    /// assert!(explanation.scans.is_empty());
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    pub fn explain(&self, statement: &Statement) -> Result<Explanation, DbErr> {
        self.check_not_blocked()?;
        // SQLite sets the value of a PRAGMA when it prepares the statement, even behind EXPLAIN.
        if classify(&statement.sql) == (StatementKind::Pragma { is_query: false }) {
            return Err(exec_err("a PRAGMA that sets something cannot be explained: explaining it would set it"));
        }
        let unknown;
        let values = match values(statement) {
            [] => {
                unknown = vec![Value::String(None); Parameters::count_in(&statement.sql)];
                &unknown
            }
            values => values,
        };
        let prepared = self.plan(&statement.sql, values, None)?.prepare(values)?;
        let (sent, params) =
            prepared.first().map_or((statement.sql.as_str(), &[][..]), |one| (&one.text.sql, &one.params));
        explained(&*self.database.storage, &statement.sql, sent, params)
    }
}

fn explained(storage: &dyn Storage, written: &str, sent: &str, params: &[SqlValue]) -> Result<Explanation, DbErr> {
    Ok(Explanation {
        written: written.to_owned(),
        sent: sent.to_owned(),
        plan: plan(storage, sent, params).map_err(StorageError::into_query)?,
        scans: scans(storage, sent, params).map_err(StorageError::into_query)?,
    })
}

/// Reads the query plan of a statement.
pub(crate) fn plan(storage: &dyn Storage, sql: &str, params: &[SqlValue]) -> Result<Vec<PlanStep>, StorageError> {
    let rows = storage.exec(&format!("EXPLAIN QUERY PLAN {sql}"), params)?.rows;
    let mut depths = Vec::<(f64, usize)>::new();
    let mut steps = Vec::new();
    for row in rows {
        let [SqlValue::Number(id), SqlValue::Number(parent), _, SqlValue::Text(detail)] = &row[..] else {
            return Err(StorageError::new(format!("EXPLAIN QUERY PLAN returned a row of another form: {row:?}")));
        };
        let depth = depths.iter().find(|(known, _)| known == parent).map_or(0, |(_, depth)| depth + 1);
        depths.push((*id, depth));
        steps.push(PlanStep { depth, detail: detail.clone() });
    }
    Ok(steps)
}

/// Finds what a statement reads as a whole. A statement that changes the schema is not looked at.
pub(crate) fn scans(storage: &dyn Storage, sql: &str, params: &[SqlValue]) -> Result<Vec<Scan>, StorageError> {
    if !matches!(classify(sql), StatementKind::Query | StatementKind::Dml) {
        return Ok(Vec::new());
    }
    let Some(program) = Program::of(sql, |explain| storage.exec(explain, params))? else {
        return Err(StorageError::new("EXPLAIN returned rows of another form"));
    };
    let reads = scan::whole_reads(&program, params);
    if reads.is_empty() {
        return Ok(Vec::new());
    }
    let names = Names::read(storage)?;
    let mut scans: Vec<Scan> = Vec::new();
    for read in reads {
        let Some((table, index)) = names.scanned(&read.source) else { continue };
        let wanted = read.wanted.iter().filter_map(|columns| names.columns(columns));
        let missing = wanted.filter(|columns| !columns.is_empty() && !names.has_index(&table, columns));
        let indexes = missing.map(|columns| create_index(&table, &columns)).collect();
        let scan = Scan { table, index, indexes };
        if !scans.contains(&scan) {
            scans.push(scan);
        }
    }
    Ok(scans)
}

fn create_index(table: &str, columns: &[Named]) -> String {
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    let term = |Named { name, descending, collation }: &Named| {
        let collate = if collation == "BINARY" { String::new() } else { format!(" COLLATE {collation}") };
        quoted(name) + &collate + if *descending { " DESC" } else { "" }
    };
    let terms: Vec<_> = columns.iter().map(term).collect();
    let name = quoted(&format!("idx_{table}_{}", names.join("_")));
    format!("CREATE INDEX {name} ON {} ({})", quoted(table), terms.join(", "))
}
