//! The attributes of a field: SeaORM's, as each of its two derives reads them, and ours.

use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, ExprLit, Field, Lit, Meta, Result, Token, Type};

/// How a field is read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// From one column; without a `name`, the column is named like the field.
    Column { name: Option<String> },
    /// From the columns of another struct.
    Nested { prefix: Option<String> },
    /// Not at all.
    Skipped,
}

/// What a column is read as.
pub(crate) enum ReadFrom {
    /// As the field's type says.
    Field,
    Json,
    Type(Box<Type>),
}

/// Reads a field's attributes as `FromQueryResult` does: sea-orm-macros-2.0.4/src/derives/from_query_result.rs:137.
pub(crate) fn from_query_result(field: &Field) -> Item {
    let (mut item, mut name) = (None, None);
    for meta in metas(&field.attrs) {
        if is_word(&meta, "skip") {
            item = Some(Item::Skipped);
        } else if let Some(prefix) = nested(&meta) {
            item = Some(Item::Nested { prefix });
        } else {
            // Any argument after an alias removes the alias, as in SeaORM.
            name = value(&meta, "from_alias").or_else(|| value(&meta, "alias"));
        }
    }
    item.unwrap_or(Item::Column { name })
}

/// Reads a field's attributes as `DerivePartialModel` does: sea-orm-macros-2.0.4/src/derives/partial_model.rs:118.
pub(crate) fn partial_model(field: &Field) -> Item {
    let (mut nests, mut skips, mut is_selected, mut prefix) = (false, false, false, None);
    for meta in metas(&field.attrs) {
        if is_word(&meta, "skip") {
            skips = true;
        } else if let Some(of_this) = nested(&meta) {
            nests = true;
            prefix = of_this.or(prefix);
        } else {
            is_selected |= value(&meta, "from_col").is_some() || value(&meta, "from_expr").is_some();
        }
    }
    match (nests, skips && !is_selected) {
        (true, _) => Item::Nested { prefix },
        (false, true) => Item::Skipped,
        (false, false) => Item::Column { name: None },
    }
}

/// Whether a struct says that `DerivePartialModel` leaves reading to `FromQueryResult`.
pub(crate) fn leaves_reading(attributes: &[Attribute]) -> bool {
    metas(attributes).iter().any(|meta| value(meta, "from_query_result").is_some_and(|value| value == "false"))
}

/// Reads `#[typed(json)]` and `#[typed(as = "…")]`.
pub(crate) fn read_from(field: &Field) -> Result<ReadFrom> {
    let mut read_from = ReadFrom::Field;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("typed")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("json") {
                read_from = ReadFrom::Json;
            } else if meta.path.is_ident("as") || meta.path.is_ident("r#as") {
                read_from = ReadFrom::Type(Box::new(meta.value()?.parse::<syn::LitStr>()?.parse()?));
            } else {
                return Err(meta.error("expected `json`, or `as = \"a type\"`"));
            }
            Ok(())
        })?;
    }
    Ok(read_from)
}

/// Refuses `typed` on a struct: it is an attribute of fields.
pub(crate) fn none_of_ours(attributes: &[Attribute]) -> Result<()> {
    match attributes.iter().find(|attribute| attribute.path().is_ident("typed")) {
        Some(attribute) => Err(Error::new_spanned(attribute, "`typed` is an attribute of a field")),
        None => Ok(()),
    }
}

/// Returns the arguments of the `sea_orm` attributes. Like SeaORM, skips a list that cannot be parsed.
fn metas(attributes: &[Attribute]) -> Vec<Meta> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("sea_orm"));
    let lists = lists.filter_map(|list| list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok());
    lists.flatten().collect()
}

fn is_word(meta: &Meta, word: &str) -> bool {
    matches!(meta, Meta::Path(path) if path.is_ident(word))
}

fn value(meta: &Meta, key: &str) -> Option<String> {
    match meta {
        Meta::NameValue(pair) if pair.path.is_ident(key) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// `nested`, or `nested(prefix = "…")`; an empty prefix counts as no prefix.
fn nested(meta: &Meta) -> Option<Option<String>> {
    if is_word(meta, "nested") {
        return Some(None);
    }
    let Meta::List(list) = meta else { return None };
    if !list.path.is_ident("nested") {
        return None;
    }
    let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default();
    Some(inner.iter().filter_map(|meta| value(meta, "prefix")).next_back().filter(|prefix| !prefix.is_empty()))
}
