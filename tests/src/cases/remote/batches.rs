//! A batch runs as a whole or not at all.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use sea_orm_do::remote::{Access, Batch};
use sea_orm_do::{Constraint, TypedRow, constraint};

use super::{accounts, cents, sql};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "remote":
        transfers_all_or_nothing,
        a_failed_statement_undoes_the_batch,
        a_condition_undoes_the_batch,
        returns_counts_and_rows_of_each_statement,
        a_batch_has_a_limit,
    )
}

fn transfer(cents: i64) -> Batch {
    let statement =
        |sql: &str, values: Vec<sea_orm::Value>| Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
    Batch::new()
        .execute(statement(
            "UPDATE account SET cents = cents - ? WHERE id = 1 AND cents >= ?",
            vec![cents.into(), cents.into()],
        ))
        .only_if_affected(1)
        .execute(statement("UPDATE account SET cents = cents + ? WHERE id = 2", vec![cents.into()]))
        .only_if_affected(1)
}

async fn transfers_all_or_nothing(context: Context) -> Outcome {
    let (object, db) = accounts(&context, Access::read_write()).await?;
    db.batch(transfer(400)).await?;
    assert_eq!(cents(&object).await?, [100, 400]);
    let error = db.batch(transfer(400)).await.expect_err("100 are left");
    assert!(error.is_unexpected() && error.statement == Some(0), "{error:?}");
    assert_eq!(error.to_string(), "statement 0 of the batch: Execution Error: 0 rows were affected, 1 were expected");
    assert_eq!(cents(&object).await?, [100, 400]);
    Ok(())
}

async fn a_failed_statement_undoes_the_batch(context: Context) -> Outcome {
    let (object, db) = accounts(&context, Access::read_write().with_tools()).await?;
    for failing in ["INSERT INTO account VALUES (1, 5)", "UPDATE account SET cents = -1", "SELEC", "COMMIT"] {
        let batch = Batch::new().execute(sql("DELETE FROM account WHERE id = 2")).execute(sql(failing));
        let error = db.batch(batch).await.expect_err(failing);
        assert!(!error.is_unexpected() && error.statement == Some(1), "{error:?}");
        assert_eq!(cents(&object).await?, [500, 0], "{failing}");
    }
    let batch = Batch::new().execute(sql("CREATE TABLE t (a)")).execute(sql("INSERT INTO account VALUES (1, 5)"));
    let error = db.batch(batch).await.expect_err("the id is taken");
    assert_eq!(constraint(&error.error), Some(Constraint::Unique(vec!["account.id".into()])));
    assert_eq!(db.schema().await?.tables.len(), 1);
    // A value that does not fit its type undoes what wrote it.
    let batch = Batch::new().query_as::<Small>(sql("INSERT INTO account VALUES (3, 300) RETURNING cents AS small"));
    let error = db.batch(batch).await.expect_err("300 is no u8").to_string();
    assert!(error.contains("`small`"), "{error}");
    assert_eq!(cents(&object).await?, [500, 0]);
    Ok(())
}

#[derive(Debug, FromQueryResult, TypedRow)]
#[allow(dead_code, reason = "read by name")]
struct Small {
    small: u8,
}

#[derive(Debug, FromQueryResult, TypedRow)]
struct Account {
    cents: i64,
}

async fn a_condition_undoes_the_batch(context: Context) -> Outcome {
    let (object, db) = accounts(&context, Access::read_write()).await?;
    let change = || Batch::new().execute(sql("UPDATE account SET cents = 7"));
    let one = || sql("SELECT cents FROM account WHERE id = 1");
    let wrong = [
        change().only_if_affected(1),
        change().only_if_rows(2),
        change().query_as::<Account>(one()).only_if_rows(2),
        change().query_as::<Account>(one()).only_if_affected(1),
        change().query_as::<Account>(one()).only_if_row([("cents", 500.into())]),
        change().query_as::<Account>(one()).only_if_row([("cents", "7".into())]),
        change().query_as::<Account>(one()).only_if_row([("euros", 7.into())]),
        change().query_as::<Account>(sql("SELECT cents FROM account")).only_if_row([("cents", 7.into())]),
        change().only_if_affected(1).only_if_affected(2),
        change().query_as::<Account>(one()).only_if_row([("cents", 8.into())]).only_if_rows(1),
    ];
    for batch in wrong {
        let error = db.batch(batch.clone()).await.expect_err("the condition is not met");
        assert!(error.is_unexpected(), "{error:?}");
        assert_eq!(cents(&object).await?, [500, 0], "{batch:?}");
    }
    let early = Batch::new().only_if_rows(1).execute(sql("UPDATE account SET cents = 7"));
    assert!(
        db.batch(early).await.expect_err("a condition of nothing").to_string().contains("before its first statement")
    );
    assert_eq!(cents(&object).await?, [500, 0]);
    let right = Batch::new()
        .query_as::<Account>(one())
        .only_if_row([("cents", 500_i32.into())])
        .execute(sql("UPDATE account SET cents = 7"))
        .only_if_affected(2)
        .query_as::<Account>(one())
        .only_if_rows(1)
        .only_if_row([("cents", 7.into())]);
    db.batch(right).await?;
    assert_eq!(cents(&object).await?, [7, 7]);
    Ok(())
}

async fn returns_counts_and_rows_of_each_statement(context: Context) -> Outcome {
    let (_, db) = accounts(&context, Access::read_write()).await?;
    let batch = Batch::new()
        .execute(sql("INSERT INTO account VALUES (9007199254740993, 1)"))
        .query_as::<Account>(sql("UPDATE account SET cents = cents + 1 RETURNING cents"))
        .query_as::<Account>(sql("SELECT cents FROM account WHERE id = 5"))
        .execute(sql("DELETE FROM account"));
    let results = db.batch(batch).await?;
    assert_eq!((results.rows_affected(0), results.last_insert_id(0)), (1, 9_007_199_254_740_993));
    assert_eq!(results.rows::<Account>(1)?.iter().map(|row| row.cents).collect::<Vec<_>>(), [501, 1, 2]);
    assert!(results.rows::<Account>(2)?.is_empty());
    assert_eq!(results.rows_affected(3), 3);
    Ok(())
}

async fn a_batch_has_a_limit(context: Context) -> Outcome {
    let (object, db) = accounts(&context, Access::read_write().with_statements(2)).await?;
    let one = || sql("UPDATE account SET cents = cents + 1 WHERE id = 2");
    db.batch(Batch::new().execute(one()).execute(one())).await?;
    let error = db.batch(Batch::new().execute(one()).execute(one()).execute(one())).await.expect_err("three");
    assert!(error.to_string().contains("3 statements, but this access allows 2"), "{error}");
    assert_eq!(cents(&object).await?, [500, 2]);
    assert!(db.batch(Batch::new()).await?.rows::<Account>(0)?.is_empty());
    Ok(())
}
