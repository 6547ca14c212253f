//! The Rust type of an expression; <https://www.sqlite.org/lang_expr.html> defines its value.

use std::sync::Arc;

use sea_orm::sea_query::ArrayType;

use super::declared::Affinity;

/// What is known about an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExprType {
    pub(crate) ty: Type,
    /// The affinity of a column or a cast; `None` for every other expression.
    pub(crate) affinity: Affinity,
    pub(crate) adapts: Adapts,
    /// Whether it is a column whose type is given rather than inferred, with no operation on it.
    pub(crate) is_certain: bool,
    /// Whether it is a column of a registered entity, with no operation on it.
    pub(crate) is_registered: bool,
    /// Whether it is such a column of dates or times, and its default has another format than its type.
    pub(crate) has_other_default: bool,
    /// What SeaORM casts the column to when it selects it: the attribute `select_as`.
    pub(crate) select_as: Option<Arc<str>>,
}

/// Whether it takes the type of an expression next to it: each variant adapts to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Adapts {
    Never,
    Parameter,
    Literal,
}

/// The type of a result column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Known(ArrayType),
    /// Known from the values alone.
    Dynamic,
    /// The literal NULL, which fits every type.
    Null,
    /// A column that no registered entity has, with a message that says what to do about it.
    Unregistered(Arc<str>),
    /// Not read by the call.
    Unread,
}

/// A column of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnType {
    pub(crate) name: String,
    pub(crate) ty: ArrayType,
    /// Whether its default has another date format than its type.
    pub(crate) has_other_default: bool,
}

impl ColumnType {
    /// `None` for a column that no registered entity has.
    pub(crate) fn new(name: &str, typed: &ExprType) -> Option<Self> {
        match &typed.ty {
            Type::Known(ty) if typed.is_registered => {
                Some(Self { name: name.to_owned(), ty: ty.clone(), has_other_default: typed.has_other_default })
            }
            _ => None,
        }
    }
}

impl ExprType {
    pub(crate) fn known(ty: ArrayType) -> Self {
        Self::of(Type::Known(ty))
    }

    pub(crate) fn of(ty: Type) -> Self {
        let (affinity, select_as) = (Affinity::None, None);
        let (adapts, is_certain, is_registered, has_other_default) = (Adapts::Never, false, false, false);
        Self { ty, affinity, adapts, is_certain, is_registered, has_other_default, select_as }
    }

    pub(crate) fn dynamic() -> Self {
        Self::of(Type::Dynamic)
    }

    /// The type after an operation on the value.
    pub(crate) fn computed(self) -> Self {
        Self { affinity: Affinity::None, ..self.uncertain() }
    }

    /// The same type, but no longer a given one.
    pub(crate) fn uncertain(self) -> Self {
        let (is_certain, is_registered, has_other_default) = (false, false, false);
        Self { is_certain, is_registered, has_other_default, select_as: None, ..self }
    }
}

/// The type of an expression that takes the value of one of several: CASE, COALESCE, a column of a compound SELECT.
pub(crate) fn common(choices: impl IntoIterator<Item = ExprType>) -> ExprType {
    let mut choices = choices.into_iter().filter(|choice| choice.ty != Type::Null);
    let Some(first) = choices.next() else { return ExprType::of(Type::Null) };
    choices.fold(first, |one, other| {
        // If one choice has TEXT affinity, an integer compared with the result must not arrive as a float.
        let is_text = one.affinity == Affinity::Text || other.affinity == Affinity::Text;
        let typed = if one.adapts < other.adapts && adapts(&other.ty, &one.ty) {
            one
        } else if one.adapts > other.adapts && adapts(&one.ty, &other.ty) {
            other
        } else if one.ty == other.ty {
            one
        } else {
            ExprType { adapts: one.adapts.min(other.adapts), ..numeric(&one, &other) }
        };
        if is_text { ExprType { affinity: Affinity::Text, ..typed } } else { typed }
    })
}

/// Whether a literal or a parameter of one type can be used as a value of the other.
fn adapts(literal: &Type, to: &Type) -> bool {
    let (Type::Known(literal), Type::Known(to)) = (literal, to) else {
        return *to != Type::Dynamic;
    };
    match literal {
        ArrayType::Double | ArrayType::Float => rank(to).is_some() && !is_integer(to) && *to != ArrayType::Bool,
        ArrayType::String => rank(to).is_none() && *to != ArrayType::Bytes,
        ArrayType::Bytes => rank(to).is_none(),
        other if rank(other).is_some() => rank(to).is_some(),
        other => other == to,
    }
}

/// The type of `one & other` and the like: always an integer.
pub(crate) fn bits(typed: ExprType) -> ExprType {
    match &typed.ty {
        Type::Known(ty) if !is_integer(ty) => ExprType { ty: Type::Known(ArrayType::BigInt), ..typed },
        _ => typed,
    }
}

/// The type of `one + other` and the like.
pub(crate) fn numeric(one: &ExprType, other: &ExprType) -> ExprType {
    let (Type::Known(a), Type::Known(b)) = (&one.ty, &other.ty) else {
        return match (&one.ty, &other.ty) {
            (Type::Unregistered(why), _) | (_, Type::Unregistered(why)) => {
                ExprType::of(Type::Unregistered(why.clone()))
            }
            (Type::Null, _) => other.clone().computed(),
            (_, Type::Null) => one.clone().computed(),
            _ => ExprType::dynamic(),
        };
    };
    let (Some(rank_a), Some(rank_b)) = (rank(a), rank(b)) else { return ExprType::dynamic() };
    let ty = if a == b || (is_integer(a) && is_integer(b) && other.adapts > one.adapts) {
        a
    } else if is_integer(a) && is_integer(b) && one.adapts > other.adapts {
        b
    } else if is_integer(a) && is_integer(b) && is_unsigned(a) != is_unsigned(b) {
        &ArrayType::BigInt
    } else if rank_a >= rank_b {
        a
    } else {
        b
    };
    // Booleans become integers in arithmetic.
    let ty = if *ty == ArrayType::Bool { &ArrayType::BigInt } else { ty };
    ExprType { adapts: one.adapts.min(other.adapts), ..ExprType::known(ty.clone()) }
}

/// The type of SUM.
pub(crate) fn sum(of: ExprType) -> ExprType {
    match &of.ty {
        Type::Known(ty) if is_integer(ty) || *ty == ArrayType::Bool => ExprType::known(ArrayType::BigInt),
        Type::Known(ArrayType::Float) => ExprType::known(ArrayType::Double),
        Type::Known(ty) if rank(ty).is_none() => ExprType::dynamic(),
        _ => of.computed(),
    }
}

pub(crate) fn is_number(ty: &ArrayType) -> bool {
    rank(ty).is_some()
}

pub(crate) fn is_integer(ty: &ArrayType) -> bool {
    rank(ty).is_some_and(|rank| (1..=8).contains(&rank))
}

/// Whether values of this type can be integers that the runtime rounds.
pub(crate) fn is_wide(ty: &Type) -> bool {
    match ty {
        Type::Known(ArrayType::BigInt | ArrayType::BigUnsigned) | Type::Dynamic | Type::Unregistered(_) => true,
        #[cfg(feature = "with-rust_decimal")]
        Type::Known(ArrayType::Decimal) => true,
        #[cfg(feature = "with-bigdecimal")]
        Type::Known(ArrayType::BigDecimal) => true,
        Type::Known(_) | Type::Null | Type::Unread => false,
    }
}

/// Whether a number in a column of this type is an instant: an INTEGER counts seconds, a REAL is a Julian day.
pub(crate) fn is_instant(ty: &Type) -> bool {
    match ty {
        #[cfg(feature = "with-chrono")]
        Type::Known(
            ArrayType::ChronoDateTime
            | ArrayType::ChronoDateTimeUtc
            | ArrayType::ChronoDateTimeLocal
            | ArrayType::ChronoDateTimeWithTimeZone,
        ) => true,
        #[cfg(feature = "with-time")]
        Type::Known(ArrayType::TimeDateTime | ArrayType::TimeDateTimeWithTimeZone) => true,
        _ => false,
    }
}

fn is_unsigned(ty: &ArrayType) -> bool {
    matches!(ty, ArrayType::TinyUnsigned | ArrayType::SmallUnsigned | ArrayType::Unsigned | ArrayType::BigUnsigned)
}

/// The rank of a number type in the order of widening; `None` for any other type.
fn rank(ty: &ArrayType) -> Option<u8> {
    Some(match ty {
        ArrayType::Bool => 0,
        ArrayType::TinyUnsigned => 1,
        ArrayType::TinyInt => 2,
        ArrayType::SmallUnsigned => 3,
        ArrayType::SmallInt => 4,
        ArrayType::Unsigned => 5,
        ArrayType::Int => 6,
        ArrayType::BigUnsigned => 7,
        ArrayType::BigInt => 8,
        ArrayType::Float => 9,
        ArrayType::Double => 10,
        #[cfg(feature = "with-rust_decimal")]
        ArrayType::Decimal => 11,
        #[cfg(feature = "with-bigdecimal")]
        ArrayType::BigDecimal => 12,
        _ => return None,
    })
}
