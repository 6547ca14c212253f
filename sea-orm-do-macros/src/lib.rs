//! The derive `TypedRow`. Use it from `sea-orm-do-typed`, or from `sea-orm-do`.

mod attributes;
mod expand;

use proc_macro::TokenStream;
use syn::{DeriveInput, Path, parse_macro_input, parse_quote};

/// Implements `TypedRow`: which columns a struct is read from, and as which types.
#[proc_macro_derive(TypedRow, attributes(typed, sea_orm))]
pub fn typed_row(input: TokenStream) -> TokenStream {
    derive(parse_macro_input!(input), &parse_quote!(::sea_orm_do_typed))
}

/// The same derive for crates that depend on `sea-orm-do`, and not on `sea-orm-do-typed` itself.
#[proc_macro_derive(DriverTypedRow, attributes(typed, sea_orm))]
pub fn driver_typed_row(input: TokenStream) -> TokenStream {
    derive(parse_macro_input!(input), &parse_quote!(::sea_orm_do::typed))
}

fn derive(input: DeriveInput, typed: &Path) -> TokenStream {
    expand::typed_row(input, typed).unwrap_or_else(syn::Error::into_compile_error).into()
}
