//! The options of `sea-orm-cli generate entity` that make sense for a Durable Object.

use sea_orm_codegen::{
    BannerVersion, BigIntegerType, DateTimeCrate, EntityFormat, EntityWriterContext, WithPrelude, WithSerde,
};

use super::error::Problem;

/// How entities are generated. The default is SeaORM's dense format, `i64` for integers, chrono, and no serde.
///
/// ```
/// # use sea_orm_do::introspect::{Column, Schema, Table};
/// use sea_orm_do::codegen::{BigIntegerType, Options, generate};
///
/// # let (name, declared_type) = ("id".into(), "INTEGER".into());
/// # let id = Column { name, declared_type, primary_key: Some(1), ..Default::default() };
/// # let task = Table { name: "task".into(), columns: vec![id], ..Default::default() };
/// # let schema = Schema { tables: vec![task], ..Default::default() };
/// let options = Options { big_integer_type: BigIntegerType::I32, lib: true, ..Default::default() };
/// let files = generate(&schema, &options)?.files;
/// assert!(files[0].content.contains("pub id: i32,"));
/// assert!(files.iter().any(|file| file.name == "lib.rs"));
/// # Ok::<(), sea_orm_do::codegen::CodegenError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// The format of an entity.
    pub format: EntityFormat,
    /// Which serde traits a model derives.
    pub with_serde: WithSerde,
    /// The crate of the date and time types.
    pub date_time_crate: DateTimeCrate,
    /// The Rust type of `integer`, `bigint` and every other declared type of an integer, except `tinyint` (`i8`) and
    /// `smallint` (`i16`).
    pub big_integer_type: BigIntegerType,
    /// Whether to write `prelude.rs`.
    pub with_prelude: WithPrelude,
    /// Whether `mod.rs` has `pub fn register(db: DoConnection) -> DoConnection`. The crate of the entities then depends on
    /// sea-orm-do.
    pub with_register: bool,
    /// The Cargo feature that `register` needs. With one, a crate whose entities are shared with a server on SQLx can make
    /// its dependency on sea-orm-do optional.
    pub register_feature: Option<String>,
    /// Whether `mod.rs` is called `lib.rs`.
    pub lib: bool,
    /// The tables that get entities; all tables if empty. Each must be one that can have an entity.
    pub tables: Vec<String>,
    /// The tables that get no entities; by default those in which migration tools keep their histories.
    pub ignore_tables: Vec<String>,
    /// Whether a table that cannot have an entity is an error; otherwise it is skipped and reported.
    pub strict: bool,
    /// Declared types that override those in the database, for columns whose own type does not say enough:
    /// `("table.column", "json_text")`.
    pub column_types: Vec<(String, String)>,
    /// Extra derives of a model, as paths: `"fake::Dummy"`.
    pub model_extra_derives: Vec<String>,
    /// Extra attributes of a model, without `#[…]`.
    pub model_extra_attributes: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: EntityFormat::Dense,
            with_serde: WithSerde::None,
            date_time_crate: DateTimeCrate::Chrono,
            big_integer_type: BigIntegerType::I64,
            with_prelude: WithPrelude::All,
            with_register: true,
            register_feature: None,
            lib: false,
            tables: Vec::new(),
            ignore_tables: crate::sql::reserved::HISTORIES.map(str::to_owned).to_vec(),
            strict: false,
            column_types: Vec::new(),
            model_extra_derives: Vec::new(),
            model_extra_attributes: Vec::new(),
        }
    }
}

impl Options {
    pub(super) fn index_file(&self) -> &'static str {
        if self.lib { "lib.rs" } else { "mod.rs" }
    }

    /// The extra derives and attributes that would not be valid Rust.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let derives = self.model_extra_derives.iter().filter(|derive| syn::parse_str::<syn::Path>(derive).is_err());
        let derives = derives.map(|derive| Problem::NoDerive { derive: derive.clone() });
        let attributes = self.model_extra_attributes.iter();
        let attributes = attributes.filter(|attribute| syn::parse_str::<syn::Meta>(attribute).is_err());
        let attributes = attributes.map(|attribute| Problem::NoAttribute { attribute: attribute.clone() });
        derives.chain(attributes).collect()
    }

    pub(super) fn context(&self) -> EntityWriterContext {
        EntityWriterContext::new(
            self.format,
            self.with_prelude,
            self.with_serde,
            false,
            self.date_time_crate,
            self.big_integer_type,
            None,
            self.lib,
            false,
            false,
            self.model_extra_derives.clone(),
            self.model_extra_attributes.clone(),
            Vec::new(),
            Vec::new(),
            Vec::new(),
            false,
            true,
            BannerVersion::Minor,
        )
    }
}
