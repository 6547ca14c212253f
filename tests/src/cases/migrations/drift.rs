//! Databases that have recorded something else than the code knows.

use sea_orm::ConnectionTrait;
use sea_orm_do::migrate::{self, Error};

use super::{objects, recorded};
use crate::case::{Case, Context, Outcome, cases};
use crate::migrations::{migrator, script};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "migrations":
        what_is_recorded_but_not_in_the_code_stops_everything,
        what_is_recorded_out_of_order_stops_everything,
        a_migration_that_was_slipped_in_stops_everything,
        two_of_one_name_stop_everything,
        a_table_that_records_none_is_an_error,
    )
}

fn table(name: &str) -> Box<dyn sea_orm_migration::MigrationTrait> {
    script(name, &format!("CREATE TABLE {name} (id)"), &format!("DROP TABLE {name}"))
}

migrator!(Ab: table("a"), table("b"));
migrator!(Ac: table("a"), table("c"), table("d"));
migrator!(Ba: table("b"), table("a"), table("c"));
migrator!(Axb: table("a"), table("x"), table("b"));
migrator!(Aa: table("a"), table("a"));

/// Every function refuses, names both sides, and changes nothing.
async fn stops<M: sea_orm_migration::MigratorTrait>(context: Context, why: &str, known: &[&str]) -> Outcome {
    let db = context.connect()?;
    migrate::up::<Ab>(&db, None)?;
    let results = [
        migrate::up::<M>(&db, None),
        migrate::up::<M>(&db, Some(0)),
        migrate::down::<M>(&db, None),
        migrate::refresh::<M>(&db),
        migrate::reset::<M>(&db),
        migrate::status::<M>(&db).map(|_| Vec::new()),
    ];
    for result in results {
        let error = result.err().ok_or("it went through")?;
        let text = error.to_string();
        let Error::Drift { recorded, known: in_code, .. } = error else { panic!("{error}") };
        assert_eq!(recorded, ["a", "b"]);
        assert_eq!(in_code, known);
        let sides = format!("recorded: a, b; in the code: {}", known.join(", "));
        assert!(text.contains(why) && text.contains(&sides), "{text}");
    }
    assert_eq!(recorded(&db).await?, ["a", "b"]);
    assert_eq!(objects(&db).await?, ["a", "b", "seaql_migrations"]);
    Ok(())
}

async fn what_is_recorded_but_not_in_the_code_stops_everything(context: Context) -> Outcome {
    stops::<Ac>(context, "`b` is recorded, but not in the code", &["a", "c", "d"]).await
}

async fn what_is_recorded_out_of_order_stops_everything(context: Context) -> Outcome {
    stops::<Ba>(context, "`a` is recorded instead of `b`", &["b", "a", "c"]).await
}

async fn a_migration_that_was_slipped_in_stops_everything(context: Context) -> Outcome {
    stops::<Axb>(context, "`b` is recorded instead of `x`", &["a", "x", "b"]).await
}

async fn two_of_one_name_stop_everything(context: Context) -> Outcome {
    let db = context.connect()?;
    let error = migrate::up::<Aa>(&db, None).err().ok_or("it went through")?.to_string();
    assert!(error.contains("two migrations are named `a`"), "{error}");
    assert!(objects(&db).await?.is_empty());
    Ok(())
}

async fn a_table_that_records_none_is_an_error(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared(
        "CREATE TABLE seaql_migrations (version, applied_at); INSERT INTO seaql_migrations VALUES (1, 2)",
    )
    .await?;
    let error = migrate::up::<Ab>(&db, None).err().ok_or("it went through")?.to_string();
    assert!(error.contains("table `seaql_migrations` holds a row that records no migration"), "{error}");
    Ok(())
}
