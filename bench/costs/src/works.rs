//! The work of the benchmark on a database of the host.

use anyhow::{Result, anyhow};
use bench_worker::models;
use bench_works::typed;
use futures_util::FutureExt;
use sea_orm::ConnectionTrait;
use sea_orm_do::DoConnection;

pub struct Work {
    pub name: &'static str,
    /// What bench/src calls it.
    call: &'static str,
    /// Whether the calls name the types that they read.
    is_typed: bool,
    /// Rows of one call, or 1 if the figures are for the call.
    pub rows: u32,
    pub times_for_valgrind: i32,
}

const fn statement(name: &'static str, call: &'static str, is_typed: bool) -> Work {
    Work { name, call, is_typed, rows: 1, times_for_valgrind: 200 }
}

const fn rows(name: &'static str, call: &'static str, is_typed: bool) -> Work {
    Work { name, call, is_typed, rows: 1_000, times_for_valgrind: 2 }
}

pub const WORKS: &[Work] = &[
    statement("delete", "delete", false),
    statement("find", "find", false),
    statement("find_typed", "find", true),
    statement("insert", "insert", false),
    statement("insert_returning", "insert_returning", false),
    statement("update", "update", false),
    rows("integers_row", "integers", false),
    rows("insert_many_row", "insert_many", false),
    rows("load_row", "load", false),
    rows("load_row_typed", "load", true),
    rows("read_row", "read", false),
    rows("read_row_typed", "read", true),
    rows("read_wide_row", "read_wide", false),
    rows("read_wide_row_typed", "read_wide", true),
    rows("related_row", "related", false),
    rows("related_row_typed", "related", true),
    rows("stream_row", "stream", false),
];

const TABLES: &str = include_str!("../../tables.sql");

/// A thousand rows in each table, and a hundred projects.
const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000)
        INSERT INTO task SELECT i, 'task ' || i, i % 2 FROM n;
    INSERT INTO wide SELECT id, id, id * 3, -id, id % 7, id * 1000, id * 100000, id / 8.0, id * 0.1, -id / 3.0, id + 0.5,
        'text ' || id, 'text ' || id, 'text ' || id, 'text ' || id, 'text ' || id, id % 2, id % 2 = 0,
        CASE WHEN id % 2 THEN NULL ELSE id END, CASE WHEN id % 2 THEN NULL ELSE 'text ' || id END FROM task;
    INSERT INTO ledger SELECT id, 9007199254740993 + 2 * id, -9223372036854775807 + id FROM task;
    INSERT INTO project SELECT id, 'project ' || id FROM task WHERE id <= 100;
    INSERT INTO issue SELECT id, (id + 9) / 10, 'issue ' || id, id % 2 FROM task;
";

/// A database, and the work that is done on it.
pub struct Opened<'a> {
    db: DoConnection,
    work: &'a Work,
}

impl Work {
    pub fn open(&self) -> Result<Opened<'_>> {
        let db = models::register(DoConnection::in_memory()?);
        ready(db.execute_unprepared(TABLES))?;
        ready(db.execute_unprepared(ROWS))?;
        // A write of the work inserts rows of its own.
        if self.call.starts_with("insert") {
            ready(db.execute_unprepared("DELETE FROM task"))?;
        }
        Ok(Opened { db, work: self })
    }
}

impl Opened<'_> {
    pub fn run(&mut self, times: i32) -> Result<()> {
        let (db, call) = (&self.db, self.work.call);
        if self.work.is_typed {
            ready(typed::run(db, call, times))?
        } else {
            ready(models::run(db, call, times))?
        };
        Ok(())
    }
}

/// The driver never waits on the host.
fn ready<T>(future: impl Future<Output = Result<T, sea_orm::DbErr>>) -> Result<T> {
    Ok(future.now_or_never().ok_or_else(|| anyhow!("the driver waits"))??)
}
