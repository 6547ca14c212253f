//! Runs cases on the storage of the host.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::rc::Rc;

use futures_util::FutureExt;

use crate::case::{Context, Step};

/// Runs a step on the file of its object, and returns what it leaves for the harness.
///
/// # Errors
/// The error or the panic of the step; and when it waits for something, which nothing on the host would end.
pub fn run_step(step: &Step, file: PathBuf) -> Result<String, String> {
    let context = Context { file, told: Rc::default() };
    let told = context.told.clone();
    let outcome = catch_unwind(AssertUnwindSafe(|| (step.body)(context).now_or_never()));
    let outcome = outcome.map_err(|panic| message_of(&*panic).to_owned())?;
    let outcome = outcome.ok_or("the step waits for something, which nothing on the host would end")?;
    outcome.map_err(|error| error.to_string())?;
    Ok(told.take())
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message")
}
