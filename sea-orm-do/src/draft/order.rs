//! The order of tables by their foreign keys.

use crate::introspect::Table;

/// The tables, each after those that it references. Tables that reference each other are in the order given.
pub(super) fn parents_first<'a>(tables: &[&'a Table]) -> Vec<&'a Table> {
    let mut left = tables.to_vec();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waits = |table: &Table| {
            let is_left = |name: &str| left.iter().any(|other| is(other, name) && !is(table, name));
            table.foreign_keys.iter().any(|key| is_left(&key.table))
        };
        let free = left.iter().position(|table| !waits(table)).unwrap_or_default();
        ordered.push(left.remove(free));
    }
    ordered
}

pub(super) fn is(table: &Table, name: &str) -> bool {
    table.name.eq_ignore_ascii_case(name)
}
