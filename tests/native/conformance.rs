//! What SeaORM's own suite leaves out is shown by cases of ours.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use sea_orm_do_harness::root;
use serde::Deserialize;

#[derive(Deserialize)]
struct Exclusions {
    #[serde(flatten)]
    headings: BTreeMap<String, Heading>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Heading {
    Group {
        #[allow(dead_code, reason = "tells a group from other headings")]
        tests: Vec<String>,
        #[serde(default)]
        twins: Vec<String>,
        #[serde(default)]
        no_twin: String,
    },
    Other(#[allow(dead_code, reason = "not a group")] toml::Value),
}

pub fn trial() -> Trial {
    Trial::test("conformance::what_is_excluded_has_twins", || {
        each_has_a_twin().map_err(|error| format!("{error:#}").into())
    })
}

fn each_has_a_twin() -> Result<()> {
    let file = std::fs::read_to_string(root().join("tests/conformance/exclusions.toml"))?;
    let Exclusions { headings } = toml::from_str(&file)?;
    let cases = sea_orm_do_tests::all();
    let mut groups = 0;
    for (name, heading) in headings {
        let Heading::Group { twins, no_twin, .. } = heading else { continue };
        groups += 1;
        ensure!(twins.is_empty() != no_twin.is_empty(), "[{name}] has neither twins nor a reason, or both");
        for twin in twins {
            ensure!(cases.iter().any(|case| case.name == twin), "[{name}] names {twin}, which is no case");
        }
    }
    ensure!(groups > 0, "no group was read");
    Ok(())
}
