//! Turns a schema's tables into the statements from which sea-orm-codegen generates entities.

use sea_orm::sea_query::{
    Alias, ColumnDef, ForeignKey as KeyStatement, ForeignKeyCreateStatement, Index as IndexStatement,
    Table as TableStatement, TableCreateStatement,
};

use super::columns::column_type;
use super::error::{CodegenError, Problem};
use super::names;
use super::options::Options;
use crate::introspect::{Action, Column, ForeignKey, Schema, Table, Term};

/// The tables that get entities.
pub(super) fn selected<'a>(schema: &'a Schema, options: &Options) -> Result<Vec<&'a Table>, CodegenError> {
    let is_in = |list: &[String], table: &Table| list.iter().any(|name| name.eq_ignore_ascii_case(&table.name));
    let names: Vec<_> = schema.tables.iter().map(|table| format!("`{}`", table.name)).collect();
    // It is never an error to ignore a view, a virtual table, or a table that is ignored by default.
    let beside =
        schema.views.iter().map(|view| &view.name).chain(schema.virtual_tables.iter().map(|table| &table.name));
    let beside: Vec<_> = beside.chain(&Options::default().ignore_tables).cloned().collect();
    let is_beside = |name: &&String| beside.iter().any(|other| other.eq_ignore_ascii_case(name));
    let ignored = options.ignore_tables.iter().filter(|name| !is_beside(name));
    let missing = options.tables.iter().chain(ignored).filter(|name| schema.table(name).is_none());
    let no_table = |name: &String| Problem::NoTable { table: name.clone(), there: names.join(", ") };
    let missing: Vec<_> = missing.map(no_table).collect();
    if !missing.is_empty() {
        return Err(CodegenError::Problems(missing));
    }
    let wanted = |table: &&Table| {
        (options.tables.is_empty() || is_in(&options.tables, table)) && !is_in(&options.ignore_tables, table)
    };
    Ok(schema.tables.iter().filter(wanted).collect())
}

/// Returns a statement for each table, or all problems.
pub(super) fn statements(tables: &[&Table], options: &Options) -> Result<Vec<TableCreateStatement>, CodegenError> {
    let mut problems = options.problems();
    problems.extend(names::of_tables(tables));
    problems.extend(unknown_columns(tables, options));
    let mut statements = Vec::new();
    for table in tables {
        match statement(table, tables, options) {
            Ok(statement) => statements.push(statement),
            Err(of_table) => problems.extend(of_table),
        }
    }
    if problems.is_empty() { Ok(statements) } else { Err(CodegenError::Problems(problems)) }
}

/// Reports the columns that `column_types` names but no table has.
fn unknown_columns(tables: &[&Table], options: &Options) -> Vec<Problem> {
    let is_known = |name: &str| tables.iter().any(|t| t.columns.iter().any(|column| is_named(t, column, name)));
    let unknown = options.column_types.iter().filter(|(name, _)| !is_known(name));
    unknown.map(|(name, _)| Problem::NoColumn { column: name.clone() }).collect()
}

fn is_named(table: &Table, column: &Column, name: &str) -> bool {
    name.eq_ignore_ascii_case(&format!("{}.{}", table.name, column.name))
}

/// The declared type of a column: the one in the options, or else the one in the database.
pub(super) fn declared_type<'a>(table: &Table, column: &'a Column, options: &'a Options) -> &'a str {
    let given = options.column_types.iter().rfind(|(name, _)| is_named(table, column, name));
    given.map_or(&column.declared_type, |(_, declared)| declared)
}

fn statement(table: &Table, all: &[&Table], options: &Options) -> Result<TableCreateStatement, Vec<Problem>> {
    let columns: Vec<_> = table.columns.iter().filter(|column| column.generated.is_none()).collect();
    let mut problems = names::of_columns(table, &columns);
    let key = table.primary_key();
    if key.is_empty() {
        problems.push(Problem::NoPrimaryKey { table: table.name.clone() });
    }
    let mut statement = TableStatement::create();
    statement.table(Alias::new(&table.name));
    for column in &columns {
        let declared = declared_type(table, column, options);
        let Some(ty) = column_type(declared) else {
            let (table, column, declared) = (table.name.clone(), column.name.clone(), declared.to_owned());
            problems.push(Problem::NoType { table, column, declared });
            continue;
        };
        let mut definition = ColumnDef::new_with_type(Alias::new(&column.name), ty);
        // For compatibility with old files, SQLite allows NULL in some keys; SeaORM does not.
        if column.not_null || column.primary_key.is_some() {
            definition.not_null();
        }
        // A rowid is assigned automatically, even without AUTOINCREMENT.
        if table.rowid() == Some(column) {
            definition.primary_key().auto_increment();
        }
        if is_unique(table, column) {
            definition.unique_key();
        }
        statement.col(&mut definition);
    }
    if table.rowid().is_none() {
        let mut index = IndexStatement::create();
        key.iter().for_each(|column| {
            index.col(Alias::new(&column.name));
        });
        statement.primary_key(&mut index);
    }
    for mut key in table.foreign_keys.iter().filter_map(|key| foreign_key(key, table, all)) {
        statement.foreign_key(&mut key);
    }
    if problems.is_empty() { Ok(statement) } else { Err(problems) }
}

/// Whether the column alone is unique, over all rows.
fn is_unique(table: &Table, column: &Column) -> bool {
    table.indexes.iter().filter(|index| index.unique && index.predicate.is_none()).any(|index| match &index.columns[..]
    {
        [one] => matches!(&one.term, Term::Column(name) if *name == column.name) && column.primary_key.is_none(),
        _ => false,
    })
}

/// A foreign key, with names as the tables themselves spell them, because SQLite ignores case. `None` if the referenced
/// table has no entity, or if an entity lacks one of the columns.
fn foreign_key(key: &ForeignKey, table: &Table, all: &[&Table]) -> Option<ForeignKeyCreateStatement> {
    let parent = all.iter().find(|parent| parent.name.eq_ignore_ascii_case(&key.table))?;
    let written = |table: &Table, name: &String| {
        table.column(name).filter(|column| column.generated.is_none()).map(|column| Alias::new(&column.name))
    };
    let primary_key = || parent.primary_key().into_iter().map(|column| column.name.clone()).collect();
    let references = if key.references.is_empty() { primary_key() } else { key.references.clone() };
    let mut statement = KeyStatement::create();
    statement.from_tbl(Alias::new(&table.name)).to_tbl(Alias::new(&parent.name));
    for column in &key.columns {
        statement.from_col(written(table, column)?);
    }
    for column in &references {
        statement.to_col(written(parent, column)?);
    }
    if key.on_delete != Action::NoAction {
        statement.on_delete(key.on_delete.into());
    }
    if key.on_update != Action::NoAction {
        statement.on_update(key.on_update.into());
    }
    Some(statement)
}
