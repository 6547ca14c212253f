//! `#[sea_orm_macros::test]` that puts a test into the list instead of making it a test of the host.

use proc_macro::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, ItemFn, Lit, Meta, parse_macro_input};

#[proc_macro_attribute]
pub fn test(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = parse_macro_input!(item as ItemFn);
    let ignored = function.attrs.iter().any(|attribute| attribute.path().is_ident("ignore"));
    let should_panic = match function.attrs.iter().find(|attribute| attribute.path().is_ident("should_panic")) {
        Some(attribute) => {
            let expected = expected(attribute);
            quote!(::core::option::Option::Some(#expected))
        }
        None => quote!(::core::option::Option::None),
    };
    function.attrs.retain(|attribute| !["ignore", "should_panic"].iter().any(|name| attribute.path().is_ident(name)));
    if function.sig.asyncness.is_none() {
        // It uses no connection.
        return quote!(#function).into();
    }
    let cfgs = function.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let name = &function.sig.ident;
    quote! {
        #(#cfgs)*
        ::sea_orm::conformance::inventory::submit! {
            ::sea_orm::conformance::Test {
                module: ::core::module_path!(),
                function: ::core::stringify!(#name),
                ignored: #ignored,
                should_panic: #should_panic,
                run: || ::std::boxed::Box::pin(async {
                    ::sea_orm::conformance::Outcome::into_result(#name().await)
                }),
            }
        }
        #function
    }
    .into()
}

/// The message in `#[should_panic(expected = "…")]`.
fn expected(attribute: &Attribute) -> String {
    let mut message = String::new();
    if matches!(attribute.meta, Meta::List(_)) {
        let _ = attribute.parse_nested_meta(|meta| {
            if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = meta.value()?.parse()? {
                message = text.value();
            }
            Ok(())
        });
    }
    message
}
