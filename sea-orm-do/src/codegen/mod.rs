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
//! let generated = generate(&Schema { tables: vec![task], ..Default::default() }, &Options::default())?;
//! let names: Vec<_> = generated.files.iter().map(|file| file.name.as_str()).collect();
//! assert_eq!(names, ["task.rs", "mod.rs", "prelude.rs"]);
//! # Ok::<(), sea_orm_do::codegen::CodegenError>(())
//! ```

mod attributes;
mod columns;
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
/// for file in generate(&schema, &Options::default())?.files {
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

/// What [`generate`] has generated.
///
/// ```
/// use sea_orm_do::codegen::{Options, Problem, generate};
/// use sea_orm_do::introspect::{Schema, Table};
///
/// let log = Table { name: "log".into(), ..Default::default() };
/// let generated = generate(&Schema { tables: vec![log], ..Default::default() }, &Options::default())?;
/// assert_eq!(generated.skipped, [Problem::NoPrimaryKey { table: "log".into() }]);
/// # Ok::<(), sea_orm_do::codegen::CodegenError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// The entities, `mod.rs` and `prelude.rs`.
    pub files: Vec<File>,
    /// Why tables have no entity, for those that are not ignored.
    pub skipped: Vec<Problem>,
}

/// Generates the entities of a schema's tables, `mod.rs` and, unless the options disable it, `prelude.rs`.
///
/// Generated columns are skipped, because no statement may write them. Views and virtual tables get no entity, because
/// they have no primary key. A table that cannot have an entity is skipped and reported: one without a primary key, or
/// with a column whose declared type is not known. A name that is not valid in Rust becomes another one, with the
/// attribute `column_name` or `table_name`.
///
/// # Errors
/// Reports all problems at once: invalid derives and attributes, tables and columns in the options that do not exist,
/// and tables that the options name but that cannot have an entity; with [`Options::strict`], every such table.
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
/// let generated = generate(&sea_orm_do::introspect(&db)?, &Options::default()).unwrap();
/// let task = generated.files.iter().find(|file| file.name == "task.rs").unwrap();
/// assert!(task.content.contains("pub done: bool,"));
/// # Ok::<_, sea_orm::DbErr>(())
/// # }).unwrap().unwrap();
/// ```
pub fn generate(schema: &Schema, options: &Options) -> Result<Generated, CodegenError> {
    let (tables, skipped) = tables::selected(schema, options)?;
    let modules = tables.iter().map(|table| names::module(&table.name)).collect::<Vec<_>>();
    let statements = tables.iter().map(|table| table.statement(&tables)).collect();
    let writer =
        EntityTransformer::transform(statements).map_err(|error| CodegenError::Generator(error.to_string()))?;
    let output = writer.generate(&options.context());
    let index = options.index_file();
    let format = |file: sea_orm_codegen::OutputFile| {
        let content = if file.name == index && options.with_register {
            format::index(&file.content, &modules, options.register_feature.as_deref())
        } else {
            match tables.iter().find(|table| names::file(&table.name) == file.name) {
                Some(table) => format::entity(&file.content, table, &attributes::of(table, options)),
                None => format::file(&file.content),
            }
        };
        let content = content.map_err(|error| CodegenError::Generator(format!("{}: {error}", file.name)))?;
        Ok(File { name: file.name, content })
    };
    let files = output.files.into_iter().map(format).collect::<Result<_, _>>()?;
    Ok(Generated { files, skipped })
}
