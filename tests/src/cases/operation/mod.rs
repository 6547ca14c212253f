//! What whoever runs an object needs: what statements cost, how large the database is, its content as a script.

mod bookmarks;
mod scripts;
mod statements;

use sea_orm::ConnectionTrait;

use crate::case::{Case, Context, Outcome, case, cases};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!("operation": tells_the_size_of_the_database);
    cases.push(case!("operation", the_size_is_that_of_the_runtime).workerd_only());
    cases.extend([statements::cases(), scripts::cases(), bookmarks::cases()].concat());
    cases
}

async fn tells_the_size_of_the_database(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared("CREATE TABLE t (a)").await?;
    let before = db.database_size()?;
    db.execute_unprepared("INSERT INTO t VALUES (zeroblob(1000000))").await?;
    let full = db.database_size()?;
    assert!((980_000..1_100_000).contains(&(full - before)), "from {before} to {full}");
    db.execute_unprepared("DELETE FROM t").await?;
    assert_eq!(db.database_size()?, before, "pages that are free do not count");
    Ok(())
}

async fn the_size_is_that_of_the_runtime(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(100000))").await?;
    assert_eq!(db.database_size()?, context.database_size()?);
    Ok(())
}
