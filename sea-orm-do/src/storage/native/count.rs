//! The rows that a statement reads and writes, as the runtime counts them, from the counters that SQLite has on the
//! host.
//!
//! The runtime's SQLite is patched: it counts seeks, steps of a cursor and changes of a b-tree while a statement runs
//! (`patches/sqlite/0001-row-counts-plain.patch` in workerd). SQLite itself only counts all instructions, the steps of
//! full scans, sorts, rows and changes (<https://www.sqlite.org/c3ref/c_stmtstatus_counter.html>). But each of these is a
//! sum over the instructions of the statement's program, whose loops and branches `EXPLAIN` shows, and what enters an
//! instruction leaves it. So the sums bound the numbers that the runtime would count: often to one value, and the
//! bounds are the solutions of a linear program.

use std::collections::BTreeSet;
use std::time::Duration;

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use rusqlite::{Connection, Statement, StatementStatus};

use super::statement::exec;
use crate::program::{AUTOINDEX, FULL_SCAN, Flow, Op, Program, finds_equal, root_at};
use crate::sql::quote::quoted;
use crate::storage::{Cost, SqlValue};

/// `OPFLAG_NCHANGE`: the instruction counts for `changes()`.
const COUNTS_CHANGE: i64 = 0x01;
/// `SQLITE_STMTSTATUS_SORT`, which `p5` of a step to the next row may be as well.
const SORT: i64 = 2;

/// Up to this many instructions, the numbers of executions are integers, which takes more time to solve.
const MOST_EXACT: i32 = 300;

/// The most time that the solver takes for one bound.
const MOST_TIME: Duration = Duration::from_secs(5);

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
        let program = Program::of(sql, |explain| exec(connection, explain, params)).ok()??;
        let roots: BTreeSet<_> = program
            .parts
            .iter()
            .flat_map(|ops| {
                ops.iter().enumerate().filter_map(|(at, op)| match op.code.as_str() {
                    "Clear" => Some(op.p1),
                    "Count" => root_at(ops, at),
                    // SQLite counts the steps of full scans itself.
                    "Next" | "Prev" if op.p5 != FULL_SCAN => root_at(ops, at),
                    _ => None,
                })
            })
            .collect();
        let rows = roots.into_iter().map(|root| Some((root, rows_of(connection, root)?))).collect::<Option<_>>()?;
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

impl Step<'_> {
    /// Whether a cursor goes on to its next row.
    fn goes_on(&self) -> bool {
        self.jumps && self.from.is_next()
    }
}

/// One of the programs of a statement, with variables for how often its blocks and steps are executed.
struct Part<'a> {
    ops: &'a [Op],
    flow: Flow,
    blocks: Vec<Block>,
    steps: Vec<Step<'a>>,
}

impl Part<'_> {
    /// How often the instruction at `at` is executed.
    fn times(&self, at: usize) -> Option<Variable> {
        self.blocks.iter().find(|block| (block.first..=block.last).contains(&at)).map(|block| block.times)
    }

    /// The steps that are picked.
    fn sum(&self, pick: impl Fn(&Step<'_>) -> bool) -> Sum {
        self.steps.iter().filter(|step| pick(step)).map(|step| (step.times, 1.0)).collect()
    }

    /// The instructions, each with how often it is executed.
    fn executed(&self) -> impl Iterator<Item = (usize, &Op, Variable)> {
        self.ops.iter().enumerate().filter_map(|(at, op)| Some((at, op, self.times(at)?)))
    }
}

/// The linear program over all parts of a program.
struct Model<'a> {
    problem: Problem,
    counted: &'a Counted,
    what: What,
    /// The number of executed instructions.
    most: i32,
    assumed: Assumed,
}

/// What is assumed beside the counters.
#[derive(Clone, Copy)]
struct Assumed {
    /// Whether a seek for a rowid that may be NULL is counted where it finds none.
    counts_misses: bool,
    /// Whether deferred foreign keys are violated, so that a statement looks for rows that mend them.
    violates_keys: bool,
    /// Whether the solver is to find integers.
    integers: bool,
}

impl Counted {
    /// The least or the most that the counters allow.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows, not negative")]
    fn bound(&self, counters: &Counters, what: What, least: bool) -> Option<u64> {
        let direction = if least { OptimizationDirection::Minimize } else { OptimizationDirection::Maximize };
        let attempts = [(false, counters.steps <= MOST_EXACT), (false, false), (true, false)];
        let solution = attempts.into_iter().find_map(|(violates_keys, integers)| {
            let mut problem = Problem::new(direction);
            problem.set_time_limit(MOST_TIME);
            let assumed = Assumed { counts_misses: !least, violates_keys, integers };
            Model { problem, counted: self, what, most: counters.steps, assumed }.solve(counters)
        })?;
        // The solver is exact to about a millionth.
        let rounded = if least { (solution - 1e-4).ceil() } else { (solution + 1e-4).floor() };
        Some(rounded.max(0.0) as u64)
    }

    fn rows_at(&self, root: Option<i64>) -> f64 {
        self.rows.iter().find(|(of, _)| Some(*of) == root).map_or(0.0, |(_, rows)| f64::from(*rows))
    }

    /// What the runtime counts each time an instruction runs, without the steps of loops.
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
    /// The optimum; `None` if nothing fits the counters.
    fn solve(mut self, counters: &Counters) -> Option<f64> {
        let parts: Vec<_> = self.counted.program.parts.iter().map(|ops| self.part(ops)).collect();
        let mut totals = Totals::default();
        for part in &parts {
            self.conserve(part);
            self.limit_rows(part);
            self.enter_loops(part);
            totals.add(part, self.counted);
        }
        let entries: Vec<_> = parts.iter().map(|part| part.blocks[0].times).collect();
        let calls = parts.iter().flat_map(Part::executed).filter(|(_, op, _)| op.code == "Program");
        let calls: Vec<_> = calls.map(|(_, op, times)| (op, times)).collect();
        self.equal(Sum(vec![(entries[0], 1.0)]), 1.0);
        self.calls(&entries[1..], &calls);
        let Totals { steps, rows, changes, full_scan, sorts, autoindex } = totals;
        self.equal(steps, counters.steps.into());
        #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53")]
        self.equal(rows, counters.rows as f64);
        // The changes that a virtual table makes in its own tables count as well.
        let is_virtual = parts.iter().flat_map(|part| part.ops).any(|op| op.code == "VUpdate");
        if !is_virtual {
            #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53")]
            self.equal(changes, counters.changes as f64);
        }
        self.equal(full_scan, counters.full_scan.into());
        self.equal(sorts, counters.sorts.into());
        self.equal(autoindex, counters.autoindex.into());
        let outcome = self.problem.solve().ok()?;
        let is_optimal = outcome.is_optimal();
        outcome.into_solution().ok().filter(|_| is_optimal).map(|solution| solution.objective())
    }

    /// Makes the variables of one program.
    fn part<'a>(&mut self, ops: &'a [Op]) -> Part<'a> {
        let flow = Flow::of(ops);
        let blocks = self.blocks(ops, &flow);
        let is_start = |at: usize| blocks.iter().any(|block| block.first == at);
        let mut steps = Vec::new();
        for edge in flow.edges.iter().filter(|edge| is_start(edge.to)) {
            let from = &ops[edge.from];
            if from.code == "FkIfZero" && !edge.jumps && !self.assumed.violates_keys {
                continue;
            }
            // The runtime counts no seek that finds no equal key, and none for a rowid that is NULL.
            let weight = match self.what {
                What::Written => 0.0,
                What::Read if finds_equal(ops, edge.from) => f64::from(u8::from(!edge.jumps)),
                What::Read if edge.jumps && from.is_next() => 1.0,
                What::Read if edge.jumps && !self.assumed.counts_misses && may_seek_null(ops, edge.from) => -1.0,
                What::Read => 0.0,
            };
            let times = self.times(weight);
            steps.push(Step { from, from_at: edge.from, to_at: edge.to, jumps: edge.jumps, times });
        }
        Part { ops, flow, blocks, steps }
    }

    /// What enters a block leaves it, and what is called returns.
    fn conserve(&mut self, part: &Part<'_>) {
        for block in &part.blocks {
            if block.first > 0 {
                self.same(part.sum(|step| step.to_at == block.first), block.times);
            }
            if part.ops[block.last].code != "Halt" {
                self.same(part.sum(|step| step.from_at == block.last), block.times);
            }
        }
        for (at, _, times) in part.executed().filter(|(_, op, _)| op.code == "Gosub") {
            self.same(part.sum(|step| step.to_at == at + 1 && step.from.code == "Return"), times);
        }
    }

    /// A cursor reads no more rows than there are.
    fn limit_rows(&mut self, part: &Part<'_>) {
        const STARTS: [&str; 8] = ["Rewind", "Last", "Sort", "SorterSort", "SeekGE", "SeekGT", "SeekLE", "SeekLT"];
        const INSERTS: [&str; 3] = ["Insert", "IdxInsert", "SorterInsert"];
        let Part { ops, flow, .. } = part;
        let read = |cursor: i64, is_its: &dyn Fn(usize) -> bool| {
            part.sum(|step| {
                let finds = !step.jumps && step.from.is(&STARTS);
                step.from.p1 == cursor && is_its(step.from_at) && (finds || step.goes_on())
            })
        };
        for (at, op, _) in part.executed() {
            // Those that were put into a sorter, all of them unless there is a LIMIT, or into a temporary table that is
            // read once.
            if op.code == "SorterOpen" || (op.code == "OpenEphemeral" && is_read_once(ops, flow, op.p1)) {
                let mut rows = read(op.p1, &|_| true);
                for (_, _, times) in part.executed().filter(|(_, other, _)| other.is(&INSERTS) && other.p1 == op.p1) {
                    rows.add(times, -1.0);
                }
                let is_drained = op.code == "SorterOpen" && !ops.iter().any(|op| op.code == "DecrJumpZero");
                let comparison = if is_drained { ComparisonOp::Eq } else { ComparisonOp::Le };
                self.problem.add_constraint(rows.0, comparison, 0.0);
            }
            // Those that a table has at each start, and those that are put into it meanwhile.
            let root = root_at(ops, at).filter(|_| op.is_next() && op.p5 != FULL_SCAN);
            if root.is_some() {
                let mut rows = read(op.p1, &|other| root_at(ops, other) == root);
                let same = part.executed().filter(|(other, ..)| root_at(ops, *other) == root);
                let mut is_limited = true;
                for (other_at, other, times) in same {
                    if other.is(&STARTS) && other.p1 == op.p1 {
                        rows.add(times, -self.counted.rows_at(root));
                    } else if other.is(&INSERTS) && flow.reaches(other_at, at) {
                        rows.add(times, -1.0);
                        is_limited &= !flow.reaches(other_at, other_at);
                    }
                }
                if is_limited {
                    self.problem.add_constraint(rows.0, ComparisonOp::Le, 0.0);
                }
            }
        }
    }

    /// A loop that is repeated was entered, at its first instruction or behind a check that a seek skips.
    fn enter_loops(&mut self, part: &Part<'_>) {
        for step in part.steps.iter().filter(|step| step.goes_on()) {
            let mut entered = part.sum(|other| {
                let behind_check = other.to_at == step.to_at + 1 && finds_equal(part.ops, other.from_at);
                (other.to_at == step.to_at && other.from_at != step.from_at) || behind_check
            });
            if !entered.0.is_empty() {
                entered.0.iter_mut().for_each(|(_, weight)| *weight = -f64::from(self.most));
                entered.add(step.times, 1.0);
                self.problem.add_constraint(entered.0, ComparisonOp::Le, 0.0);
            }
        }
    }

    /// Cuts a program into blocks, each with a variable: how often it is executed.
    fn blocks(&mut self, ops: &[Op], flow: &Flow) -> Vec<Block> {
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
                let weight = (first..=last).map(|at| self.counted.weight(ops, at, self.what)).sum();
                Block { first, last, times: self.times(weight) }
            })
            .collect()
    }

    /// Each program of a trigger begins as often as it is called. SQLite does not say which instruction calls which.
    fn calls(&mut self, entries: &[Variable], calls: &[(&Op, Variable)]) {
        // A trigger that calls itself is not run unless recursive triggers are on: p5.
        let comparison = |calls: &[(&Op, Variable)]| {
            if calls.iter().any(|(op, _)| op.p5 != 0) { ComparisonOp::Le } else { ComparisonOp::Eq }
        };
        if entries.len() == calls.len() {
            for (entry, call) in entries.iter().zip(calls) {
                let difference = [(*entry, 1.0), (call.1, -1.0)];
                self.problem.add_constraint(difference, comparison(std::slice::from_ref(call)), 0.0);
            }
        } else {
            let begun = entries.iter().map(|entry| (*entry, 1.0));
            let difference: Sum = begun.chain(calls.iter().map(|(_, times)| (*times, -1.0))).collect();
            self.problem.add_constraint(difference.0, comparison(calls), 0.0);
        }
    }

    /// A variable for how often something is executed.
    fn times(&mut self, weight: f64) -> Variable {
        if self.assumed.integers {
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

/// Whether the instruction at `at` looks for a rowid that comes from a column, which may be NULL.
fn may_seek_null(ops: &[Op], at: usize) -> bool {
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

impl Totals {
    fn add(&mut self, part: &Part<'_>, counted: &Counted) {
        for (_, op, times) in part.executed() {
            self.steps.add(times, 1.0);
            self.changes.add(times, counted.changes(op));
            match op.code.as_str() {
                "ResultRow" => self.rows.add(times, 1.0),
                "Sort" | "SorterSort" => self.sorts.add(times, 1.0),
                _ => {}
            }
        }
        for step in part.steps.iter().filter(|step| step.goes_on()) {
            match step.from.p5 {
                FULL_SCAN => self.full_scan.add(step.times, 1.0),
                SORT => self.sorts.add(step.times, 1.0),
                AUTOINDEX => self.autoindex.add(step.times, 1.0),
                _ => {}
            }
        }
    }
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
