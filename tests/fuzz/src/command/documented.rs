//! The differences that are there on purpose, each with its reason.

use sea_orm_do_fuzz::programs::Outcome;
use sea_orm_do_fuzz::programs::models::{Action, Way};
use sea_orm_do_fuzz::programs::program::{Program, Step};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Documented {
    /// The outcomes are equal after all.
    Equal,
    /// What RETURNING gives does not fit its type: both report it, we have undone the write as well.
    MisfitUndone,
}

impl Documented {
    pub fn reason(self) -> &'static str {
        match self {
            Self::Equal => "equal when it was run again",
            Self::MisfitUndone => "a write is undone when a value of its RETURNING list does not fit its type",
        }
    }
}

/// Why the outcomes differ, or `None` where there is no reason that is known.
pub fn explain(program: &Program, ours: &Outcome, theirs: &Outcome) -> Option<Documented> {
    if ours == theirs {
        return Some(Documented::Equal);
    }
    let same = ours.0.iter().zip(&theirs.0).take_while(|(ours, theirs)| ours == theirs);
    let undone = same
        .filter_map(|(line, _)| line.strip_suffix(" error: misfit"))
        .any(|path| step_at(&program.steps, path).is_some_and(writes_and_returns));
    undone.then_some(Documented::MisfitUndone)
}

/// The step of a line: `2.0` is the first in the transaction that is the third.
fn step_at<'a>(steps: &'a [Step], path: &str) -> Option<&'a Step> {
    match path.split_once('.') {
        None => steps.get(path.parse::<usize>().ok()?),
        Some((first, rest)) => match steps.get(first.parse::<usize>().ok()?)? {
            Step::Transaction(transaction) => step_at(&transaction.steps, rest),
            _ => None,
        },
    }
}

fn writes_and_returns(step: &Step) -> bool {
    match step {
        Step::Insert(insert) => !insert.returning.is_empty(),
        Step::Update(update) => !update.returning.is_empty(),
        Step::Delete(delete) => !delete.returning.is_empty(),
        Step::Model(step) => match &step.action {
            Action::Insert(_) | Action::Save(_) | Action::Exec(..) | Action::Change(..) => true,
            Action::InsertMany(_, way, _) => *way != Way::Count,
            Action::UpdateMany(_, _, returning) | Action::DeleteMany(_, returning) => *returning,
            Action::Remove(_) | Action::Find(..) => false,
        },
        Step::Select(_) | Step::Schema(_) | Step::Transaction(_) => false,
    }
}
