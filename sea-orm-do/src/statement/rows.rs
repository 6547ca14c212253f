//! Decodes the rows of the runtime into SeaORM rows.

use std::collections::HashSet;
use std::sync::Arc;

use sea_orm::{DbErr, ProxyRow};

use super::layout::Layout;
use super::plan::Plan;
use crate::lock::lock;
use crate::storage::ResultSet;

/// How to decode the columns of a result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowDecoder<'a> {
    pub(crate) plan: &'a Plan,
    /// The columns that come back tagged, by position.
    pub(crate) tagged: &'a HashSet<usize>,
}

/// Decodes all rows.
///
/// # Errors
/// `DbErr::Type` naming the column, its type and the value that does not fit.
pub(crate) fn read(set: ResultSet, decoder: RowDecoder<'_>) -> Result<Vec<ProxyRow>, DbErr> {
    let layout = decoder.layout(&set)?;
    let is_json = decoder.plan.read.is_json();
    set.rows.into_iter().map(|row| layout.row(row, is_json)).collect()
}

impl RowDecoder<'_> {
    /// The cached layout if it is for the same columns, otherwise a new one for these rows.
    fn layout(&self, set: &ResultSet) -> Result<Arc<Layout>, DbErr> {
        let mut known = lock(&self.plan.layout);
        // Equal names are not enough: those of the plain and of the exact text are equal, and only one text is tagged.
        if let Some(layout) = known.as_ref().filter(|layout| Arc::ptr_eq(&layout.columns, &set.columns)) {
            return Ok(layout.clone());
        }
        let types = self.plan.types_of(&set.columns);
        self.plan.check_columns(&set.columns, &types)?;
        let (layout, is_of_all_rows) = Layout::new(set, &types, self.tagged, &self.plan.read)?;
        let layout = Arc::new(layout);
        *known = is_of_all_rows.then(|| layout.clone());
        Ok(layout)
    }
}
