//! The secrets of the worker: `npx wrangler secret put NAME`, or lines in `.dev.vars`.

use sea_orm_do::DoConnection;
use sea_orm_do::remote::is_bearer;
use worker::{Request, RouteContext};

use crate::answer::Refusal;

/// Refuses a request that does not have the secret of this name. Without the secret, its paths do not exist.
pub(crate) fn check(request: &Request, route: &RouteContext<DoConnection>, name: &str) -> Result<(), Refusal> {
    if route.secret(name).is_err() {
        Err(Refusal::NotFound("path"))
    } else if is_given(request, route, name)? {
        Ok(())
    } else {
        Err(Refusal::Unauthorized)
    }
}

/// Whether a request has the secret of this name.
pub(crate) fn is_given(request: &Request, route: &RouteContext<DoConnection>, name: &str) -> Result<bool, Refusal> {
    let Ok(secret) = route.secret(name) else { return Ok(false) };
    let authorization = request.headers().get("Authorization")?;
    Ok(is_bearer(authorization.as_deref(), &secret.to_string()))
}
