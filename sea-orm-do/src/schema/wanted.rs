//! What an entity wants: its table as introspection would find it, and the statements that make it.

use sea_orm::DbErr;
use sea_orm::sea_query::backend::TableBuilder;
use sea_orm::sea_query::{
    Alias, ColumnDef, ColumnType, Expr, ForeignKeyAction, ForeignKeyCreateStatement, Index as IndexStatement,
    IndexCreateStatement, Query, SqliteQueryBuilder, Table as TableStatement, TableCreateStatement, TableRef,
};

use crate::introspect::{Action, Column, Difference, ForeignKey, Object, Table};

/// A table as its entity has it.
pub(super) struct Wanted {
    /// Without indexes: those are below, each with its statement.
    pub(super) table: Table,
    pub(super) indexes: Vec<WantedIndex>,
    create: String,
    added: Vec<Added>,
}

/// An index, or a column that is unique.
pub(super) struct WantedIndex {
    pub(super) name: String,
    pub(super) unique: bool,
    pub(super) columns: Vec<String>,
    pub(super) create: String,
    /// Whether the CREATE TABLE makes it.
    within_table: bool,
}

/// How a column comes to a table that is there.
pub(super) struct Added {
    /// `ALTER TABLE … ADD COLUMN …`, without a foreign key.
    pub(super) sql: String,
    /// Why it cannot be added to a table with rows: <https://www.sqlite.org/lang_altertable.html#altertabaddcol>.
    pub(super) needs_empty_table: Option<&'static str>,
    pub(super) has_default: bool,
}

impl Wanted {
    /// # Errors
    /// `DbErr::Type` for a column of a type that SQLite does not have.
    pub(super) fn new(statement: &TableCreateStatement, indexes: &[IndexCreateStatement]) -> Result<Self, DbErr> {
        let name = statement.get_table_name().and_then(table_name).unwrap_or_default();
        let key = statement.get_indexes().iter().find(|index| index.is_primary_key());
        let key: Vec<_> = key.map(|key| key.get_index_spec().get_column_names()).unwrap_or_default();
        let definitions = statement.get_columns();
        let columns = definitions
            .iter()
            .map(|column| wanted_column(column, &key).map_err(|why| DbErr::Type(format!("table `{name}`: {why}"))));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let unique = definitions.iter().filter(|column| column.get_column_spec().unique);
        let unique = unique.map(|column| WantedIndex::of_column(&name, column.get_column_name()));
        let table = Table {
            columns,
            foreign_keys: statement.get_foreign_key_create_stmts().iter().filter_map(foreign_key).collect(),
            name: name.clone(),
            ..Table::default()
        };
        Ok(Self {
            table,
            indexes: unique.chain(indexes.iter().map(WantedIndex::of_statement)).collect(),
            create: statement.to_string(SqliteQueryBuilder),
            added: definitions.iter().map(|column| Added::new(&name, column)).collect(),
        })
    }

    /// The table and its indexes, where there is nothing yet.
    pub(super) fn whole(&self) -> Vec<Difference> {
        let made = |object: Object, sql: &String| Difference { object, before: None, after: Some(sql.clone()) };
        let table = made(Object::Table(self.table.name.clone()), &self.create);
        let indexes = self.indexes.iter().filter(|index| !index.within_table);
        let indexes = indexes.map(|index| made(index.object(&self.table.name), &index.create));
        std::iter::once(table).chain(indexes).collect()
    }

    /// The columns, with how each is added.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&Column, &Added)> {
        self.table.columns.iter().zip(&self.added)
    }
}

impl WantedIndex {
    fn of_column(table: &str, column: String) -> Self {
        let name = format!("idx-{table}-{column}");
        let mut index = IndexStatement::create();
        index.unique().name(&name).table(Alias::new(table)).col(Alias::new(&column));
        let create = index.to_string(SqliteQueryBuilder);
        Self { name, unique: true, columns: vec![column], create, within_table: true }
    }

    fn of_statement(statement: &IndexCreateStatement) -> Self {
        let spec = statement.get_index_spec();
        Self {
            name: spec.get_name().unwrap_or_default().to_owned(),
            unique: statement.is_unique_key(),
            columns: spec.get_column_names(),
            create: statement.to_string(SqliteQueryBuilder),
            within_table: false,
        }
    }

    pub(super) fn object(&self, table: &str) -> Object {
        Object::Index { table: table.to_owned(), name: self.name.clone() }
    }
}

impl Added {
    fn new(table: &str, column: &ColumnDef) -> Self {
        let spec = column.get_column_spec();
        let mut plain = ColumnDef::new(Alias::new(column.get_column_name()));
        if let Some(ty) = column.get_column_type() {
            plain = ColumnDef::new_with_type(Alias::new(column.get_column_name()), ty.clone());
        }
        if spec.nullable == Some(false) {
            plain.not_null();
        }
        if let Some(default) = &spec.default {
            plain.default(default.clone());
        }
        if let Some(extra) = &spec.extra {
            plain.extra(extra);
        }
        let needs_empty_table = match &spec.default {
            None if spec.nullable == Some(false) => {
                Some("the table has rows, for which a NOT NULL column needs a default")
            }
            None | Some(Expr::Value(_) | Expr::Constant(_)) => None,
            Some(_) => Some("the table has rows, for which SQLite needs a default that is a constant"),
        };
        Self {
            sql: TableStatement::alter().table(Alias::new(table)).add_column(plain).to_string(SqliteQueryBuilder),
            needs_empty_table,
            has_default: spec.default.is_some(),
        }
    }
}

fn wanted_column(column: &ColumnDef, key: &[String]) -> Result<Column, String> {
    let (name, spec) = (column.get_column_name(), column.get_column_spec());
    let declared_type = match column.get_column_type() {
        Some(ty) if is_foreign(ty) => {
            return Err(format!("column `{name}` is of type {ty:?}, which SQLite does not have"));
        }
        Some(ty) => declared_type(ty),
        None => String::new(),
    };
    let position = if spec.primary_key { Some(0) } else { key.iter().position(|column| *column == name) };
    Ok(Column {
        declared_type,
        not_null: spec.nullable == Some(false),
        default: spec.default.as_ref().map(text),
        primary_key: position.and_then(|at| u32::try_from(at + 1).ok()),
        collation: "BINARY".to_owned(),
        name,
        ..Column::default()
    })
}

/// Types of other databases: sea-query panics when it has to write one for SQLite.
fn is_foreign(ty: &ColumnType) -> bool {
    use ColumnType::{Array, Bit, Cidr, Inet, Interval, LTree, MacAddr, VarBit, Vector, Year};
    matches!(ty, Array(_) | Bit(_) | Cidr | Inet | Interval(..) | LTree | MacAddr | VarBit(_) | Vector(_) | Year)
}

fn declared_type(ty: &ColumnType) -> String {
    let mut sql = String::new();
    TableBuilder::prepare_column_type(&SqliteQueryBuilder, ty, &mut sql);
    sql
}

/// An expression as it stands in a statement.
fn text(expression: &Expr) -> String {
    let select = Query::select().expr(expression.clone()).to_string(SqliteQueryBuilder);
    select.strip_prefix("SELECT ").unwrap_or(&select).to_owned()
}

fn foreign_key(statement: &ForeignKeyCreateStatement) -> Option<ForeignKey> {
    let key = statement.get_foreign_key();
    Some(ForeignKey {
        columns: key.get_columns(),
        table: key.get_ref_table().and_then(table_name)?,
        references: key.get_ref_columns(),
        on_delete: action(key.get_on_delete()),
        on_update: action(key.get_on_update()),
        deferred: false,
    })
}

fn action(action: Option<ForeignKeyAction>) -> Action {
    match action {
        Some(ForeignKeyAction::Restrict) => Action::Restrict,
        Some(ForeignKeyAction::SetNull) => Action::SetNull,
        Some(ForeignKeyAction::SetDefault) => Action::SetDefault,
        Some(ForeignKeyAction::Cascade) => Action::Cascade,
        // sea-query leaves room for actions that SQLite does not have.
        _ => Action::NoAction,
    }
}

fn table_name(table: &TableRef) -> Option<String> {
    match table {
        TableRef::Table(name, _) => Some(name.1.to_string()),
        _ => None,
    }
}
