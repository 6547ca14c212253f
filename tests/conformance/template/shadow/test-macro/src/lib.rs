//! `#[sea_orm_macros::test]` that puts a test into the list instead of making it a test of the host, and the same for
//! entities.

use std::sync::atomic::{AtomicUsize, Ordering};

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
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
    let listed = listed(&quote! {
        ::sea_orm::conformance::Test {
            module: ::core::module_path!(),
            function: ::core::stringify!(#name),
            ignored: #ignored,
            should_panic: #should_panic,
            run: || ::std::boxed::Box::pin(async {
                ::sea_orm::conformance::Outcome::into_result(#name().await)
            }),
        }
    });
    quote! {
        #(#cfgs)*
        #listed
        #function
    }
    .into()
}

/// Stands in for `sea_orm::register_entity!`, which the derive macro of every entity calls.
#[proc_macro]
pub fn register_entity(_: TokenStream) -> TokenStream {
    listed(&quote! {
        ::sea_orm::conformance::Known {
            module: ::core::module_path!(),
            register: |connection| connection.register::<Entity>(),
        }
    })
    .into()
}

/// Puts something into its list: in wasm by an export, on the host by what runs before `main`.
fn listed(item: &TokenStream2) -> TokenStream2 {
    let export = export();
    quote! {
        const _: () = {
            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = #export)]
            extern "C" fn list() {
                ::sea_orm::conformance::list(#item);
            }
            #[cfg(not(target_arch = "wasm32"))]
            ::sea_orm::conformance::inventory::submit! { #item }
        };
    }
}

/// A name for a function that puts something into a list. The worker calls all of them: an export is the one thing in
/// another crate that the linker for wasm keeps without being asked.
fn export() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = std::env::var("CARGO_CRATE_NAME").unwrap_or_default();
    format!("conformance {name} {}", COUNT.fetch_add(1, Ordering::Relaxed))
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
