//! What each of SeaORM's selectors reads.

use sea_orm::{
    FromQueryResult, Iden, Iterable, SelectFiveModel, SelectFourModel, SelectGetableTuple, SelectGetableValue,
    SelectModel, SelectSixModel, SelectThreeModel, SelectTwoModel, SelectTwoRequiredModel, TryGetableMany,
};

use crate::Columns;
use crate::row::{OptionalRow, Row};
use crate::{TypedRow, TypedTuple};

/// What a SeaORM selector reads from a row: `SelectModel`, `SelectGetableTuple` and the like.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm::SelectTwoModel;
/// use sea_orm_do_typed::kind::Row;
/// use sea_orm_do_typed::{Columns, Keys, Reads};
///
/// let mut columns = Columns::default();
/// <SelectTwoModel<post::Model, comment::Model> as Reads<Row>>::columns(&mut columns);
/// let Ok(Keys::Names(columns)) = columns.keys() else { panic!() };
/// let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
/// assert_eq!(names, ["A_id", "A_author", "B_id", "B_post_id"]);
/// # Ok(())
/// # })
/// # }
/// ```
pub trait Reads<Kind> {
    /// Adds the columns that it reads.
    fn columns(columns: &mut Columns);
}

/// The kind of plain JSON.
#[cfg(feature = "with-json")]
#[derive(Debug)]
pub struct Json;

impl<R: TypedRow + FromQueryResult> Reads<Row> for SelectModel<R> {
    fn columns(columns: &mut Columns) {
        R::columns("", columns);
    }
}

impl<R: TypedRow + FromQueryResult> Reads<OptionalRow> for SelectModel<Option<R>> {
    fn columns(columns: &mut Columns) {
        columns.optional(|columns| R::columns("", columns));
    }
}

impl<T: TypedTuple<Kind> + TryGetableMany, Kind> Reads<Kind> for SelectGetableTuple<T> {
    fn columns(columns: &mut Columns) {
        T::types().into_iter().for_each(|(ty, _)| columns.position(ty));
    }
}

/// Reads by the names of `C`, in their order.
impl<T: TypedTuple<Kind> + TryGetableMany, C: Iterable + Iden, Kind> Reads<Kind> for SelectGetableValue<T, C> {
    fn columns(columns: &mut Columns) {
        for ((ty, is_optional), column) in T::types().into_iter().zip(C::iter()) {
            columns.name(column.to_string(), ty, !is_optional);
        }
    }
}

impl<A: TypedRow + FromQueryResult, B: TypedRow + FromQueryResult> Reads<Row> for SelectTwoRequiredModel<A, B> {
    fn columns(columns: &mut Columns) {
        A::columns("A_", columns);
        B::columns("B_", columns);
    }
}

#[cfg(feature = "with-json")]
impl Reads<Json> for SelectModel<sea_orm::JsonValue> {
    fn columns(columns: &mut Columns) {
        columns.json();
    }
}

#[cfg(feature = "with-json")]
impl Reads<Json> for SelectTwoRequiredModel<sea_orm::JsonValue, sea_orm::JsonValue> {
    fn columns(columns: &mut Columns) {
        columns.json();
    }
}

/// The prefixes are SeaORM's: sea-orm-2.0.4/src/query/combine.rs.
macro_rules! models {
    ($selector:ident, $($model:ident = $prefix:literal),+) => {
        impl<A: TypedRow + FromQueryResult, $($model: TypedRow + FromQueryResult),+> Reads<Row>
            for $selector<A, $($model),+>
        {
            fn columns(columns: &mut Columns) {
                A::columns("A_", columns);
                $(columns.optional(|columns| $model::columns($prefix, columns));)+
            }
        }

        #[cfg(feature = "with-json")]
        impl Reads<Json> for $selector<sea_orm::JsonValue, $(models!(@json $model)),+> {
            fn columns(columns: &mut Columns) {
                columns.json();
            }
        }
    };
    (@json $model:ident) => { sea_orm::JsonValue };
}

models!(SelectTwoModel, B = "B_");
models!(SelectThreeModel, B = "B_", C = "C_");
models!(SelectFourModel, B = "B_", C = "C_", D = "D_");
models!(SelectFiveModel, B = "B_", C = "C_", D = "D_", E = "E_");
models!(SelectSixModel, B = "B_", C = "C_", D = "D_", E = "E_", F = "F_");
