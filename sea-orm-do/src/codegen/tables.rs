//! Turns a schema's tables into the statements from which sea-orm-codegen generates entities.

use sea_orm::sea_query::{
    Alias, ColumnDef, ColumnType, ForeignKey as KeyStatement, ForeignKeyCreateStatement, Index as IndexStatement,
    Table as TableStatement, TableCreateStatement,
};

use super::columns::column_type;
use super::error::{CodegenError, Problem};
use super::names;
use super::options::Options;
use crate::introspect::{Action, Column, ForeignKey, Schema, Table, Term};

/// A table that gets an entity.
pub(super) struct EntityTable<'a> {
    pub(super) table: &'a Table,
    /// Its name for the generator: the table's own, unless that is not valid in Rust.
    pub(super) name: String,
    pub(super) columns: Vec<EntityColumn<'a>>,
}

/// A column of an entity.
pub(super) struct EntityColumn<'a> {
    pub(super) column: &'a Column,
    /// Its name for the generator: the column's own, unless that is not valid in Rust.
    pub(super) name: String,
    pub(super) ty: ColumnType,
}

/// The tables that get entities, and why others get none.
pub(super) fn selected<'a>(
    schema: &'a Schema,
    options: &Options,
) -> Result<(Vec<EntityTable<'a>>, Vec<Problem>), CodegenError> {
    let wanted = wanted(schema, options)?;
    let mut errors = options.problems();
    errors.extend(unknown_columns(&wanted, options));
    let (mut tables, mut skipped) = (Vec::new(), Vec::new());
    for (table, name) in wanted.iter().zip(names::of_tables(&wanted)) {
        match EntityTable::new(table, name, options) {
            Ok(table) => tables.push(table),
            Err(problems) if options.strict || !options.tables.is_empty() => errors.extend(problems),
            Err(problems) => skipped.extend(problems),
        }
    }
    if errors.is_empty() { Ok((tables, skipped)) } else { Err(CodegenError::Problems(errors)) }
}

/// The tables that the options ask for.
fn wanted<'a>(schema: &'a Schema, options: &Options) -> Result<Vec<&'a Table>, CodegenError> {
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
    let is_wanted = |table: &&Table| {
        (options.tables.is_empty() || is_in(&options.tables, table)) && !is_in(&options.ignore_tables, table)
    };
    Ok(schema.tables.iter().filter(is_wanted).collect())
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
fn declared_type<'a>(table: &Table, column: &'a Column, options: &'a Options) -> &'a str {
    let given = options.column_types.iter().rfind(|(name, _)| is_named(table, column, name));
    given.map_or(&column.declared_type, |(_, declared)| declared)
}

impl<'a> EntityTable<'a> {
    /// # Errors
    /// All reasons why the table cannot have an entity.
    fn new(table: &'a Table, name: Option<String>, options: &Options) -> Result<Self, Vec<Problem>> {
        let written: Vec<_> = table.columns.iter().filter(|column| column.generated.is_none()).collect();
        let mut problems = Vec::new();
        let no_name = |what: String| Problem::NoName { what, table: table.name.clone() };
        if name.is_none() {
            problems.push(no_name(format!("table `{}`", table.name)));
        }
        if table.primary_key().is_empty() {
            problems.push(Problem::NoPrimaryKey { table: table.name.clone() });
        }
        let mut columns = Vec::new();
        for (column, name) in written.iter().zip(names::of_columns(&written)) {
            let declared = declared_type(table, column, options);
            let ty = column_type(declared);
            if name.is_none() {
                problems.push(no_name(format!("column `{}` of table `{}`", column.name, table.name)));
            }
            if ty.is_none() {
                let (table, column, declared) = (table.name.clone(), column.name.clone(), declared.to_owned());
                problems.push(Problem::NoType { table, column, declared });
            }
            columns.extend(name.zip(ty).map(|(name, ty)| EntityColumn { column, name, ty }));
        }
        match name {
            Some(name) if problems.is_empty() => Ok(Self { table, name, columns }),
            _ => Err(problems),
        }
    }

    /// The name of a column for the generator; `None` if the entity lacks it.
    fn column(&self, name: &str) -> Option<Alias> {
        let found = self.columns.iter().find(|column| column.column.name.eq_ignore_ascii_case(name))?;
        Some(Alias::new(&found.name))
    }

    /// The statement that creates the table; `all` are the tables that its foreign keys may lead to.
    pub(super) fn statement(&self, all: &[EntityTable<'_>]) -> TableCreateStatement {
        let table = self.table;
        let mut statement = TableStatement::create();
        statement.table(Alias::new(&self.name));
        for EntityColumn { column, name, ty } in &self.columns {
            let mut definition = ColumnDef::new_with_type(Alias::new(name), ty.clone());
            // For compatibility with old files, SQLite allows NULL in some keys; SeaORM does not.
            if column.not_null || column.primary_key.is_some() {
                definition.not_null();
            }
            // A rowid is assigned automatically, even without AUTOINCREMENT.
            if table.rowid() == Some(*column) {
                definition.primary_key().auto_increment();
            }
            if is_unique(table, column) {
                definition.unique_key();
            }
            statement.col(&mut definition);
        }
        if table.rowid().is_none() {
            let mut index = IndexStatement::create();
            table.primary_key().iter().filter_map(|column| self.column(&column.name)).for_each(|column| {
                index.col(column);
            });
            statement.primary_key(&mut index);
        }
        for mut key in table.foreign_keys.iter().filter_map(|key| self.foreign_key(key, all)) {
            statement.foreign_key(&mut key);
        }
        statement
    }

    /// A foreign key, with names as the tables themselves spell them, because SQLite ignores case. `None` if the
    /// referenced table has no entity, or if an entity lacks one of the columns.
    fn foreign_key(&self, key: &ForeignKey, all: &[EntityTable<'_>]) -> Option<ForeignKeyCreateStatement> {
        let parent = all.iter().find(|parent| parent.table.name.eq_ignore_ascii_case(&key.table))?;
        let primary_key = || parent.table.primary_key().into_iter().map(|column| column.name.clone()).collect();
        let references = if key.references.is_empty() { primary_key() } else { key.references.clone() };
        let mut statement = KeyStatement::create();
        statement.from_tbl(Alias::new(&self.name)).to_tbl(Alias::new(&parent.name));
        for column in &key.columns {
            statement.from_col(self.column(column)?);
        }
        for column in &references {
            statement.to_col(parent.column(column)?);
        }
        if key.on_delete != Action::NoAction {
            statement.on_delete(key.on_delete.into());
        }
        if key.on_update != Action::NoAction {
            statement.on_update(key.on_update.into());
        }
        Some(statement)
    }
}

/// Whether the column alone is unique, over all rows.
fn is_unique(table: &Table, column: &Column) -> bool {
    table.indexes.iter().filter(|index| index.unique && index.predicate.is_none()).any(|index| match &index.columns[..]
    {
        [one] => matches!(&one.term, Term::Column(name) if *name == column.name) && column.primary_key.is_none(),
        _ => false,
    })
}
