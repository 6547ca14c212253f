//! The parts of a path that routes give names to.

use worker::{Response, RouteContext};

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

/// The answer to every path that no route has.
pub(crate) async fn unknown() -> Result<Response, Refusal> {
    Err(Refusal::NotFound("path"))
}
