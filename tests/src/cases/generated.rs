//! Entities that our generator wrote: they read back what they write, and follow relations.

mod chinook;
mod hard;
mod sakila;

use std::error::Error;
use std::fmt::Debug;

use sea_orm::{ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context};

pub(super) fn cases() -> Vec<Case> {
    [chinook::cases(), hard::cases(), sakila::cases()].concat()
}

/// A database made by a script.
async fn made(context: &Context, script: &str) -> Result<DoConnection, DbErr> {
    let db = context.connect()?;
    db.execute_unprepared(script).await?;
    Ok(db)
}

/// Writes a row into an empty table: RETURNING and a query give it back.
async fn writes<E, A>(db: &DoConnection, model: E::Model) -> Result<(), Box<dyn Error>>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<A> + Clone + Debug + PartialEq,
    A: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    let active = model.clone().into_active_model().reset_all();
    assert_eq!(active.insert(db).await?, model);
    assert_eq!(E::find().all(db).await?, [model]);
    Ok(())
}
