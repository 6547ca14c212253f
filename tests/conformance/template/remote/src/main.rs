//! Runs the suite on the host, each test on an object of its own behind an address: the first argument; the others are the
//! names of the tests. Prints a line for each: `outcome` and JSON. The tests print lines of their own.

#[path = "../../worker/src/run.rs"]
mod run;
mod suite;

use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use sea_orm::conformance::{self, Test};
use sea_orm_do::remote::{Http, RemoteConnection};

const PATIENCE: Duration = Duration::from_secs(30);

/// The message of the last panic.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn main() {
    std::panic::set_hook(Box::new(|info| *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = info.to_string()));
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_default();
    let asked: Vec<_> = arguments.collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
    for test in conformance::tests() {
        let name = test.name();
        if asked.contains(&name) {
            let error = runtime.block_on(outcome(&test, &address)).err();
            println!("outcome {}", serde_json::json!({ "test": name, "error": error }));
        }
    }
}

/// What went wrong, by the rules that the test names.
async fn outcome(test: &Test, address: &str) -> Result<(), String> {
    let http = Http::new(&format!("{address}/remote/{}", test.name()), "").map_err(|error| error.to_string())?;
    let run = AssertUnwindSafe(run::run(test, RemoteConnection::new(http))).catch_unwind();
    match (tokio::time::timeout(PATIENCE, run).await, test.should_panic) {
        (Err(_), _) => Err(format!("no answer in {} s", PATIENCE.as_secs())),
        (Ok(Ok(outcome)), None) => outcome,
        (Ok(Ok(_)), Some(_)) => Err("did not panic".to_owned()),
        (Ok(Err(_)), expected) => {
            let message = std::mem::take(&mut *PANIC.lock().unwrap_or_else(PoisonError::into_inner));
            if expected.is_some_and(|expected| message.contains(expected)) { Ok(()) } else { Err(message) }
        }
    }
}
