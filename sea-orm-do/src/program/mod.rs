//! The program that SQLite compiles a statement to, as `EXPLAIN` lists it: <https://www.sqlite.org/opcode.html>.
//!
//! It says what a statement reads exactly, where the text of a query plan leaves names to be guessed: a loop has a
//! cursor, and a cursor has the root page of one table or index.

mod flow;

pub(crate) use self::flow::{Edge, Flow, reached};
use crate::storage::{ResultSet, SqlValue};
use crate::value::decode::number::whole;

/// What `p5` of a step to the next row says about its loop: `SQLITE_STMTSTATUS_FULLSCAN_STEP` and `…_AUTOINDEX`.
pub(crate) const FULL_SCAN: i64 = 1;
pub(crate) const AUTOINDEX: i64 = 3;

/// The instructions that open a table or an index.
const OPENS: [&str; 3] = ["OpenRead", "OpenWrite", "ReopenIdx"];

/// One instruction.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    pub(crate) code: String,
    pub(crate) p1: i64,
    pub(crate) p2: i64,
    pub(crate) p3: i64,
    pub(crate) p4: String,
    pub(crate) p5: i64,
}

impl Op {
    pub(crate) fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.code.as_str())
    }

    /// The registers that it writes, in the order of their numbers.
    pub(crate) fn writes(&self) -> std::ops::Range<i64> {
        let Self { p1, p2, p3, .. } = *self;
        let one = |register: i64| register..register + 1;
        match self.code.as_str() {
            "Add" | "Subtract" | "Multiply" | "Divide" | "Remainder" | "Concat" | "And" | "Or" | "BitAnd" | "BitOr"
            | "ShiftLeft" | "ShiftRight" | "Function" | "PureFunc" | "Column" | "VColumn" | "MakeRecord" | "Offset"
            | "IfNullRow" | "AggStep" | "AggInverse" | "AggValue" | "Program" => one(p3),
            "Integer" | "Int64" | "Real" | "String" | "String8" | "Blob" | "Variable" | "SCopy" | "IntCopy"
            | "Rowid" | "IdxRowid" | "NewRowid" | "Sequence" | "Not" | "BitNot" | "IsTrue" | "ZeroOrNull"
            | "OffsetLimit" | "SorterData" | "RowData" | "Count" | "Param" | "ReadCookie" | "VInitIn"
            | "RowSetRead" => one(p2),
            "Null" | "BeginSubrtn" => p2..p3.max(p2) + 1,
            "Copy" => p2..p2 + p3 + 1,
            "Move" => p2..p2 + p3,
            "Affinity" => p1..p1 + p2,
            "Cast" | "RealAffinity" | "AddImm" | "MustBeInt" | "MemMax" | "DecrJumpZero" | "IfPos" | "AggFinal"
            | "Gosub" | "InitCoroutine" | "Yield" => one(p1),
            _ => 0..0,
        }
    }

    /// Whether it moves a cursor to its next row, and jumps to the start of a loop if there is one.
    pub(crate) fn is_next(&self) -> bool {
        self.is(&["Next", "Prev", "SorterNext"])
    }
}

/// Whether the instruction at `at` is a seek that finds an equal key or none; the check that follows it is then skipped.
pub(crate) fn finds_equal(ops: &[Op], at: usize) -> bool {
    /// `OPFLAG_SEEKEQ`.
    const SEEKS_EQUAL: i64 = 0x02;
    let op = &ops[at];
    let opens = |open: &Op| open.is(&OPENS) && open.p1 == op.p1 && open.p5 & SEEKS_EQUAL != 0;
    op.is(&["SeekGE", "SeekLE"])
        && ops.get(at + 1).is_some_and(|next| next.is(&["IdxGT", "IdxLT"]))
        && ops.iter().any(opens)
}

/// The root page of the table or index whose cursor the instruction at `at` uses; `None` for a temporary one. A cursor
/// may be opened several times: the last opening before the instruction counts.
pub(crate) fn root_at(ops: &[Op], at: usize) -> Option<i64> {
    const TEMPORARY: [&str; 6] = ["OpenEphemeral", "OpenAutoindex", "OpenDup", "SorterOpen", "OpenPseudo", "VOpen"];
    let cursor = ops.get(at)?.p1;
    let opens = |op: &&Op| op.p1 == cursor && (op.is(&OPENS) || op.is(&TEMPORARY));
    let open = ops[..at].iter().rev().find(opens).or_else(|| ops[at..].iter().find(opens))?;
    open.is(&OPENS).then_some(open.p2)
}

/// The main program of a statement, and one for each trigger and foreign key action.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) parts: Vec<Vec<Op>>,
}

impl Program {
    /// The program of a statement, for which `exec` runs `EXPLAIN`. `None` if its rows have another form.
    pub(crate) fn of<E>(sql: &str, exec: impl FnOnce(&str) -> Result<ResultSet, E>) -> Result<Option<Self>, E> {
        Ok(Self::read(&exec(&format!("EXPLAIN {sql}"))?.rows))
    }

    /// Reads the rows of `EXPLAIN`: addr, opcode, p1 to p5 and a comment.
    fn read(rows: &[Vec<SqlValue>]) -> Option<Self> {
        let number = |value: &SqlValue| match value {
            SqlValue::Number(number) => whole(*number),
            _ => None,
        };
        let text = |value: &SqlValue| match value {
            SqlValue::Text(text) => text.clone(),
            _ => String::new(),
        };
        let mut parts: Vec<Vec<Op>> = Vec::new();
        for row in rows {
            let [address, code, p1, p2, p3, p4, p5, ..] = &row[..] else { return None };
            // Each program begins at 0 again.
            if number(address)? == 0 {
                parts.push(Vec::new());
            }
            parts.last_mut()?.push(Op {
                code: text(code),
                p1: number(p1)?,
                p2: number(p2)?,
                p3: number(p3)?,
                p4: text(p4),
                p5: number(p5)?,
            });
        }
        (!parts.is_empty()).then_some(Self { parts })
    }
}
