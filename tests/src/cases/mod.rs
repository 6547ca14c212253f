//! The suites.

mod beside;
mod concurrency;
mod connection;
mod costs;
mod crud;
mod dates;
mod decimals;
mod errors;
mod eval;
mod expressions;
mod generated;
pub(crate) mod guides;
mod harness;
mod hostile;
mod introspection;
pub mod long;
mod matrix;
mod migrations;
mod misfits;
mod operation;
mod pages;
mod persistence;
pub mod plans;
mod proxy;
mod reading;
mod refused;
mod remembered;
mod remote;
mod returning;
mod rows;
mod scans;
mod statements;
mod streams;
mod sync;
mod tracing;
mod transactions;
mod typed;
mod values;
mod whole;
mod wrangler;

use sea_orm::DbErr;
use sea_orm_do::DoConnection;

use crate::case::{Case, Context};
use crate::entities::{author, biography, book, book_genre, create_tables, genre, setting};

/// Every case, suite after suite.
#[must_use]
pub fn all() -> Vec<Case> {
    [
        beside::cases(),
        concurrency::cases(),
        connection::cases(),
        costs::cases(),
        crud::cases(),
        dates::cases(),
        decimals::cases(),
        errors::cases(),
        eval::cases(),
        expressions::cases(),
        generated::cases(),
        guides::cases(),
        harness::cases(),
        hostile::cases(),
        introspection::cases(),
        matrix::cases(),
        migrations::cases(),
        misfits::cases(),
        operation::cases(),
        pages::cases(),
        persistence::cases(),
        plans::cases(),
        proxy::cases(),
        reading::cases(),
        refused::cases(),
        remembered::cases(),
        remote::cases(),
        returning::cases(),
        rows::cases(),
        scans::cases(),
        statements::cases(),
        streams::cases(),
        sync::cases(),
        tracing::cases(),
        transactions::cases(),
        typed::cases(),
        values::cases(),
        whole::cases(),
        wrangler::cases(),
    ]
    .concat()
}

/// A connection that knows the library's entities.
fn connect(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?;
    Ok(db
        .register::<author::Entity>()
        .register::<biography::Entity>()
        .register::<book::Entity>()
        .register::<book_genre::Entity>()
        .register::<genre::Entity>()
        .register::<setting::Entity>())
}

/// A connection to a database that has the library's tables.
async fn library(context: &Context) -> Result<DoConnection, DbErr> {
    let db = connect(context)?;
    create_tables(&db).await?;
    Ok(db)
}
