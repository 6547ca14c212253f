//! The differences that are there on purpose, each with its reason.

use sea_orm_do_tests::fuzz::{Outcome, Program};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Documented {
    /// The outcomes are equal after all.
    Equal,
}

impl Documented {
    pub fn reason(self) -> &'static str {
        match self {
            Self::Equal => "equal",
        }
    }
}

/// Why the outcomes differ, or `None` where there is no reason that is known.
pub fn explain(_program: &Program, ours: &Outcome, theirs: &Outcome) -> Option<Documented> {
    if ours == theirs {
        return Some(Documented::Equal);
    }
    None
}
