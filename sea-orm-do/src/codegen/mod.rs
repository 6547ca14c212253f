//! Generates entities for the tables of a [`Schema`] with SeaORM's own generator,
//! [sea-orm-codegen](https://docs.rs/sea-orm-codegen).
//!
//! Once registered, the entities read every value of their tables exactly as a [`DoConnection`](crate::DoConnection)
//! returns it. The generated `mod.rs` has a `register` function that registers all of them. The same schema and options
//! always produce the same bytes.
//!
//! ```
//! use sea_orm_do::codegen::{Options, generate};
//! use sea_orm_do::introspect::{Column, Schema, Table};
//!
//! let id = Column { name: "id".into(), declared_type: "INTEGER".into(), primary_key: Some(1), ..Default::default() };
//! let task = Table { name: "task".into(), columns: vec![id], ..Default::default() };
//! let files = generate(&Schema { tables: vec![task], ..Default::default() }, &Options::default())?;
//! let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
//! assert_eq!(names, ["task.rs", "mod.rs", "prelude.rs"]);
//! # Ok::<(), sea_orm_do::codegen::CodegenError>(())
//! ```

mod columns;
mod declared;
mod error;
mod format;
mod names;
mod options;
mod tables;

use sea_orm_codegen::EntityTransformer;

use crate::introspect::Schema;

pub use self::error::{CodegenError, Problem};
pub use self::options::Options;
pub use sea_orm_codegen::{BigIntegerType, DateTimeCrate, EntityFormat, WithPrelude, WithSerde};

/// A Rust source file.
///
/// ```
/// # use sea_orm_do::codegen::{Options, generate};
/// # use sea_orm_do::introspect::{Column, Schema, Table};
/// # let (name, declared_type) = ("id".into(), "INTEGER".into());
/// # let id = Column { name, declared_type, primary_key: Some(1), ..Default::default() };
/// # let task = Table { name: "task".into(), columns: vec![id], ..Default::default() };
/// # let schema = Schema { tables: vec![task], ..Default::default() };
/// # let folder = std::env::temp_dir().join(format!("sea-orm-do-codegen-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// for file in generate(&schema, &Options::default())? {
///     std::fs::write(folder.join(&file.name), &file.content).unwrap();
/// }
/// let entity = std::fs::read_to_string(folder.join("task.rs")).unwrap();
/// assert!(entity.contains("#[sea_orm(table_name = \"task\")]"));
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), sea_orm_do::codegen::CodegenError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// Its text, formatted.
    pub content: String,
}

/// Generates the entities of a schema's tables, `mod.rs` and, unless the options disable it, `prelude.rs`.
///
/// Generated columns are skipped, because no statement may write them. Views and virtual tables get no entity, because
/// they have no primary key.
///
/// # Errors
/// Reports all problems at once: tables without a primary key, columns whose types have no Rust type, names that are
/// not valid in Rust, invalid derives and attributes, and tables and columns in the options that do not exist.
///
/// ```
/// # #[cfg(feature = "native")]
/// # futures_util::FutureExt::now_or_never(async {
/// # use sea_orm::ConnectionTrait;
/// # use sea_orm_do::DoConnection;
/// use sea_orm_do::codegen::{Options, generate};
///
/// # let db = DoConnection::in_memory()?;
/// db.execute_unprepared("CREATE TABLE task (id INTEGER PRIMARY KEY, done BOOLEAN NOT NULL)").await?;
/// let files = generate(&sea_orm_do::introspect(&db)?, &Options::default()).unwrap();
/// let task = files.iter().find(|file| file.name == "task.rs").unwrap();
/// assert!(task.content.contains("pub done: bool,"));
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
pub fn generate(schema: &Schema, options: &Options) -> Result<Vec<File>, CodegenError> {
    let tables = tables::selected(schema, options)?;
    let modules = tables.iter().map(|table| names::module(&table.name)).collect::<Vec<_>>();
    let statements = tables::statements(&tables, options)?;
    let writer =
        EntityTransformer::transform(statements).map_err(|error| CodegenError::Generator(error.to_string()))?;
    let output = writer.generate(&options.context());
    let index = options.index_file();
    let format = |file: sea_orm_codegen::OutputFile| {
        let register = options.with_register && file.name == index;
        let table = tables.iter().find(|table| names::file(&table.name) == file.name);
        let declared = table.map(|table| declared::of(table, options)).unwrap_or_default();
        let content = format::file(&file.content, &declared, if register { &modules } else { &[] })
            .map_err(|error| CodegenError::Generator(format!("{}: {error}", file.name)))?;
        Ok(File { name: file.name, content })
    };
    output.files.into_iter().map(format).collect()
}
