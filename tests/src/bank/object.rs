//! The bank's Durable Object.

use std::rc::Rc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use sea_orm::{DbErr, SqlErr, TransactionError};
use sea_orm_do::{DoConnection, migrate, sql_err};
use sea_orm_do_shared::bank::{Ask, Order, Refused, Reply, Violation};
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use super::entities::{account, counter, entry, item, misfit, note, transfer};
use super::schema::Migrations;
use super::{audit, look, read, sabotage, transfer as transfers, write};
use crate::case::Context;

/// Hands a request to the object that its path names.
///
/// # Errors
/// What the runtime reports.
pub async fn route(request: Request, env: &Env) -> Result<Response> {
    let path = request.path();
    let name = path.trim_start_matches("/bank/");
    env.durable_object("BANK")?.get_by_name(name)?.fetch_with_request(request).await
}

#[durable_object]
pub struct Bank {
    context: Context,
    /// Whether the migrations were applied since the object woke.
    awake: AtomicBool,
}

impl DurableObject for Bank {
    fn new(state: State, _env: Env) -> Self {
        Self { context: Context { state: Rc::new(state), told: Rc::default() }, awake: AtomicBool::default() }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let order: Order = request.json().await?;
        match self.serve(order).await {
            Ok(reply) => Response::from_json(&reply),
            Err(Failure(refused)) => Ok(Response::from_json(&refused)?.with_status(422)),
        }
    }
}

impl Bank {
    async fn serve(&self, Order { ask, sabotage }: Order) -> std::result::Result<Reply, Failure> {
        let db = connect(&self.context)?;
        if !self.awake.load(Relaxed) && !matches!(ask, Ask::Look | Ask::Step | Ask::Wake { .. }) {
            migrate::up::<Migrations>(&db, None)?;
            self.awake.store(true, Relaxed);
        }
        if let Some(sabotage) = sabotage
            && let Some(reply) = sabotage::answer(sabotage, &self.context, &db, &ask).await
        {
            return reply;
        }
        answer(&self.context, &db, ask).await
    }
}

/// A connection that knows the bank's entities.
fn connect(context: &Context) -> std::result::Result<DoConnection, DbErr> {
    Ok(context
        .connect()?
        .register::<account::Entity>()
        .register::<counter::Entity>()
        .register::<entry::Entity>()
        .register::<item::Entity>()
        .register::<misfit::Entity>()
        .register::<note::Entity>()
        .register::<transfer::Entity>())
}

async fn answer(context: &Context, db: &DoConnection, ask: Ask) -> std::result::Result<Reply, Failure> {
    match ask {
        Ask::Wake { stepwise } => look::wake(context, db, stepwise).await,
        Ask::Step => look::step(db),
        Ask::Look => look::look(db).await,
        Ask::Transfer { transfer, how } => transfers::make(context, db, transfer, how).await,
        Ask::FindTransfer { key } => read::transfer(db, key).await,
        Ask::Balances => read::balances(db).await.map(Reply::Balances),
        Ask::Write(note) => write::note(db, note).await,
        Ask::Rewrite { id, text } => write::rewrite(db, id, text).await,
        Ask::Erase { id } => write::erase(db, id).await,
        Ask::Notes { client, streamed: false } => read::notes(db, client).await,
        Ask::Notes { client, streamed: true } => read::stream_of_notes(context, db, client).await,
        Ask::Batch { key, rows } => write::batch(db, key, 0..rows).await,
        Ask::FindBatch { key } => read::batch(db, key).await,
        Ask::Count => write::count(db).await,
        Ask::Misfit => read::misfit(db).await,
        Ask::Begin => transfers::begin(db).await,
        Ask::Audit => audit::audit(db).await,
        Ask::Memory => Ok(Reply::Memory(64 * 1024 * core::arch::wasm32::memory_size(0) as u64)),
    }
}

/// Why the bank did not do what it was asked: the errors of the driver convert into it.
pub struct Failure(pub Refused);

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        let violation = match sql_err(&error) {
            Some(SqlErr::UniqueConstraintViolation(_)) => Some(Violation::Unique),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Some(Violation::ForeignKey),
            _ => None,
        };
        Self(Refused { violation, message: error.to_string() })
    }
}

impl From<TransactionError<DbErr>> for Failure {
    fn from(error: TransactionError<DbErr>) -> Self {
        match error {
            TransactionError::Connection(error) | TransactionError::Transaction(error) => error.into(),
        }
    }
}

impl From<migrate::Error> for Failure {
    fn from(error: migrate::Error) -> Self {
        Self(Refused { violation: None, message: error.to_string() })
    }
}
