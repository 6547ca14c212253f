//! Transactions: all or nothing, and never a commit that was none.

mod bounds;
mod held;
mod nesting;
mod views;

use std::fmt;

use sea_orm::sea_query::Expr;
use sea_orm::{
    AccessMode, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IsolationLevel,
    QueryFilter, QuerySelect, Set, TransactionError, TransactionTrait,
};
use sea_orm_do::{DoConnection, DoTransaction, ReadAs, sql_err};

use super::library;
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::{author, setting};

pub(super) fn cases() -> Vec<Case> {
    let own = cases!(
        "transactions":
        commits_and_hands_out_the_value,
        rolls_back_and_keeps_the_error,
        keeps_a_database_error_as_it_was,
        works_through_seaorms_own_form,
        begin_points_to_transaction_sync,
        money_is_neither_made_nor_lost,
    );
    [own, bounds::cases(), held::cases(), nesting::cases(), views::cases()].concat()
}

/// An error of the caller's own.
#[derive(Debug, PartialEq)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

fn author(name: &str) -> author::ActiveModel {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
}

async fn names<C: ConnectionTrait>(db: &C) -> Result<Vec<String>, DbErr> {
    Ok(author::Entity::find().all(db).await?.into_iter().map(|author| author.name).collect())
}

async fn commits_and_hands_out_the_value(context: Context) -> Outcome {
    let db = library(&context).await?;
    let ids = db.transaction_sync(async |txn| {
        let one = author("a").insert(txn).await?;
        let two = author("b").insert(txn).await?;
        Ok::<_, DbErr>((one.id, two.id))
    })?;
    assert_eq!(ids, (1, 2));
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

async fn rolls_back_and_keeps_the_error(context: Context) -> Outcome {
    let db = library(&context).await?;
    let result = db.transaction_sync(async |txn| {
        author("a").insert(txn).await.map_err(|_| Refused("insert"))?;
        Err::<(), _>(Refused("on second thought"))
    });
    assert!(matches!(result, Err(TransactionError::Transaction(Refused("on second thought")))));
    assert!(names(&db).await?.is_empty());
    assert_eq!(author("b").insert(&db).await?.id, 1, "even the id is free again");
    Ok(())
}

async fn keeps_a_database_error_as_it_was(context: Context) -> Outcome {
    let db = library(&context).await?;
    let result = db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        author("a").insert(txn).await
    });
    let Err(TransactionError::Transaction(error)) = result else { return Err("it committed".into()) };
    assert!(sql_err(&error).is_some(), "{error}");
    assert!(names(&db).await?.is_empty());
    Ok(())
}

async fn works_through_seaorms_own_form(context: Context) -> Outcome {
    let db = library(&context).await?;
    let id =
        db.transaction::<_, i32, DbErr>(|txn| Box::pin(async move { Ok(author("a").insert(txn).await?.id) })).await?;
    assert_eq!(id, 1);
    let failed = db
        .transaction_with_config::<_, (), DbErr>(
            |txn| {
                Box::pin(async move {
                    author("b").insert(txn).await?;
                    Err(DbErr::Custom("no".into()))
                })
            },
            Some(IsolationLevel::Serializable),
            Some(AccessMode::ReadWrite),
        )
        .await;
    assert!(matches!(failed, Err(TransactionError::Transaction(DbErr::Custom(why))) if why == "no"));
    assert_eq!(names(&db).await?, ["a"]);
    Ok(())
}

async fn begin_points_to_transaction_sync(context: Context) -> Outcome {
    let db = library(&context).await?;
    let error = db.begin().await.expect_err("begin cannot be kept open").to_string();
    assert!(error.contains("db.transaction_sync(async |txn| model.save(txn).await)"), "{error}");
    assert!(db.begin_with_config(None, None).await.is_err());
    assert!(db.begin_with_options(Default::default()).await.is_err());
    Ok(())
}

/// Runs a closure that returns `Ok` and still must not commit; the error tells why.
async fn doomed(
    db: &DoConnection,
    step: impl AsyncFnOnce(&DoTransaction) -> Result<(), DbErr>,
) -> Result<String, Box<dyn std::error::Error>> {
    let Err(TransactionError::Connection(error)) = db.transaction_sync(step) else { return Err("it committed".into()) };
    assert!(names(db).await?.is_empty());
    Ok(error.to_string())
}

/// 10,000 transfers between ten accounts, one in three of which fails somewhere in its middle.
async fn money_is_neither_made_nor_lost(context: Context) -> Outcome {
    let db = library(&context).await?;
    let accounts = (0..10).map(|at| setting::ActiveModel {
        key: Set(format!("account {at}")),
        value: Set(String::new()),
        changes: Set(1000),
    });
    setting::Entity::insert_many(accounts).exec_without_returning(&db).await?;
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |bound: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % bound
    };
    let (mut done, mut refused) = (0, 0);
    for round in 0..10_000 {
        let (from, to) = (format!("account {}", next(10)), format!("account {}", next(10)));
        let amount = i32::try_from(next(50))?;
        let fails = next(3) == 0;
        let moved = db.transaction_sync(async |txn| {
            change(txn, &from, -amount).await?;
            if fails {
                return Err(DbErr::Custom("in the middle".into()));
            }
            change(txn, &to, amount).await
        });
        assert_eq!(moved.is_err(), fails);
        if fails {
            refused += 1
        } else {
            done += 1
        }
        if round % 1000 == 0 {
            assert_eq!(total(&db).await?, 10_000);
        }
    }
    assert_eq!(total(&db).await?, 10_000);
    assert!(done > 6000 && refused > 3000, "{done} done, {refused} refused");
    Ok(())
}

async fn change(txn: &DoTransaction, account: &str, by: i32) -> Result<(), DbErr> {
    let update = setting::Entity::update_many()
        .col_expr(setting::Column::Changes, Expr::col(setting::Column::Changes).add(by))
        .filter(setting::Column::Key.eq(account));
    let changed = update.exec(txn).await?;
    if changed.rows_affected == 1 { Ok(()) } else { Err(DbErr::RecordNotUpdated) }
}

async fn total(db: &DoConnection) -> Result<i64, DbErr> {
    let sum = setting::Entity::find().select_only().column_as(setting::Column::Changes.sum(), "total");
    sum.into_tuple().one_as(db).await.map(Option::unwrap_or_default)
}
