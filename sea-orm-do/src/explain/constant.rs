//! The registers of a program that hold one value throughout.

use crate::program::{Edge, Op};
use crate::storage::SqlValue;

/// How many copies of a register are followed.
const MOST_COPIES: usize = 8;

/// `SQLITE_AFF_INTEGER`.
const TO_INTEGER: i64 = 0x44;

/// A program with the parameters of its statement.
pub(super) struct Constants<'a> {
    pub(super) ops: &'a [Op],
    pub(super) params: &'a [SqlValue],
}

impl Constants<'_> {
    /// The number that a register is given, and nothing that is computed; a LIMIT counts it down.
    pub(super) fn number(&self, register: i64) -> Option<f64> {
        match self.value(register)? {
            SqlValue::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The value that a register is given: a literal or a parameter. `None` if it may hold another one, or if the
    /// parameter is NULL, as where a statement is explained without values.
    pub(super) fn value(&self, register: i64) -> Option<SqlValue> {
        let mut register = register;
        let mut is_number = false;
        for _ in 0..MOST_COPIES {
            // What keeps a whole number as it is, or counts it down. The driver casts the integers that it binds.
            let keeps = |op: &Op| {
                let casts = op.code == "Cast" && op.p2 == TO_INTEGER;
                casts || op.is(&["DecrJumpZero", "IfPos", "MustBeInt", "Affinity"])
            };
            let writers = self.ops.iter().filter(|op| op.writes().contains(&register));
            let (kept, mut writers): (Vec<_>, Vec<_>) = writers.partition(|op| keeps(op));
            is_number |= !kept.is_empty();
            let (Some(writer), true) = (writers.pop(), writers.is_empty()) else { return None };
            let value = match writer.code.as_str() {
                #[allow(clippy::cast_precision_loss, reason = "an i32 in SQLite")]
                "Integer" => SqlValue::Number(writer.p1 as f64),
                "String8" => SqlValue::Text(writer.p4.clone()),
                "Variable" => self.params.get(usize::try_from(writer.p1 - 1).ok()?)?.clone(),
                "SCopy" | "IntCopy" | "Copy" => {
                    register = writer.p1 + (register - writer.p2);
                    continue;
                }
                _ => return None,
            };
            return match value {
                SqlValue::Number(number) if !is_number || number.fract() == 0.0 => Some(value),
                SqlValue::Text(_) if !is_number => Some(value),
                _ => None,
            };
        }
        None
    }

    /// Whether a comparison of constants never takes a step: `1 = 2`, which SeaORM writes for an empty list.
    pub(super) fn excludes(&self, edge: &Edge) -> bool {
        let op = &self.ops[edge.from];
        let jumps = match op.code.as_str() {
            "Eq" | "Ne" | "Lt" | "Le" | "Gt" | "Ge" => {
                let (Some(left), Some(right)) = (self.value(op.p3), self.value(op.p1)) else { return false };
                let order = match (&left, &right) {
                    (SqlValue::Number(left), SqlValue::Number(right)) => left.partial_cmp(right),
                    (SqlValue::Text(left), SqlValue::Text(right)) if left == right => Some(std::cmp::Ordering::Equal),
                    // Their order depends on the collation.
                    _ => None,
                };
                let Some(order) = order else { return false };
                match op.code.as_str() {
                    "Eq" => order.is_eq(),
                    "Ne" => order.is_ne(),
                    "Lt" => order.is_lt(),
                    "Le" => order.is_le(),
                    "Gt" => order.is_gt(),
                    _ => order.is_ge(),
                }
            }
            "If" | "IfNot" => {
                let Some(number) = self.number(op.p1) else { return false };
                (number != 0.0) == (op.code == "If")
            }
            _ => return false,
        };
        jumps != edge.jumps
    }
}
