//! Runs cases on the storage of the host.

use std::any::Any;
use std::error::Error;
use std::fmt::{Display, Formatter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::rc::Rc;

use futures_util::FutureExt;

use crate::case::{Context, Step};

/// Why a step failed.
#[derive(Debug)]
pub struct Failed(String);

impl Display for Failed {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Failed {}

/// Runs a step on the file of its object, and returns what it leaves for the harness.
///
/// # Errors
/// The error or the panic of the step; and when it waits for something, which nothing on the host would end.
pub fn run_step(step: &Step, file: PathBuf) -> Result<String, Failed> {
    let context = Context { file, told: Rc::default() };
    let told = context.told.clone();
    let outcome = catch_unwind(AssertUnwindSafe(|| (step.body)(context).now_or_never()));
    let outcome = outcome.map_err(|panic| Failed(message_of(&*panic).to_owned()))?;
    let waits = || Failed("the step waits for something, which nothing on the host would end".to_owned());
    outcome.ok_or_else(waits)?.map_err(|error| Failed(error.to_string()))?;
    Ok(told.take())
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message")
}
