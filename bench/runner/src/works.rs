//! What is measured: each piece of work with the tables it starts from and what must come of it.

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Contestant {
    /// `ctx.storage.sql` by hand, in JavaScript.
    Bare,
    /// `raw()` of the same: arrays instead of objects.
    Raw,
    Kysely,
    Drizzle,
    /// Drizzle's next version.
    DrizzleNext,
    /// `worker::SqlStorage` by hand, in Rust.
    Wasm,
    /// `sqlx-cloudflare-do`, in Rust.
    Sqlx,
    Ours,
    /// The same by calls that say what they read.
    Typed,
    /// SeaORM's own driver: a file on this machine, in a process of its own.
    Native,
    /// SeaORM alone: filling proxy rows and decoding models from them, without a storage.
    Rows,
}

use Contestant::{Bare, Drizzle, DrizzleNext, Kysely, Native, Ours, Raw, Rows, Sqlx, Typed, Wasm};

impl Contestant {
    pub(super) const ALL: [Self; 11] = [Bare, Raw, Kysely, Drizzle, DrizzleNext, Wasm, Sqlx, Ours, Typed, Native, Rows];

    /// In the paths of requests and in the JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Bare => "bare",
            Raw => "raw",
            Kysely => "kysely",
            Drizzle => "drizzle",
            DrizzleNext => "drizzle_next",
            Wasm => "wasm",
            Sqlx => "sqlx",
            Ours => "ours",
            Typed => "typed",
            Native => "native",
            Rows => "rows",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Bare => "bare JS",
            Raw => "`raw()` alone",
            Kysely => "Kysely",
            Drizzle => "Drizzle",
            DrizzleNext => "Drizzle 1.0 rc",
            Wasm => "worker crate",
            Sqlx => "sqlx",
            Ours => "sea-orm-do",
            Typed => "typed calls",
            Native => "SeaORM native",
            Rows => "rows alone",
        }
    }
}

/// A piece of work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    pub(super) name: &'static str,
    /// What the workers call it.
    pub(super) call: &'static str,
    pub(super) title: &'static str,
    /// Rows that it reads or writes; the figures are for one of them.
    pub(super) rows: u32,
    pub(super) by: &'static [Contestant],
    /// SQL that runs before each batch, untimed; `{count}` is the size of the batch.
    pub(super) reset: &'static [&'static str],
    /// SQL that tells what came of it.
    pub(super) check: &'static str,
    pub(super) is_in_chart: bool,
}

/// A statement a line; bench/costs makes the same tables.
pub(super) const TABLES: &str = include_str!("../../tables.sql");

const NO_TASKS: &str = "DELETE FROM task";
const TASKS_OF_BATCH: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
     INSERT INTO task SELECT i, 'task ' || i, i % 2 FROM n";
const TASKS_1K: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
     INSERT INTO task SELECT i, 'task ' || i, i % 2 FROM n";
const TASKS_10K: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
     INSERT INTO task SELECT i, 'task ' || i, i % 2 FROM n";
const TASKS_100K: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
     INSERT INTO task SELECT i, 'task ' || i, i % 2 FROM n";
pub(super) const TASKS_1M: [&str; 2] = [
    NO_TASKS,
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) \
     INSERT INTO task SELECT i, 'task ' || i, i % 2 FROM n",
];
const WIDE: [&str; 2] = [
    "DELETE FROM wide",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
     INSERT INTO wide SELECT i, i, i * 3, -i, i % 7, i * 1000, i * 100000, i / 8.0, i * 0.1, -i / 3.0, i + 0.5, \
     'text ' || i, 'a text of some more words ' || i, 'x' || i, 'açé ' || i, 'text ' || i, i % 2, i % 3 = 0, \
     iif(i % 2, i, NULL), iif(i % 2, 'text ' || i, NULL) FROM n",
];
const BIG: [&str; 2] = [
    "DELETE FROM ledger",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
     INSERT INTO ledger SELECT i, 9007199254740993 + 2 * i, -9223372036854775807 + i FROM n",
];
const SMALL: [&str; 2] = [
    "DELETE FROM ledger",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
     INSERT INTO ledger SELECT i, 7 * i, -i FROM n",
];
const PROJECTS: [&str; 4] = [
    "DELETE FROM issue",
    "DELETE FROM project",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) \
     INSERT INTO project SELECT i, 'project ' || i FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
     INSERT INTO issue SELECT i, (i + 9) / 10, 'issue ' || i, i % 2 FROM n",
];
const OF_TASKS: &str = "SELECT count(*) || ' ' || ifnull(sum(id + done + length(title)), 0) FROM task";
const NOTHING: &str = "SELECT ''";

const EVERYONE: &[Contestant] = &[Bare, Kysely, Drizzle, DrizzleNext, Wasm, Sqlx, Ours, Native];
const ORMS: &[Contestant] = &[Bare, Kysely, Drizzle, DrizzleNext, Ours, Native];
const READERS: &[Contestant] = &[Bare, Kysely, Drizzle, DrizzleNext, Ours, Typed, Native];

pub(super) const WORKS: [Work; 18] = [
    Work {
        name: "insert",
        call: "insert",
        title: "insert",
        rows: 1,
        by: EVERYONE,
        reset: &[NO_TASKS],
        check: OF_TASKS,
        is_in_chart: true,
    },
    Work {
        name: "insert_returning",
        call: "insert_returning",
        title: "insert with RETURNING",
        rows: 1,
        by: EVERYONE,
        reset: &[NO_TASKS],
        check: OF_TASKS,
        is_in_chart: true,
    },
    Work {
        name: "find",
        call: "find",
        title: "find by id",
        rows: 1,
        by: &[Bare, Kysely, Drizzle, DrizzleNext, Wasm, Sqlx, Ours, Typed, Native],
        reset: &[NO_TASKS, TASKS_1K],
        check: NOTHING,
        is_in_chart: true,
    },
    Work {
        name: "update",
        call: "update",
        title: "update by id, with RETURNING",
        rows: 1,
        by: EVERYONE,
        reset: &[NO_TASKS, TASKS_1K],
        check: OF_TASKS,
        is_in_chart: true,
    },
    Work {
        name: "delete",
        call: "delete",
        title: "delete by id",
        rows: 1,
        by: EVERYONE,
        reset: &[NO_TASKS, TASKS_OF_BATCH],
        check: OF_TASKS,
        is_in_chart: true,
    },
    Work {
        name: "read_1k",
        call: "read",
        title: "read 1,000 × 3, a row",
        rows: 1_000,
        by: &Contestant::ALL,
        reset: &[NO_TASKS, TASKS_1K],
        check: NOTHING,
        is_in_chart: true,
    },
    Work {
        name: "read_wide",
        call: "read_wide",
        title: "read 1,000 × 20, a row",
        rows: 1_000,
        by: &Contestant::ALL,
        reset: &WIDE,
        check: NOTHING,
        is_in_chart: true,
    },
    Work {
        name: "page",
        call: "page",
        title: "filter, order, page of 20",
        rows: 1,
        by: READERS,
        reset: &[NO_TASKS, TASKS_1K],
        check: NOTHING,
        is_in_chart: false,
    },
    Work {
        name: "related",
        call: "related",
        title: "100 projects with 10 issues each, an issue",
        rows: 1_000,
        by: &[Bare, Kysely, Drizzle, DrizzleNext, Ours, Typed, Native, Rows],
        reset: &PROJECTS,
        check: NOTHING,
        is_in_chart: true,
    },
    Work {
        name: "load",
        call: "load",
        title: "the same in two statements: `Entity::load()`",
        rows: 1_000,
        by: &[Bare, Kysely, Ours, Typed, Native],
        reset: &PROJECTS,
        check: NOTHING,
        is_in_chart: false,
    },
    Work {
        name: "load_many",
        call: "load_many",
        title: "… `load_many`",
        rows: 1_000,
        by: &[Bare, Kysely, Ours, Native],
        reset: &PROJECTS,
        check: NOTHING,
        is_in_chart: false,
    },
    Work {
        name: "insert_many",
        call: "insert_many",
        title: "insert 1,000 at once, a row",
        rows: 1_000,
        by: ORMS,
        reset: &[NO_TASKS],
        check: OF_TASKS,
        is_in_chart: true,
    },
    Work {
        name: "transaction",
        call: "transaction",
        title: "transaction of 100 inserts, a row",
        rows: 100,
        by: ORMS,
        reset: &[NO_TASKS],
        check: OF_TASKS,
        is_in_chart: true,
    },
    Work {
        name: "integers",
        call: "integers",
        title: "read 1,000 with i64 beyond 2^53, a row",
        rows: 1_000,
        by: READERS,
        reset: &BIG,
        check: NOTHING,
        is_in_chart: false,
    },
    Work {
        name: "integers_small",
        call: "integers",
        title: "the same with small values, a row",
        rows: 1_000,
        by: READERS,
        reset: &SMALL,
        check: NOTHING,
        is_in_chart: false,
    },
    Work {
        name: "read_10k",
        call: "read",
        title: "read 10,000 × 3, a row",
        rows: 10_000,
        by: READERS,
        reset: &[NO_TASKS, TASKS_10K],
        check: NOTHING,
        is_in_chart: false,
    },
    Work {
        name: "read_100k",
        call: "read",
        title: "read 100,000 × 3, a row",
        rows: 100_000,
        by: READERS,
        reset: &[NO_TASKS, TASKS_100K],
        check: NOTHING,
        is_in_chart: false,
    },
    Work {
        name: "stream",
        call: "stream",
        title: "stream 100,000, a row",
        rows: 100_000,
        // Drizzle has no streams on a Durable Object.
        by: &[Bare, Kysely, Ours, Typed, Native],
        reset: &[NO_TASKS, TASKS_100K],
        check: NOTHING,
        is_in_chart: false,
    },
];
