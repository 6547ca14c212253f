//! What the clients do, of a hundred requests.

use fastrand::Rng;
use sea_orm_do_shared::bank::How;

use crate::bank::Work;

const MIX: [(u64, Work); 26] = [
    (10, Work::Balances),
    (7, Work::Notes { streamed: false }),
    (7, Work::Notes { streamed: true }),
    (8, Work::FindTransfer),
    (8, Work::FindBatch),
    (11, Work::Write),
    (6, Work::Rewrite),
    (3, Work::Erase),
    (6, Work::Count),
    (1, Work::Batch { rows: 20 }),
    (1, Work::Batch { rows: 200 }),
    (7, Work::Transfer(How::Sync)),
    (3, Work::Transfer(How::Boxed)),
    (3, Work::Transfer(How::Savepoint)),
    (6, Work::Transfer(How::Held)),
    (2, Work::Transfer(How::Failing)),
    (1, Work::Transfer(How::RolledBack)),
    (1, Work::Transfer(How::Dropped)),
    (1, Work::Overdraft),
    (1, Work::Orphan(How::Sync)),
    (1, Work::Orphan(How::Held)),
    (1, Work::Duplicate(How::Boxed)),
    (1, Work::Duplicate(How::Held)),
    (1, Work::DuplicateNote),
    (2, Work::Misfit),
    (1, Work::Begin),
];

pub(super) fn pick(random: &mut Rng) -> Work {
    let mut at = random.u64(..MIX.iter().map(|(share, _)| share).sum::<u64>());
    for (share, work) in MIX {
        if at < share {
            return work;
        }
        at -= share;
    }
    Work::Balances
}
