//! The type that a column is read as, for each Rust type.

use sea_orm::sea_query::{ArrayType, ColumnType, ValueType};
use sea_orm::{EntityTrait, ModelTrait};

/// A type that is read from one column.
///
/// Every `sea_query::ValueType` is one: the types of SeaORM, `Option` of them, enums (`DeriveActiveEnum`), newtypes
/// (`DeriveValueType`) and JSON structs (`FromJsonQueryResult`). For a type that implements SeaORM's `TryGetable` by
/// hand, implement this trait as well, or state on the field what it is read from: `#[typed(as = "i64")]`,
/// `#[typed(json)]`.
///
/// ```
/// use sea_orm::sea_query::ArrayType;
/// use sea_orm_do_typed::TypedValue;
///
/// assert_eq!(<Option<i32>>::array_type(), Ok(ArrayType::Int));
/// ```
pub trait TypedValue {
    /// Returns the variant of `sea_orm::Value` that SeaORM reads this type from.
    ///
    /// # Errors
    /// The reason why no SQLite column can be read as this type.
    ///
    /// ```
    /// use sea_orm::sea_query::ArrayType;
    /// use sea_orm_do_typed::TypedValue;
    ///
    /// /// Read by hand from the text that SQLite stores.
    /// struct Version;
    ///
    /// impl TypedValue for Version {
    ///     fn array_type() -> Result<ArrayType, String> {
    ///         Ok(ArrayType::String)
    ///     }
    /// }
    ///
    /// assert_eq!(Version::array_type(), String::array_type());
    /// ```
    fn array_type() -> Result<ArrayType, String>;

    /// Returns whether a missing column is read as `None`.
    ///
    /// ```
    /// use sea_orm_do_typed::TypedValue;
    ///
    /// assert!(<Option<i32>>::is_optional() && !i32::is_optional());
    /// ```
    #[must_use]
    fn is_optional() -> bool {
        false
    }
}

impl<T: ValueType> TypedValue for T {
    fn array_type() -> Result<ArrayType, String> {
        match T::array_type() {
            // SeaORM reads a native database enum as text: sea-orm-macros-2.0.4/src/derives/active_enum.rs.
            ArrayType::Enum(_) => Ok(ArrayType::String),
            // A `Vec<T>` returns the type of `T`. A `Vec` of JSON values is read from one JSON document.
            #[cfg(feature = "with-json")]
            ArrayType::Json => Ok(ArrayType::Json),
            _ if matches!(T::column_type(), ColumnType::Array(_)) => {
                Err(format!("SQLite has no arrays, so {} cannot be read", T::type_name()))
            }
            ty => Ok(ty),
        }
    }

    fn is_optional() -> bool {
        T::is_option()
    }
}

#[doc(hidden)]
pub fn value<T: TypedValue>(columns: &mut crate::Columns, name: String, is_optional: bool) {
    columns.name(name, T::array_type(), !is_optional && !T::is_optional());
}

#[doc(hidden)]
pub fn json(columns: &mut crate::Columns, name: String) {
    #[cfg(feature = "with-json")]
    let ty = Ok(ArrayType::Json);
    #[cfg(not(feature = "with-json"))]
    let ty = Err("JSON needs feature with-json of sea-orm-do-typed".to_owned());
    columns.name(name, ty, false);
}

/// Returns the type that a model's field is read as.
///
/// ```
#[doc = include_str!("driver.txt")]
/// # fn main() -> Result<(), DbErr> {
/// # block_on(async {
/// use sea_orm::sea_query::ArrayType;
/// use sea_orm_do_typed::entity_column_type;
///
/// assert_eq!(entity_column_type::<post::Entity>(post::Column::Author), ArrayType::String);
/// # Ok(())
/// # })
/// # }
/// ```
pub fn entity_column_type<E: EntityTrait>(column: E::Column) -> ArrayType {
    match <E::Model as ModelTrait>::get_value_type(column) {
        ArrayType::Enum(_) => ArrayType::String,
        other => other,
    }
}
