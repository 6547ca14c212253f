//! Declares at the call which types a SeaORM query reads.
//!
//! SeaORM asks a driver for rows without saying which Rust types it will read from them. Its own drivers do not need to
//! know, because they convert a value only when it is read. A driver behind SeaORM's proxy interface, such as
//! `sea-orm-do`, has to convert it earlier. The methods of this crate pass it the types:
//!
//! ```
//! # use sea_orm::entity::prelude::*;
//! # use sea_orm::{ConnectionTrait, FromQueryResult, QuerySelect};
//! # mod post {
//! #     use sea_orm::entity::prelude::*;
//! #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
//! #     #[sea_orm(table_name = "post")]
//! #     pub struct Model {
//! #         #[sea_orm(primary_key)]
//! #         pub id: i32,
//! #         pub author: String,
//! #     }
//! #     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
//! #     pub enum Relation {}
//! #     impl ActiveModelBehavior for ActiveModel {}
//! # }
//! use sea_orm_do_typed::{ReadAs, TypedRow};
//!
//! #[derive(FromQueryResult, TypedRow)]
//! struct Posts {
//!     author: String,
//!     posts: Option<i32>,
//! }
//!
//! async fn posts<C: ConnectionTrait>(db: &C) -> Result<Vec<Posts>, DbErr> {
//!     post::Entity::find()
//!         .select_only()
//!         .column(post::Column::Author)
//!         .column_as(post::Column::Id.count(), "posts")
//!         .group_by(post::Column::Author)
//!         .into_model::<Posts>()
//!         .all_as(db)
//!         .await
//! }
//! ```
//!
//! Models, tuples and scalars need no derive. Any `ConnectionTrait` works: a transaction, a `DatabaseConnection`, or
//! one in generic code, a hook or a migration. A driver that does not look at the types works as before, so the same
//! code builds and runs on native SeaORM. This crate does not need SeaORM's feature `proxy`.

#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod columns;
mod load_as;
mod read_as;
mod row;
pub mod scope;
mod selector;
#[cfg(feature = "stream")]
mod stream;
mod tuple;
mod value;

pub use columns::{Column, Columns, Keys};
pub use load_as::LoadAs;
pub use read_as::{CursorReadAs, PagesAs, ReadAllAs, ReadAs};
pub use row::TypedRow;
/// Declares what a struct is read from. Derive it beside SeaORM's `FromQueryResult` or `DerivePartialModel`.
///
/// ```
/// use sea_orm::FromQueryResult;
/// use sea_orm_do_typed::{Columns, Keys, TypedRow};
///
/// #[derive(FromQueryResult, TypedRow)]
/// struct Release {
///     #[sea_orm(alias = "v")]
///     version: String,
///     #[typed(as = "i64")]
///     date: Seconds,
/// }
/// # struct Seconds;
/// # impl sea_orm::TryGetable for Seconds {
/// #     fn try_get_by<I: sea_orm::ColIdx>(_: &sea_orm::QueryResult, _: I) -> Result<Self, sea_orm::TryGetError> {
/// #         Ok(Self)
/// #     }
/// # }
///
/// let mut columns = Columns::default();
/// Release::columns("", &mut columns);
/// let Ok(Keys::Names(columns)) = columns.keys() else { panic!() };
/// assert_eq!((columns[0].name.as_str(), columns[1].name.as_str()), ("v", "date"));
/// ```
pub use sea_orm_do_macros::TypedRow;
pub use selector::Reads;
#[cfg(feature = "stream")]
pub use stream::{PageStream, StreamAs};
pub use tuple::TypedTuple;
pub use value::{TypedValue, entity_column_type};

/// Markers for what is read, so that rows, tuples, scalars and JSON can each have their own implementation. They are
/// inferred, never written.
pub mod kind {
    pub use crate::row::{OptionalRow, Row};
    #[cfg(feature = "with-json")]
    pub use crate::selector::Json;
    pub use crate::tuple::{Scalar, Tuple};
}

#[doc(hidden)]
pub mod derive {
    pub use crate::row::{NestedRow, Probe, ReadsByName, TypedRow, nested};
    pub use crate::value::{json, value};
}
