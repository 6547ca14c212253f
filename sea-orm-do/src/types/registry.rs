//! The Rust types of the columns of registered entities.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::{ArrayType, Expr, Query, SqliteQueryBuilder};
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable};
use sea_orm_do_typed::entity_column_type;

use crate::sql::ast;
use crate::sql::parser::parse;

/// Table name -> column name -> type; names are compared as in SQLite, ignoring ASCII case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    tables: HashMap<String, Entity>,
}

/// The columns of an entity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entity {
    /// In the order in which SeaORM selects them.
    names: Vec<String>,
    columns: HashMap<String, EntityColumn>,
    #[cfg(feature = "schema-sync")]
    made_by: Option<Arc<dyn Made>>,
}

/// A column of an entity.
#[derive(Clone, Debug)]
pub(crate) struct EntityColumn {
    pub(crate) ty: ArrayType,
    /// The type that SeaORM casts it to when it selects it.
    pub(crate) select_as: Option<Arc<str>>,
}

#[cfg(test)]
impl From<ArrayType> for EntityColumn {
    fn from(ty: ArrayType) -> Self {
        Self { ty, select_as: None }
    }
}

/// The statements that create an entity's table and its indexes.
#[cfg(feature = "schema-sync")]
pub(crate) type Statements = (sea_orm::sea_query::TableCreateStatement, Vec<sea_orm::sea_query::IndexCreateStatement>);

impl Entity {
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn column(&self, name: &str) -> Option<&EntityColumn> {
        self.columns.get(&name.to_ascii_lowercase())
    }

    #[cfg(feature = "remote")]
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, &EntityColumn)> {
        self.names.iter().filter_map(|name| Some((name.as_str(), self.column(name)?)))
    }
}

impl Registry {
    /// Adds the types of an entity's columns. A later entity for the same table replaces an earlier one.
    pub(crate) fn register<E: EntityTrait>(&mut self, entity: &E) {
        let mut known = Entity {
            #[cfg(feature = "schema-sync")]
            made_by: Some(Arc::new(*entity)),
            ..Entity::default()
        };
        for column in E::Column::iter() {
            known.names.push(column.as_str().to_owned());
            let of_column = EntityColumn { ty: entity_column_type::<E>(column), select_as: select_as(column) };
            known.columns.insert(column.as_str().to_ascii_lowercase(), of_column);
        }
        self.tables.insert(entity.table_name().to_ascii_lowercase(), known);
    }

    /// Adds an entity with these columns.
    #[cfg(any(test, feature = "remote"))]
    pub(crate) fn insert(&mut self, table: &str, columns: impl IntoIterator<Item = (String, EntityColumn)>) {
        let mut known = Entity::default();
        for (name, column) in columns {
            known.columns.insert(name.to_ascii_lowercase(), column);
            known.names.push(name);
        }
        self.tables.insert(table.to_ascii_lowercase(), known);
    }

    /// The entities, by the names of their tables in lower case.
    #[cfg(feature = "remote")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Entity)> {
        self.tables.iter()
    }

    /// `None` when no entity was registered for the table.
    pub(crate) fn table(&self, table: &str) -> Option<&Entity> {
        self.tables.get(&table.to_ascii_lowercase())
    }

    /// The statements that create the tables of all entities, in the order of their names.
    #[cfg(feature = "schema-sync")]
    pub(crate) fn statements(&self) -> Vec<Statements> {
        let mut tables: Vec<_> = self.tables.iter().collect();
        tables.sort_by_key(|(name, _)| *name);
        tables.into_iter().filter_map(|(_, entity)| entity.made_by.as_ref()).map(|entity| entity.statements()).collect()
    }
}

/// An entity of any type.
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

/// The type that the attribute `select_as` makes SeaORM cast a column to when it selects it.
fn select_as<C: ColumnTrait>(column: C) -> Option<Arc<str>> {
    let plain = Expr::col(column);
    let selected = column.select_as(plain.clone());
    // Nearly all columns are selected without a cast, and a cast to an enum means nothing to SQLite.
    if selected == plain || matches!(selected, Expr::AsEnum(..)) {
        return None;
    }
    let ast::Statement::Select(select) = parse(&Query::select().expr(selected).to_string(SqliteQueryBuilder))? else {
        return None;
    };
    match select.terms.first()?.result_columns()?.first()? {
        ast::SelectItem::Expr { expr: ast::Expr::Cast(_, declared), .. } => Some(declared.as_str().into()),
        _ => None,
    }
}
