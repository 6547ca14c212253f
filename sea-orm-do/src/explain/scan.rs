//! Finds the loops of a program that read a whole table or index.

use super::constant::Constants;
use super::index;
use crate::program::{AUTOINDEX, Edge, FULL_SCAN, Flow, Op, Program, reached, root_at};
use crate::storage::SqlValue;

/// A LIMIT up to this many rows, with its OFFSET, bounds a scan. A page of rows is smaller.
const MOST_LIMITED: f64 = 1000.0;

/// A b-tree or a virtual table that a program reads as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WholeRead {
    pub(super) source: Source,
    /// The columns that an index would need. Several lists are several indexes.
    pub(super) wanted: Vec<Vec<Column>>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The root page of a table or an index.
    Root(i64),
    /// A virtual table, by what `EXPLAIN` shows of it: `vtab:` and an address.
    Virtual(String),
}

/// A column by its position in the records of a b-tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) root: i64,
    pub(super) position: i64,
    pub(super) descending: bool,
    /// The collation that it is compared or sorted with.
    pub(super) collation: String,
}

/// The whole reads of a statement that runs with these parameters.
pub(super) fn whole_reads(program: &Program, params: &[SqlValue]) -> Vec<WholeRead> {
    let mut found: Vec<WholeRead> = Vec::new();
    for ops in &program.parts {
        for read in Part::new(ops, params).whole_reads() {
            if !found.contains(&read) {
                found.push(read);
            }
        }
    }
    found
}

/// One program, with the parameters of the statement.
pub(super) struct Part<'a> {
    pub(super) ops: &'a [Op],
    /// The control flow, without the edges that no run of the statement takes.
    flow: Flow,
    constants: Constants<'a>,
}

/// A loop over the rows of a cursor: from the instruction after its start to the one that steps to the next row.
#[derive(Clone, Copy)]
pub(super) struct Loop {
    pub(super) first: usize,
    pub(super) next: usize,
}

impl Loop {
    pub(super) fn contains(self, at: usize) -> bool {
        (self.first..=self.next).contains(&at)
    }
}

impl<'a> Part<'a> {
    fn new(ops: &'a [Op], params: &'a [SqlValue]) -> Self {
        let constants = Constants { ops, params };
        let mut flow = Flow::of(ops);
        // What looks for rows that mend a broken foreign key runs only while one is broken.
        flow.retain(|edge| (edge.jumps || ops[edge.from].code != "FkIfZero") && !constants.excludes(edge));
        Self { ops, flow, constants }
    }

    fn whole_reads(&self) -> Vec<WholeRead> {
        let runs = self.flow.reached(0);
        let reads = self.ops.iter().enumerate().filter(|(at, _)| contains(&runs, *at)).filter_map(|(at, op)| match op
            .code
            .as_str()
        {
            "Count" if op.p3 == 0 => Some(WholeRead { source: Source::Root(self.root(at)?), wanted: Vec::new() }),
            "Next" | "Prev" => {
                let source = Source::Root(self.root(at)?);
                let rows = Loop { first: usize::try_from(op.p2).ok()?, next: at };
                let is_whole = self.is_scan(rows) && !self.is_limited(rows);
                is_whole.then(|| WholeRead { source, wanted: index::wanted(self, rows) })
            }
            "VNext" => {
                let source = Source::Virtual(self.without_terms(op.p1)?);
                let rows = Loop { first: usize::try_from(op.p2).ok()?, next: at };
                (!self.is_limited(rows)).then(|| WholeRead { source, wanted: Vec::new() })
            }
            _ => None,
        });
        reads.collect()
    }

    /// The root page of the table or index that an instruction uses.
    pub(super) fn root(&self, at: usize) -> Option<i64> {
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
        self.ops.iter().any(starts) && self.pass(rows).reaches(rows.next) && !self.flow.edges.iter().any(leaves)
    }

    /// The steps of one pass through a loop.
    pub(super) fn pass(&self, rows: Loop) -> Pass {
        let mut edges = Vec::new();
        for at in rows.first..rows.next {
            let op = &self.ops[at];
            // A subroutine returns, and a coroutine goes on where it has handed its row over.
            if op.is(&["Gosub", "Yield"]) {
                edges.push(Edge { from: at, to: at + 1, jumps: false });
                continue;
            }
            let repeats = op.is_next() || op.code == "VNext";
            edges.extend(self.flow.after(at).filter(|edge| rows.contains(edge.to) && !(repeats && edge.jumps)));
        }
        Pass { rows, edges }
    }

    /// Whether a small LIMIT ends the loop: no row is left out for a value it has, so the rows that are read are those
    /// of the limit. A row without a match in a joined table does not count as left out.
    fn is_limited(&self, rows: Loop) -> bool {
        let pass = self.pass(rows);
        if !pass.reaches(rows.next) {
            // It ends at its first row, as for `max` and `EXISTS`.
            return true;
        }
        let ends: Vec<_> = (rows.first..rows.next).filter(|at| self.ends_loop(*at, rows)).collect();
        let skips = (rows.first..rows.next).filter(|at| self.ops[*at].code == "IfPos" && self.ops[*at].p3 > 0);
        let counts: Vec<_> = ends.iter().copied().chain(skips).collect();
        let numbers: Option<Vec<_>> = counts.iter().map(|at| self.constants.number(self.ops[*at].p1)).collect();
        let is_small = |numbers: Vec<f64>| {
            numbers.iter().all(|number| *number >= 0.0) && numbers.iter().sum::<f64>() <= MOST_LIMITED
        };
        !ends.is_empty() && numbers.is_some_and(is_small) && !self.leaves_rows_out(&pass, &counts)
    }

    /// Whether a condition on a row keeps a pass from one of the instructions at `goals`.
    pub(super) fn leaves_rows_out(&self, pass: &Pass, goals: &[usize]) -> bool {
        let may_arrive = self.may_arrive(pass, goals);
        let runs = pass.started();
        let leaves_out = |edge: &Edge| {
            contains(&runs, edge.from)
                && may_arrive(edge.from)
                && !may_arrive(edge.to)
                && !goals.contains(&edge.from)
                && !self.is_miss(edge)
        };
        !may_arrive(pass.rows.first) || pass.edges.iter().any(leaves_out)
    }

    /// Whether a pass may go on from an instruction to one of the `goals`.
    ///
    /// A LEFT JOIN has a flag: the row without a match follows only where no row was found, so not behind the
    /// instruction that sets the flag.
    fn may_arrive(&self, pass: &Pass, goals: &[usize]) -> impl Fn(usize) -> bool {
        let is_flag = |at: usize| self.ops[at].code == "IfPos" && self.ops[at].p3 == 0;
        let all = pass.before(goals, |_| true);
        let with_match = pass.before(goals, |edge| edge.jumps || !is_flag(edge.from));
        let flags = (pass.rows.first..pass.rows.next).filter(|at| is_flag(*at)).filter_map(|test| {
            let sets = |at: &usize| {
                let op = &self.ops[*at];
                op.code == "Integer" && op.p1 == 1 && op.p2 == self.ops[test].p1
            };
            Some((pass.rows.first..test).find(sets)?..test)
        });
        let found: Vec<_> = flags.collect();
        move |at| contains(&with_match, at) || (contains(&all, at) && !found.iter().any(|range| range.contains(&at)))
    }

    /// Whether an instruction counts down a LIMIT, and leaves the loop at its end.
    fn ends_loop(&self, at: usize, rows: Loop) -> bool {
        let op = &self.ops[at];
        op.code == "DecrJumpZero" && !usize::try_from(op.p2).is_ok_and(|to| rows.contains(to))
    }

    /// Whether a step means that another table has no row for this one, and not that this one has some value.
    fn is_miss(&self, edge: &Edge) -> bool {
        let op = &self.ops[edge.from];
        // Where the key has a constant, it is a condition.
        let is_joined = |length: i64| !(op.p3..op.p3 + length).any(|register| self.constants.value(register).is_some());
        match op.code.as_str() {
            "SeekGE" | "SeekGT" | "SeekLE" | "SeekLT" => edge.jumps && is_joined(op.p4.parse().unwrap_or(1)),
            "SeekRowid" | "NotExists" => edge.jumps && is_joined(1),
            "NotFound" => edge.jumps && self.root(edge.from).is_some(),
            "Found" => !edge.jumps && self.root(edge.from).is_some(),
            "Rewind" | "Last" | "VFilter" | "IdxGE" | "IdxGT" | "IdxLE" | "IdxLT" | "IfNoHope" | "Filter"
            | "MustBeInt" => edge.jumps,
            "Next" | "Prev" | "VNext" => !edge.jumps,
            "IfPos" | "IfNullRow" => true,
            // A key that is NULL has no match.
            "IsNull" => self.ops[edge.from..].iter().find(|op| op.code.starts_with("Seek")).is_some_and(|seek| {
                let length = seek.p4.parse().unwrap_or(1);
                (seek.p3..seek.p3 + length).contains(&op.p1)
            }),
            _ => false,
        }
    }

    /// The virtual table of a cursor, if it was given no term of the statement.
    fn without_terms(&self, cursor: i64) -> Option<String> {
        let filter = self.ops.iter().find(|op| op.code == "VFilter" && op.p1 == cursor)?;
        let terms = self.constants.number(filter.p3 + 1)?;
        let open = self.ops.iter().find(|op| op.code == "VOpen" && op.p1 == cursor)?;
        (terms == 0.0).then(|| open.p4.clone())
    }
}

/// The steps of one pass through a loop.
pub(super) struct Pass {
    rows: Loop,
    edges: Vec<Edge>,
}

impl Pass {
    fn reaches(&self, at: usize) -> bool {
        contains(&self.started(), at)
    }

    /// What a pass may execute.
    fn started(&self) -> Vec<bool> {
        reached(self.edges.iter().map(|edge| (edge.from, edge.to)), &[self.rows.first])
    }

    /// What may lead to one of the `goals` over steps that are allowed.
    fn before(&self, goals: &[usize], is_allowed: impl Fn(&Edge) -> bool) -> Vec<bool> {
        reached(self.edges.iter().filter(|edge| is_allowed(edge)).map(|edge| (edge.to, edge.from)), goals)
    }
}

fn contains(reached: &[bool], at: usize) -> bool {
    reached.get(at) == Some(&true)
}
