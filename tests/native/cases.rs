//! The same cases on the storage of the host: a file for each object.

use anyhow::{Result, anyhow, bail, ensure};
use libtest_mimic::Trial;
use sea_orm_do_tests::case::Case;
use sea_orm_do_tests::host::run_step;
use sea_orm_do_tests::plans;

/// Every case that does not need the runtime itself.
pub fn trials() -> Vec<Trial> {
    let cases = sea_orm_do_tests::all().into_iter().filter(|case| !case.workerd_only);
    let trial = |case: Case| {
        Trial::test(format!("native::{}", case.name), move || run(&case).map_err(|error| format!("{error:#}").into()))
    };
    let plans = || plans_of_native_values().map_err(|error| format!("{error:#}").into());
    cases.map(trial).chain([Trial::test("native::plans::are_those_of_sqlite", plans)]).collect()
}

/// The plans that the suite expects are what SQLite makes of natively bound values.
fn plans_of_native_values() -> Result<()> {
    let connection = rusqlite::Connection::open_in_memory()?;
    connection.execute_batch(plans::SCHEMA)?;
    for (sql, values, expected) in plans::shapes() {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let values = values.into_iter().map(native).collect::<Result<Vec<_>>>()?;
        let rows = statement.query_map(rusqlite::params_from_iter(&values), |row| row.get::<_, String>("detail"))?;
        let plan = rows.collect::<Result<Vec<_>, _>>()?.join("; ");
        ensure!(plan == expected, "{sql} with {values:?}: {plan}");
    }
    Ok(())
}

/// A value as SQLite's own drivers bind it.
fn native(value: sea_orm::Value) -> Result<rusqlite::types::Value> {
    Ok(match value {
        sea_orm::Value::Bool(Some(value)) => i64::from(value).into(),
        sea_orm::Value::Int(Some(value)) => i64::from(value).into(),
        sea_orm::Value::BigInt(Some(value)) => value.into(),
        sea_orm::Value::BigUnsigned(Some(value)) => i64::try_from(value)?.into(),
        sea_orm::Value::Double(Some(value)) => value.into(),
        sea_orm::Value::String(Some(value)) => value.into(),
        other => bail!("no shape uses {other:?}"),
    })
}

/// Runs each step on the file of its object. A restart closes nothing: each step opens the file anew.
fn run(case: &Case) -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (at, step) in case.steps.iter().enumerate() {
        let file = folder.path().join(format!("{}.sqlite", step.object));
        run_step(step, file).map_err(|error| anyhow!("step {at}: {error}"))?;
    }
    Ok(())
}
