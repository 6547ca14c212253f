//! Tuples and scalars, which are read from the columns of a row by position.

use sea_orm::sea_query::ArrayType;

use crate::TypedValue;

/// The types of a tuple, by position; a scalar is read from the first column.
///
/// ```
/// use sea_orm::sea_query::ArrayType;
/// use sea_orm_do_typed::TypedTuple;
/// use sea_orm_do_typed::kind::Tuple;
///
/// let types = <(i32, Option<String>) as TypedTuple<Tuple>>::types();
/// assert_eq!(types, [(Ok(ArrayType::Int), false), (Ok(ArrayType::String), true)]);
/// ```
pub trait TypedTuple<Kind> {
    /// Returns the type at each position, and whether it is optional.
    fn types() -> Vec<(Result<ArrayType, String>, bool)>;
}

/// The kind of a single value.
#[derive(Debug)]
pub struct Scalar;

/// The kind of a tuple.
#[derive(Debug)]
pub struct Tuple;

impl<T: TypedValue> TypedTuple<Scalar> for T {
    fn types() -> Vec<(Result<ArrayType, String>, bool)> {
        vec![one::<T>()]
    }
}

fn one<T: TypedValue>() -> (Result<ArrayType, String>, bool) {
    (T::array_type(), T::is_optional())
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: TypedValue),+> TypedTuple<Tuple> for ($($name,)+) {
            fn types() -> Vec<(Result<ArrayType, String>, bool)> {
                vec![$(one::<$name>()),+]
            }
        }
    };
}

// As many as SeaORM has.
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
