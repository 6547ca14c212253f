//! `all_as` and `one_as` on SeaORM's entity loaders.

use sea_orm::entity::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityLoaderTrait, EntityTrait, ExecResult, QueryOrder, QueryResult, Statement,
};

use crate::scope::{Reading, reading};

/// `all` and `one` of `Entity::load()`, whose rows carry each value once, under its name.
///
/// A loader runs a query for each relation, and reads the models of each by name. The types are those that the driver
/// knows, so the entities must be registered.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # mod author {
/// #     use sea_orm::entity::prelude::*;
/// #     #[sea_orm::model]
/// #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
/// #     #[sea_orm(table_name = "author")]
/// #     pub struct Model {
/// #         #[sea_orm(primary_key)]
/// #         pub id: i32,
/// #         #[sea_orm(has_many)]
/// #         pub books: HasMany<super::book::Entity>,
/// #     }
/// #     impl ActiveModelBehavior for ActiveModel {}
/// # }
/// # mod book {
/// #     use sea_orm::entity::prelude::*;
/// #     #[sea_orm::model]
/// #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
/// #     #[sea_orm(table_name = "book")]
/// #     pub struct Model {
/// #         #[sea_orm(primary_key)]
/// #         pub id: i32,
/// #         pub author_id: i32,
/// #         #[sea_orm(belongs_to, from = "author_id", to = "id")]
/// #         pub author: HasOne<super::author::Entity>,
/// #     }
/// #     impl ActiveModelBehavior for ActiveModel {}
/// # }
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm_do_typed::LoadAs;
///
/// # let book = |id: i32| vec![("id", id.into()), ("author_id", 1.into())];
/// # let db = Driver::of(&[vec![vec![("id", 1.into())]], vec![book(7), book(8)]]);
/// let authors = author::Entity::load().with(book::Entity).all_as(&db).await?;
/// assert_eq!(authors[0].books.iter().map(|book| book.id).collect::<Vec<_>>(), [7, 8]);
/// # Ok(())
/// # })
/// # }
/// ```
pub trait LoadAs<E: EntityTrait>: EntityLoaderTrait<E> {
    /// Returns all models.
    ///
    /// # Errors
    /// As the loader's `all`; `DbErr::Type` for a column whose type the driver does not know.
    fn all_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Vec<Self::ModelEx>, DbErr>> {
        async { self.fetch(&ByName(db), 0, 0).await }
    }

    /// Returns the first model.
    ///
    /// # Errors
    /// As [`all_as`](Self::all_as).
    fn one_as<C: ConnectionTrait>(mut self, db: &C) -> impl Future<Output = Result<Option<Self::ModelEx>, DbErr>> {
        <Self as QueryOrder>::query(&mut self).limit(1);
        async { Ok(self.all_as(db).await?.into_iter().next()) }
    }
}

impl<E: EntityTrait, L: EntityLoaderTrait<E>> LoadAs<E> for L {}

/// A connection for code that reads rows by name only.
struct ByName<'a, C>(&'a C);

#[async_trait::async_trait]
impl<C: ConnectionTrait> ConnectionTrait for ByName<'_, C> {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        reading(Reading::known(), self.0.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        reading(Reading::known(), self.0.query_all_raw(statement)).await
    }

    fn support_returning(&self) -> bool {
        self.0.support_returning()
    }

    fn is_mock_connection(&self) -> bool {
        self.0.is_mock_connection()
    }
}
