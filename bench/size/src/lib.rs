//! One entity, all that is done with it, and a database or none. `cargo xtask bench` compares the two sizes.

#![cfg(target_arch = "wasm32")]

#[cfg(not(feature = "driver"))]
mod nowhere;

use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};
use worker::{Context, DurableObject, Env, Request, Response, Result, State, durable_object, event, wasm_bindgen};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub title: String,
    pub done: bool,
    pub due_on: Option<Date>,
    pub estimate: Option<f64>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

#[durable_object]
pub struct Object {
    state: State,
}

impl DurableObject for Object {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        #[cfg(feature = "remote")]
        if request.path() == "/database" {
            let db = connect(&self.state).map_err(|error| error.to_string())?;
            let access = sea_orm_do::remote::Access::read_write();
            #[cfg(feature = "tools")]
            let access = access.with_tools();
            return sea_orm_do::remote::serve(&db, request, &access).await;
        }
        let title = request.path();
        match connect(&self.state) {
            Ok(db) => match work(&db, title).await {
                Ok(count) => Response::ok(count.to_string()),
                Err(error) => Response::error(error.to_string(), 500),
            },
            Err(error) => Response::error(error.to_string(), 500),
        }
    }
}

#[cfg(feature = "driver")]
fn connect(state: &State) -> std::result::Result<sea_orm_do::DoConnection, DbErr> {
    Ok(sea_orm_do::DoConnection::new(state)?.register::<Entity>())
}

#[cfg(not(feature = "driver"))]
fn connect(state: &State) -> std::result::Result<nowhere::Nowhere, DbErr> {
    let _ = state.storage();
    Ok(nowhere::Nowhere)
}

async fn work(db: &impl ConnectionTrait, title: String) -> std::result::Result<u64, DbErr> {
    let mut table = sea_orm::Schema::new(db.get_database_backend()).create_table_from_entity(Entity);
    db.execute(table.if_not_exists()).await?;
    let task = ActiveModel { title: Set(title), done: Set(false), ..Default::default() };
    let mut task = ActiveModel::from(task.insert(db).await?);
    task.done = Set(true);
    task.update(db).await?;
    let open = Entity::find().filter(Column::Done.eq(false)).order_by_asc(Column::Id).limit(20).all(db).await?;
    for task in open {
        Entity::delete_by_id(task.id).exec(db).await?;
    }
    Entity::find().count(db).await
}

/// Hands every request to the one object.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    env.durable_object("OBJECT")?.get_by_name("object")?.fetch_with_request(request).await
}
