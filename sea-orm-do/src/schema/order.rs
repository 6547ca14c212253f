//! The order of tables by their foreign keys.

use crate::introspect::Table;

/// Orders what belongs to tables so that each comes after what its table references. Tables that reference each other
/// stay in the order given.
pub(crate) fn parents_first<'a, T>(mut left: Vec<T>, table: impl Fn(&T) -> &'a Table) -> Vec<T> {
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waits = |own: &Table| {
            let is_left = |name: &str| left.iter().any(|other| is(table(other), name) && !is(own, name));
            own.foreign_keys.iter().any(|key| is_left(&key.table))
        };
        let free = left.iter().position(|it| !waits(table(it))).unwrap_or_default();
        ordered.push(left.remove(free));
    }
    ordered
}

pub(crate) fn is(table: &Table, name: &str) -> bool {
    table.name.eq_ignore_ascii_case(name)
}
