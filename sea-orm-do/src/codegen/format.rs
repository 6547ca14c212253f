//! The generator's output as a source file: formatted, its fields told apart, with the function that registers entities.

use std::collections::HashSet;

use quote::{format_ident, quote};
use syn::{Fields, Item};

/// Formats a file; where `register` names modules, their entities are what its `register` function knows.
pub(super) fn file(content: &str, register: &[String]) -> syn::Result<String> {
    let mut file = syn::parse_file(content)?;
    file.items.iter_mut().for_each(tell_fields_apart);
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

/// The generator calls a relation by the entity it leads to, which a column may be called as well. The columns come first
/// and keep their names; nothing but the field itself is called by it.
fn tell_fields_apart(item: &mut Item) {
    let Item::Struct(model) = item else { return };
    let Fields::Named(fields) = &mut model.fields else { return };
    let mut seen = HashSet::new();
    for field in &mut fields.named {
        while let Some(name) = field.ident.clone().filter(|name| !seen.insert(name.clone())) {
            field.ident = Some(format_ident!("{name}_entity"));
        }
    }
}

fn function(modules: &[String]) -> syn::Result<Item> {
    let entities = modules.iter().map(|module| syn::parse_str::<syn::Ident>(module)).collect::<Result<Vec<_>, _>>()?;
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
        assert_eq!(file(text, &[]).unwrap(), expected);
    }

    #[test]
    fn gives_a_relation_another_name_than_the_column() {
        let text = file("struct Model { person: i32, person: BelongsTo<super::person::Entity> }", &[]).unwrap();
        assert!(
            text.contains("person: i32") && text.contains("person_entity: BelongsTo<super::person::Entity>"),
            "{text}"
        );
    }

    #[test]
    fn registers_every_entity() {
        let text = file("pub mod a;", &["a".to_owned(), "r#type".to_owned()]).unwrap();
        assert!(text.contains("db.register::<a::Entity>().register::<r#type::Entity>()"), "{text}");
    }
}
