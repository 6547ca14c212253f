//! The reports of docs/reports.md, and each row of its table.

use sea_orm::DbErr;
use sea_orm_do::DoConnection;

use super::shop::{self, check, customer, order, order_line, product};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        reports_come_to_what_is_worked_out_by_hand,
        an_upsert_adds_to_what_is_there,
        an_order_is_saved_with_its_lines,
    )
}

pub(super) async fn open(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?;
    let db = db.register::<customer::Entity>().register::<product::Entity>();
    let db = db.register::<order::Entity>().register::<order_line::Entity>();
    shop::create(&db).await?;
    Ok(db)
}

async fn reports_come_to_what_is_worked_out_by_hand(context: Context) -> Outcome {
    let db = open(&context).await?;
    check::reports(&db).await?;
    check::weights(&db).await?;
    db.transaction_sync(async |txn| check::reports(txn).await)?;
    Ok(())
}

async fn an_upsert_adds_to_what_is_there(context: Context) -> Outcome {
    Ok(check::upserts(&open(&context).await?).await?)
}

async fn an_order_is_saved_with_its_lines(context: Context) -> Outcome {
    let db = open(&context).await?;
    db.transaction_sync(async |txn| check::nested(txn).await)?;
    Ok(())
}
