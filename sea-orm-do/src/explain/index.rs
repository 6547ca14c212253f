//! The columns of the index that would turn a scan into a search.

use super::scan::{Column, Loop, Part};
use crate::program::{AUTOINDEX, Op};

const BINARY: &str = "BINARY";

/// The columns that a loop compares.
#[derive(Default)]
struct Compared {
    equal: Vec<Column>,
    ranges: Vec<Column>,
    /// Columns of terms that are joined by OR.
    alternatives: Vec<Column>,
}

/// The columns of the indexes that would make a search of a loop.
pub(super) fn wanted(part: &Part<'_>, rows: Loop) -> Vec<Vec<Column>> {
    if part.ops[rows.next].p5 == AUTOINDEX {
        return part.of_automatic_index(rows).into_iter().collect();
    }
    let Compared { equal, ranges, alternatives } = part.compared(rows);
    let mut columns = equal;
    if columns.is_empty() && ranges.is_empty() && alternatives.is_empty() {
        columns.extend(part.joined(rows));
    }
    if let Some(range) = ranges.first() {
        columns.push(range.clone());
    } else if alternatives.is_empty() {
        let sorted = part.sorted(rows, columns.is_empty()).into_iter();
        columns.extend(
            sorted.filter(|column| !columns.iter().any(|known| known.position == column.position)).collect::<Vec<_>>(),
        );
    }
    match columns.is_empty() {
        true => alternatives.into_iter().map(|column| vec![column]).collect(),
        false => vec![columns],
    }
}

/// The collation of a comparison: `NOCASE-8`.
fn collation_of(op: &Op) -> String {
    let name = op.p4.rsplit_once('-').map_or(op.p4.as_str(), |(name, _)| name);
    if name.is_empty() { BINARY.to_owned() } else { name.to_owned() }
}

impl Part<'_> {
    /// The column of the loop's own rows that a register holds.
    fn column(&self, rows: Loop, register: i64, before: usize) -> Option<Column> {
        self.column_of(self.ops[rows.next].p1, rows, register, before)
    }

    /// The column of a cursor's row, or of the row of the table that an index leads to, that a register holds.
    fn column_of(&self, cursor: i64, rows: Loop, register: i64, before: usize) -> Option<Column> {
        let mut register = register;
        for at in (rows.first..before).rev() {
            let op = &self.ops[at];
            // An affinity changes no value that is stored with it.
            if !op.writes().contains(&register) || op.is(&["Affinity", "RealAffinity"]) {
                continue;
            }
            match op.code.as_str() {
                "SCopy" => register = op.p1,
                "Copy" => register = op.p1 + (register - op.p2),
                "Column" => {
                    let of_index = |other: &Op| other.code == "DeferredSeek" && other.p1 == cursor && other.p3 == op.p1;
                    if op.p1 != cursor && !self.ops.iter().any(of_index) {
                        return None;
                    }
                    let root = self.root(at)?;
                    return Some(Column { root, position: op.p2, descending: false, collation: BINARY.to_owned() });
                }
                _ => return None,
            }
        }
        None
    }

    fn compared(&self, rows: Loop) -> Compared {
        let mut compared = Compared::default();
        let add = |list: &mut Vec<Column>, column: Column| {
            if !list.contains(&column) {
                list.push(column);
            }
        };
        for at in rows.first..rows.next {
            let op = &self.ops[at];
            let column = match op.code.as_str() {
                "Ne" | "Lt" | "Le" | "Gt" | "Ge" => self.compared_column(rows, at),
                "NotNull" => self.column(rows, op.p1, at),
                "NotFound" if self.root(at).is_none() => self.column(rows, op.p3, at),
                _ => None,
            };
            let skips = self.target(op) == Some(rows.next);
            let Some(column) = column.filter(|_| skips) else { continue };
            let others = self.alternatives(rows, at);
            if others.iter().any(|other| other.as_ref() != Some(&column)) {
                // With a term that no index serves, none helps.
                if let Some(others) = others.into_iter().collect::<Option<Vec<_>>>() {
                    others.into_iter().chain([column]).for_each(|column| add(&mut compared.alternatives, column));
                }
            } else if op.is(&["Ne", "NotNull", "NotFound"]) {
                add(&mut compared.equal, column);
            } else {
                add(&mut compared.ranges, column);
            }
        }
        compared
    }

    /// The column that a comparison compares with something else than a column of the same row.
    fn compared_column(&self, rows: Loop, at: usize) -> Option<Column> {
        let op = &self.ops[at];
        match (self.column(rows, op.p1, at), self.column(rows, op.p3, at)) {
            (Some(column), None) | (None, Some(column)) => Some(Column { collation: collation_of(op), ..column }),
            _ => None,
        }
    }

    /// Where an instruction jumps to, behind jumps that are always taken.
    fn target(&self, op: &Op) -> Option<usize> {
        let mut to = usize::try_from(op.p2).ok()?;
        while let Some(goto) = self.ops.get(to).filter(|op| op.code == "Goto") {
            to = usize::try_from(goto.p2).ok().filter(|next| *next > to)?;
        }
        Some(to)
    }

    /// The columns of the terms that make the term at `at` superfluous: those that are joined to it by OR. `None` for a
    /// term that no index serves.
    fn alternatives(&self, rows: Loop, at: usize) -> Vec<Option<Column>> {
        let earlier = (rows.first..at).filter(|other| {
            let op = &self.ops[*other];
            let is_condition =
                op.is(&["Eq", "Ne", "Lt", "Le", "Gt", "Ge", "If", "IfNot", "IsNull", "NotNull", "Found"]);
            is_condition && usize::try_from(op.p2).is_ok_and(|to| to == at + 1)
        });
        let column = |other: usize| {
            let op = &self.ops[other];
            match op.code.as_str() {
                "Eq" | "Lt" | "Le" | "Gt" | "Ge" => self.compared_column(rows, other),
                "IsNull" => self.column(rows, op.p1, other),
                "Found" if self.root(other).is_none() => self.column(rows, op.p3, other),
                _ => None,
            }
        };
        earlier.map(column).collect()
    }

    /// The column by which rows of another table are looked up that must also fulfil a condition: the other table could
    /// come first.
    fn joined(&self, rows: Loop) -> Option<Column> {
        (rows.first..rows.next).find_map(|at| {
            let seek = &self.ops[at];
            let looks_up = seek.code.starts_with("Seek") && self.root(at).is_some();
            let column = looks_up.then(|| self.column(rows, seek.p3, at)).flatten()?;
            let is_condition = |at: usize| {
                let op = &self.ops[at];
                let of_other = |register| self.column_of(seek.p1, rows, register, at).is_some();
                let skips = || self.target(op).is_some_and(|to| rows.contains(to) && self.ops[to].is_next());
                op.is(&["Ne", "Lt", "Le", "Gt", "Ge", "NotNull"]) && skips() && (of_other(op.p1) || of_other(op.p3))
            };
            (at..rows.next).any(is_condition).then_some(column)
        })
    }

    /// The key of the index that SQLite makes for one statement.
    fn of_automatic_index(&self, rows: Loop) -> Option<Vec<Column>> {
        let (at, insert) = self.find(rows, |op| op.code == "IdxInsert")?;
        let before = Loop { first: rows.first, next: at };
        let (made, record) = self.find(before, |op| op.code == "MakeRecord" && op.p3 == insert.p2)?;
        let seek = self.ops.iter().find(|op| op.code.starts_with("Seek") && op.p1 == insert.p1)?;
        let length: i64 = seek.p4.parse().ok()?;
        (record.p1..record.p1 + length).map(|register| self.column(rows, register, made)).collect()
    }

    /// The columns that the rows of a loop are sorted by, if a LIMIT follows. Where rows are grouped, as DISTINCT may be,
    /// or left out for another reason, an index in that order would be read beyond the limit.
    fn sorted(&self, rows: Loop, alone: bool) -> Vec<Column> {
        let sorts = |cursor: i64| self.ops.iter().any(|op| op.is(&["Sort", "SorterSort"]) && op.p1 == cursor);
        let is_limited = self.ops.iter().any(|op| op.is(&["DecrJumpZero", "IfNotZero"]));
        let is_grouped = self.ops.iter().any(|op| op.is(&["Compare", "Found"]));
        let sorted = || {
            let (at, insert) = self.find(rows, |op| op.is(&["SorterInsert", "IdxInsert"]) && sorts(op.p1))?;
            // The best rows so far are compared where a LIMIT keeps no others.
            let compares = self.find(rows, |op| op.is(&["IdxLE", "IdxLT", "IdxGT", "IdxGE"]) && op.p1 == insert.p1);
            let goals: Vec<_> = compares.map(|(at, _)| at).into_iter().chain([at]).collect();
            if alone && self.leaves_rows_out(&self.pass(rows), &goals) {
                return None;
            }
            let before = Loop { first: rows.first, next: at };
            let (made, record) = self.find(before, |op| op.code == "MakeRecord" && op.p3 == insert.p2)?;
            let open = self.ops.iter().find(|op| op.is(&["SorterOpen", "OpenEphemeral"]) && op.p1 == insert.p1)?;
            // `k(2,B,-NOCASE)`: the number of columns, and the direction and collation of each. Where rows are not sorted
            // by all columns of the record, a sequence follows the key.
            let key = open.p4.strip_prefix("k(")?.strip_suffix(')')?;
            let mut key = key.split(',');
            let length: i64 = key.next()?.parse().ok()?;
            let sequence = self.find(before, |op| op.code == "Sequence" && op.p1 == insert.p1);
            let end = sequence.map_or(record.p1 + length, |(_, sequence)| sequence.p2);
            let mut columns: Vec<Column> = Vec::new();
            for (register, order) in (record.p1..end).zip(key) {
                let descending = order.starts_with('-');
                let collation = match order.trim_start_matches('-') {
                    "" | "B" => BINARY.to_owned(),
                    name => name.to_owned(),
                };
                let is_rowid = |op: &Op| op.is(&["Rowid", "IdxRowid"]) && op.p2 == register;
                match self.column(rows, register, made) {
                    Some(column) => columns.push(Column { descending, collation, ..column }),
                    // The rowid ends every index, ascending: an index may be read from its end.
                    None if self.find(before, is_rowid).is_some() && register + 1 == end => {
                        let is_same = columns.iter().all(|column| column.descending == descending);
                        is_same.then_some(())?;
                        columns.iter_mut().for_each(|column| column.descending = false);
                    }
                    None => return None,
                }
            }
            Some(columns)
        };
        sorted().filter(|_| is_limited && !is_grouped).unwrap_or_default()
    }

    /// The last instruction of a loop that is looked for.
    fn find(&self, rows: Loop, is_it: impl Fn(&Op) -> bool) -> Option<(usize, &Op)> {
        (rows.first..rows.next).rev().map(|at| (at, &self.ops[at])).find(|(_, op)| is_it(op))
    }
}
