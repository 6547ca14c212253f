//! `all_as`, `one_as` and similar methods on SeaORM's own selectors.

use sea_orm::{
    ConnectionTrait, Cursor, DbErr, EntityTrait, Paginator, Select, SelectFive, SelectFiveModel, SelectFour,
    SelectFourModel, SelectModel, SelectSix, SelectSixModel, SelectThree, SelectThreeModel, SelectTwo, SelectTwoMany,
    SelectTwoModel, SelectTwoRequired, SelectTwoRequiredModel, Selector, SelectorRaw, SelectorTrait, Topology,
};

use crate::Reads;
use crate::row::Row;
use crate::scope::{Reading, reading};

/// SeaORM's `all`, `one` and `require_one`, which also pass to the driver the types that are read.
///
/// They exist for `find()`, `find_also_related()` and the like, for `into_model`, `into_partial_model`, `into_tuple`,
/// `into_values`, `into_json`, and for raw SQL. The types are written once, where SeaORM expects them.
///
/// ```
/// # use sea_orm::{ConnectionTrait, DbErr, Statement, FromQueryResult};
/// use sea_orm_do_typed::{ReadAs, TypedRow};
///
/// #[derive(FromQueryResult, TypedRow)]
/// struct Count {
///     n: i32,
/// }
///
/// async fn count<C: ConnectionTrait>(db: &C) -> Result<Option<i32>, DbErr> {
///     let sql = Statement::from_string(db.get_database_backend(), "SELECT COUNT(*) AS n FROM post");
///     Ok(Count::find_by_statement(sql).one_as(db).await?.map(|count| count.n))
/// }
/// ```
///
/// Columns of the result that are not read are ignored. A column that the result lacks is `None` for an `Option`, and
/// otherwise an error, as in SeaORM.
pub trait ReadAs<Kind>: Sized {
    /// The type that a row is read as.
    type Item;

    /// Returns all rows.
    ///
    /// # Errors
    /// As SeaORM's `all`; `DbErr::Type` for a value that does not fit the type that it is read as.
    fn all_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>>;

    /// Returns the first row.
    ///
    /// # Errors
    /// As [`all_as`](Self::all_as).
    fn one_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Option<Self::Item>, DbErr>>;

    /// Returns the first row, which must exist.
    ///
    /// # Errors
    /// As [`all_as`](Self::all_as); `DbErr::RecordNotFound` if there is no row.
    fn require_one_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Self::Item, DbErr>>;
}

/// `all_as` for a query that SeaORM reads only as a whole: `find_with_related()`.
pub trait ReadAllAs: Sized {
    /// A model with its related models.
    type Item;

    /// Returns all rows.
    ///
    /// # Errors
    /// As SeaORM's `all`; `DbErr::Type` for a value that does not fit the type that it is read as.
    fn all_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>>;
}

/// `all_as` for SeaORM's cursors.
pub trait CursorReadAs<Kind> {
    /// The type that a row is read as.
    type Item;

    /// Returns the rows of the page.
    ///
    /// # Errors
    /// As [`ReadAs::all_as`].
    fn all_as<C: ConnectionTrait>(&mut self, db: &C) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>>;
}

/// `fetch_page_as` and similar methods for SeaORM's paginators; counts need no type.
pub trait PagesAs<Kind> {
    /// The type that a row is read as.
    type Item;

    /// Returns the page with this number, from 0.
    ///
    /// # Errors
    /// As [`ReadAs::all_as`].
    fn fetch_page_as(&self, page: u64) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>>;

    /// Returns the current page.
    ///
    /// # Errors
    /// As [`ReadAs::all_as`].
    fn fetch_as(&self) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>>;

    /// Returns the current page and moves to the next one; `None` after the last page.
    ///
    /// # Errors
    /// As [`ReadAs::all_as`].
    fn fetch_and_next_as(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Item>>, DbErr>>;
}

macro_rules! read_as {
    ([$($generics:tt)*] $select:ty, $kind:ty, $selector:ty) => {
        impl<$($generics)*> ReadAs<$kind> for $select {
            type Item = <$selector as SelectorTrait>::Item;

            fn all_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>> {
                reading(Reading::of::<$selector, $kind>(), self.all(db))
            }

            fn one_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Option<Self::Item>, DbErr>> {
                reading(Reading::of::<$selector, $kind>(), self.one(db))
            }

            fn require_one_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Self::Item, DbErr>> {
                reading(Reading::of::<$selector, $kind>(), self.require_one(db))
            }
        }
    };
}

read_as!([S: SelectorTrait + Reads<Kind> + 'static, Kind: 'static] Selector<S>, Kind, S);
read_as!([S: SelectorTrait + Reads<Kind> + 'static, Kind: 'static] SelectorRaw<S>, Kind, S);
read_as!([E: EntityTrait] Select<E>, Row, SelectModel<E::Model>);
read_as!([E: EntityTrait, F: EntityTrait] SelectTwo<E, F>, Row, SelectTwoModel<E::Model, F::Model>);
read_as!([E: EntityTrait, F: EntityTrait] SelectTwoRequired<E, F>, Row, SelectTwoRequiredModel<E::Model, F::Model>);

/// SeaORM has no `require_one` for these.
macro_rules! read_models_as {
    ($select:ident, $selector:ident, $($entity:ident)+) => {
        impl<$($entity: EntityTrait,)+ T: Topology> ReadAs<Row> for $select<$($entity,)+ T> {
            type Item = <$selector<$($entity::Model),+> as SelectorTrait>::Item;

            fn all_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>> {
                reading(Reading::of::<$selector<$($entity::Model),+>, Row>(), self.all(db))
            }

            fn one_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Option<Self::Item>, DbErr>> {
                reading(Reading::of::<$selector<$($entity::Model),+>, Row>(), self.one(db))
            }

            async fn require_one_as<C: ConnectionTrait>(self, db: &C) -> Result<Self::Item, DbErr> {
                let none = || DbErr::RecordNotFound("None of the models match the query".to_owned());
                self.one_as(db).await?.ok_or_else(none)
            }
        }
    };
}

read_models_as!(SelectThree, SelectThreeModel, E F G);
read_models_as!(SelectFour, SelectFourModel, E F G H);
read_models_as!(SelectFive, SelectFiveModel, E F G H I);
read_models_as!(SelectSix, SelectSixModel, E F G H I J);

impl<E: EntityTrait, F: EntityTrait> ReadAllAs for SelectTwoMany<E, F> {
    type Item = (E::Model, Vec<F::Model>);

    fn all_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>> {
        reading(Reading::of::<SelectTwoModel<E::Model, F::Model>, Row>(), self.all(db))
    }
}

impl<S: SelectorTrait + Reads<Kind> + 'static, Kind: 'static> CursorReadAs<Kind> for Cursor<S> {
    type Item = S::Item;

    fn all_as<C: ConnectionTrait>(&mut self, db: &C) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>> {
        reading(Reading::of::<S, Kind>(), self.all(db))
    }
}

impl<C, S, Kind: 'static> PagesAs<Kind> for Paginator<'_, C, S>
where
    C: ConnectionTrait,
    S: SelectorTrait + Reads<Kind> + 'static,
{
    type Item = S::Item;

    fn fetch_page_as(&self, page: u64) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>> {
        reading(Reading::of::<S, Kind>(), self.fetch_page(page))
    }

    fn fetch_as(&self) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>> {
        reading(Reading::of::<S, Kind>(), self.fetch())
    }

    fn fetch_and_next_as(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Item>>, DbErr>> {
        reading(Reading::of::<S, Kind>(), self.fetch_and_next())
    }
}
