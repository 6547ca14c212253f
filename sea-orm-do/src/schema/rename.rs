//! Columns that an entity has renamed: SeaORM's `renamed_from`.

use super::report::Report;
use super::wanted::DesiredTable;
use crate::introspect::{Difference, Object, Schema, Term};
use crate::sql::quote::quoted;

/// Reports the columns that a table has only under the old name, and renames them in `schema`.
pub(super) fn rename(schema: &mut Schema, wanted: &DesiredTable, report: &mut Report) {
    for (column, added) in wanted.columns() {
        let Some(table) = schema.table(&wanted.table.name) else { return };
        let Some(old) = &added.renamed_from else { continue };
        // If the entity has both names, the old name may belong to another column.
        if table.column(&column.name).is_some() || wanted.table.column(old).is_some() {
            continue;
        }
        let Some(found) = table.column(old) else { continue };
        let (table, old) = (table.name.clone(), found.name.clone());
        let sql = format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quoted(&table), quoted(&old), quoted(&column.name));
        report.changes.push(Difference {
            object: Object::Column { table: table.clone(), name: column.name.clone() },
            before: Some(found.to_string()),
            after: Some(sql),
        });
        apply(schema, &table, &old, &column.name);
    }
}

/// Renames a column in `schema` as SQLite does, in columns, indexes and foreign keys; expressions do not count.
fn apply(schema: &mut Schema, renamed: &str, old: &str, new: &str) {
    let rename = |name: &mut String| {
        if name.eq_ignore_ascii_case(old) {
            new.clone_into(name);
        }
    };
    for table in &mut schema.tables {
        if table.name == renamed {
            table.columns.iter_mut().for_each(|column| rename(&mut column.name));
            for column in table.indexes.iter_mut().flat_map(|index| &mut index.columns) {
                if let Term::Column(name) = &mut column.term {
                    rename(name);
                }
            }
            table.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
        }
        let keys = table.foreign_keys.iter_mut().filter(|key| key.table.eq_ignore_ascii_case(renamed));
        keys.flat_map(|key| &mut key.references).for_each(rename);
    }
}
