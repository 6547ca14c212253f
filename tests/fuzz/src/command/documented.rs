//! The differences that are there on purpose, each with its reason.

use sea_orm_do_shared::programs::Outcome;
use sea_orm_do_shared::programs::errors::REFUSED;
use sea_orm_do_shared::programs::models::{Action, Way};
use sea_orm_do_shared::programs::program::{Program, Step};
use sea_orm_do_shared::programs::schema::Table;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Documented {
    /// The outcomes are equal after all.
    Equal,
    /// What RETURNING gives does not fit its type: both report it, we have undone the write as well.
    MisfitUndone,
    /// An INSERT of more than 100 parameters, cut between its rows, fails: a foreign key is checked after each part, so its
    /// error comes before one of a later row, and the rows that were undone end at another rowid.
    CutInsertFailed,
    /// An INSERT that a foreign key refuses: it asks for its rowid, so SQLite checks the key at its end and not before the row
    /// is written, and `last_insert_rowid()` is the rowid of the row that was undone.
    RefusedInsertRowid,
    /// SQLite does not notice that an upsert breaks a deferred key of a table on itself: it counts the key that it looks for
    /// as found. Our commit looks at the rows.
    BrokenKeyFound,
    /// SQLite leaves the rows of a STRICT table that a statement wrote in a transaction before a value of the wrong type; our
    /// driver undoes them.
    StrictRowsLeft,
    /// What has overflowed is a REAL, and so is what is computed from it. Ours reads a REAL that is a small whole number as an
    /// integer, since the runtime does not tell them apart; SeaORM's own driver reports it.
    WholeReal,
    /// Behind the greatest rowid SQLite tries others by lot: <https://www.sqlite.org/autoinc.html>.
    RowidByLot,
    /// Whether -0.0 keeps its sign through UNION, INTERSECT and EXCEPT is another matter in the runtime's SQLite than in that of
    /// the host.
    SignOfZero,
    /// The runtime's SQLite writes a REAL as text with up to 17 digits, that of the host with 15.
    RealAsText,
    /// Whether SQLite works out a column of a row that LIMIT leaves out, and so an overflow in it, is up to its plan; it makes
    /// another where the limit is an integer that it knows.
    BeyondLimit,
    /// SQLite itself rolls back the transaction in which an AUTOINCREMENT has no rowid left
    /// (<https://www.sqlite.org/lang_transaction.html>): SeaORM's own driver knows nothing of it, and workerd resets the object.
    NoRowidLeft,
    /// A value that SQLite would store or compare as something else than its registered column's type is refused.
    ValueRefused,
    /// SeaORM's own driver panics at a negative last rowid: sea-orm-2.0.4/src/executor/execute.rs.
    NegativeRowid,
}

impl Documented {
    pub fn reason(self) -> &'static str {
        match self {
            Self::Equal => "equal when it was run again",
            Self::MisfitUndone => "a write is undone when a value of its RETURNING list does not fit its type",
            Self::CutInsertFailed => "a long INSERT that fails tells another of its errors, or another last rowid",
            Self::RefusedInsertRowid => "after an INSERT that a foreign key refuses, the last rowid is that of its row",
            Self::BrokenKeyFound => "a commit finds a deferred key broken that SQLite has overlooked",
            Self::StrictRowsLeft => "a failed write to a STRICT table leaves no rows behind in a transaction",
            Self::WholeReal => "a REAL that is a small whole number is read as an integer",
            Self::RowidByLot => "behind the greatest rowid SQLite chooses one by lot",
            Self::SignOfZero => {
                "-0.0 keeps its sign through a compound SELECT in one version of SQLite and not in another"
            }
            Self::RealAsText => "a REAL as text has 17 digits in one version of SQLite and 15 in another",
            Self::BeyondLimit => "an overflow in a row beyond LIMIT is found or not, as SQLite plans it",
            Self::NoRowidLeft => {
                "an AUTOINCREMENT without a rowid left ends the transaction, and in workerd the object"
            }
            Self::ValueRefused => "a bound value of another kind than its registered column is refused",
            Self::NegativeRowid => "SeaORM's own driver panics at a negative last rowid",
        }
    }
}

/// Why the outcomes differ, or `None` where there is no reason that is known.
pub fn explain(program: &Program, ours: &Outcome, theirs: &Outcome) -> Option<Documented> {
    if theirs.0.iter().any(|line| line.starts_with("a panic: ") && line.ends_with("negative last_insert_rowid")) {
        return Some(Documented::NegativeRowid);
    }
    if ours != theirs && without_long_numbers(ours) == without_long_numbers(theirs) && has_greatest_rowid(theirs) {
        return Some(Documented::RowidByLot);
    }
    if theirs.is_full() {
        return Some(Documented::NoRowidLeft);
    }
    let mut why = Documented::Equal;
    let mut cut_failed = false;
    let mut key_refused = false;
    for (ours_line, theirs_line) in ours.0.iter().zip(&theirs.0) {
        let path = ours_line.split(' ').next().unwrap_or_default();
        let failed = [ours_line, theirs_line].iter().all(|line| line.contains(" error: "));
        let is_cut = failed && step_at(&program.steps, path).is_some_and(is_cut);
        cut_failed |= is_cut;
        key_refused |= failed && ours_line.contains(" error: FOREIGN KEY constraint failed");
        if ours_line == theirs_line {
            continue;
        }
        // What would have been written is not there.
        if ours_line.ends_with(&format!(" error: {REFUSED}")) {
            return Some(Documented::ValueRefused);
        }
        if is_overlooked(program, path, ours_line, theirs_line) {
            return Some(Documented::BrokenKeyFound);
        }
        if let Some(known) = step_at(&program.steps, path).and_then(|step| of_step(step, ours_line, theirs_line)) {
            // An error ends the transaction that it is in.
            if path.contains('.') && ours_line.contains(" error: ") != theirs_line.contains(" error: ") {
                return Some(known);
            }
            why = known;
            continue;
        }
        let only_rowid = || without_rowid(ours_line) == without_rowid(theirs_line);
        if is_cut || (cut_failed && only_rowid()) {
            why = Documented::CutInsertFailed;
        } else if key_refused && only_rowid() {
            why = Documented::RefusedInsertRowid;
        } else {
            return undone(program, ours, theirs);
        }
    }
    if ours.0.len() == theirs.0.len() { Some(why) } else { undone(program, ours, theirs) }
}

/// Why the lines of a step differ.
fn of_step(step: &Step, ours: &str, theirs: &str) -> Option<Documented> {
    let text = format!("{step:?}");
    let has_one_of = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    let computes = || has_one_of(&["Add", "Subtract", "Multiply", "Divide", "\"sum\""]);
    if theirs.ends_with(" error: misfit") && ours.contains(" rows ") && computes() {
        return Some(Documented::WholeReal);
    }
    let Step::Select(select) = step else { return None };
    let overflows = |line: &str| line.ends_with(" error: integer overflow");
    if overflows(ours) != overflows(theirs) && select.limit.is_some() {
        return Some(Documented::BeyondLimit);
    }
    let has_zero = ours.contains("-0.0") || theirs.contains("-0.0");
    let same = || unsigned(ours, !select.order.is_empty()) == unsigned(theirs, !select.order.is_empty());
    if has_zero && !select.compound.is_empty() && same() {
        return Some(Documented::SignOfZero);
    }
    (has_one_of(&["Cast(", "Concat"]) && rounded(ours) == rounded(theirs)).then_some(Documented::RealAsText)
}

/// The rows of a line without the signs of zeros, by which those without an order of their own are sorted.
fn unsigned(line: &str, has_order: bool) -> Vec<String> {
    let mut rows: Vec<_> = line.split('[').map(|row| row.replace("-0.0", "0.0").trim_end().to_owned()).collect();
    if !has_order {
        rows.sort_unstable();
    }
    rows
}

/// A line without the digits beyond the 15th of the REALs in its texts.
fn rounded(line: &str) -> String {
    // What stands for a quote in a text.
    let line = line.replace("\\\\", "").replace("\\\"", "");
    let parts = line.split('"').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 1 { rounded_text(part) } else { part.to_owned() })
        .collect::<Vec<_>>()
        .join("\"")
}

fn rounded_text(text: &str) -> String {
    let is_part = |char: char| char.is_ascii_digit() || ['.', 'e', '+', '-'].contains(&char);
    let mut rounded = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|char: char| char.is_ascii_digit()) {
        let end = rest[start..].find(|char| !is_part(char)).map_or(rest.len(), |length| start + length);
        let number = &rest[start..end];
        rounded.push_str(&rest[..start]);
        match number.parse::<f64>() {
            Ok(parsed) if number.contains('.') && number.len() > 15 => rounded.push_str(&format!("{parsed:.14e}")),
            _ => rounded.push_str(number),
        }
        rest = &rest[end..];
    }
    rounded + rest
}

fn has_greatest_rowid(outcome: &Outcome) -> bool {
    outcome.0.iter().any(|line| line.contains("9223372036854775807"))
}

/// Sorted, for the order of rows may be that of their rowids.
fn without_long_numbers(outcome: &Outcome) -> Vec<String> {
    let is_long = |part: &&str| part.len() > 15 && part.bytes().all(|byte| byte.is_ascii_digit());
    let short = |line: &str| -> String {
        line.split_inclusive(|char: char| !char.is_ascii_digit())
            .map(|part| {
                let digits = part.trim_end_matches(|char: char| !char.is_ascii_digit());
                if is_long(&digits) { part.replace(digits, "#") } else { part.to_owned() }
            })
            .collect()
    };
    let mut lines: Vec<_> = outcome.0.iter().flat_map(|line| line.split('\n')).map(short).collect();
    lines.sort_unstable();
    lines
}

fn without_rowid(line: &str) -> &str {
    line.split(", last rowid").next().unwrap_or(line)
}

/// Whether only our commit finds that a deferred key of a table on itself is broken.
fn is_overlooked(program: &Program, path: &str, ours: &str, theirs: &str) -> bool {
    let is_transaction = matches!(step_at(&program.steps, path), Some(Step::Transaction(_)));
    let refers_to_itself = |table: &Table| {
        table.foreign_keys.iter().any(|key| key.table == table.name && key.actions.contains("DEFERRED"))
    };
    is_transaction
        && ours.contains(" error: FOREIGN KEY constraint failed")
        && theirs.ends_with(" committed")
        && program.tables.iter().any(refers_to_itself)
}

/// What we have undone, and SeaORM's own driver has not, before the outcomes differ.
fn undone(program: &Program, ours: &Outcome, theirs: &Outcome) -> Option<Documented> {
    let mut same = ours.0.iter().zip(&theirs.0).take_while(|(ours, theirs)| ours == theirs);
    same.find_map(|(line, _)| {
        let (path, error) = line.split_once(" error: ")?;
        let step = step_at(&program.steps, path)?;
        match error {
            "misfit" if writes_and_returns(step) => Some(Documented::MisfitUndone),
            _ if error.starts_with("cannot store ") && path.contains('.') => Some(Documented::StrictRowsLeft),
            _ => None,
        }
    })
}

/// Whether the runtime does not take all values of an INSERT at once.
fn is_cut(step: &Step) -> bool {
    match step {
        Step::Insert(insert) => insert.rows.iter().map(Vec::len).sum::<usize>() > 100,
        Step::Model(step) => match &step.action {
            Action::InsertMany(rows, ..) => rows.iter().map(Vec::len).sum::<usize>() > 50,
            _ => false,
        },
        _ => false,
    }
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
