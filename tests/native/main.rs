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

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let mut trials = cases::trials();
    trials.extend(command::trials());
    trials.extend(generated::trials());
    trials.extend(guides::trials());
    trials.extend(new::trials());
    trials.extend(package::trials());
    trials.push(conformance::trial());
    trials.push(workflows::trial());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
