//! The example over HTTP, as a client would use it.

mod readme;
mod requests;

use anyhow::Result;
use libtest_mimic::Trial;

use crate::workerd::{Server, Worker, Workerd};

/// Every test of the example, each with a workerd of its own.
pub fn trials(workerd: &Workerd, date: &str) -> Vec<Trial> {
    let requests = requests::TESTS.iter().map(|(name, test)| trial(workerd, date, name, test));
    let readmes = readme::FILES
        .iter()
        .map(|(name, file)| trial(workerd, date, name, |server| readme::shows_what_commands_print(server, file)));
    requests.chain(readmes).collect()
}

fn trial(
    workerd: &Workerd,
    date: &str,
    name: &str,
    test: impl FnOnce(&mut Server) -> Result<()> + Send + 'static,
) -> Trial {
    let (workerd, date) = (workerd.clone(), date.to_owned());
    Trial::test(format!("{date}::example::{name}"), move || {
        let objects = &[("WORKSPACES", "Workspace", true)];
        let worker = Worker { member: "examples/crud-worker", objects, date, prelude: None, texts: &[] };
        workerd.start(&worker).and_then(|mut server| test(&mut server)).map_err(|error| format!("{error:#}").into())
    })
}
