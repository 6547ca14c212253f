//! What is under way when workerd is killed.

use sea_orm_do_shared::bank::How;
use serde::Serialize;

use crate::bank::Work;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// Single writes and transactions alone.
    Writes,
    /// With thousands of rows in one step beside them.
    Batches,
    /// With objects that wake up for the first time beside them.
    Migrations,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Writes, Self::Batches, Self::Migrations];

    pub(super) fn of(round: u32) -> Self {
        Self::ALL[round as usize % Self::ALL.len()]
    }

    /// The kill comes within so many milliseconds after the writers have begun.
    pub(super) fn latest_kill(self) -> u64 {
        match self {
            Self::Writes | Self::Batches => 1_500,
            Self::Migrations => 600,
        }
    }
}

/// What a writer does, each as often as it stands here.
pub(super) const WRITES: &[Work] = &[
    Work::Write,
    Work::Write,
    Work::Rewrite,
    Work::Erase,
    Work::Count,
    Work::Batch { rows: 60 },
    Work::Transfer(How::Sync),
    Work::Transfer(How::Sync),
    Work::Transfer(How::Boxed),
    Work::Transfer(How::Savepoint),
    Work::Transfer(How::Held),
    Work::Transfer(How::Held),
    Work::Transfer(How::Failing),
    Work::Transfer(How::Dropped),
];

/// Of three columns each, which the driver cuts into some dozens of statements.
pub(super) const BATCHES: &[Work] = &[Work::Batch { rows: 1_000 }, Work::Batch { rows: 4_000 }];
