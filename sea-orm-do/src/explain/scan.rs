//! Finds the loops of a program that read a whole table or index, and the columns that an index would need.

use crate::program::{Edge, Flow, Op, Program, root_at};
use crate::storage::SqlValue;

/// A LIMIT up to this many rows, with its OFFSET, bounds a scan. A page of rows is smaller.
const MOST_LIMITED: f64 = 1000.0;

/// What `p5` of a step says about its loop: `SQLITE_STMTSTATUS_FULLSCAN_STEP` and `…_AUTOINDEX`.
const FULL_SCAN: i64 = 1;
const AUTOINDEX: i64 = 3;

/// A b-tree or a virtual table that a program reads as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WholeRead {
    pub(super) source: Source,
    /// The columns that an index would need, by their positions in the b-tree of `Column::root`. Several lists are
    /// several indexes.
    pub(super) wanted: Vec<Vec<Column>>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The root page of a table or an index.
    Root(i64),
    /// A virtual table, by what its query plan shows of it: `idxNum:idxStr`.
    Virtual(String),
}

/// A column by its position in the records of a b-tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) root: i64,
    pub(super) position: i64,
    pub(super) descending: bool,
}

/// The whole reads of a statement that runs with these parameters.
pub(super) fn whole_reads(program: &Program, params: &[SqlValue]) -> Vec<WholeRead> {
    let mut found: Vec<WholeRead> = Vec::new();
    for ops in &program.parts {
        for read in (Part { ops, flow: Flow::of(ops), params }).whole_reads() {
            if !found.contains(&read) {
                found.push(read);
            }
        }
    }
    found
}

/// One program, with the parameters of the statement.
struct Part<'a> {
    ops: &'a [Op],
    flow: Flow,
    params: &'a [SqlValue],
}

/// A loop over the rows of a cursor: from the instruction after its start to the one that steps to the next row.
#[derive(Clone, Copy)]
struct Loop {
    first: usize,
    next: usize,
}

impl Loop {
    fn contains(self, at: usize) -> bool {
        (self.first..=self.next).contains(&at)
    }
}

impl Part<'_> {
    fn whole_reads(&self) -> Vec<WholeRead> {
        let reads = self.ops.iter().enumerate().filter_map(|(at, op)| match op.code.as_str() {
            "Count" if op.p3 == 0 => Some(WholeRead { source: Source::Root(self.root(at)?), wanted: Vec::new() }),
            "Next" | "Prev" => {
                let root = self.root(at)?;
                let rows = Loop { first: usize::try_from(op.p2).ok()?, next: at };
                (self.is_scan(rows) && !self.is_limited(rows))
                    .then(|| WholeRead { source: Source::Root(root), wanted: self.wanted(rows) })
            }
            "VNext" => {
                let rows = Loop { first: usize::try_from(op.p2).ok()?, next: at };
                let plan = self.plan_without_terms(op.p1)?;
                (!self.is_limited(rows)).then(|| WholeRead { source: Source::Virtual(plan), wanted: Vec::new() })
            }
            _ => None,
        });
        reads.collect()
    }

    /// The root page of the table or index that an instruction uses.
    fn root(&self, at: usize) -> Option<i64> {
        root_at(self.ops, at)
    }

    /// Whether a loop reads all rows: SQLite says so, or it begins at the first row and nothing but its end leaves it.
    /// The latter is how `INSERT INTO … SELECT * FROM …` copies a table.
    fn is_scan(&self, rows: Loop) -> bool {
        let next = &self.ops[rows.next];
        if [FULL_SCAN, AUTOINDEX].contains(&next.p5) {
            return true;
        }
        let starts = |op: &Op| op.is(&["Rewind", "Last"]) && op.p1 == next.p1;
        let leaves = |edge: &Edge| {
            rows.contains(edge.from)
                && edge.from != rows.next
                && !rows.contains(edge.to)
                && self.ops[edge.from].code != "Gosub"
        };
        self.ops.iter().any(starts)
            && self.reaches(rows, rows.first, |at| at == rows.next)
            && !self.flow.edges.iter().any(leaves)
    }

    /// Whether one pass through a loop leads from `from` to an instruction that is looked for.
    fn reaches(&self, rows: Loop, from: usize, is_target: impl Fn(usize) -> bool) -> bool {
        let (mut seen, mut open) = (vec![from], vec![from]);
        while let Some(at) = open.pop() {
            if is_target(at) {
                return true;
            }
            let op = &self.ops[at];
            // A coroutine goes on where it has handed its row over.
            let resumes = (op.code == "Yield").then_some(Edge { from: at, to: at + 1, jumps: false });
            for edge in self.flow.after(at).filter(|_| resumes.is_none()).chain(resumes) {
                let repeats = edge.jumps && (op.is_next() || op.code == "VNext");
                let is_call = edge.jumps && op.is(&["Gosub", "Return"]);
                if !repeats && !seen.contains(&edge.to) && (is_call || rows.contains(edge.to)) {
                    seen.push(edge.to);
                    open.push(edge.to);
                }
            }
        }
        false
    }

    /// Whether a small LIMIT ends the loop: no row is left out for a value it has, so the rows that are read are those
    /// of the limit. A row without a match in a joined table does not count as left out.
    fn is_limited(&self, rows: Loop) -> bool {
        if !self.reaches(rows, rows.first, |at| at == rows.next) {
            // It ends at its first row, as for `max` and `EXISTS`.
            return true;
        }
        let limits: Vec<_> = (rows.first..rows.next).filter(|at| self.ends_loop(*at, rows)).collect();
        let offsets = (rows.first..rows.next).filter(|at| self.ops[*at].code == "IfPos" && self.ops[*at].p3 > 0);
        let counted: Option<Vec<_>> =
            limits.iter().copied().chain(offsets.clone()).map(|at| self.number(self.ops[at].p1)).collect();
        let Some(counted) = counted.filter(|_| !limits.is_empty()) else { return false };
        if counted.iter().any(|number| *number < 0.0) || counted.iter().sum::<f64>() > MOST_LIMITED {
            return false;
        }
        let counts: Vec<_> = limits.into_iter().chain(offsets).collect();
        let may_count = |at: usize| self.reaches(rows, at, |at| counts.contains(&at));
        let leaves_out = |edge: &Edge| {
            rows.contains(edge.from)
                && rows.contains(edge.to)
                && !counts.contains(&edge.from)
                && !self.is_miss(edge.from)
                && may_count(edge.from)
                && !may_count(edge.to)
                && self.reaches(rows, rows.first, |at| at == edge.from)
        };
        may_count(rows.first) && !self.flow.edges.iter().any(leaves_out)
    }

    /// Whether an instruction counts down a LIMIT, and leaves the loop at its end.
    fn ends_loop(&self, at: usize, rows: Loop) -> bool {
        let op = &self.ops[at];
        op.code == "DecrJumpZero" && !usize::try_from(op.p2).is_ok_and(|to| rows.contains(to))
    }

    /// The number that a register is given: a literal or a parameter, and nothing that is computed.
    fn number(&self, register: i64) -> Option<f64> {
        let is_computed = |op: &Op| {
            let computes = ["Function", "PureFunc", "Add", "Subtract", "Multiply", "Divide", "Remainder", "Column"];
            op.is(&computes) && op.p3 == register
        };
        let writer = self.ops.iter().find(|op| op.is(&["Integer", "Variable"]) && op.p2 == register)?;
        if self.ops.iter().any(is_computed) {
            return None;
        }
        if writer.code == "Integer" {
            #[allow(clippy::cast_precision_loss, reason = "an i32 in SQLite")]
            return Some(writer.p1 as f64);
        }
        match self.params.get(usize::try_from(writer.p1 - 1).ok()?)? {
            SqlValue::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether an instruction looks for a row of another table, and not at a value of this one.
    fn is_miss(&self, at: usize) -> bool {
        let op = &self.ops[at];
        let looks_up = ["SeekGE", "SeekGT", "SeekLE", "SeekLT", "SeekRowid", "NotExists", "Rewind", "Last", "IdxGE"];
        let ends = ["IdxGT", "IdxLE", "IdxLT", "Next", "Prev", "IfPos", "IfNoHope", "IfNullRow", "MustBeInt", "Filter"];
        match op.code.as_str() {
            code if looks_up.contains(&code) || ends.contains(&code) => true,
            "Found" | "NotFound" => self.root(at).is_some(),
            // A key that is NULL has no match.
            "IsNull" => self.ops[at..].iter().find(|op| op.code.starts_with("Seek")).is_some_and(|seek| {
                let length = seek.p4.parse().unwrap_or(1);
                (seek.p3..seek.p3 + length).contains(&op.p1)
            }),
            _ => false,
        }
    }

    /// What the plan of a virtual table shows, if it was given no term of the statement.
    fn plan_without_terms(&self, cursor: i64) -> Option<String> {
        let filter = self.ops.iter().find(|op| op.code == "VFilter" && op.p1 == cursor)?;
        let terms = self.number(filter.p3 + 1)?;
        let plan = self.number(filter.p3)?;
        (terms == 0.0).then(|| format!("{plan}:{}", filter.p4))
    }
}

/// The columns that a loop compares.
#[derive(Default)]
struct Compared {
    equal: Vec<Column>,
    ranges: Vec<Column>,
    /// Columns of terms that are joined by OR.
    alternatives: Vec<Column>,
}

impl Part<'_> {
    /// The columns of the indexes that would make a search of a loop.
    fn wanted(&self, rows: Loop) -> Vec<Vec<Column>> {
        if self.ops[rows.next].p5 == AUTOINDEX {
            return self.of_automatic_index(rows).into_iter().collect();
        }
        let Compared { equal, ranges, alternatives } = self.compared(rows);
        let mut columns = equal;
        if columns.is_empty() && ranges.is_empty() && alternatives.is_empty() {
            columns.extend(self.joined(rows));
        }
        if let Some(range) = ranges.first() {
            columns.push(*range);
        } else {
            let sorted = self.sorted(rows).into_iter();
            columns.extend(sorted.filter(|column| !columns.contains(column)).collect::<Vec<_>>());
        }
        match columns.is_empty() {
            true => alternatives.into_iter().map(|column| vec![column]).collect(),
            false => vec![columns],
        }
    }

    /// The column of the loop's own rows that a register holds.
    fn column(&self, rows: Loop, register: i64, before: usize) -> Option<Column> {
        self.column_of(self.ops[rows.next].p1, rows, register, before)
    }

    /// The column of a cursor's row, or of the row of the table that an index leads to, that a register holds.
    fn column_of(&self, cursor: i64, rows: Loop, register: i64, before: usize) -> Option<Column> {
        let mut register = register;
        for at in (rows.first..before).rev() {
            let op = &self.ops[at];
            match op.code.as_str() {
                "SCopy" | "Copy" if op.p2 == register => register = op.p1,
                "Column" if op.p3 == register => {
                    let of_index = |other: &Op| other.code == "DeferredSeek" && other.p1 == cursor && other.p3 == op.p1;
                    if op.p1 != cursor && !self.ops.iter().any(of_index) {
                        return None;
                    }
                    return Some(Column { root: self.root(at)?, position: op.p2, descending: false });
                }
                _ => {}
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
                "Ne" | "Lt" | "Le" | "Gt" | "Ge" => {
                    match (self.column(rows, op.p1, at), self.column(rows, op.p3, at)) {
                        (Some(column), None) | (None, Some(column)) => Some(column),
                        // Two columns of one row: no index helps.
                        _ => None,
                    }
                }
                "NotNull" => self.column(rows, op.p1, at),
                "NotFound" if self.root(at).is_none() => self.column(rows, op.p3, at),
                _ => None,
            };
            let Some(column) = column.filter(|_| self.skips(rows, op)) else { continue };
            let others = self.alternatives(rows, at);
            if others.iter().any(|other| *other != Some(column)) {
                others.into_iter().flatten().chain([column]).for_each(|column| add(&mut compared.alternatives, column));
            } else if op.is(&["Ne", "NotNull", "NotFound"]) {
                add(&mut compared.equal, column);
            } else {
                add(&mut compared.ranges, column);
            }
        }
        compared
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
                op.is(&["Ne", "Lt", "Le", "Gt", "Ge", "NotNull"])
                    && self.skips(rows, op)
                    && (of_other(op.p1) || of_other(op.p3))
            };
            (at..rows.next).any(is_condition).then_some(column)
        })
    }

    /// Whether an instruction jumps to the next row.
    fn skips(&self, rows: Loop, op: &Op) -> bool {
        let mut to = usize::try_from(op.p2).unwrap_or(usize::MAX);
        while let Some(goto) = self.ops.get(to).filter(|op| op.code == "Goto") {
            to = usize::try_from(goto.p2).unwrap_or(usize::MAX);
        }
        rows.contains(to) && self.ops[to].is_next()
    }

    /// The columns of the terms that make the term at `at` superfluous: those that are joined to it by OR. `None` for a
    /// term that is no equality with a column.
    fn alternatives(&self, rows: Loop, at: usize) -> Vec<Option<Column>> {
        let earlier = rows.first..at;
        earlier
            .filter(|other| usize::try_from(self.ops[*other].p2).is_ok_and(|to| to == at + 1))
            .filter(|other| self.flow.after(*other).any(|edge| edge.jumps))
            .map(|other| {
                let op = &self.ops[other];
                let column = self.column(rows, op.p1, other).or_else(|| self.column(rows, op.p3, other));
                column.filter(|_| op.is(&["Eq", "IsNull"]))
            })
            .collect()
    }

    /// The key of the index that SQLite makes for one statement.
    fn of_automatic_index(&self, rows: Loop) -> Option<Vec<Column>> {
        let (at, insert) = self.find(rows, |op| op.code == "IdxInsert")?;
        let (made, record) =
            self.find(Loop { first: rows.first, next: at }, |op| op.code == "MakeRecord" && op.p3 == insert.p2)?;
        let seek = self.ops.iter().find(|op| op.code.starts_with("Seek") && op.p1 == insert.p1)?;
        let length: i64 = seek.p4.parse().ok()?;
        (record.p1..record.p1 + length).map(|register| self.column(rows, register, made)).collect()
    }

    /// The columns that the rows of a loop are sorted by, if a LIMIT follows. Where rows are grouped, as DISTINCT may be,
    /// an index in that order would be read beyond the limit.
    fn sorted(&self, rows: Loop) -> Vec<Column> {
        let sorts = |cursor: i64| self.ops.iter().any(|op| op.is(&["Sort", "SorterSort"]) && op.p1 == cursor);
        let is_limited = self.ops.iter().any(|op| op.is(&["DecrJumpZero", "IfNotZero"]));
        let is_grouped = self.ops.iter().any(|op| op.is(&["Compare", "Found"]));
        let sorted = || {
            let (at, insert) = self.find(rows, |op| op.is(&["SorterInsert", "IdxInsert"]) && sorts(op.p1))?;
            let before = Loop { first: rows.first, next: at };
            let (made, record) = self.find(before, |op| op.code == "MakeRecord" && op.p3 == insert.p2)?;
            let open = self.ops.iter().find(|op| op.is(&["SorterOpen", "OpenEphemeral"]) && op.p1 == insert.p1)?;
            // `k(2,B,-B)`: the number of columns, and the direction and collation of each. Where rows are not sorted by
            // all columns of the record, a sequence follows the key.
            let key = open.p4.strip_prefix("k(")?.strip_suffix(')')?;
            let mut key = key.split(',');
            let length: i64 = key.next()?.parse().ok()?;
            let sequence = self.find(before, |op| op.code == "Sequence" && op.p1 == insert.p1);
            let end = sequence.map_or(record.p1 + length, |(_, sequence)| sequence.p2);
            let columns = (record.p1..end).zip(key).map(|(register, order)| {
                let column = self.column(rows, register, made)?;
                Some(Column { descending: order.starts_with('-'), ..column })
            });
            columns.collect::<Option<Vec<_>>>()
        };
        sorted().filter(|_| is_limited && !is_grouped).unwrap_or_default()
    }

    /// The last instruction of a loop that is looked for.
    fn find(&self, rows: Loop, is_it: impl Fn(&Op) -> bool) -> Option<(usize, &Op)> {
        (rows.first..rows.next).rev().map(|at| (at, &self.ops[at])).find(|(_, op)| is_it(op))
    }
}
