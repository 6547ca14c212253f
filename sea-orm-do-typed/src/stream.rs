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
