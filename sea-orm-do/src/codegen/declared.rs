//! The declared types that sea-orm-codegen does not write into a model: a table made from the entity would have others.

use std::collections::HashMap;

use sea_orm::sea_query::{ColumnType, StringLen};
use sea_orm_codegen::EntityFormat;
use syn::{Attribute, Fields, Item, Meta, parse_quote};

use super::columns::column_type;
use super::names;
use super::options::Options;
use crate::introspect::Table;

/// What the attribute `column_type` of a field must say, by the name of the field.
pub(super) type Declared = HashMap<String, String>;

/// Of a table's columns; nothing for the expanded format, which writes every type in full.
pub(super) fn of(table: &Table, options: &Options) -> Declared {
    if options.format == EntityFormat::Expanded {
        return Declared::new();
    }
    let columns = table.columns.iter();
    columns
        .filter_map(|column| Some((names::field(&column.name), attribute(&column_type(&column.declared_type)?)?)))
        .collect()
}

/// `None` for a type that the field's Rust type stands for already, or that the generator writes.
fn attribute(ty: &ColumnType) -> Option<String> {
    Some(match ty {
        ColumnType::Char(length) => format!("Char({length:?})"),
        ColumnType::String(StringLen::N(length)) => format!("String(StringLen::N({length}))"),
        ColumnType::Timestamp => "Timestamp".to_owned(),
        ColumnType::Money(None) => "Money(None)".to_owned(),
        _ => return None,
    })
}

/// Writes them into a model.
pub(super) fn complete(item: &mut Item, declared: &Declared) {
    let Item::Struct(model) = item else { return };
    let Fields::Named(fields) = &mut model.fields else { return };
    for field in &mut fields.named {
        let Some(ty) = field.ident.as_ref().and_then(|name| declared.get(&name.to_string())) else { continue };
        let own = field.attrs.iter_mut().find(|attribute| attribute.path().is_ident("sea_orm"));
        match own {
            Some(Attribute { meta: Meta::List(list), .. }) if !list.tokens.to_string().contains("column_type") => {
                let others = &list.tokens;
                list.tokens = quote::quote!(#others, column_type = #ty);
            }
            Some(_) => {}
            None => field.attrs.push(parse_quote!(#[sea_orm(column_type = #ty)])),
        }
    }
}
