//! The named parts of a path, and its methods.

use worker::{Method, Request, Response, RouteContext};

use crate::answer::Refusal;
use crate::rules::Problem;

/// Returns the part called `name`, parsed by its rule.
pub(crate) fn part<D, T>(
    route: &RouteContext<D>,
    name: &str,
    rule: fn(&str) -> Result<T, Problem>,
) -> Result<T, Refusal> {
    let text = route.param(name).map_or("", String::as_str);
    rule(text).map_err(|problem| Refusal::field(name, problem))
}

/// Returns the request's method; `None` for one that the worker crate does not know and takes for GET.
pub(crate) fn method(request: &Request) -> Option<Method> {
    let method = request.method();
    (request.inner().method() == method.as_ref()).then_some(method)
}

/// Refuses every method except GET and HEAD, for a path where there is nothing to change.
pub(crate) fn only_reads(request: &Request) -> Result<(), Refusal> {
    match method(request) {
        Some(Method::Get | Method::Head) => Ok(()),
        _ => Err(Refusal::Method { allow: "GET, HEAD" }),
    }
}

/// The response for a path that no route matches.
pub(crate) async fn unknown() -> Result<Response, Refusal> {
    Err(Refusal::NotFound("path"))
}
