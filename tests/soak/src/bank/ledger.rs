//! What is known of an object, and the judgement on what is in it.

use std::collections::BTreeMap;

use sea_orm_do_shared::bank::{ACCOUNTS, Audit, Batch, Note, OPENING, Posted, Transfer};

use super::table::Table;

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) transfers: Table<Transfer>,
    pub(crate) notes: Table<Note>,
    pub(crate) batches: Table<Batch>,
    pub(crate) counted: Counted,
}

/// How often the counter was raised.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) acknowledged: i64,
    pub(crate) pending: i64,
}

/// What came of an audit.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) wrong: Vec<String>,
    /// Writes that were not answered and were found done, or not.
    pub(crate) unanswered: (usize, usize),
    /// Of these, the batches.
    pub(crate) batches: (usize, usize),
}

impl Ledger {
    /// Compares with what was found, which is what is known from now on.
    pub(crate) fn check(&mut self, audit: &Audit) -> Findings {
        let mut wrong = integrity(audit);
        let transfers = audit.transfers.iter().map(|(key, posted)| (*key, posted.transfer)).collect();
        let transfers = self.transfers.settle("transfer", &transfers, &mut wrong);
        let notes = self.notes.settle("note", &audit.notes, &mut wrong);
        let batches = self.batches.settle("batch", &audit.batches, &mut wrong);
        let counts = self.counted.settle(audit.count, &mut wrong);
        let parts = [transfers, notes, batches, counts];
        let unanswered = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        Findings { wrong, unanswered, batches }
    }
}

impl Counted {
    fn settle(&mut self, found: i64, wrong: &mut Vec<String>) -> (usize, usize) {
        let Self { acknowledged, pending } = *self;
        *self = Self { acknowledged: found, pending: 0 };
        let done = found - acknowledged;
        if (0..=pending).contains(&done) {
            return (usize::try_from(done).unwrap_or(0), usize::try_from(pending - done).unwrap_or(0));
        }
        wrong.push(format!("the count is {found}; {acknowledged} were acknowledged, {pending} not answered"));
        (0, 0)
    }
}

/// What must be so whatever was written: SQLite's own checks, and that the entries explain the balances.
fn integrity(audit: &Audit) -> Vec<String> {
    let mut wrong = Vec::new();
    if audit.quick_check != ["ok"] {
        wrong.push(format!("quick_check: {:?}", audit.quick_check));
    }
    if !audit.foreign_key_check.is_empty() {
        wrong.push(format!("foreign_key_check: {:?}", audit.foreign_key_check));
    }
    if audit.stray_entries > 0 {
        wrong.push(format!("{} entries are of no transfer", audit.stray_entries));
    }
    let mut balances: BTreeMap<i32, i64> = (1..=ACCOUNTS).map(|account| (account, OPENING)).collect();
    for Posted { transfer, entries } in audit.transfers.values() {
        if *entries != [(transfer.from, -transfer.amount), (transfer.to, transfer.amount)] {
            wrong.push(format!("{transfer:?} has the entries {entries:?}"));
        }
        for (account, amount) in entries {
            *balances.entry(*account).or_default() += amount;
        }
    }
    if balances != audit.balances {
        wrong.push(format!("the balances are {:?}, and the entries make {balances:?}", audit.balances));
    }
    wrong
}
