//! The rows that a statement reads and writes, as the runtime counts them, from the counters that SQLite has on the
//! host.
//!
//! The runtime's SQLite is patched: it counts seeks, steps of a cursor and changes of a b-tree while a statement runs
//! (`patches/sqlite/0001-row-counts-plain.patch` in workerd). SQLite itself only counts all instructions, the steps of
//! full scans, sorts, rows and changes (<https://www.sqlite.org/c3ref/c_stmtstatus_counter.html>). But each of these is a
//! sum over the instructions of the statement's program, whose loops and branches `EXPLAIN` shows, and what enters an
//! instruction leaves it. So the sums bound the numbers that the runtime would count: often to one value, and the
//! bounds are the solutions of a linear program.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use rusqlite::{Connection, Statement, StatementStatus};

use super::statement::exec;
use crate::program::{Flow, Op, Program, finds_equal, root_at};
use crate::sql::quote::quoted;
use crate::storage::{Cost, SqlValue};

/// `OPFLAG_NCHANGE`: the instruction counts for `changes()`.
const COUNTS_CHANGE: i64 = 0x01;
/// What `p5` of a step says about its loop: `SQLITE_STMTSTATUS_FULLSCAN_STEP`, `…_SORT` and `…_AUTOINDEX`.
const FULL_SCAN: i64 = 1;
const SORT: i64 = 2;
const AUTOINDEX: i64 = 3;

/// Up to this many instructions, the numbers of executions are integers, which takes more time to solve.
const MOST_EXACT: i32 = 300;

/// A statement that is to be counted.
#[derive(Debug)]
pub(super) struct Counted {
    program: Program,
    /// The number of rows of each b-tree that the program may read, count or clear as a whole, by its root page.
    rows: Vec<(i64, i32)>,
    changes: u64,
}

/// What SQLite has counted for a statement that has run.
struct Counters {
    steps: i32,
    full_scan: i32,
    sorts: i32,
    autoindex: i32,
    rows: usize,
    changes: u64,
}

impl Counted {
    /// `None` if SQLite does not explain the statement: then it does not run either.
    pub(super) fn prepare(connection: &Connection, sql: &str, params: &[SqlValue]) -> Option<Self> {
        let program = Program::read(&exec(connection, &Program::query(sql), params).ok()?.rows)?;
        let roots = program.parts.iter().flat_map(|ops| {
            ops.iter().enumerate().filter_map(|(at, op)| match op.code.as_str() {
                "Clear" => Some(op.p1),
                "Count" => root_at(ops, at),
                // SQLite counts the steps of full scans itself.
                "Next" | "Prev" if op.p5 != FULL_SCAN => root_at(ops, at),
                _ => None,
            })
        });
        let rows = roots.map(|root| Some((root, rows_of(connection, root)?))).collect::<Option<_>>()?;
        Some(Self { program, rows, changes: connection.total_changes() })
    }

    /// The cost of the statement, which has run to its end and returned `rows`.
    pub(super) fn cost(&self, connection: &Connection, statement: &Statement<'_>, rows: usize) -> Option<Cost> {
        let counter = |status| statement.get_status(status);
        let counters = Counters {
            steps: counter(StatementStatus::VmStep),
            full_scan: counter(StatementStatus::FullscanStep),
            sorts: counter(StatementStatus::Sort),
            autoindex: counter(StatementStatus::AutoIndex),
            rows,
            changes: connection.total_changes() - self.changes,
        };
        let bounds = |what| Some((self.bound(&counters, what, true)?, self.bound(&counters, what, false)?));
        let (read, written) = (bounds(What::Read)?, bounds(What::Written)?);
        let middle = |(least, most): (u64, u64)| least.midpoint(most);
        Some(Cost {
            rows_read: middle(read),
            rows_written: middle(written),
            is_estimate: read.0 != read.1 || written.0 != written.1,
        })
    }
}

/// What the runtime counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Read,
    Written,
}

fn rows_of(connection: &Connection, root: i64) -> Option<i32> {
    let named = "SELECT tbl_name FROM sqlite_schema WHERE rootpage = ?";
    let table: String = connection.query_row(named, [root], |row| row.get(0)).ok()?;
    connection.query_row(&format!("SELECT count(*) FROM {}", quoted(&table)), [], |row| row.get(0)).ok()
}

/// A stretch of instructions that are always executed together.
struct Block {
    first: usize,
    last: usize,
    times: Variable,
}

/// A step from the end of a block to the start of another one.
struct Step<'a> {
    from: &'a Op,
    from_at: usize,
    to_at: usize,
    jumps: bool,
    times: Variable,
}

/// The linear program over all parts of a program.
struct Model<'a> {
    problem: Problem,
    counted: &'a Counted,
    /// The number of executed instructions.
    most: i32,
    /// Whether a seek for a rowid that may be NULL is counted where it finds none.
    counts_misses: bool,
    /// Whether deferred foreign keys are violated, so that a statement looks for rows that mend them.
    violates_keys: bool,
}

impl Counted {
    /// The least or the most that the counters allow.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows, not negative")]
    fn bound(&self, counters: &Counters, what: What, least: bool) -> Option<u64> {
        let direction = if least { OptimizationDirection::Minimize } else { OptimizationDirection::Maximize };
        let solve = |violates_keys| {
            let problem = Problem::new(direction);
            Model { problem, counted: self, most: counters.steps, counts_misses: !least, violates_keys }
                .solve(counters, what)
        };
        let solution = solve(false).or_else(|| solve(true))?;
        // The solver is exact to about a millionth.
        let rounded = if least { (solution - 1e-4).ceil() } else { (solution + 1e-4).floor() };
        Some(rounded.max(0.0) as u64)
    }

    fn rows_at(&self, root: Option<i64>) -> f64 {
        self.rows.iter().find(|(of, _)| Some(*of) == root).map_or(0.0, |(_, rows)| f64::from(*rows))
    }

    /// What the runtime counts for one execution of an instruction, apart from the steps of loops.
    fn weight(&self, ops: &[Op], at: usize, what: What) -> f64 {
        let op = &ops[at];
        match (what, op.code.as_str()) {
            (What::Read, "SeekGE" | "SeekLE") if finds_equal(ops, at) => 0.0,
            (
                What::Read,
                "SeekLT" | "SeekLE" | "SeekGE" | "SeekGT" | "SeekRowid" | "NotExists" | "Last" | "Rewind" | "Sort"
                | "SorterSort" | "VNext",
            ) => 1.0,
            (What::Read, "Count") if op.p3 == 0 => self.rows_at(root_at(ops, at)),
            (What::Written, "Insert" | "IdxInsert") => f64::from(u8::from(root_at(ops, at).is_some())),
            (What::Written, "Delete") => f64::from(u8::from(op.p2 & COUNTS_CHANGE != 0)),
            (What::Written, "VUpdate") => 1.0,
            (What::Written, "Clear") if op.p3 != 0 => self.rows_at(Some(op.p1)),
            _ => 0.0,
        }
    }

    /// What one execution of an instruction adds to the number of changes.
    fn changes(&self, op: &Op) -> f64 {
        match op.code.as_str() {
            "Insert" | "IdxInsert" => f64::from(u8::from(op.p5 & COUNTS_CHANGE != 0)),
            "Delete" => f64::from(u8::from(op.p2 & COUNTS_CHANGE != 0)),
            "Clear" if op.p3 != 0 => self.rows_at(Some(op.p1)),
            _ => 0.0,
        }
    }
}

impl Model<'_> {
    fn solve(mut self, counters: &Counters, what: What) -> Option<f64> {
        let parts = &self.counted.program.parts;
        let mut totals = Totals::default();
        let mut entries = Vec::new();
        let mut calls = Vec::new();
        for ops in parts {
            let (entry, called) = self.part(ops, what, &mut totals);
            entries.push(entry);
            calls.extend(called);
        }
        self.equal(Sum(vec![(entries[0], 1.0)]), 1.0);
        self.calls(&entries[1..], &calls);
        let Totals { steps, rows, changes, full_scan, sorts, autoindex } = totals;
        self.equal(steps, counters.steps.into());
        #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53")]
        self.equal(rows, counters.rows as f64);
        // The changes that a virtual table makes in its own tables count as well.
        let is_virtual = parts.iter().flatten().any(|op| op.code == "VUpdate");
        if !is_virtual {
            #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53")]
            self.equal(changes, counters.changes as f64);
        }
        self.equal(full_scan, counters.full_scan.into());
        self.equal(sorts, counters.sorts.into());
        self.equal(autoindex, counters.autoindex.into());
        Some(self.problem.solve().ok()?.into_solution().ok()?.objective())
    }

    /// Adds the instructions of one program. Returns how often it begins, and the instructions that call another one.
    fn part(&mut self, ops: &[Op], what: What, totals: &mut Totals) -> (Variable, Vec<(Op, Variable)>) {
        let flow = Flow::of(ops);
        let blocks = self.blocks(ops, &flow, what);
        let block_at = |at: usize| blocks.iter().find(|block| (block.first..=block.last).contains(&at));
        let violates_keys = self.violates_keys;
        let steps: Vec<_> = flow
            .edges
            .iter()
            .filter(|edge| block_at(edge.to).is_some_and(|block| block.first == edge.to))
            .filter(|edge| edge.jumps || violates_keys || ops[edge.from].code != "FkIfZero")
            .map(|edge| {
                let from = &ops[edge.from];
                // The runtime does not count a seek that finds no equal key.
                let is_counted = if finds_equal(ops, edge.from) { !edge.jumps } else { edge.jumps && from.is_next() };
                // Nor one for a rowid that is NULL.
                let may_be_null = edge.jumps && !self.counts_misses && is_column(ops, edge.from);
                let counts = if what == What::Read {
                    f64::from(u8::from(is_counted)) - f64::from(u8::from(may_be_null))
                } else {
                    0.0
                };
                let times = self.times(counts);
                Step { from, from_at: edge.from, to_at: edge.to, jumps: edge.jumps, times }
            })
            .collect();
        let sum = |pick: &dyn Fn(&Step<'_>) -> bool| -> Sum {
            steps.iter().filter(|step| pick(step)).map(|step| (step.times, 1.0)).collect()
        };
        for block in &blocks {
            if block.first > 0 {
                self.same(sum(&|step| step.to_at == block.first), block.times);
            }
            if ops[block.last].code != "Halt" {
                self.same(sum(&|step| step.from_at == block.last), block.times);
            }
        }
        let times = |at: usize| block_at(at).map(|block| block.times);
        for (at, op) in ops.iter().enumerate() {
            let Some(here) = times(at) else { continue };
            match op.code.as_str() {
                // What is called returns.
                "Gosub" => self.same(sum(&|step| step.to_at == at + 1 && step.from.code == "Return"), here),
                // A sorter has no more rows than were put into it, and all are read unless there is a LIMIT. Neither has a
                // temporary table that is read once.
                "SorterOpen" | "OpenEphemeral" if op.code == "SorterOpen" || is_read_once(ops, &flow, op.p1) => {
                    let is_drained = op.code == "SorterOpen" && !ops.iter().any(|op| op.code == "DecrJumpZero");
                    let starts =
                        |step: &Step<'_>| !step.jumps && step.from.is(&["SorterSort", "Rewind", "Sort", "Last"]);
                    let steps_on = |step: &Step<'_>| step.jumps && step.from.is_next();
                    let mut rows = sum(&|step| step.from.p1 == op.p1 && (starts(step) || steps_on(step)));
                    for (at, other) in ops.iter().enumerate() {
                        let inserts = other.is(&["SorterInsert", "Insert", "IdxInsert"]) && other.p1 == op.p1;
                        if let Some(times) = times(at).filter(|_| inserts) {
                            rows.add(times, -1.0);
                        }
                    }
                    let comparison = if is_drained { ComparisonOp::Eq } else { ComparisonOp::Le };
                    self.problem.add_constraint(rows.0, comparison, 0.0);
                }
                // A loop has no more rows than its table has, and than are put into it meanwhile.
                "Next" | "Prev" if op.p5 != FULL_SCAN && root_at(ops, at).is_some() => {
                    let root = root_at(ops, at);
                    let starts = ["Rewind", "Last", "SeekGE", "SeekGT", "SeekLE", "SeekLT"];
                    let mut rows = sum(&|step| match step.jumps {
                        true => step.from_at == at,
                        false => step.from.is(&starts) && step.from.p1 == op.p1 && root_at(ops, step.from_at) == root,
                    });
                    let mut is_bounded = true;
                    for (other_at, other) in ops.iter().enumerate() {
                        let Some(times) = times(other_at) else { continue };
                        let is_of_cursor = other.p1 == op.p1 && root_at(ops, other_at) == root;
                        let inserts = other.is(&["Insert", "IdxInsert"])
                            && root_at(ops, other_at) == root
                            && flow.reaches(other_at, at);
                        if other.is(&starts) && is_of_cursor {
                            rows.add(times, -self.counted.rows_at(root));
                        } else if inserts {
                            rows.add(times, -1.0);
                            is_bounded &= !flow.reaches(other_at, other_at);
                        }
                    }
                    if is_bounded {
                        self.problem.add_constraint(rows.0, ComparisonOp::Le, 0.0);
                    }
                }
                _ => {}
            }
            totals.steps.add(here, 1.0);
            totals.changes.add(here, self.counted.changes(op));
            if op.code == "ResultRow" {
                totals.rows.add(here, 1.0);
            }
            if op.is(&["Sort", "SorterSort"]) {
                totals.sorts.add(here, 1.0);
            }
        }
        for step in steps.iter().filter(|step| step.jumps && step.from.is_next()) {
            match step.from.p5 {
                FULL_SCAN => totals.full_scan.add(step.times, 1.0),
                SORT => totals.sorts.add(step.times, 1.0),
                AUTOINDEX => totals.autoindex.add(step.times, 1.0),
                _ => {}
            }
            // A loop that is repeated was entered, at its first instruction or behind a check that a seek skips.
            let mut repeated = sum(&|other| {
                (other.to_at == step.to_at && other.from_at != step.from_at)
                    || (other.to_at == step.to_at + 1 && other.from_at != step.to_at && finds_equal(ops, other.from_at))
            });
            if !repeated.0.is_empty() {
                repeated.0.iter_mut().for_each(|(_, weight)| *weight = -f64::from(self.most));
                repeated.add(step.times, 1.0);
                self.problem.add_constraint(repeated.0, ComparisonOp::Le, 0.0);
            }
        }
        let calls = ops.iter().enumerate().filter(|(_, op)| op.code == "Program");
        let calls = calls.filter_map(|(at, op)| Some((op.clone(), times(at)?))).collect();
        (blocks[0].times, calls)
    }

    /// Cuts a program into blocks, each with a variable: how often it is executed.
    fn blocks(&mut self, ops: &[Op], flow: &Flow, what: What) -> Vec<Block> {
        let mut begins = vec![false; ops.len() + 1];
        begins[0] = true;
        for (at, op) in ops.iter().enumerate() {
            let mut after = flow.after(at);
            let falls = matches!((after.next(), after.next()), (Some(edge), None) if edge.to == at + 1);
            if !falls || op.code == "Halt" {
                begins[at + 1] = true;
                flow.after(at).for_each(|edge| begins[edge.to] = true);
            }
        }
        begins[ops.len()] = true;
        let starts: Vec<_> = (0..=ops.len()).filter(|at| begins[*at]).collect();
        starts
            .windows(2)
            .map(|window| {
                let (first, last) = (window[0], window[1] - 1);
                let weight = (first..=last).map(|at| self.counted.weight(ops, at, what)).sum();
                Block { first, last, times: self.times(weight) }
            })
            .collect()
    }

    /// Each program of a trigger begins as often as it is called. SQLite does not say which instruction calls which.
    fn calls(&mut self, entries: &[Variable], calls: &[(Op, Variable)]) {
        // A trigger that calls itself is not run unless recursive triggers are on: p5.
        let comparison = |mut ops: std::slice::Iter<'_, (Op, Variable)>| match ops.any(|(op, _)| op.p5 != 0) {
            true => ComparisonOp::Le,
            false => ComparisonOp::Eq,
        };
        if entries.len() == calls.len() {
            for (entry, call) in entries.iter().zip(calls) {
                let difference = [(*entry, 1.0), (call.1, -1.0)];
                self.problem.add_constraint(difference, comparison(std::slice::from_ref(call).iter()), 0.0);
            }
        } else {
            let begun = entries.iter().map(|entry| (*entry, 1.0));
            let difference: Sum = begun.chain(calls.iter().map(|(_, times)| (*times, -1.0))).collect();
            self.problem.add_constraint(difference.0, comparison(calls.iter()), 0.0);
        }
    }

    /// A variable for how often something is executed.
    fn times(&mut self, weight: f64) -> Variable {
        if self.most <= MOST_EXACT {
            self.problem.add_integer_var(weight, (0, self.most))
        } else {
            self.problem.add_var(weight, (0.0, f64::INFINITY))
        }
    }

    fn same(&mut self, mut sum: Sum, times: Variable) {
        sum.add(times, -1.0);
        self.equal(sum, 0.0);
    }

    fn equal(&mut self, sum: Sum, value: f64) {
        self.problem.add_constraint(sum.0, ComparisonOp::Eq, value);
    }
}

/// Whether the instruction at `at` looks for a rowid that comes from a column.
fn is_column(ops: &[Op], at: usize) -> bool {
    let key = ops[at].p3;
    ops[at].code == "SeekRowid" && ops[..at].iter().rev().any(|op| op.code == "Column" && op.p3 == key)
}

/// Whether a temporary table is read from its start at most once: its `Rewind` is in no loop.
fn is_read_once(ops: &[Op], flow: &Flow, cursor: i64) -> bool {
    let mut starts = ops.iter().enumerate().filter(|(_, op)| op.is(&["Rewind", "Last", "Sort"]) && op.p1 == cursor);
    let (Some((start, _)), None) = (starts.next(), starts.next()) else { return false };
    !flow.reaches(start, start)
}

/// What the counters of a statement add up.
#[derive(Default)]
struct Totals {
    steps: Sum,
    rows: Sum,
    changes: Sum,
    full_scan: Sum,
    sorts: Sum,
    autoindex: Sum,
}

/// A weighted sum in which each variable occurs once, as the solver requires.
#[derive(Default)]
struct Sum(Vec<(Variable, f64)>);

impl Sum {
    fn add(&mut self, variable: Variable, weight: f64) {
        match self.0.iter_mut().find(|(known, _)| *known == variable) {
            Some((_, sum)) => *sum += weight,
            None => self.0.push((variable, weight)),
        }
    }
}

impl FromIterator<(Variable, f64)> for Sum {
    fn from_iter<T: IntoIterator<Item = (Variable, f64)>>(terms: T) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|(variable, weight)| sum.add(variable, weight));
        sum
    }
}
