//! How a driver learns what a call reads.
//!
//! The methods of this crate set the [`Reading`] during each poll of SeaORM's own future. A driver takes it when it
//! runs a query. Taking it clears it, so it does not affect a query that the driver or a hook runs inside that query.

use std::any::TypeId;
use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::row::Row;
use crate::tuple::Tuple;
use crate::{Columns, Reads, TypedRow, TypedTuple};

/// What a call reads, as a value that is cheap to clone and to compare.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm_do_typed::Keys;
/// use sea_orm_do_typed::scope::Reading;
///
/// let reading = Reading::row::<post::Model>();
/// let columns = reading.columns();
/// assert!(matches!(columns.keys(), Ok(Keys::Names(columns)) if columns[1].name == "author"));
/// assert_ne!(reading, Reading::row::<comment::Model>());
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Reading(Source);

#[derive(Clone, Debug)]
enum Source {
    /// A Rust type, by its `TypeId`.
    Type(TypeId, fn(&mut Columns)),
    Columns(Arc<Columns>),
}

/// Two readings are equal if they read the same type or the same columns.
impl PartialEq for Reading {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Source::Type(one, _), Source::Type(other, _)) => one == other,
            (Source::Columns(one), Source::Columns(other)) => one == other,
            (Source::Type(..), Source::Columns(_)) | (Source::Columns(_), Source::Type(..)) => false,
        }
    }
}

impl Reading {
    /// Returns what a selector reads.
    ///
    /// ```
    #[doc = include_str!("driver.txt")]
    /// # fn main() -> Result<(), DbErr> {
    /// # block_on(async {
    /// use sea_orm::SelectModel;
    /// use sea_orm_do_typed::kind::Row;
    /// use sea_orm_do_typed::scope::Reading;
    ///
    /// let reading = Reading::of::<SelectModel<post::Model>, Row>();
    /// assert_eq!(reading.columns(), Reading::row::<post::Model>().columns());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn of<S: Reads<Kind> + 'static, Kind: 'static>() -> Self {
        Self(Source::Type(TypeId::of::<(S, Kind)>(), S::columns))
    }

    /// Returns the reading of a struct or model, by the names of its columns.
    ///
    /// ```
    #[doc = include_str!("driver.txt")]
    /// # fn main() -> Result<(), DbErr> {
    /// # block_on(async {
    /// use sea_orm_do_typed::Keys;
    /// use sea_orm_do_typed::scope::Reading;
    ///
    /// let columns = Reading::row::<post::Model>().columns();
    /// assert!(matches!(columns.keys(), Ok(Keys::Names(columns)) if columns.len() == 2));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn row<R: TypedRow + 'static>() -> Self {
        Self(Source::Type(TypeId::of::<(R, Row)>(), |columns| R::columns("", columns)))
    }

    /// Returns the reading of a tuple, by position.
    ///
    /// ```
    /// use sea_orm::sea_query::ArrayType;
    /// use sea_orm_do_typed::Keys;
    /// use sea_orm_do_typed::scope::Reading;
    ///
    /// let columns = Reading::tuple::<(i32, Option<String>)>().columns();
    /// assert_eq!(columns.keys(), Ok(&Keys::Positions(vec![ArrayType::Int, ArrayType::String])));
    /// ```
    #[must_use]
    pub fn tuple<T: TypedTuple<Tuple> + 'static>() -> Self {
        let columns = |columns: &mut Columns| T::types().into_iter().for_each(|(ty, _)| columns.position(ty));
        Self(Source::Type(TypeId::of::<(T, Tuple)>(), columns))
    }

    /// Returns the reading by name of columns whose types the driver knows.
    pub(crate) fn known() -> Self {
        /// Names this reading.
        struct Known;
        Self(Source::Type(TypeId::of::<Known>(), Columns::known))
    }

    /// Returns the reading of columns that are known only at run time, for tools.
    ///
    /// ```
    /// use sea_orm::sea_query::ArrayType;
    /// use sea_orm_do_typed::Columns;
    /// use sea_orm_do_typed::scope::Reading;
    ///
    /// let mut columns = Columns::default();
    /// columns.name("title".into(), Ok(ArrayType::String), true);
    /// assert_eq!(Reading::columns_of(columns.clone()).columns(), columns);
    /// ```
    #[must_use]
    pub fn columns_of(columns: Columns) -> Self {
        Self(Source::Columns(Arc::new(columns)))
    }

    /// Returns the columns that are read.
    ///
    /// ```
    /// use sea_orm::sea_query::ArrayType;
    /// use sea_orm_do_typed::Keys;
    /// use sea_orm_do_typed::scope::Reading;
    ///
    /// let columns = Reading::tuple::<(f64,)>().columns();
    /// assert_eq!(columns.keys(), Ok(&Keys::Positions(vec![ArrayType::Double])));
    /// ```
    #[must_use]
    pub fn columns(&self) -> Columns {
        match &self.0 {
            Source::Type(_, add) => {
                let mut columns = Columns::default();
                add(&mut columns);
                columns
            }
            Source::Columns(columns) => Columns::clone(columns),
        }
    }
}

thread_local! {
    static CURRENT: Cell<Option<Reading>> = const { Cell::new(None) };
}

/// For a driver: takes what the query that is about to run reads, if its call has set it. The next call in the same
/// poll returns `None`.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm_do_typed::scope::{Reading, reading, take};
///
/// /// What a driver does before it runs a query.
/// async fn query() -> Option<Reading> {
///     take()
/// }
///
/// let int = Reading::tuple::<(i32,)>();
/// assert_eq!(reading(int.clone(), query()).await, Some(int));
/// assert_eq!(query().await, None);
/// # Ok(())
/// # })
/// # }
/// ```
#[must_use]
pub fn take() -> Option<Reading> {
    CURRENT.take()
}

/// Restores the previous reading, even after a panic.
struct Guard(Option<Reading>);

impl Drop for Guard {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

fn enter(reading: Reading) -> Guard {
    Guard(CURRENT.replace(Some(reading)))
}

/// Polls with `reading` set.
pub(crate) fn polled<T>(reading: Reading, context: &mut Context<'_>, poll: impl FnOnce(&mut Context<'_>) -> T) -> T {
    let _guard = enter(reading);
    poll(context)
}

/// Runs a future whose query reads what `reading` describes, for a call that has no method in this crate.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm_do_typed::scope::{Reading, reading};
///
/// # let db = Driver::new(&[[[("posts", 3.into())]]]);
/// let count = Statement::from_string(db.get_database_backend(), "SELECT count(*) AS posts FROM post");
/// assert!(db.query_one_raw(count.clone()).await.is_err());   // this driver must know the type
/// let row = reading(Reading::tuple::<(i32,)>(), db.query_one_raw(count)).await?.unwrap();
/// assert_eq!(row.try_get::<i32>("", "posts")?, 3);
/// # Ok(())
/// # })
/// # }
/// ```
pub async fn reading<F: Future>(reading: Reading, future: F) -> F::Output {
    let mut future = pin!(future);
    std::future::poll_fn(|context| -> Poll<F::Output> {
        polled(reading.clone(), context, |context| future.as_mut().poll(context))
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::task::Waker;

    use super::*;

    fn poll<F: Future>(future: &mut std::pin::Pin<Box<F>>) -> Poll<F::Output> {
        future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    fn int() -> Reading {
        Reading::tuple::<(i32,)>()
    }

    fn text() -> Reading {
        Reading::tuple::<(String,)>()
    }

    /// Yields once before it takes the reading.
    async fn ask_later() -> Option<Reading> {
        let mut waited = false;
        std::future::poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending })
            .await;
        take()
    }

    #[test]
    fn is_set_in_each_poll_and_only_there() {
        let (mut one, mut other) = (Box::pin(reading(int(), ask_later())), Box::pin(reading(text(), ask_later())));
        assert!(poll(&mut one).is_pending() && take().is_none());
        assert!(poll(&mut other).is_pending() && take().is_none());
        assert_eq!(poll(&mut one), Poll::Ready(Some(int())));
        assert_eq!(poll(&mut other), Poll::Ready(Some(text())));
        assert_eq!(take(), None);
    }

    #[test]
    fn a_call_inside_of_another_reads_its_own_type() {
        let inner = async {
            let inner = reading(text(), async { take() }).await;
            (inner, take(), take())
        };
        assert_eq!(poll(&mut Box::pin(reading(int(), inner))), Poll::Ready((Some(text()), Some(int()), None)));
    }

    #[test]
    fn nothing_is_left_of_a_future_that_panics_or_is_dropped() {
        let mut panics = Box::pin(reading(int(), async { panic!("as a hook may") }));
        assert!(catch_unwind(AssertUnwindSafe(|| poll(&mut panics))).is_err());
        assert_eq!(take(), None);
        let mut dropped = Box::pin(reading(int(), ask_later()));
        assert!(poll(&mut dropped).is_pending());
        drop(dropped);
        assert_eq!(take(), None);
    }
}
