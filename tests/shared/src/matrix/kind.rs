//! A Rust type as that of a column.

use std::fmt::Debug;

use sea_orm::sea_query::{Nullable, ValueType};
use sea_orm::{EntityTrait, IntoActiveModel, PartialModelTrait, SelectTwo, TryGetable, Value};
use serde::{Deserialize, Serialize};

use super::note;

/// An entity whose columns `value` and `maybe` are of one type, the second in an `Option`.
pub trait Kind:
    EntityTrait<Model: IntoActiveModel<<Self as EntityTrait>::ActiveModel> + Sync, ActiveModel: Send, Column: Copy>
{
    type Type: Clone + Debug + Into<Value> + Nullable + Send + Sync + TryGetable + ValueType;
    /// Its columns in another order.
    type Part: PartialModelTrait + Send + Sync;

    /// Also the table's.
    const NAME: &'static str;
    /// The names of the cases about it.
    const MATRIX: &'static str;
    const MISFITS: &'static str;
    const ID: Self::Column;
    const VALUE: Self::Column;
    const MAYBE: Self::Column;

    /// Values that must come back as they are, in the order in which SQLite sorts them.
    fn samples() -> Vec<Self::Type>;

    /// The value as text, the same for two values if and only if they are the same.
    fn show(value: &Self::Type) -> String;

    fn active(cells: Cells<Self::Type>) -> Self::ActiveModel;
    fn cells(model: Self::Model) -> Cells<Self::Type>;
    fn cells_of_part(part: Self::Part) -> Cells<Self::Type>;

    /// Every note, with the row that it is about.
    fn of_notes() -> SelectTwo<note::Entity, Self>;
}

/// The columns of such an entity.
#[derive(Clone, Debug)]
pub struct Cells<T> {
    pub id: i32,
    pub value: T,
    pub maybe: Option<T>,
}

/// The same as text, whatever the type.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Row {
    pub id: i32,
    pub value: String,
    pub maybe: Option<String>,
}

impl Row {
    pub(super) fn of<K: Kind>(cells: &Cells<K::Type>) -> Self {
        Self { id: cells.id, value: K::show(&cells.value), maybe: cells.maybe.as_ref().map(K::show) }
    }
}

/// An entity with an `Option<TextUuid>` reads no row in which that is NULL, on any driver: `TextUuid::try_get_by`
/// (sea-orm-2.0.4/src/value/text_uuid.rs:49) turns the NULL into another error than the one that `Option` knows.
pub const WITHOUT_NULL: &str = "uuid_text";

/// The rows that are written, sorted by `value` and the other way round by `id`. `maybe` holds the samples in reverse,
/// and is NULL in the first row.
pub(super) fn cells<K: Kind>() -> Vec<Cells<K::Type>> {
    let samples = K::samples();
    let maybes = std::iter::once(None).chain(samples.iter().rev().cloned().map(Some));
    let values = samples.first().into_iter().chain(&samples).cloned();
    let mut rows: Vec<_> =
        (1..).zip(values.zip(maybes)).map(|(id, (value, maybe))| Cells { id, value, maybe }).collect();
    let last = rows.last().map_or(0, |row| row.id);
    rows.iter_mut().for_each(|row| row.id = last + 1 - row.id);
    rows.retain(|row| row.maybe.is_some() || K::NAME != WITHOUT_NULL);
    rows
}
