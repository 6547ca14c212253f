//! The code of docs/remote.md.

use futures_util::TryStreamExt;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryTrait, StreamTrait};
use sea_orm_do::remote::{Access, Batch, BatchError, InProcess, RemoteConnection};

use super::task;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": an_object_is_asked_from_outside, a_batch_is_all_or_nothing)
}

#[cfg(target_arch = "wasm32")]
#[allow(dead_code, reason = "compiled for the guide; tests/src/outside.rs runs the like")]
mod worker_in_front {
    use sea_orm_do::DoConnection;
    use sea_orm_do::remote::{Access, RemoteConnection, Stub, is_bearer, serve};
    use worker::{Env, Request, Response};

    async fn database(db: &DoConnection, request: Request, secret: &str) -> worker::Result<Response> {
        let authorization = request.headers().get("Authorization")?;
        if !is_bearer(authorization.as_deref(), secret) {
            return Response::error("the secret is wrong", 401);
        }
        serve(db, request, &Access::read_only().with_rows(1_000)).await
    }

    fn connect(env: &Env, shop: &str) -> worker::Result<RemoteConnection> {
        let stub = env.durable_object("SHOPS")?.get_by_name(shop)?;
        let secret = env.secret("DATABASE_TOKEN")?.to_string();
        Ok(RemoteConnection::new(Stub::new(stub, "/database", &secret)))
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[allow(dead_code, reason = "compiled for the guide; tests/workerd/remote.rs runs the like")]
mod script {
    use sea_orm::DbErr;
    use sea_orm_do::remote::{Http, RemoteConnection};

    fn connect(url: &str, secret: &str) -> Result<RemoteConnection, DbErr> {
        Ok(RemoteConnection::new(Http::new(url, secret)?))
    }
}

async fn open_tasks(db: &RemoteConnection) -> Result<Vec<task::Model>, DbErr> {
    task::Entity::find().filter(task::Column::Done.eq(false)).all(db).await
}

async fn titles(db: &RemoteConnection) -> Result<usize, DbErr> {
    let mut rows = db.stream(&task::Entity::find().as_query().to_owned()).await?;
    let mut letters = 0;
    while let Some(row) = rows.try_next().await? {
        letters += row.try_get::<String>("", "title")?.len();
    }
    Ok(letters)
}

async fn an_object_is_asked_from_outside(context: Context) -> Outcome {
    let object = task::three(context.connect()?).await?;
    let db = RemoteConnection::new(InProcess::new(&object, Access::read_only()));
    assert_eq!(open_tasks(&db).await?.len(), 2);
    assert_eq!(titles(&db).await?, "WriteReadRest".len());
    Ok(())
}

/// Finishes a task that nobody has finished, and starts the next one.
async fn follow_up(db: &RemoteConnection, id: i32, next: task::ActiveModel) -> Result<(), BatchError> {
    let finish = task::Entity::update_many()
        .col_expr(task::Column::Done, Expr::value(true))
        .filter(task::Column::Id.eq(id).and(task::Column::Done.eq(false)));
    let batch = Batch::new()
        .execute(finish.build(DbBackend::Sqlite))
        .only_if_affected(1)
        .execute(task::Entity::insert(next).build(DbBackend::Sqlite));
    db.batch(batch).await?;
    Ok(())
}

async fn a_batch_is_all_or_nothing(context: Context) -> Outcome {
    use sea_orm::{PaginatorTrait, Set};

    let object = task::three(context.connect()?).await?;
    let db = RemoteConnection::new(InProcess::new(&object, Access::read_write()));
    let next = || task::ActiveModel { title: Set("Sing".into()), done: Set(false), ..Default::default() };
    follow_up(&db, 1, next()).await?;
    let error = follow_up(&db, 1, next()).await.expect_err("it is finished");
    assert!(error.is_unexpected(), "{error}");
    assert_eq!(task::Entity::find().count(&db).await?, 4);
    Ok(())
}
