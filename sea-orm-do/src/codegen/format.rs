//! Turns the generator's output into a source file: formats it, names its relations and adds the `register` function.

use std::collections::HashSet;

use quote::{format_ident, quote};
use syn::{Attribute, Fields, Ident, Item, Meta, Type, parse_quote};

use super::declared::ColumnTypeAttrs;

/// Formats a file and adds the types in `declared`, which the generator does not write. If `register` names modules, it
/// also adds a `register` function for their entities.
pub(super) fn file(content: &str, declared: &ColumnTypeAttrs, register: &[String]) -> syn::Result<String> {
    let mut file = syn::parse_file(content)?;
    for item in &mut file.items {
        name_relations(item);
        widen_floats(item);
        complete(item, declared);
    }
    if !register.is_empty() {
        file.items.push(function(register)?);
    }
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
    Ok(text)
}

/// Adds the declared types to the fields of a model.
fn complete(item: &mut Item, declared: &ColumnTypeAttrs) {
    let Item::Struct(model) = item else { return };
    let Fields::Named(fields) = &mut model.fields else { return };
    for field in fields.named.iter_mut().filter(|field| !is_relation(&field.ty)) {
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

fn function(modules: &[String]) -> syn::Result<Item> {
    let entities = modules.iter().map(|module| syn::parse_str::<Ident>(module)).collect::<Result<Vec<_>, _>>()?;
    syn::parse2(quote! {
        #[doc = " A handle that reads the tables of all entities as what they are."]
        #[must_use]
        pub fn register(db: sea_orm_do::DoConnection) -> sea_orm_do::DoConnection {
            db #(.register::<#entities::Entity>())*
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_blank_lines_between_items() {
        let text = "//! Doc\n\npub mod a; pub mod b; pub use a::A; struct C { x: u8 }";
        let expected = "//! Doc\n\npub mod a;\npub mod b;\n\npub use a::A;\n\nstruct C {\n    x: u8,\n}\n";
        assert_eq!(file(text, &ColumnTypeAttrs::new(), &[]).unwrap(), expected);
    }

    #[test]
    fn gives_a_relation_another_name_than_the_column() {
        let text = file(
            "struct Model { person: i32, person: BelongsTo<super::person::Entity> }",
            &ColumnTypeAttrs::new(),
            &[],
        )
        .unwrap();
        assert!(
            text.contains("person: i32") && text.contains("person_entity: BelongsTo<super::person::Entity>"),
            "{text}"
        );
    }

    #[test]
    fn calls_no_relation_by_a_keyword() {
        let text =
            "struct Model { r#type: i32, r#matches: HasMany<super::a::Entity>, r#type: HasOne<super::r#type::Entity> }";
        let text = file(text, &ColumnTypeAttrs::new(), &[]).unwrap();
        assert!(
            text.contains("r#type: i32") && text.contains(" matches: Has") && text.contains("type_entity: Has"),
            "{text}"
        );
    }

    #[test]
    fn says_the_declared_type() {
        let declared = ColumnTypeAttrs::from([
            ("a".to_owned(), "Timestamp".to_owned()),
            ("b".to_owned(), "Char(None)".to_owned()),
        ]);
        let text =
            file("struct Model { #[sea_orm(unique)] a: DateTimeUtc, b: String, c: String }", &declared, &[]).unwrap();
        let expected = "    #[sea_orm(unique, column_type = \"Timestamp\")]\n    a: DateTimeUtc,\n    \
            #[sea_orm(column_type = \"Char(None)\")]\n    b: String,\n    c: String,\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn says_no_declared_type_of_a_relation() {
        let declared = ["author", "author_entity"].map(|name| (name.to_owned(), "Char(Some(5))".to_owned()));
        let text = "struct Model { author: String, #[sea_orm(belongs_to)] author: BelongsTo<super::author::Entity> }";
        let text = file(text, &ColumnTypeAttrs::from(declared), &[]).unwrap();
        let expected = "    #[sea_orm(column_type = \"Char(Some(5))\")]\n    author: String,\n    \
            #[sea_orm(belongs_to)]\n    author_entity: BelongsTo<super::author::Entity>,\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn registers_every_entity() {
        let text = file("pub mod a;", &ColumnTypeAttrs::new(), &["a".to_owned(), "r#type".to_owned()]).unwrap();
        assert!(text.contains("db.register::<a::Entity>().register::<r#type::Entity>()"), "{text}");
    }
}
