//! Objects that are asked from outside: `/remote/<object>/<access>` answers a remote connection with the secret, and
//! `/stub/<object>` lets the Worker itself be one.

use std::marker::PhantomData;

use sea_orm_do::remote::RemoteConnection;

use crate::matrix::{Kind, Of, Table, Visitor, every_kind};

/// What the remote connections of the tests know.
pub const SECRET: &str = "open sesame";

/// A table of the matrix, and what registers its entity.
pub struct RemoteTable {
    pub table: Box<dyn Table<RemoteConnection>>,
    pub register: fn(RemoteConnection) -> RemoteConnection,
}

/// The tables of the matrix, for remote connections.
#[must_use]
pub fn tables() -> Vec<RemoteTable> {
    struct Tables(Vec<RemoteTable>);
    impl Visitor for Tables {
        fn visit<K: Kind>(mut self) -> Self {
            let table = Box::new(Of::<K>(PhantomData));
            self.0.push(RemoteTable { table, register: RemoteConnection::register::<K> });
            self
        }
    }
    every_kind(Tables(Vec::new())).0
}

#[cfg(target_arch = "wasm32")]
pub(crate) use self::routes::{answer, route};

#[cfg(target_arch = "wasm32")]
mod routes {
    use std::time::Duration;

    use sea_orm::ConnectionTrait;
    use sea_orm_do::DoConnection;
    use sea_orm_do::remote::{Access, RemoteConnection, Stub, is_bearer, serve};
    use worker::{Env, Request, Response, Result};

    use super::{RemoteTable, SECRET, tables};
    use crate::case::Outcome;
    use crate::matrix::{check, note};

    pub(crate) async fn route(request: Request, env: &Env) -> Result<Response> {
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

    pub(crate) async fn answer(db: &DoConnection, request: Request) -> Result<Response> {
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
        for RemoteTable { table, register } in tables() {
            let db = register(db.clone().register::<note::Entity>());
            check(&*table, &db).await.map_err(|error| format!("{}: {error}", table.name()))?;
            db.execute_unprepared("DROP TABLE note").await?;
        }
        Ok(())
    }
}
