//! The parts of a path that routes give names to, and the methods of a path.

use worker::{Method, Request, Response, RouteContext};

use crate::answer::Refusal;
use crate::rules::Problem;

/// The part called `name`, as its rule reads it.
pub(crate) fn part<D, T>(
    route: &RouteContext<D>,
    name: &str,
    rule: fn(&str) -> Result<T, Problem>,
) -> Result<T, Refusal> {
    let text = route.param(name).map_or("", String::as_str);
    rule(text).map_err(|problem| Refusal::field(name, problem))
}

/// The request's method; `None` for one that the worker crate does not know, and takes for GET.
pub(crate) fn method(request: &Request) -> Option<Method> {
    let method = request.method();
    (request.inner().method() == method.as_ref()).then_some(method)
}

/// For a path that there is nothing to change at.
pub(crate) fn only_reads(request: &Request) -> Result<(), Refusal> {
    match method(request) {
        Some(Method::Get | Method::Head) => Ok(()),
        _ => Err(Refusal::Method { allow: "GET, HEAD" }),
    }
}

/// The answer to every path that no route has.
pub(crate) async fn unknown() -> Result<Response, Refusal> {
    Err(Refusal::NotFound("path"))
}
