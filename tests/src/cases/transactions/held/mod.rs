//! Transactions that are held open across awaits.

mod ends;
mod inside;
mod others;
mod proxy;

use sea_orm::{DbErr, TransactionError};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context};
use crate::cases::library;

pub(super) fn cases() -> Vec<Case> {
    [ends::cases(), inside::cases(), others::cases(), proxy::cases()].concat()
}

/// What makes a commit fail: a row that refers to none.
const ORPHAN: &str = "PRAGMA defer_foreign_keys = ON;
    INSERT INTO book (author_id, title, pages, price, in_print) VALUES (7, 'x', 1, 1, 1)";

async fn held_library(context: &Context) -> Result<DoConnection, DbErr> {
    Ok(library(context).await?.with_async_transactions())
}

fn refusal<T>(result: Result<T, DbErr>) -> Result<String, &'static str> {
    Ok(result.err().ok_or("it went through")?.to_string())
}

fn into_db_err(error: TransactionError<DbErr>) -> DbErr {
    match error {
        TransactionError::Connection(error) | TransactionError::Transaction(error) => error,
    }
}
