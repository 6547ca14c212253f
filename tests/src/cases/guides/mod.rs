//! The code of the guides in docs/, where the Markdown files have it from.

mod coming;
mod existing;
mod front;
mod money;
mod moving;
mod operation;
mod postgres;
mod raw;
mod reports;
mod shards;
pub(crate) mod shop;
mod task;
mod transactions;
mod types;

use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [
        coming::cases(),
        existing::cases(),
        front::cases(),
        money::cases(),
        moving::cases(),
        operation::cases(),
        postgres::cases(),
        raw::cases(),
        reports::cases(),
        shards::cases(),
        transactions::cases(),
        types::cases(),
    ]
    .concat()
}
