//! The suites on the storage of the host, and what else needs neither npm nor wasm.

mod cases;
mod command;
mod conformance;
mod generated;
mod guides;
mod new;
mod package;
mod workflows;

use std::process::ExitCode;

use anyhow::Result;
use libtest_mimic::{Arguments, Trial};

type Test = fn() -> Result<()>;

fn main() -> ExitCode {
    let trial =
        |(name, test): (&str, Test)| Trial::test(name, move || test().map_err(|error| format!("{error:#}").into()));
    let tests = [&command::TESTS[..], &guides::TESTS, &new::TESTS, &package::TESTS].concat();
    let mut trials = cases::trials();
    trials.extend(tests.into_iter().map(trial));
    trials.extend(generated::trials());
    trials.push(conformance::trial());
    trials.push(workflows::trial());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
