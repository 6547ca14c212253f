//! The columns that a table has in a statement, with their Rust types.

use std::sync::Arc;

use sea_orm::sea_query::ArrayType;

use super::catalog::{ColumnKind, Table, TableColumn, is_pragma};
use super::declared::Affinity;
use super::expr_type::{ExprType, Type};
use super::registry::{Entity, Registry};
use super::scope::{Column, Relation};
use crate::value::dates::DateFormat;

/// Where the Rust types of columns come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Types<'a> {
    pub(crate) registry: &'a Registry,
    /// Whether a table without a registered entity is read by its declared types.
    pub(crate) declared: bool,
    /// Whether types are inferred, including those of columns that an entity omits.
    pub(crate) infers: bool,
}

impl Types<'_> {
    /// A table with its columns, under the name it has in a statement.
    pub(crate) fn relation(&self, table: &Table, alias: Option<&str>) -> Relation {
        let entity = self.registry.table(&table.name);
        let columns = table.columns.iter().map(|TableColumn { name, ty: declared, kind, default }| {
            let of_entity = entity.and_then(|entity| entity.column(name));
            let by_declaration = || super::declared::rust_type(declared).map_or(Type::Dynamic, Type::Known);
            // An entity may omit columns, or not have them yet. An inferring handle reads those as declared.
            let readable = self.declared || is_own(&table.name) || (self.infers && entity.is_some());
            let ty = match of_entity {
                Some(column) => Type::Known(column.ty.clone()),
                None if readable => by_declaration(),
                None if entity.is_none() => Type::Unregistered(unregistered(&table.name)),
                None => Type::Unregistered(unlisted(&table.name, name)),
            };
            // A trigger of a view sees the value as it was bound, and so does a virtual table for its hidden column. No
            // column affinity turns the float back into an integer there, so TEXT makes the driver cast it.
            let is_seen = table.view.is_some() || *kind == ColumnKind::Hidden;
            let affinity = if is_seen { Affinity::Text } else { Affinity::of(declared) };
            // A PRAGMA declares no types, but all values of one of its columns have the same type.
            let is_certain = matches!(ty, Type::Known(_)) || is_pragma(&table.name);
            let select_as = of_entity.and_then(|column| column.select_as.clone());
            let is_registered = of_entity.is_some();
            let form = of_entity.and_then(|column| DateFormat::of(&column.ty));
            let has_other_default = form.zip(*default).is_some_and(|(form, default)| form != default);
            let typed =
                ExprType { affinity, is_certain, is_registered, has_other_default, select_as, ..ExprType::of(ty) };
            Column { kind: *kind, ..Column::plain(name.clone(), typed) }
        });
        // SQLite reads a missing column in double quotes, as SeaORM writes it in RETURNING, as a text:
        // https://www.sqlite.org/quirks.html#double_quoted_string_literals_are_accepted
        let lacks = |name: &&String| !table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        let missing = entity.into_iter().flat_map(Entity::names).filter(lacks).map(|name| {
            let typed = ExprType::of(Type::Unregistered(missing(&table.name, name)));
            Column { kind: ColumnKind::Hidden, ..Column::plain(name.clone(), typed) }
        });
        let columns: Vec<_> = columns.chain(missing).collect();
        let key = table.rowid.as_ref().and_then(|key| columns.iter().find(|column| column.name == *key));
        let rowid = match key {
            Some(column) => Some(column.typed.clone()),
            None if table.view.is_some() || table.is_without_rowid => None,
            None => {
                Some(ExprType { affinity: Affinity::Integer, is_certain: true, ..ExprType::known(ArrayType::BigInt) })
            }
        };
        Relation { columns: Some(columns), rowid, ..Relation::unknown(alias.unwrap_or(&table.name)) }
    }
}

fn unregistered(table: &str) -> Arc<str> {
    let why = format!(
        "table `{table}` has no registered entity: call register::<{table}::Entity>() on the connection, use a typed \
         call, as in `.all_as(&db)`, or call with_declared_types()"
    );
    why.into()
}

fn unlisted(table: &str, column: &str) -> Arc<str> {
    let why = format!(
        "the entity that is registered for table `{table}` has no column `{column}`: register the entity with this \
         column last, use a typed call, as in `.all_as(&db)`, or call with_column_type(\"{column}\", ..)"
    );
    why.into()
}

fn missing(table: &str, column: &str) -> Arc<str> {
    format!("no such column: {table}.{column}, but the entity that is registered for the table has it").into()
}

/// Whether a table is always read by its declared types: SQLite's own tables, PRAGMAs as tables, and SeaORM's own.
fn is_own(table: &str) -> bool {
    let table = table.to_ascii_lowercase();
    table.starts_with("sqlite_") || is_pragma(&table) || OF_SEA_ORM.contains(&table.as_str())
}

/// The tables of sea-orm-migration and of SeaORM's `rbac`.
const OF_SEA_ORM: [&str; 8] = [
    "seaql_migrations",
    "sea_orm_permission",
    "sea_orm_resource",
    "sea_orm_role",
    "sea_orm_role_hierarchy",
    "sea_orm_role_permission",
    "sea_orm_user_override",
    "sea_orm_user_role",
];

/// The columns of `json_each` and `json_tree`: <https://www.sqlite.org/json1.html#jeach>. The catalog has those of a
/// PRAGMA as a table: <https://www.sqlite.org/pragma.html#pragfunc>.
pub(crate) fn function_columns(function: &str) -> Option<Vec<Column>> {
    let dynamic = Type::Dynamic;
    let text = Type::Known(ArrayType::String);
    let integer = Type::Known(ArrayType::BigInt);
    match function.to_ascii_lowercase().as_str() {
        "json_each" | "json_tree" => {
            let columns = [
                ("key", &dynamic),
                ("value", &dynamic),
                ("type", &text),
                ("atom", &dynamic),
                ("id", &integer),
                ("parent", &integer),
                ("fullkey", &text),
                ("path", &text),
            ];
            let column = |(name, ty): (&str, &Type)| {
                let is_certain = matches!(ty, Type::Known(_));
                Column::plain(name.to_owned(), ExprType { is_certain, ..ExprType::of(ty.clone()) })
            };
            Some(columns.into_iter().map(column).collect())
        }
        _ => None,
    }
}
