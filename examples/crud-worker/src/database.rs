//! `/database` answers remote connections, such as `sea-orm-do query --url …`: with one secret for reading, and another for
//! everything.

use sea_orm_do::DoConnection;
use sea_orm_do::remote::{Access, serve};
use worker::{Request, Response, RouteContext};

use crate::answer::Refusal;
use crate::migrations::Migrator;
use crate::secret;

pub(crate) async fn answer(request: Request, route: RouteContext<DoConnection>) -> Result<Response, Refusal> {
    let access = if secret::is_given(&request, &route, "DATABASE_WRITE_TOKEN")? {
        Access::read_write().with_tools().with_migrations::<Migrator>()
    } else {
        secret::check(&request, &route, "DATABASE_TOKEN")?;
        Access::read_only().with_tools().with_migrations::<Migrator>()
    };
    Ok(serve(&route.data, request, &access).await?)
}
