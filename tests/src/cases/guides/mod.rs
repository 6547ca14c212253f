//! The code of the guides in docs/, where the Markdown files have it from.

mod adopted;
mod coming;
mod costs;
mod existing;
mod front;
mod migrating;
mod money;
mod moving;
mod operation;
mod postgres;
mod raw;
mod remote;
mod reports;
mod search;
mod shards;
mod task;
mod transactions;
mod types;

use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [
        adopted::cases(),
        coming::cases(),
        costs::cases(),
        existing::cases(),
        front::cases(),
        migrating::cases(),
        money::cases(),
        moving::cases(),
        operation::cases(),
        postgres::cases(),
        raw::cases(),
        remote::cases(),
        reports::cases(),
        search::cases(),
        shards::cases(),
        transactions::cases(),
        types::cases(),
    ]
    .concat()
}
