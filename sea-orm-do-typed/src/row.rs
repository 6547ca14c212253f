//! Structs whose fields are read from the columns of a row by name.

use std::marker::PhantomData;

use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, ModelTrait, PartialModelTrait};

use crate::{Columns, entity_column_type};

/// A struct whose fields are read from the columns of a row by name.
///
/// Models implement this trait. For other structs, use the derive of the same name in addition to SeaORM's
/// `FromQueryResult` or `DerivePartialModel`. It reads SeaORM's own attributes (`nested`, `prefix`, `skip`, `alias`,
/// `from_alias`), and these:
///
/// | attribute of a field | what the field is read from |
/// | --- | --- |
/// | `#[typed(json)]` | a JSON document, for maps and other types that are not a `ValueType` |
/// | `#[typed(as = "i64")]` | what `i64` is read from, for a type with its own `TryGetable` |
///
/// ```
/// use sea_orm::FromQueryResult;
/// use sea_orm_do_typed::{Columns, Keys, TypedRow};
///
/// #[derive(FromQueryResult, TypedRow)]
/// struct Revenue {
///     day: Option<String>,
///     orders: i64,
/// }
///
/// let mut columns = Columns::default();
/// Revenue::columns("", &mut columns);
/// assert!(matches!(columns.keys(), Ok(Keys::Names(columns)) if columns.len() == 2));
/// ```
pub trait TypedRow {
    /// Adds the columns that are read, with `prefix` before each name.
    ///
    /// ```
    /// use sea_orm_do_typed::{Columns, Keys, TypedRow};
    ///
    /// #[derive(TypedRow)]
    /// struct Task {
    ///     title: String,
    /// }
    ///
    /// let mut columns = Columns::default();
    /// Task::columns("A_", &mut columns);
    /// assert!(matches!(columns.keys(), Ok(Keys::Names(columns)) if columns[0].name == "A_title"));
    /// ```
    fn columns(prefix: &str, columns: &mut Columns);
}

impl<M: ModelTrait> TypedRow for M {
    fn columns(prefix: &str, columns: &mut Columns) {
        for column in <M::Entity as EntityTrait>::Column::iter() {
            let is_required = !column.def().is_null();
            let ty = entity_column_type::<M::Entity>(column);
            columns.name(format!("{prefix}{}", column.as_str()), Ok(ty), is_required);
        }
    }
}

/// The kind of a row that must exist.
#[derive(Debug)]
pub struct Row;

/// The kind of a row that may be missing, as after a LEFT JOIN.
#[derive(Debug)]
pub struct OptionalRow;

/// A row, or an `Option` of a row, as a field of another row.
#[doc(hidden)]
pub trait NestedRow<Kind> {
    fn nested_columns(prefix: &str, columns: &mut Columns);
}

impl<R: TypedRow> NestedRow<Row> for R {
    fn nested_columns(prefix: &str, columns: &mut Columns) {
        R::columns(prefix, columns);
    }
}

impl<R: TypedRow> NestedRow<OptionalRow> for Option<R> {
    fn nested_columns(prefix: &str, columns: &mut Columns) {
        columns.optional(|columns| R::columns(prefix, columns));
    }
}

#[doc(hidden)]
pub fn nested<R: NestedRow<Kind>, Kind>(prefix: &str, columns: &mut Columns) {
    R::nested_columns(prefix, columns);
}

/// Detects which of SeaORM's two derives a struct has: an inherent constant takes precedence over a trait's.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<R>(PhantomData<R>);

impl<R: PartialModelTrait> Probe<R> {
    pub const IS_PARTIAL_MODEL: bool = true;
}

#[doc(hidden)]
pub trait ReadsByName {
    const IS_PARTIAL_MODEL: bool = false;
}

impl<R> ReadsByName for Probe<R> {}
