//! Emptying a database: what was made in it goes, what the runtime and SQLite keep there stays.

use sea_orm::{ConnectionTrait, DbErr};

use crate::DoTransaction;
use crate::dialect::tag::quoted;
use crate::introspect::{Schema, Table};

/// Drops everything in a schema.
pub(super) async fn wipe(schema: Schema, transaction: &DoTransaction) -> Result<(), DbErr> {
    // DROP TABLE deletes the rows first, and tables may refer to each other in a circle.
    transaction.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
    // The actions of foreign keys would fire the triggers; those of views go with the views.
    let triggers = schema.triggers.iter().map(|trigger| ("TRIGGER", &trigger.name));
    let views = schema.views.iter().map(|view| ("VIEW", &view.name));
    let virtual_tables = schema.virtual_tables.iter().map(|table| ("TABLE", &table.name));
    let tables = children_first(&schema.tables).into_iter().map(|table| ("TABLE", &table.name));
    for (kind, name) in triggers.chain(views).chain(virtual_tables).chain(tables) {
        transaction.execute_unprepared(&format!("DROP {kind} {}", quoted(name))).await?;
    }
    Ok(())
}

/// Tables in an order in which none is referred to by one that follows, as far as there is one: in a circle, any is first.
fn children_first(tables: &[Table]) -> Vec<&Table> {
    let mut left: Vec<_> = tables.iter().collect();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let refers = |child: &Table, parent: &Table| {
            child.name != parent.name
                && child.foreign_keys.iter().any(|key| key.table.eq_ignore_ascii_case(&parent.name))
        };
        let has_no_child = |parent: &&Table| !left.iter().any(|child| refers(child, parent));
        let at = left.iter().position(has_no_child).unwrap_or(0);
        ordered.push(left.remove(at));
    }
    ordered
}
