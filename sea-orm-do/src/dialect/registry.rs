//! The Rust types of the columns of registered entities.

use std::collections::HashMap;

use sea_orm::sea_query::ArrayType;
use sea_orm::{EntityTrait, IdenStatic, Iterable, ModelTrait};

/// Table name -> column name -> type; names compare as SQLite compares them, without regard to ASCII case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    tables: HashMap<String, Entity>,
}

/// The columns of an entity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entity {
    /// In the order in which SeaORM selects them.
    names: Vec<String>,
    types: HashMap<String, ArrayType>,
    /// Whether some position of a column that is not nullable has another type once the columns are sorted by name: who reads
    /// a whole row by position, but finds it in the order of the names, gets an error then. A nullable one tells nothing, for
    /// SeaORM reads what does not fit an `Option` as `None`: sea-orm-2.0.4/src/executor/query.rs:306.
    is_told_from_sorted: bool,
    #[cfg(feature = "schema-sync")]
    made_by: Option<std::sync::Arc<dyn Made>>,
}

/// What makes an entity's table, and its indexes.
#[cfg(feature = "schema-sync")]
pub(crate) type Statements = (sea_orm::sea_query::TableCreateStatement, Vec<sea_orm::sea_query::IndexCreateStatement>);

impl Entity {
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn column(&self, name: &str) -> Option<&ArrayType> {
        self.types.get(&name.to_ascii_lowercase())
    }
}

impl Registry {
    /// Takes the types of an entity's columns; the later of two entities on one table wins.
    pub(crate) fn register<E: EntityTrait>(&mut self, entity: &E) {
        let mut known = Entity {
            #[cfg(feature = "schema-sync")]
            made_by: Some(std::sync::Arc::new(*entity)),
            ..Entity::default()
        };
        for column in E::Column::iter() {
            known.names.push(column.as_str().to_owned());
            known.types.insert(column.as_str().to_ascii_lowercase(), value_type::<E>(column));
        }
        let mut sorted: Vec<_> = known.names.iter().collect();
        sorted.sort_unstable();
        known.is_told_from_sorted = E::Column::iter().zip(sorted).any(|(column, sorted)| {
            !sea_orm::ColumnTrait::def(&column).is_null() && known.column(column.as_str()) != known.column(sorted)
        });
        self.tables.insert(entity.table_name().to_ascii_lowercase(), known);
    }

    /// `None` when no entity was registered for the table.
    pub(crate) fn table(&self, table: &str) -> Option<&Entity> {
        self.tables.get(&table.to_ascii_lowercase())
    }

    /// What makes the tables of all entities, in the order of their names.
    #[cfg(feature = "schema-sync")]
    pub(crate) fn statements(&self) -> Vec<Statements> {
        let mut tables: Vec<_> = self.tables.iter().collect();
        tables.sort_by_key(|(name, _)| *name);
        tables.into_iter().filter_map(|(_, entity)| entity.made_by.as_ref()).map(|entity| entity.statements()).collect()
    }

    /// Whether these are all columns of an entity in its order, as SeaORM selects a model, and no row of theirs can be read
    /// by position as one in the order of the names.
    pub(crate) fn is_model<'a>(&self, names: impl ExactSizeIterator<Item = Option<&'a str>> + Clone) -> bool {
        let is_entity = |entity: &Entity| {
            entity.is_told_from_sorted
                && names.len() == entity.names.len()
                && names.clone().zip(&entity.names).all(|(name, column)| name == Some(column.as_str()))
        };
        self.tables.values().any(is_entity)
    }
}

/// An entity, whichever it is.
#[cfg(feature = "schema-sync")]
trait Made: std::fmt::Debug + Send + Sync {
    fn statements(&self) -> Statements;
}

#[cfg(feature = "schema-sync")]
impl<E: EntityTrait> Made for E {
    fn statements(&self) -> Statements {
        let schema = sea_orm::Schema::new(sea_orm::DbBackend::Sqlite);
        (schema.create_table_from_entity(*self), schema.create_index_from_entity(*self))
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
