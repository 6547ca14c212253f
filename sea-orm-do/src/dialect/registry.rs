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
}

impl Entity {
    pub(crate) fn column(&self, name: &str) -> Option<&ArrayType> {
        self.types.get(&name.to_ascii_lowercase())
    }
}

impl Registry {
    /// Takes the types of an entity's columns; the later of two entities on one table wins.
    pub(crate) fn register<E: EntityTrait>(&mut self) {
        let mut entity = Entity::default();
        for column in E::Column::iter() {
            entity.names.push(column.as_str().to_owned());
            entity.types.insert(column.as_str().to_ascii_lowercase(), value_type::<E>(column));
        }
        self.tables.insert(E::default().table_name().to_ascii_lowercase(), entity);
    }

    /// `None` when no entity was registered for the table.
    pub(crate) fn table(&self, table: &str) -> Option<&Entity> {
        self.tables.get(&table.to_ascii_lowercase())
    }

    /// Whether these are all columns of an entity in its order, as SeaORM selects a model; or those of several, each with
    /// the prefix that SeaORM gives it: `A_` for the first, `B_` for the second, and so on.
    pub(crate) fn is_model(&self, names: &[Option<&str>]) -> bool {
        let is_entity = |names: &[Option<&str>], prefix: Option<char>| {
            let plain = |name: &Option<&'_ str>| match prefix {
                Some(letter) => name.and_then(|name| name.strip_prefix(letter)?.strip_prefix('_')).map(str::to_owned),
                None => name.map(str::to_owned),
            };
            let names: Option<Vec<_>> = names.iter().map(plain).collect();
            names.is_some_and(|names| self.tables.values().any(|entity| entity.names == names))
        };
        let first = |name: &Option<&str>| name.and_then(|name| name.chars().next());
        is_entity(names, None)
            || ('A'..='Z')
                .zip(names.chunk_by(|a, b| first(a) == first(b)))
                .map(|(letter, names)| is_entity(names, Some(letter)))
                .reduce(|one, other| one && other)
                .is_some_and(|all| all)
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
