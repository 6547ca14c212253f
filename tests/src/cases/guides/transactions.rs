//! The code of docs/transactions.md.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, Schema, TransactionError,
    TransactionSession, TransactionTrait,
};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        a_transaction_is_a_closure,
        what_else_is_awaited_rolls_back,
        a_savepoint_is_a_closure_inside,
        seaorms_own_form_works,
        begin_is_refused,
        a_transaction_is_held_open,
    )
}

mod account {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub balance: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Two accounts, of 100 and 20.
async fn accounts(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<account::Entity>();
    db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(account::Entity)).await?;
    db.execute_unprepared("INSERT INTO account (balance) VALUES (100), (20)").await?;
    Ok(db)
}

async fn balances(db: &DoConnection) -> Result<Vec<i64>, DbErr> {
    Ok(account::Entity::find().all(db).await?.into_iter().map(|account| account.balance).collect())
}

/// Works on a connection as well as on a transaction.
async fn add(db: &impl ConnectionTrait, id: i32, amount: i64) -> Result<i64, DbErr> {
    let account = account::Entity::update_many()
        .col_expr(account::Column::Balance, Expr::col(account::Column::Balance).add(amount))
        .filter(account::Column::Id.eq(id))
        .exec_with_returning(db)
        .await?;
    match &account[..] {
        [account] if account.balance >= 0 => Ok(account.balance),
        [account] => Err(DbErr::Custom(format!("account {} has too little", account.id))),
        _ => Err(DbErr::RecordNotFound(format!("there is no account {id}"))),
    }
}

async fn ask_another_object() -> Result<(), DbErr> {
    #[cfg(target_arch = "wasm32")]
    worker::Delay::from(std::time::Duration::from_millis(1)).await;
    Ok(())
}

async fn a_transaction_is_a_closure(context: Context) -> Outcome {
    let db = accounts(&context).await?;
    let (from, to) = (1, 2);
    let left = db.transaction_sync(async |txn| {
        add(txn, to, 30).await?;
        add(txn, from, -30).await
    })?;
    assert_eq!((left, balances(&db).await?), (70, vec![70, 50]));

    let refused = db.transaction_sync(async |txn| {
        add(txn, to, 300).await?;
        add(txn, from, -300).await
    });
    assert!(matches!(refused, Err(TransactionError::Transaction(DbErr::Custom(_)))));
    assert_eq!(balances(&db).await?, [70, 50]);
    Ok(())
}

async fn what_else_is_awaited_rolls_back(context: Context) -> Outcome {
    let db = accounts(&context).await?;
    let waited = db.transaction_sync(async |txn| {
        add(txn, 1, 5).await?;
        std::future::pending::<()>().await;
        Ok::<_, DbErr>(())
    });
    let error = waited.err().ok_or("it went through")?.to_string();
    assert!(error.contains("the transaction waited for something other than this database"), "{error}");
    assert_eq!(balances(&db).await?, [100, 20]);
    Ok(())
}

async fn a_savepoint_is_a_closure_inside(context: Context) -> Outcome {
    let db = accounts(&context).await?;
    db.transaction_sync(async |txn| {
        add(txn, 1, -5).await?;
        let bonus = txn.transaction_sync(async |txn| add(txn, 9, 1).await);
        assert!(bonus.is_err());
        add(txn, 2, 5).await
    })?;
    assert_eq!(balances(&db).await?, [95, 25]);
    Ok(())
}

async fn seaorms_own_form_works(context: Context) -> Outcome {
    let db = accounts(&context).await?;
    let left = db.transaction(|txn| Box::pin(async move { add(txn, 1, -5).await })).await?;
    assert_eq!((left, balances(&db).await?), (95, vec![95, 20]));
    Ok(())
}

async fn begin_is_refused(context: Context) -> Outcome {
    let db = accounts(&context).await?;
    let error = db.begin().await.err().ok_or("it began")?.to_string();
    assert!(error.contains("transaction_sync"), "{error}");
    Ok(())
}

async fn a_transaction_is_held_open(context: Context) -> Outcome {
    let db = accounts(&context).await?;
    let (from, to) = (1, 2);
    let db = db.with_async_transactions();

    let txn = db.begin().await?;
    add(&txn, from, -5).await?;
    ask_another_object().await?;
    add(&txn, to, 5).await?;
    txn.commit().await?;

    assert_eq!(balances(&db).await?, [95, 25]);
    Ok(())
}
