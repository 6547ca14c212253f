//! The attributes of fields that sea-orm-codegen does not write: declared types, without which a table created from the
//! entity would have other types, and the names of columns whose fields have other names.

use std::collections::HashMap;

use sea_orm::sea_query::{ColumnType, StringLen};
use sea_orm_codegen::EntityFormat;

use super::names;
use super::options::Options;
use super::tables::{EntityColumn, EntityTable};

/// The attributes of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FieldAttrs {
    pub(super) column_name: Option<String>,
    pub(super) column_type: Option<String>,
}

/// The attributes, by the name of the field.
pub(super) type Attributes = HashMap<String, FieldAttrs>;

/// The attributes for a table's columns.
pub(super) fn of(table: &EntityTable<'_>, options: &Options) -> Attributes {
    let attributes = |EntityColumn { column, name, ty }: &EntityColumn<'_>| {
        let column_name = (*name != column.name).then(|| column.name.clone());
        // The expanded format writes every type in full.
        let column_type = if options.format == EntityFormat::Expanded { None } else { declared(ty) };
        (names::field(name), FieldAttrs { column_name, column_type })
    };
    table.columns.iter().map(attributes).collect()
}

/// `None` for a type that follows from the field's Rust type, or that the generator writes itself.
fn declared(ty: &ColumnType) -> Option<String> {
    Some(match ty {
        ColumnType::Char(length) => format!("Char({length:?})"),
        ColumnType::String(StringLen::N(length)) => format!("String(StringLen::N({length}))"),
        ColumnType::Timestamp => "Timestamp".to_owned(),
        ColumnType::Money(None) => "Money(None)".to_owned(),
        _ => return None,
    })
}
