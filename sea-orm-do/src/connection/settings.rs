//! What a handle reads, and as which types.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::ArrayType;
use sea_orm_do_typed::Keys;
use sea_orm_do_typed::scope::{self, Reading};

use crate::statement::read_mode::Read;
use crate::types::registry::Registry;
use crate::types::relations::Types;

/// The settings that determine how a handle reads rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) registry: Registry,
    pub(crate) with_declared_types: bool,
    /// Whether the types of expressions are inferred.
    pub(crate) infers_types: bool,
    /// The types set for result columns, by column name.
    pub(crate) overrides: Arc<HashMap<String, ArrayType>>,
    pub(crate) form: RowForm,
    /// The type that all rows are read as.
    pub(crate) read_as: Option<Reading>,
}

/// The form of the rows that no call gives a type to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "remote", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum RowForm {
    /// Each column has the type that is known for it.
    #[default]
    Typed,
    /// Each value is plain JSON.
    #[cfg_attr(not(feature = "with-json"), allow(dead_code))]
    Json,
    /// Each value has the type of its storage class.
    #[cfg_attr(not(feature = "remote"), allow(dead_code))]
    Stored,
}

impl Settings {
    pub(crate) fn set_type(&mut self, column: String, ty: ArrayType) {
        Arc::make_mut(&mut self.overrides).insert(column, ty);
    }

    pub(crate) fn types(&self) -> Types<'_> {
        let Self { registry, with_declared_types, infers_types, .. } = self;
        Types { registry, declared: *with_declared_types, infers: *infers_types }
    }

    /// The type that the next query reads, if its call or this handle names one.
    pub(crate) fn asked(&self) -> Option<Reading> {
        scope::take().or_else(|| self.read_as.clone())
    }

    pub(crate) fn read(&self, asked: Option<&Reading>) -> Read {
        let Self { form, infers_types, overrides, .. } = self;
        let plain = |by_name| Read::Plain { overrides: overrides.clone(), infers: *infers_types, by_name };
        match (asked.map(Reading::columns), form) {
            (Some(columns), _) if columns.keys() == Ok(&Keys::Known) => plain(true),
            (Some(columns), _) => Read::Typed(columns),
            (None, RowForm::Json) => Read::Json,
            (None, RowForm::Stored) => Read::Stored,
            (None, RowForm::Typed) => plain(false),
        }
    }
}
