//! The Rust types of the columns of registered entities.

use std::collections::HashMap;

use sea_orm::sea_query::ArrayType;
use sea_orm::{EntityTrait, IdenStatic, Iterable, ModelTrait};

/// Table name -> column name -> type; names compare as SQLite compares them, without regard to ASCII case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    tables: HashMap<String, HashMap<String, ArrayType>>,
}

impl Registry {
    /// Takes the types of an entity's columns; the later of two entities on one table wins.
    pub(crate) fn register<E: EntityTrait>(&mut self) {
        let columns =
            E::Column::iter().map(|column| (column.as_str().to_ascii_lowercase(), value_type::<E>(column))).collect();
        self.tables.insert(E::default().table_name().to_ascii_lowercase(), columns);
    }

    /// The columns of a table, `None` when no entity was registered for it.
    pub(crate) fn table(&self, table: &str) -> Option<&HashMap<String, ArrayType>> {
        self.tables.get(&table.to_ascii_lowercase())
    }
}

fn value_type<E: EntityTrait>(column: E::Column) -> ArrayType {
    match <E::Model as ModelTrait>::get_value_type(column) {
        // SeaORM reads an enum of the database's own as text.
        ArrayType::Enum(_) => ArrayType::String,
        // A `Vec<T>` answers with the type of T; where the column is JSON, the value is one JSON document.
        #[cfg(feature = "with-json")]
        _ if is_json(&sea_orm::ColumnTrait::def(&column)) => ArrayType::Json,
        other => other,
    }
}

#[cfg(feature = "with-json")]
fn is_json(column: &sea_orm::ColumnDef) -> bool {
    use sea_orm::sea_query::ColumnType;
    matches!(column.get_column_type(), ColumnType::Json | ColumnType::JsonBinary)
}
