//! Objects that are asked from outside: `/remote/<object>/<access>` answers a remote connection with the secret, and
//! `/stub/<object>` lets the Worker itself be one.

use std::marker::PhantomData;
use std::time::Duration;

use sea_orm_do::DoConnection;
use sea_orm_do::remote::{Access, RemoteConnection, Stub, is_bearer, serve};
use worker::{Env, Request, Response, Result};

use crate::case::Outcome;
use crate::matrix::{Kind, Of, Table, Visitor, check, every_kind, note};

/// What the remote connections of the tests know.
pub const SECRET: &str = "open sesame";

pub async fn route(request: Request, env: &Env) -> Result<Response> {
    let path = request.path();
    let mut parts = path.split('/').skip(1);
    let (Some(first), Some(object)) = (parts.next(), parts.next()) else { return Response::error(path, 404) };
    let stub = env.durable_object("SQLITE")?.get_by_name(object)?;
    match first {
        "remote" => stub.fetch_with_request(request).await,
        _ => match through_the_stub(RemoteConnection::new(Stub::new(stub, "/remote/itself/write", SECRET))).await {
            Ok(()) => Response::ok(""),
            Err(error) => Response::error(error.to_string(), 500),
        },
    }
}

pub async fn answer(db: &DoConnection, request: Request) -> Result<Response> {
    let authorization = request.headers().get("Authorization")?;
    if !is_bearer(authorization.as_deref(), SECRET) {
        return Response::error("the secret is wrong", 401);
    }
    let access = match request.path().rsplit('/').next() {
        Some("read") => Access::read_only().with_tools(),
        Some("long") => Access::read_only().with_rows(2_000_000).with_time(Duration::from_secs(300)),
        _ => Access::read_write(),
    };
    serve(db, request, &access).await
}

/// The whole matrix of types, from the Worker.
async fn through_the_stub(db: RemoteConnection) -> Outcome {
    struct Tables(Vec<(Box<dyn Table<RemoteConnection>>, fn(RemoteConnection) -> RemoteConnection)>);
    impl Visitor for Tables {
        fn visit<K: Kind>(mut self) -> Self {
            self.0.push((Box::new(Of::<K>(PhantomData)), RemoteConnection::register::<K>));
            self
        }
    }
    use sea_orm::ConnectionTrait;
    for (table, register) in every_kind(Tables(Vec::new())).0 {
        let db = register(db.clone().register::<note::Entity>());
        check(&*table, &db).await.map_err(|error| format!("{}: {error}", table.name()))?;
        db.execute_unprepared("DROP TABLE note").await?;
    }
    Ok(())
}
