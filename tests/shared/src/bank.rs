//! What the bank is asked and what it answers, as JSON. `tests/soak` includes this file as well.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Accounts 1 to this one are in every object.
pub const ACCOUNTS: i32 = 8;
/// What each account begins with.
pub const OPENING: i64 = 1_000;

/// The body of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    pub ask: Ask,
    pub sabotage: Option<Sabotage>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ask {
    /// To apply the migrations that are left: all in one turn of the event loop, or each in one of its own.
    Wake {
        stepwise: bool,
    },
    /// To apply the next migration.
    Step,
    /// What the database is made of. It applies no migration, as all others do.
    Look,
    Transfer {
        transfer: Transfer,
        how: How,
    },
    FindTransfer {
        key: i64,
    },
    Balances,
    Write(Note),
    Rewrite {
        id: i64,
        text: String,
    },
    Erase {
        id: i64,
    },
    /// The notes of a client.
    Notes {
        client: i32,
        streamed: bool,
    },
    /// To insert so many rows in one step.
    Batch {
        key: i64,
        rows: i32,
    },
    FindBatch {
        key: i64,
    },
    /// To add one to the counter.
    Count,
    /// To read what does not fit its column.
    Misfit,
    /// To begin a transaction on a handle that holds none open.
    Begin,
    /// Everything there is.
    Audit,
    /// Bytes of the wasm instance's memory.
    Memory,
}

/// The transaction that a transfer is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// `transaction_sync`.
    Sync,
    /// SeaORM's `transaction`.
    Boxed,
    /// The second try, after the first has failed in a savepoint.
    Savepoint,
    /// Held open across awaits.
    Held,
    /// Done, then undone by an error of the closure.
    Failing,
    /// Held open, done, then rolled back.
    RolledBack,
    /// Held open, done, then dropped.
    Dropped,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    Done,
    Applied(Vec<String>),
    Look(Look),
    Transfer(Option<Posted>),
    Balances(BTreeMap<i32, i64>),
    Note(Note),
    Erased(u64),
    Notes(BTreeMap<i64, Note>),
    Batch(Option<Batch>),
    Count(i64),
    Audit(Audit),
    Memory(u64),
}

/// An amount that goes from one account to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    pub key: i64,
    pub from: i32,
    pub to: i32,
    pub amount: i64,
}

/// A transfer, and the accounts and amounts of its entries in the order in which they were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    pub transfer: Transfer,
    pub entries: Vec<(i32, i64)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub id: i64,
    pub client: i32,
    pub text: String,
}

/// The rows of a batch, which are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub rows: i64,
    pub last: i32,
}

/// What a database is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The names of the migrations that are recorded.
    pub recorded: Vec<String>,
    /// As `sea_orm_do::introspect` tells it.
    pub schema: serde_json::Value,
    /// Of each table, its rows and the length of all that is in them.
    pub contents: BTreeMap<String, (i64, i64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Audit {
    pub balances: BTreeMap<i32, i64>,
    pub transfers: BTreeMap<i64, Posted>,
    /// Entries whose transfer is not there.
    pub stray_entries: usize,
    pub notes: BTreeMap<i64, Note>,
    pub batches: BTreeMap<i64, Batch>,
    pub count: i64,
    pub quick_check: Vec<String>,
    pub foreign_key_check: Vec<String>,
}

/// The body of an answer that tells an error.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refused {
    pub violation: Option<Violation>,
    pub message: String,
}

/// As `sea_orm_do::sql_err` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Violation {
    Unique,
    ForeignKey,
}

/// What the bank does wrong on purpose, to show that it is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sabotage {
    /// A transfer is acknowledged before it is made.
    Early,
    /// The balances and the entries of a transfer are written one after the other, without a transaction.
    Split,
    /// A batch is inserted piece by piece.
    Pieces,
    /// A migration leaves something behind for a while.
    Traces,
    /// Some notes are acknowledged and never written.
    Forgotten,
    /// The counter is read, and written later.
    Stale,
    /// What was to be rolled back is kept.
    Kept,
    /// Each request takes memory and keeps it.
    Leak,
}
