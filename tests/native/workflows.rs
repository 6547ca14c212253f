//! The workflows of `.github` are YAML, their scripts are shell, and their dates are those of the suites.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use sea_orm_do_harness::{DATES, root};
use yaml_rust2::{Yaml, YamlLoader};

const FILES: [&str; 3] = ["ci.yml", "release.yml", "smoke.yml"];

pub fn trial() -> Trial {
    Trial::test("workflows::are_yaml_and_shell", || {
        FILES.iter().try_for_each(|file| check(file)).map_err(|error| format!("{error:#}").into())
    })
}

fn check(file: &str) -> Result<()> {
    let text = fs::read_to_string(root().join(".github/workflows").join(file)).context(file.to_owned())?;
    let documents = YamlLoader::load_from_str(&text).with_context(|| file.to_owned())?;
    let [workflow] = &documents[..] else { anyhow::bail!("{file} is not one document") };
    ensure!(!workflow["on"].is_badvalue(), "{file} does not say when it runs");
    ensure!(workflow["permissions"]["contents"].as_str() == Some("read"), "{file} may write by default");
    let jobs = workflow["jobs"].as_hash().with_context(|| format!("{file} has no jobs"))?;
    for (name, job) in jobs {
        let place = format!("{file}, {}", name.as_str().unwrap_or_default());
        ensure!(
            job["runs-on"].as_str().is_some() && job["timeout-minutes"].as_i64().is_some(),
            "{place} is not bounded"
        );
        let steps = job["steps"].as_vec().with_context(|| format!("{place} has no steps"))?;
        for step in steps {
            match (step["uses"].as_str(), step["run"].as_str()) {
                (Some(action), None) => ensure!(action.contains('@'), "{place}: {action} has no version"),
                (None, Some(script)) => is_shell(script).with_context(|| place.clone())?,
                _ => anyhow::bail!("{place}: a step either uses or runs something: {step:?}"),
            }
        }
    }
    if file == "ci.yml" {
        let dates = workflow["jobs"]["tests"]["strategy"]["matrix"]["date"].as_vec().context("no dates")?;
        let dates: Vec<_> = dates.iter().filter_map(Yaml::as_str).collect();
        ensure!(dates == [&DATES[..], &["newest"]].concat(), "{file} has the dates {dates:?}");
    }
    Ok(())
}

/// bash reads a script, with a word in the place of what GitHub fills in.
fn is_shell(script: &str) -> Result<()> {
    let mut pieces = script.split("${{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        filled.push_str("word");
        filled.push_str(piece.split_once("}}").context("an expression without an end")?.1);
    }
    let output = Command::new("bash").args(["-n", "-c", &filled]).output().context("bash")?;
    ensure!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
