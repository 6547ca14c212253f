//! The implementation that the derive generates.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{
    Data, DataStruct, DeriveInput, Error, Field, Fields, GenericArgument, Path, PathArguments, Result, Type,
    WherePredicate, parse_quote,
};

use crate::attributes::{Item, ReadFrom, from_query_result, leaves_reading, none_of_ours, partial_model, read_from};

pub(crate) fn typed_row(input: DeriveInput, typed: &Path) -> Result<TokenStream> {
    none_of_ours(&input.attrs)?;
    let DeriveInput { attrs, ident, mut generics, data, .. } = input;
    let Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) = data else {
        return Err(Error::new_spanned(ident, "`TypedRow` is for structs with named fields, as `FromQueryResult` is"));
    };
    let fields: Vec<Field> = fields.named.into_iter().collect();
    let is_same = fields.iter().all(|field| match (from_query_result(field), partial_model(field)) {
        (Item::Nested { prefix: None }, _) => false,
        (one, other) => one == other,
    });
    let by_name = columns(&fields, from_query_result, false, typed)?;
    let body = if is_same || leaves_reading(&attrs) {
        by_name
    } else {
        // A derive does not see the other derives, but the compiler knows which traits the struct has.
        let partial = columns(&fields, partial_model, true, typed)?;
        quote! {
            #[allow(unused_imports)]
            use #typed::derive::ReadsByName as _;
            if <#typed::derive::Probe<Self>>::IS_PARTIAL_MODEL {
                #partial
            } else {
                #by_name
            }
        }
    };
    let parameters: Vec<_> = generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
    let bounds = fields.iter().filter(|field| mentions(field.ty.to_token_stream(), &parameters));
    let bounds = bounds.filter_map(|field| bound(field, typed).transpose()).collect::<Result<Vec<WherePredicate>>>()?;
    if !bounds.is_empty() {
        generics.make_where_clause().predicates.extend(bounds);
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #typed::TypedRow for #ident #type_generics #where_clause {
            fn columns(prefix: &::core::primitive::str, columns: &mut #typed::Columns) {
                #body
            }
        }
    })
}

/// The statements that add the columns of all fields.
fn columns(fields: &[Field], read: impl Fn(&Field) -> Item, is_partial: bool, typed: &Path) -> Result<TokenStream> {
    let mut statements = TokenStream::new();
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        let (ty, name_of_field) = (&field.ty, ident.unraw().to_string());
        statements.extend(match read(field) {
            Item::Skipped => TokenStream::new(),
            Item::Nested { prefix } => {
                let prefix = match prefix {
                    Some(prefix) => prefix,
                    None if is_partial => format!("{name_of_field}_"),
                    None => String::new(),
                };
                quote! {
                    #typed::derive::nested::<#ty, _>(&::std::format!("{prefix}{}", #prefix), columns);
                }
            }
            Item::Column { name } => {
                let name = name.unwrap_or(name_of_field);
                let name = quote!(::std::format!("{prefix}{}", #name));
                match read_from(field)? {
                    ReadFrom::Field => quote!(#typed::derive::value::<#ty>(columns, #name, false);),
                    ReadFrom::Type(other) => quote!(#typed::derive::value::<#other>(columns, #name, true);),
                    ReadFrom::Json => quote!(#typed::derive::json(columns, #name);),
                }
            }
        });
    }
    Ok(statements)
}

/// The bound for a field whose type depends on a parameter of the struct.
fn bound(field: &Field, typed: &Path) -> Result<Option<WherePredicate>> {
    let ty = &field.ty;
    Ok(match (from_query_result(field), read_from(field)?) {
        (Item::Column { .. }, ReadFrom::Field) => Some(parse_quote!(#ty: #typed::TypedValue)),
        (Item::Nested { .. }, _) => {
            let row = inside_option(ty).unwrap_or(ty);
            Some(parse_quote!(#row: #typed::TypedRow))
        }
        _ => None,
    })
}

/// The type inside an `Option`.
fn inside_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.contains(&ident.to_string()),
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
