//! The declared types that sea-orm-codegen does not write into a model. Without them, a table created from the entity
//! would have other types.

use std::collections::HashMap;

use sea_orm::sea_query::{ColumnType, StringLen};
use sea_orm_codegen::EntityFormat;

use super::columns::column_type;
use super::names;
use super::options::Options;
use super::tables::declared_type;
use crate::introspect::{Column, Table};

/// The value of the attribute `column_type`, by the name of the field.
pub(super) type ColumnTypeAttrs = HashMap<String, String>;

/// The attributes for a table's columns; empty for the expanded format, which writes every type in full.
pub(super) fn of(table: &Table, options: &Options) -> ColumnTypeAttrs {
    if options.format == EntityFormat::Expanded {
        return ColumnTypeAttrs::new();
    }
    let written = |column: &Column| {
        let ty = column_type(declared_type(table, column, options))?;
        Some((names::field(&column.name), attribute(&ty)?))
    };
    table.columns.iter().filter_map(written).collect()
}

/// `None` for a type that follows from the field's Rust type, or that the generator writes itself.
fn attribute(ty: &ColumnType) -> Option<String> {
    Some(match ty {
        ColumnType::Char(length) => format!("Char({length:?})"),
        ColumnType::String(StringLen::N(length)) => format!("String(StringLen::N({length}))"),
        ColumnType::Timestamp => "Timestamp".to_owned(),
        ColumnType::Money(None) => "Money(None)".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_the_options_say() {
        let column =
            |name: &str| Column { name: name.to_owned(), declared_type: "char(3)".to_owned(), ..Default::default() };
        let table = Table { name: "book".to_owned(), columns: vec![column("k"), column("l")], ..Default::default() };
        let types = [("book.k", "integer"), ("BOOK.L", "varchar(9)")];
        let column_types = types.map(|(name, ty)| (name.to_owned(), ty.to_owned())).to_vec();
        let declared = of(&table, &Options { column_types, ..Options::default() });
        assert_eq!(declared, ColumnTypeAttrs::from([("l".to_owned(), "String(StringLen::N(9))".to_owned())]));
    }
}
