//! tests/conformance/exclusions.toml: the tests that need not pass, and why.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use sea_orm_do_harness::workspace::Workspace;
use serde::Deserialize;

use super::harness::{Listed, Mode, Outcome};
use super::report::Verdict;

const FILE: &str = "tests/conformance/exclusions.toml";

#[derive(Deserialize)]
pub(super) struct Exclusions {
    /// Files of the suite whose tests are all for other databases.
    pub(super) other_databases: Vec<String>,
    /// Files of the suite that are built without one of its cfgs.
    #[serde(default)]
    without: Vec<Without>,
    #[serde(flatten)]
    headings: BTreeMap<String, Exclusion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Without {
    feature: String,
    files: Vec<String>,
    #[allow(dead_code, reason = "for the reader of the file")]
    reason: String,
}

/// Tests that are excluded for one reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exclusion {
    pub(super) reason: String,
    #[allow(dead_code, reason = "for the reader of the file")]
    #[serde(default)]
    upstream: String,
    #[serde(default)]
    kind: Kind,
    /// A part of the message that a test fails with.
    #[serde(default)]
    error: String,
    /// The modes that they are excluded in; all, where there is none.
    #[serde(default)]
    modes: Vec<Mode>,
    #[allow(dead_code, reason = "the harness of our own suites checks that they are there")]
    #[serde(default)]
    twins: Vec<String>,
    #[allow(dead_code, reason = "for the reader of the file")]
    #[serde(default)]
    no_twin: String,
    tests: Vec<String>,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// The test fails; when it passes, the exclusion is out of date.
    #[default]
    Fails,
    /// What is left of the test passes, but a cfg removed the assertions that matter.
    Reduced,
    /// A cfg removed the whole test.
    Unbuilt,
}

impl Exclusions {
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let text = fs::read_to_string(workspace.root().join(FILE)).context(FILE)?;
        toml::from_str(&text).context(FILE)
    }

    pub(super) fn is_built_with(&self, file: &str, feature: &str) -> bool {
        !self
            .without
            .iter()
            .any(|without| without.feature == feature && without.files.iter().any(|known| known == file))
    }

    pub(super) fn of(&self, test: &str, mode: Mode) -> Option<&Exclusion> {
        let is_meant = |exclusion: &&Exclusion| exclusion.modes.is_empty() || exclusion.modes.contains(&mode);
        let mut meant = self.headings.values().filter(is_meant);
        meant.find(|exclusion| exclusion.tests.iter().any(|name| name == test))
    }

    pub(super) fn unbuilt(&self) -> impl Iterator<Item = (&str, &Exclusion)> {
        let unbuilt = self.headings.values().filter(|exclusion| exclusion.kind == Kind::Unbuilt);
        unbuilt.flat_map(|exclusion| exclusion.tests.iter().map(move |name| (name.as_str(), exclusion)))
    }

    /// Looks at the tests of these files.
    ///
    /// # Errors
    /// When a test is listed twice, or is listed as built and was not, or the other way round.
    pub(super) fn check_against(&self, tests: &[Listed], files: &[String]) -> Result<()> {
        let mut seen = Vec::new();
        for exclusion in self.headings.values() {
            let modes = if exclusion.modes.is_empty() { &Mode::ALL[..] } else { &exclusion.modes[..] };
            for name in &exclusion.tests {
                if !files.iter().any(|file| name.split("::").next() == Some(file)) {
                    continue;
                }
                let built = tests.iter().any(|test| test.name == *name);
                match (exclusion.kind, built) {
                    _ if modes.iter().any(|mode| seen.contains(&(name, mode.name()))) => {
                        bail!("{FILE}: {name} stands there twice")
                    }
                    (Kind::Unbuilt, true) => bail!("{FILE}: {name} is said not to be built, but was"),
                    (Kind::Fails | Kind::Reduced, false) => bail!("{FILE}: the suite has no test {name}"),
                    _ => seen.extend(modes.iter().map(|mode| (name, mode.name()))),
                }
            }
        }
        Ok(())
    }
}

impl Exclusion {
    pub(super) fn judge(&self, outcome: Outcome) -> Verdict {
        match (self.kind, outcome) {
            (Kind::Reduced, Err(error)) => Verdict::Failed(error),
            (Kind::Fails, Ok(())) => Verdict::Failed(format!("passes, but {FILE} excludes it: {}", self.reason)),
            (Kind::Fails, Err(error)) if !error.contains(&self.error) => {
                Verdict::Failed(format!("fails otherwise than {FILE} says: {error}"))
            }
            _ => Verdict::Excluded(self.reason.clone()),
        }
    }
}
