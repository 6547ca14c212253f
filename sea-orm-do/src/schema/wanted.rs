//! The table that an entity declares, as introspection would return it, and the statements that create it.

use sea_orm::DbErr;
use sea_orm::sea_query::backend::TableBuilder;
use sea_orm::sea_query::{
    Alias, ColumnDef, ColumnSpec, ColumnType, Expr, ForeignKeyAction, ForeignKeyCreateStatement,
    Index as IndexStatement, IndexCreateStatement, Query, SqliteQueryBuilder, Table as TableStatement,
    TableCreateStatement, TableRef,
};

use super::default::DefaultValue;
use super::extra::Extra;
use super::report::Report;
use crate::introspect::{Action, Column, ForeignKey, Index, Object, Schema, Table};

/// Why a column with a foreign key is not added.
pub(super) const NO_DEFAULT: &str = "the table has rows, so a new column with a foreign key cannot have a default";

const NEEDS_NEW_TABLE: &str =
    "SQLite cannot add a column with UNIQUE, PRIMARY KEY or STORED: rebuild the table in a migration";

const NAME_IS_TAKEN: &str = "another table has an index of this name: drop it in a migration";

/// A table as its entity declares it.
pub(super) struct DesiredTable {
    /// The table without its indexes, which follow, each with its statement.
    pub(super) table: Table,
    pub(super) indexes: Vec<WantedIndex>,
    create: String,
    added: Vec<AddColumn>,
    /// The position of the AUTOINCREMENT column.
    counted: Option<usize>,
}

/// An index or a unique column.
pub(super) struct WantedIndex {
    pub(super) name: String,
    pub(super) unique: bool,
    pub(super) columns: Vec<String>,
    pub(super) create: String,
    /// Whether the CREATE TABLE creates it.
    within_table: bool,
}

/// How a column is added to an existing table.
pub(super) struct AddColumn {
    /// `ALTER TABLE … ADD COLUMN …`, without a foreign key.
    pub(super) sql: String,
    /// Why it cannot be added at all: <https://www.sqlite.org/lang_altertable.html#altertabaddcol>.
    pub(super) needs_new_table: Option<&'static str>,
    /// Why it cannot be added to a table with rows.
    pub(super) needs_empty_table: Option<&'static str>,
    /// Whether its `extra` has a foreign key.
    pub(super) refers: bool,
    /// Whether it has a default other than NULL.
    pub(super) has_default: bool,
    /// Its previous name.
    pub(super) renamed_from: Option<String>,
}

impl DesiredTable {
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
        let is_unique = |spec: &ColumnSpec| spec.unique || extra(spec).unique;
        let unique = definitions.iter().filter(|column| is_unique(column.get_column_spec()));
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
            added: definitions.iter().map(|column| AddColumn::new(&name, column)).collect(),
            counted: definitions.iter().position(|column| column.get_column_spec().auto_increment),
        })
    }

    /// Reports the whole table and its indexes as missing.
    ///
    /// # Errors
    /// `DbErr::Type` for an auto-increment key that is not an integer.
    pub(super) fn whole(&self, schema: &Schema, report: &mut Report) -> Result<(), DbErr> {
        let name = &self.table.name;
        if let Some(Column { name: column, declared_type, .. }) =
            self.counted.and_then(|at| self.table.columns.get(at)).filter(|key| !is_integer(&key.declared_type))
        {
            return Err(DbErr::Type(format!(
                "table `{name}`: column `{column}` is of type {declared_type}, and SQLite auto-increments only keys of \
                 type integer: make it an i32 or i64, or say auto_increment = false"
            )));
        }
        report.add(Object::Table(name.clone()), self.create.clone());
        for index in self.indexes.iter().filter(|index| !index.within_table) {
            index.add(name, schema, report);
        }
        Ok(())
    }

    /// The columns, and how to add each.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&Column, &AddColumn)> {
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

    /// Reports the index as missing, unless another one has its name. Index names are unique within the database:
    /// <https://www.sqlite.org/lang_createindex.html>.
    pub(super) fn add(&self, table: &str, schema: &Schema, report: &mut Report) {
        let is_taken = |index: &Index| index.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&self.name));
        let (object, sql) = (self.object(table), self.create.clone());
        match schema.tables.iter().find_map(|table| Some((table, table.indexes.iter().find(|index| is_taken(index))?)))
        {
            Some((other, index)) => report.skip(object, index.create_sql(&other.name), Some(sql), NAME_IS_TAKEN),
            None => report.add(object, sql),
        }
    }

    pub(super) fn object(&self, table: &str) -> Object {
        Object::Index { table: table.to_owned(), name: self.name.clone() }
    }
}

impl AddColumn {
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
        let extra = extra(spec);
        let said = spec.default.as_ref().map(text);
        let default = said.as_deref().map(DefaultValue::new).or(extra.default).filter(|default| !default.is_null());
        let needs_empty_table = match &default {
            None if spec.nullable == Some(false) || extra.not_null => {
                Some("the table has rows, for which a NOT NULL column needs a default")
            }
            Some(default) if !default.is_constant() => {
                Some("the table has rows, for which SQLite needs a default that is a constant")
            }
            Some(_) if extra.refers => Some(NO_DEFAULT),
            _ => None,
        };
        Self {
            sql: TableStatement::alter().table(Alias::new(table)).add_column(plain).to_string(SqliteQueryBuilder),
            needs_new_table: extra.cannot_be_added.then_some(NEEDS_NEW_TABLE),
            needs_empty_table,
            refers: extra.refers,
            has_default: default.is_some(),
            renamed_from: spec.comment.as_deref().and_then(renamed_from),
        }
    }
}

fn extra(spec: &ColumnSpec) -> Extra<'_> {
    spec.extra.as_deref().map(Extra::read).unwrap_or_default()
}

/// SeaORM passes the old name at the end of the comment: `renamed_from "old"`.
fn renamed_from(comment: &str) -> Option<String> {
    let (_, old) = comment.rsplit_once("renamed_from \"")?;
    let (old, _) = old.split_once('"')?;
    (!old.is_empty()).then(|| old.to_owned())
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
        not_null: spec.nullable == Some(false) || extra(spec).not_null,
        default: spec.default.as_ref().map(text),
        primary_key: position.and_then(|at| u32::try_from(at + 1).ok()),
        collation: "BINARY".to_owned(),
        name,
        ..Column::default()
    })
}

/// Whether a type belongs to other databases: sea-query panics when it writes one for SQLite.
fn is_foreign(ty: &ColumnType) -> bool {
    use ColumnType::{Array, Bit, Cidr, Inet, Interval, LTree, MacAddr, VarBit, Vector, Year};
    matches!(ty, Array(_) | Bit(_) | Cidr | Inet | Interval(..) | LTree | MacAddr | VarBit(_) | Vector(_) | Year)
}

fn is_integer(declared_type: &str) -> bool {
    declared_type.eq_ignore_ascii_case("integer")
}

fn declared_type(ty: &ColumnType) -> String {
    let mut sql = String::new();
    TableBuilder::prepare_column_type(&SqliteQueryBuilder, ty, &mut sql);
    sql
}

/// The SQL text of an expression.
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
        // The enum of sea-query is non-exhaustive: it may gain actions that SQLite does not have.
        _ => Action::NoAction,
    }
}

pub(in crate::schema) fn table_name(table: &TableRef) -> Option<String> {
    match table {
        TableRef::Table(name, _) => Some(name.1.to_string()),
        _ => None,
    }
}
