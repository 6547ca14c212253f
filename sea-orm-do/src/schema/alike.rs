//! What counts as the same in a database and in an entity.

use super::default::DefaultValue;
use crate::introspect::{Column, ForeignKey, Index, IndexColumn, Schema, Term, tidied};

pub(crate) fn is_same_key(schema: &Schema, found: &ForeignKey, wanted: &ForeignKey) -> bool {
    let parent = schema.table(&found.table);
    let key = || parent.map(|parent| parent.primary_key().iter().map(|column| column.name.clone()).collect());
    let references = if found.references.is_empty() { key().unwrap_or_default() } else { found.references.clone() };
    found.table.eq_ignore_ascii_case(&wanted.table)
        && is_same_list(&found.columns, &wanted.columns)
        && is_same_list(&references, &wanted.references)
        && (found.on_delete, found.on_update) == (wanted.on_delete, wanted.on_update)
}

pub(crate) fn is_alike(found: &Column, wanted: &Column, never_null: bool) -> bool {
    tidied(&found.declared_type).eq_ignore_ascii_case(&tidied(&wanted.declared_type))
        && (never_null || found.not_null == wanted.not_null)
        && wanted
            .default
            .as_ref()
            .is_none_or(|wanted| found.default.as_ref().is_some_and(|found| is_same_default(found, wanted)))
}

pub(crate) fn is_same_default(found: &str, wanted: &str) -> bool {
    DefaultValue::new(found).is_same(&DefaultValue::new(wanted))
}

/// <https://www.sqlite.org/stricttables.html>
pub(crate) fn is_strict(declared_type: &str) -> bool {
    ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"].iter().any(|strict| declared_type.eq_ignore_ascii_case(strict))
}

/// Whether an existing index does what is wanted, regardless of its name.
pub(crate) fn serves(found: &Index, unique: bool, columns: &[String]) -> bool {
    let own = columns_of(found).filter(|_| found.predicate.is_none());
    own.is_some_and(|own| match unique {
        true => found.unique && is_same_set(&own, columns),
        false => is_same_list(&own, columns),
    })
}

/// The columns of an index; `None` for an index on expressions.
pub(crate) fn columns_of(index: &Index) -> Option<Vec<String>> {
    let column = |column: &IndexColumn| match &column.term {
        Term::Column(name) => Some(name.clone()),
        Term::Expression(_) => None,
    };
    index.columns.iter().map(column).collect()
}

pub(crate) fn is_same_list(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// The order of columns does not matter for a unique key.
pub(crate) fn is_same_set(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().all(|name| other.iter().any(|other| other.eq_ignore_ascii_case(name)))
}
