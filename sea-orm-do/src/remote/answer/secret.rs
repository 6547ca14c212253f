//! The check of a secret.

use subtle::ConstantTimeEq;

/// Whether an `Authorization` header is `Bearer` and this secret. Compares in a time that does not depend on how much of
/// the secret was guessed. An empty secret is never right, so a missing one opens nothing.
///
/// ```
/// use sea_orm_do::remote::is_bearer;
///
/// assert!(is_bearer(Some("Bearer open sesame"), "open sesame"));
/// assert!(!is_bearer(Some("Bearer open"), "open sesame"));
/// assert!(!is_bearer(None, "open sesame"));
/// assert!(!is_bearer(Some("Bearer "), ""));
/// ```
#[must_use]
pub fn is_bearer(authorization: Option<&str>, secret: &str) -> bool {
    let scheme_and_token = authorization.and_then(|header| header.split_once(' '));
    let Some((_, token)) = scheme_and_token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer")) else {
        return false;
    };
    !secret.is_empty() && token.as_bytes().ct_eq(secret.as_bytes()).into()
}
