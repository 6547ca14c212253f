//! The example over HTTP, as a client would use it.

mod browser;
mod memory;
mod readme;
mod requests;

use anyhow::Result;
use libtest_mimic::Trial;
use sea_orm_do_harness::workerd::{Server, Worker, Workerd};

const SECRETS: &[(&str, &str)] = &[("SCHEMA_TOKEN", browser::SECRET)];

/// Every test of the example, each with a workerd of its own.
pub fn trials(workerd: &Workerd, date: &str) -> Result<Vec<Trial>> {
    let requests = requests::TESTS.iter().map(|(name, test)| trial(workerd, date, name, &[], None, test));
    let secrets = requests::SECRET_TESTS.iter().map(|(name, test)| trial(workerd, date, name, SECRETS, None, test));
    let grows_little = memory::grows_little_with_each_workspace;
    let memory = trial(workerd, date, "grows_little_with_each_workspace", &[], Some(memory::PRELUDE), grows_little);
    let readmes = readme::FILES.iter().map(|(name, file)| {
        trial(workerd, date, name, &[], None, |server| readme::shows_what_commands_print(server, file))
    });
    let chromium = browser::chromium();
    if chromium.is_none() {
        eprintln!("example::browser is ignored, for there is no Chromium: apt-get install chromium, or CHROMIUM=path");
    }
    let visits = browser::cases()?.into_iter().map(|case| {
        let name = format!("browser::{case}");
        let path = chromium.clone().unwrap_or_default();
        trial(workerd, date, &name, SECRETS, None, move |server| browser::run(server, &case, &path))
            .with_ignored_flag(chromium.is_none())
    });
    Ok(requests.chain(secrets).chain([memory]).chain(readmes).chain(visits).collect())
}

fn trial(
    workerd: &Workerd,
    date: &str,
    name: &str,
    texts: &'static [(&'static str, &'static str)],
    prelude: Option<&'static str>,
    test: impl FnOnce(&mut Server) -> Result<()> + Send + 'static,
) -> Trial {
    let (workerd, date) = (workerd.clone(), date.to_owned());
    Trial::test(format!("{date}::example::{name}"), move || {
        let objects = &[("WORKSPACES", "Workspace", true)];
        let worker = Worker { member: "examples/crud-worker", objects, date, prelude, texts };
        workerd.start(&worker).and_then(|mut server| test(&mut server)).map_err(|error| format!("{error:#}").into())
    })
}
