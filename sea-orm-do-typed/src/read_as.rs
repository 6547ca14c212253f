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
    ///
    /// ```
    #[doc = include_str!("driver.txt")]
    /// # fn main() -> Result<(), DbErr> {
    /// # block_on(async {
    /// use sea_orm::QuerySelect;
    /// use sea_orm_do_typed::ReadAs;
    ///
    /// # let row = |author: &str, posts: i32| [("author", author.into()), ("posts", posts.into())];
    /// # let db = Driver::new(&[[row("Ann", 2), row("Bo", 1)]]);
    /// let posts: Vec<(String, i32)> = post::Entity::find()
    ///     .select_only()
    ///     .column(post::Column::Author)
    ///     .column_as(post::Column::Id.count(), "posts")
    ///     .group_by(post::Column::Author)
    ///     .into_tuple()
    ///     .all_as(&db)
    ///     .await?;
    /// assert_eq!(posts, [("Ann".to_owned(), 2), ("Bo".to_owned(), 1)]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    fn all_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>>;

    /// Returns the first row.
    ///
    /// # Errors
    /// As [`all_as`](Self::all_as).
    ///
    /// ```
    #[doc = include_str!("driver.txt")]
    /// # fn main() -> Result<(), DbErr> {
    /// # block_on(async {
    /// use sea_orm_do_typed::ReadAs;
    ///
    /// # let db = Driver::new(&[[[("id", 1.into()), ("author", "Ann".into())]]]);
    /// let post = post::Entity::find_by_id(1).one_as(&db).await?;
    /// assert_eq!(post, Some(post::Model { id: 1, author: "Ann".into() }));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    fn one_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Option<Self::Item>, DbErr>>;

    /// Returns the first row, which must exist.
    ///
    /// # Errors
    /// As [`all_as`](Self::all_as); `DbErr::RecordNotFound` if there is no row.
    ///
    /// ```
    #[doc = include_str!("driver.txt")]
    /// # fn main() -> Result<(), DbErr> {
    /// # block_on(async {
    /// use sea_orm_do_typed::ReadAs;
    ///
    /// # let db = Driver::new::<0, 0>(&[]);
    /// let missing = post::Entity::find_by_id(7).require_one_as(&db).await;
    /// assert!(matches!(missing, Err(DbErr::RecordNotFound(_))));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    fn require_one_as<C: ConnectionTrait>(self, db: &C) -> impl Future<Output = Result<Self::Item, DbErr>>;
}

/// `all_as` for a query that SeaORM reads only as a whole: `find_with_related()`.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm_do_typed::ReadAllAs;
///
/// # let ann = || [("A_id", 1.into()), ("A_author", "Ann".into())];
/// # let row = |id: i32| [ann(), [("B_id", id.into()), ("B_post_id", 1.into())]].concat().try_into().unwrap();
/// # let db = Driver::new::<4, 2>(&[[row(3), row(4)]]);
/// let posts = post::Entity::find().find_with_related(comment::Entity).all_as(&db).await?;
/// let (post, comments) = &posts[0];
/// assert_eq!((post.author.as_str(), comments.len()), ("Ann", 2));
/// # Ok(())
/// # })
/// # }
/// ```
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
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm_do_typed::CursorReadAs;
///
/// # let row = |id: i32, author: &str| [("id", id.into()), ("author", author.into())];
/// # let db = Driver::new(&[[row(8, "Ann"), row(9, "Bo")]]);
/// let page = post::Entity::find().cursor_by(post::Column::Id).after(7).first(2).all_as(&db).await?;
/// assert_eq!(page.iter().map(|post| post.id).collect::<Vec<_>>(), [8, 9]);
/// # Ok(())
/// # })
/// # }
/// ```
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
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm_do_typed::PagesAs;
///
/// # let row = |id: i32, author: &str| [("id", id.into()), ("author", author.into())];
/// # let db = Driver::new(&[[row(1, "Ann")], [row(2, "Bo")]]);
/// let mut pages = post::Entity::find().paginate(&db, 1);
/// let mut authors = Vec::new();
/// while let Some(posts) = pages.fetch_and_next_as().await? {
///     authors.extend(posts.into_iter().map(|post| post.author));
/// }
/// assert_eq!(authors, ["Ann", "Bo"]);
/// # Ok(())
/// # })
/// # }
/// ```
pub trait PagesAs<Kind> {
    /// The type that a row is read as.
    type Item;

    /// Returns the page with this number, from 0.
    ///
    /// # Errors
    /// As [`ReadAs::all_as`].
    ///
    /// ```
    #[doc = include_str!("driver.txt")]
    /// # fn main() -> Result<(), DbErr> {
    /// # block_on(async {
    /// use sea_orm_do_typed::PagesAs;
    ///
    /// # let db = Driver::new(&[[[("id", 3.into()), ("author", "Ann".into())]]]);
    /// let third = post::Entity::find().paginate(&db, 1).fetch_page_as(2).await?;
    /// assert_eq!(third[0].id, 3);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    fn fetch_page_as(&self, page: u64) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>>;

    /// Returns the current page.
    ///
    /// # Errors
    /// As [`ReadAs::all_as`].
    ///
    /// ```
    #[doc = include_str!("driver.txt")]
    /// # fn main() -> Result<(), DbErr> {
    /// # block_on(async {
    /// use sea_orm_do_typed::PagesAs;
    ///
    /// # let db = Driver::new(&[[[("id", 1.into()), ("author", "Ann".into())]]]);
    /// let first = post::Entity::find().paginate(&db, 1).fetch_as().await?;
    /// assert_eq!(first[0].id, 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    fn fetch_as(&self) -> impl Future<Output = Result<Vec<Self::Item>, DbErr>>;

    /// Returns the current page and moves to the next one; `None` after the last page.
    ///
    /// # Errors
    /// As [`ReadAs::all_as`].
    ///
    /// ```
    #[doc = include_str!("driver.txt")]
    /// # fn main() -> Result<(), DbErr> {
    /// # block_on(async {
    /// use sea_orm_do_typed::PagesAs;
    ///
    /// # let db = Driver::new(&[[[("id", 1.into()), ("author", "Ann".into())]]]);
    /// let mut pages = post::Entity::find().paginate(&db, 1);
    /// assert_eq!(pages.fetch_and_next_as().await?.unwrap()[0].id, 1);
    /// assert_eq!((pages.cur_page(), pages.fetch_and_next_as().await?), (1, None));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
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
