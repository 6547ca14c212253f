//! Turns the generator's output into a source file: formats it, names its relations and adds the `register` function.

use std::collections::HashSet;

use heck::ToUpperCamelCase;
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Ident, ImplItem, Item, Meta, Token, Type, parse_quote};

use super::attributes::{Attributes, FieldAttrs};
use super::tables::EntityTable;

/// Formats a file.
pub(super) fn file(content: &str) -> syn::Result<String> {
    syn::parse_file(content).map(printed)
}

/// Formats the file of an entity, and adds what the generator does not write: the attributes of its fields, and the name
/// of the table if the generator had to get another one.
pub(super) fn entity(content: &str, table: &EntityTable<'_>, attributes: &Attributes) -> syn::Result<String> {
    let mut file = syn::parse_file(content)?;
    for item in &mut file.items {
        name_relations(item);
        widen_floats(item);
        complete(item, attributes);
        if table.name != table.table.name {
            name_table(item, &table.table.name)?;
        }
    }
    Ok(printed(file))
}

/// Formats `mod.rs` and adds the function `register` for the entities of these modules.
pub(super) fn index(content: &str, modules: &[String], feature: Option<&str>) -> syn::Result<String> {
    let mut file = syn::parse_file(content)?;
    if !modules.is_empty() {
        file.items.push(function(modules, feature)?);
    }
    Ok(printed(file))
}

fn printed(file: syn::File) -> String {
    let attributes = syn::File { items: Vec::new(), ..file.clone() };
    let mut text = prettyplease::unparse(&attributes);
    let mut before = None;
    for item in file.items {
        let kind = std::mem::discriminant(&item);
        let is_line = matches!(item, Item::Use(_) | Item::Mod(_));
        if !(is_line && before == Some(kind)) {
            text.push('\n');
        }
        before = Some(kind);
        text.push_str(&prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items: vec![item] }));
    }
    text
}

/// Adds attributes to the fields of a model or, in the expanded format, to the variants of `Column`.
fn complete(item: &mut Item, attributes: &Attributes) {
    match item {
        Item::Struct(model) if model.ident == "Model" => {
            for field in model.fields.iter_mut().filter(|field| !is_relation(&field.ty)) {
                let name = field.ident.as_ref().map(Ident::to_string).unwrap_or_default();
                if let Some(FieldAttrs { column_name, column_type }) = attributes.get(&name) {
                    add(&mut field.attrs, "column_type", column_type.as_deref());
                    // A model of the expanded format has no attributes; `Column` has them.
                    if !is_expanded(&model.attrs) {
                        add(&mut field.attrs, "column_name", column_name.as_deref());
                    }
                }
            }
        }
        Item::Enum(columns) if columns.ident == "Column" => {
            for variant in &mut columns.variants {
                let of_variant = |(field, _): &(&String, &FieldAttrs)| variant.ident == field.to_upper_camel_case();
                let found = attributes.iter().find(of_variant);
                add(&mut variant.attrs, "column_name", found.and_then(|(_, found)| found.column_name.as_deref()));
            }
        }
        _ => {}
    }
}

fn is_expanded(model: &[Attribute]) -> bool {
    !model.iter().any(|attribute| quote!(#attribute).to_string().contains("DeriveEntityModel"))
}

/// Adds `key = "value"` to the attribute `sea_orm`, unless it has that key.
fn add(attributes: &mut Vec<Attribute>, key: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    let name = format_ident!("{key}");
    let own = attributes.iter_mut().find(|attribute| attribute.path().is_ident("sea_orm"));
    match own {
        Some(Attribute { meta: Meta::List(list), .. }) if !list.tokens.to_string().contains(key) => {
            let others = &list.tokens;
            list.tokens = quote!(#others, #name = #value);
        }
        Some(_) => {}
        None => attributes.push(parse_quote!(#[sea_orm(#name = #value)])),
    }
}

/// Sets the name of the table in a model or, in the expanded format, in the implementation of `EntityName`.
fn name_table(item: &mut Item, table: &str) -> syn::Result<()> {
    match item {
        Item::Struct(model) => {
            for attribute in model.attrs.iter_mut().filter(|attribute| attribute.path().is_ident("sea_orm")) {
                let Meta::List(list) = &mut attribute.meta else { continue };
                let others = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
                let others = others.iter().filter(|meta| !meta.path().is_ident("table_name"));
                list.tokens = quote!(table_name = #table #(, #others)*);
            }
        }
        Item::Impl(implementation) => {
            for item in &mut implementation.items {
                if let ImplItem::Fn(function) = item
                    && function.sig.ident == "table_name"
                {
                    function.block = parse_quote!({ #table });
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Renames relations. The generator names a relation after the entity that it leads to. That name may also be a
/// column's, or it may be a keyword: SeaORM builds function names from it, in which `r#` is not allowed. Only the field
/// itself uses the name.
fn name_relations(item: &mut Item) {
    let Item::Struct(model) = item else { return };
    let Fields::Named(fields) = &mut model.fields else { return };
    let (relations, columns): (Vec<_>, Vec<_>) = fields.named.iter_mut().partition(|field| is_relation(&field.ty));
    let mut taken: HashSet<_> = columns.iter().filter_map(|field| field.ident.clone()).collect();
    for field in relations {
        let Some(name) = &field.ident else { continue };
        let mut name = name.to_string().trim_start_matches("r#").to_owned();
        while syn::parse_str::<Ident>(&name).map_or(true, |name| !taken.insert(name)) {
            name.push_str("_entity");
        }
        field.ident = Some(format_ident!("{name}"));
    }
}

/// Makes every float an `f64`: the generator takes `float` for four bytes, but a float in SQLite has eight.
fn widen_floats(item: &mut Item) {
    let Item::Struct(model) = item else { return };
    for field in &mut model.fields {
        let ty = &field.ty;
        match quote!(#ty).to_string().replace(' ', "").as_str() {
            "f32" => field.ty = parse_quote!(f64),
            "Option<f32>" => field.ty = parse_quote!(Option<f64>),
            _ => {}
        }
    }
}

pub(super) fn is_relation(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let is_one = |name: &Ident| ["BelongsTo", "HasOne", "HasMany"].iter().any(|relation| name == relation);
    path.path.segments.last().is_some_and(|last| is_one(&last.ident))
}

fn function(modules: &[String], feature: Option<&str>) -> syn::Result<Item> {
    let entities = modules.iter().map(|module| syn::parse_str::<Ident>(module)).collect::<Result<Vec<_>, _>>()?;
    let feature = feature.map(|feature| quote!(#[cfg(feature = #feature)]));
    // A table can be called `sea_orm_do`.
    syn::parse2(quote! {
        #[doc = " Registers all entities, so that the returned handle reads their tables with the types of the models."]
        #feature
        #[must_use]
        pub fn register(db: ::sea_orm_do::DoConnection) -> ::sea_orm_do::DoConnection {
            db #(.register::<#entities::Entity>())*
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::introspect::Table;

    /// The file of an entity whose table is called `t`.
    fn completed(text: &str, attributes: &[(&str, FieldAttrs)]) -> String {
        let table = Table { name: "t".to_owned(), ..Default::default() };
        let table = EntityTable { table: &table, name: "t".to_owned(), columns: Vec::new() };
        let attributes = attributes.iter().map(|(field, attributes)| ((*field).to_owned(), attributes.clone()));
        entity(text, &table, &attributes.collect()).unwrap()
    }

    fn declared(ty: &str) -> FieldAttrs {
        FieldAttrs { column_type: Some(ty.to_owned()), ..Default::default() }
    }

    #[test]
    fn puts_blank_lines_between_items() {
        let text = "//! Doc\n\npub mod a; pub mod b; pub use a::A; struct C { x: u8 }";
        let expected = "//! Doc\n\npub mod a;\npub mod b;\n\npub use a::A;\n\nstruct C {\n    x: u8,\n}\n";
        assert_eq!(file(text).unwrap(), expected);
    }

    #[test]
    fn gives_a_relation_another_name_than_the_column() {
        let text = completed("struct Model { person: i32, person: BelongsTo<super::person::Entity> }", &[]);
        assert!(
            text.contains("person: i32") && text.contains("person_entity: BelongsTo<super::person::Entity>"),
            "{text}"
        );
    }

    #[test]
    fn calls_no_relation_by_a_keyword() {
        let text =
            "struct Model { r#type: i32, r#matches: HasMany<super::a::Entity>, r#type: HasOne<super::r#type::Entity> }";
        let text = completed(text, &[]);
        assert!(
            text.contains("r#type: i32") && text.contains(" matches: Has") && text.contains("type_entity: Has"),
            "{text}"
        );
    }

    #[test]
    fn says_the_declared_type() {
        let attributes = [("a", declared("Timestamp")), ("b", declared("Char(None)"))];
        let text =
            "#[derive(DeriveEntityModel)] struct Model { #[sea_orm(unique)] a: DateTimeUtc, b: String, c: String }";
        let text = completed(text, &attributes);
        let expected = "    #[sea_orm(unique, column_type = \"Timestamp\")]\n    a: DateTimeUtc,\n    \
            #[sea_orm(column_type = \"Char(None)\")]\n    b: String,\n    c: String,\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn says_no_declared_type_of_a_relation() {
        let attributes = ["author", "author_entity"].map(|name| (name, declared("Char(Some(5))")));
        let text = "struct Model { author: String, #[sea_orm(belongs_to)] author: BelongsTo<super::author::Entity> }";
        let text = completed(text, &attributes);
        let expected = "    #[sea_orm(column_type = \"Char(Some(5))\")]\n    author: String,\n    \
            #[sea_orm(belongs_to)]\n    author_entity: BelongsTo<super::author::Entity>,\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn registers_every_entity() {
        let modules = ["a".to_owned(), "r#type".to_owned()];
        let text = index("pub mod a;", &modules, None).unwrap();
        assert!(text.contains("db.register::<a::Entity>().register::<r#type::Entity>()"), "{text}");
        assert!(!text.contains("cfg"), "{text}");
        let text = index("pub mod a;", &modules, Some("worker")).unwrap();
        assert!(text.contains("#[cfg(feature = \"worker\")]\n#[must_use]\npub fn register"), "{text}");
    }

    #[test]
    fn says_the_names_of_table_and_column_where_others_were_chosen() {
        let table = Table { name: "self".to_owned(), ..Default::default() };
        let table = EntityTable { table: &table, name: "table_self".to_owned(), columns: Vec::new() };
        let name = FieldAttrs { column_name: Some("2fa".to_owned()), ..Default::default() };
        let attributes = Attributes::from([("column_2fa".to_owned(), name)]);
        let dense = "#[derive(DeriveEntityModel)] #[sea_orm(table_name = \"table_self\", comment = \"c\")] \
            struct Model { #[sea_orm(unique)] column_2fa: String }";
        let text = entity(dense, &table, &attributes).unwrap();
        assert!(text.contains("#[sea_orm(table_name = \"self\", comment = \"c\")]"), "{text}");
        assert!(text.contains("#[sea_orm(unique, column_name = \"2fa\")]"), "{text}");
        let expanded = "impl EntityName for Entity { fn table_name(&self) -> &'static str { \"table_self\" } } \
            #[derive(DeriveModel)] struct Model { column_2fa: String } enum Column { Column2fa }";
        let text = entity(expanded, &table, &attributes).unwrap();
        assert!(text.contains("        \"self\"\n") && !text.contains("table_self"), "{text}");
        assert!(text.contains("#[sea_orm(column_name = \"2fa\")]\n    Column2fa,"), "{text}");
        assert!(text.contains("struct Model {\n    column_2fa: String,"), "{text}");
    }
}
