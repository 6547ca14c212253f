//! One result column, named `it`.

use sea_orm::{FromQueryResult, TryGetable};
use sea_orm_do_typed::TypedRow;

/// A row of which column `it` is read.
#[derive(Debug, FromQueryResult, TypedRow)]
pub struct It<T: TryGetable> {
    pub it: Option<T>,
}
