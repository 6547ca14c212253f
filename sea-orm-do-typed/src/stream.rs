//! `stream_as` and streams of pages.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, Paginator, Select, SelectModel, SelectTwo, SelectTwoModel, Selector,
    SelectorRaw, SelectorTrait, StreamTrait,
};

use crate::Reads;
use crate::row::Row;
use crate::scope::{Reading, polled, reading};

/// SeaORM's `stream`, which also passes to the driver the types that are read.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// # use std::pin::Pin as Pinned;
/// # use futures_core::Stream;
/// # impl sea_orm::StreamTrait for Driver {
/// #     type Stream<'a> = Rows<QueryResult>;
/// #     fn get_database_backend(&self) -> sea_orm::DbBackend {
/// #         sea_orm::DbBackend::Sqlite
/// #     }
/// #     fn stream_raw<'a>(
/// #         &'a self,
/// #         _: Statement,
/// #     ) -> Pinned<Box<dyn Future<Output = Result<Self::Stream<'a>, DbErr>> + 'a + Send>> {
/// #         Box::pin(async move { Ok(Rows(self.rows()?.into_iter())) })
/// #     }
/// # }
/// # struct Rows<T>(std::vec::IntoIter<T>);
/// # impl<T: Unpin> Stream for Rows<T> {
/// #     type Item = Result<T, DbErr>;
/// #     fn poll_next(mut self: Pinned<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
/// #         Poll::Ready(self.0.next().map(Ok))
/// #     }
/// # }
/// # // Replaces the trait of the same name of futures-util.
/// # trait TryStreamExt<T>: Stream<Item = Result<T, DbErr>> + Sized {
/// #     async fn try_next(self: &mut Pinned<&mut Self>) -> Result<Option<T>, DbErr> {
/// #         std::future::poll_fn(|context| self.as_mut().poll_next(context)).await.transpose()
/// #     }
/// # }
/// # impl<S: Stream<Item = Result<T, DbErr>>, T> TryStreamExt<T> for S {}
/// use sea_orm_do_typed::StreamAs;
///
/// # let row = |id: i32, author: &str| [("id", id.into()), ("author", author.into())];
/// # let db = Driver::new(&[[row(1, "Ann"), row(2, "Bo")]]);
/// let mut posts = pin!(post::Entity::find().stream_as(&db).await?);
/// let mut authors = Vec::new();
/// while let Some(post) = posts.try_next().await? {   // with `futures_util::TryStreamExt`
///     authors.push(post.author);
/// }
/// assert_eq!(authors, ["Ann", "Bo"]);
/// # Ok(())
/// # })
/// # }
/// ```
pub trait StreamAs<Kind>: Sized {
    /// The type that a row is read as.
    type Item;

    /// Returns a stream of the rows, which are read on demand.
    ///
    /// # Errors
    /// As SeaORM's `stream`.
    fn stream_as<'db, C: ConnectionTrait + StreamTrait + Send>(
        self,
        db: &'db C,
    ) -> impl Future<Output = Result<impl Stream<Item = Result<Self::Item, DbErr>> + 'db, DbErr>>
    where
        Self: 'db,
        Self::Item: Send;
}

macro_rules! stream_as {
    ([$($generics:tt)*] $select:ty, $kind:ty, $selector:ty) => {
        impl<$($generics)*> StreamAs<$kind> for $select {
            type Item = <$selector as SelectorTrait>::Item;

            fn stream_as<'db, C: ConnectionTrait + StreamTrait + Send>(
                self,
                db: &'db C,
            ) -> impl Future<Output = Result<impl Stream<Item = Result<Self::Item, DbErr>> + 'db, DbErr>>
            where
                Self: 'db,
                Self::Item: Send,
            {
                reading(Reading::of::<$selector, $kind>(), self.stream(db))
            }
        }
    };
}

stream_as!([S: SelectorTrait + Reads<Kind> + 'static, Kind: 'static] Selector<S>, Kind, S);
stream_as!([S: SelectorTrait + Reads<Kind> + 'static, Kind: 'static] SelectorRaw<S>, Kind, S);
stream_as!([E: EntityTrait] Select<E>, Row, SelectModel<E::Model>);
stream_as!([E: EntityTrait, F: EntityTrait] SelectTwo<E, F>, Row, SelectTwoModel<E::Model, F::Model>);

/// A stream of the pages of a paginator.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// # use futures_core::Stream;
/// use sea_orm_do_typed::PageStream;
///
/// # let row = |id: i32, author: &str| [("id", id.into()), ("author", author.into())];
/// # let db = Driver::new(&[[row(1, "Ann")], [row(2, "Bo")]]);
/// let mut pages = pin!(PageStream::new(post::Entity::find().paginate(&db, 1)));
/// let mut authors = Vec::new();
/// while let Some(page) = std::future::poll_fn(|context| pages.as_mut().poll_next(context)).await {
///     authors.extend(page?.into_iter().map(|post| post.author));
/// }
/// assert_eq!(authors, ["Ann", "Bo"]);
/// # Ok(())
/// # })
/// # }
/// ```
pub struct PageStream<'db, Item> {
    pages: Pin<Box<dyn Stream<Item = Result<Vec<Item>, DbErr>> + 'db>>,
    reading: Reading,
}

impl<Item> std::fmt::Debug for PageStream<'_, Item> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageStream").field("reading", &self.reading).finish_non_exhaustive()
    }
}

impl<'db, Item: 'db> PageStream<'db, Item> {
    /// Creates the stream from a paginator, as SeaORM's `into_stream` does.
    pub fn new<C, S, Kind: 'static>(pages: Paginator<'db, C, S>) -> Self
    where
        C: ConnectionTrait,
        S: SelectorTrait<Item = Item> + Reads<Kind> + 'static,
    {
        Self { pages: pages.into_stream(), reading: Reading::of::<S, Kind>() }
    }
}

impl<Item> Stream for PageStream<'_, Item> {
    type Item = Result<Vec<Item>, DbErr>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let reading = self.reading.clone();
        polled(reading, context, |context| self.pages.as_mut().poll_next(context))
    }
}
