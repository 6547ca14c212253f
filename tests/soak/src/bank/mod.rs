//! The customers of the bank in tests/src/bank, who know what they were told and compare it with what they find.

mod client;
mod ledger;
mod table;
#[allow(dead_code)]
mod work;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use sea_orm_do_harness::bundle::{self, Build};
use sea_orm_do_harness::workerd::{Server, Worker, Workerd};
use sea_orm_do_harness::workspace::Workspace;

pub(crate) use self::client::{Client, Trouble};
pub(crate) use self::ledger::{Findings, Ledger};
pub(crate) use self::work::{Class, Work};

/// Builds the worker, unless `SEA_ORM_DO_BUNDLED` says that this was just done.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    if std::env::var_os("SEA_ORM_DO_BUNDLED").is_some() {
        return Ok(());
    }
    bundle::worker(workspace, "tests", Build::Quick)
}

/// Starts workerd on its newest compatibility date, with an empty disk.
pub(crate) fn open() -> Result<Server> {
    let workerd = Workerd::find()?;
    let date = workerd.newest_date()?;
    workerd.start(&Worker { member: "tests", objects: &[("BANK", "Bank", true)], date, prelude: None, texts: &[] })
}

/// A Durable Object, and what is known of it.
pub(crate) struct Object {
    pub(crate) name: String,
    last_key: AtomicI64,
    ledger: Mutex<Ledger>,
}

impl Object {
    pub(crate) fn new(name: String) -> Self {
        Self { name, last_key: AtomicI64::new(0), ledger: Mutex::default() }
    }

    /// A key that nobody has used in this object.
    pub(crate) fn new_key(&self) -> i64 {
        self.last_key.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
