//! Which instruction may follow which.

use super::{Op, finds_equal};

/// The instructions that jump to `p2` under a condition. Source: the `jump` flag of vdbe.c.
const JUMPS: [&str; 57] = [
    "DecrJumpZero",
    "ElseEq",
    "Eq",
    "Filter",
    "FkIfZero",
    "Found",
    "Ge",
    "Gt",
    "IdxGE",
    "IdxGT",
    "IdxLE",
    "IdxLT",
    "If",
    "IfEmpty",
    "IfNoHope",
    "IfNot",
    "IfNotOpen",
    "IfNotZero",
    "IfNullRow",
    "IfPos",
    "IfSizeBetween",
    "IncrVacuum",
    "IsNull",
    "IsType",
    "Last",
    "Le",
    "Lt",
    "MustBeInt",
    "Ne",
    "Next",
    "NoConflict",
    "NotExists",
    "NotFound",
    "NotNull",
    "Once",
    "Prev",
    "Program",
    "Rewind",
    "RowSetRead",
    "RowSetTest",
    "SeekGE",
    "SeekGT",
    "SeekLE",
    "SeekLT",
    "SeekRowid",
    "SequenceTest",
    "Sort",
    "SorterCompare",
    "SorterNext",
    "SorterSort",
    "VFilter",
    "VNext",
    "SeekScan",
    "Init",
    "Goto",
    "Gosub",
    "InitCoroutine",
];

/// The jumps that are always taken.
const ALWAYS: [&str; 3] = ["Init", "Goto", "Gosub"];

/// A step from one instruction to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Whether the instruction jumps, and does not fall through to the next one.
    pub(crate) jumps: bool,
}

/// The steps that a program may take.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) edges: Vec<Edge>,
}

impl Flow {
    pub(crate) fn of(ops: &[Op]) -> Self {
        let mut edges = Vec::new();
        for from in 0..ops.len() {
            let mut step = |to: usize, jumps: bool| {
                if to < ops.len() {
                    edges.push(Edge { from, to, jumps });
                }
            };
            follow(ops, from, &mut step);
        }
        Self { edges }
    }

    pub(crate) fn retain(&mut self, keeps: impl FnMut(&Edge) -> bool) {
        self.edges.retain(keeps);
    }

    /// Which instructions some steps lead to from another one.
    pub(crate) fn reached(&self, from: usize) -> Vec<bool> {
        reached(self.edges.iter().map(|edge| (edge.from, edge.to)), &[from])
    }

    /// Whether some steps lead from one instruction to another, or back to itself.
    #[cfg(all(feature = "native", not(target_arch = "wasm32")))]
    pub(crate) fn reaches(&self, from: usize, to: usize) -> bool {
        self.after(from).any(|edge| edge.to == to || self.reached(edge.to).get(to) == Some(&true))
    }

    pub(crate) fn after(&self, from: usize) -> impl Iterator<Item = Edge> {
        self.edges.iter().copied().filter(move |edge| edge.from == from)
    }
}

/// Which places some steps lead to from the `starts`, the starts included. A place beyond the end is not reached.
pub(crate) fn reached(steps: impl Iterator<Item = (usize, usize)>, starts: &[usize]) -> Vec<bool> {
    let steps: Vec<_> = steps.collect();
    let ends = steps.iter().flat_map(|(from, to)| [*from, *to]);
    let length = ends.chain(starts.iter().copied()).max().map_or(0, |last| last + 1);
    let mut after = vec![Vec::new(); length];
    steps.iter().for_each(|(from, to)| after[*from].push(*to));
    let (mut reached, mut open) = (vec![false; length], starts.to_vec());
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut reached[at], true) {
            open.extend(&after[at]);
        }
    }
    reached
}

/// Calls `step` with each instruction that may follow the one at `from`, and whether it is a jump.
fn follow(ops: &[Op], from: usize, step: &mut dyn FnMut(usize, bool)) {
    let op = &ops[from];
    let address = |p: i64| usize::try_from(p).unwrap_or(usize::MAX);
    let same_register =
        |code: &'static str| ops.iter().enumerate().filter(move |(_, other)| other.code == code && other.p1 == op.p1);
    match op.code.as_str() {
        "Halt" => return,
        "Jump" => {
            [op.p1, op.p2, op.p3].into_iter().for_each(|p| step(address(p), true));
            return;
        }
        "Return" => {
            same_register("Gosub").for_each(|(caller, _)| step(caller + 1, true));
            // A subroutine that is entered by falling into it, with an address to return to.
            let addresses = ops.iter().filter(|other| other.code == "Integer" && other.p2 == op.p1);
            addresses.for_each(|set| step(address(set.p1).saturating_add(1), true));
            if op.p3 == 0 {
                return;
            }
        }
        // Two coroutines that take turns.
        "Yield" => {
            same_register("Yield").filter(|(other, _)| *other != from).for_each(|(other, _)| step(other + 1, true));
            same_register("InitCoroutine").for_each(|(_, init)| step(address(init.p3), true));
            return;
        }
        "EndCoroutine" => {
            same_register("Yield").filter(|(_, op)| op.p2 > 0).for_each(|(_, caller)| step(address(caller.p2), true));
            return;
        }
        "SeekGE" | "SeekLE" => {
            step(address(op.p2), true);
            // The check that follows is skipped: the key that was found is equal.
            if finds_equal(ops, from) {
                step(from + 2, false);
                return;
            }
        }
        code if JUMPS.contains(&code) => {
            if op.p2 > 0 {
                step(address(op.p2), true);
            }
            if ALWAYS.contains(&code) || (code == "InitCoroutine" && op.p2 > 0) {
                return;
            }
            // It may skip the seek that follows, or more.
            if code == "SeekScan" {
                step(from + 2, false);
            }
        }
        _ => {}
    }
    step(from + 1, false);
}
