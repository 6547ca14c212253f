//! What can be chosen: the options of `sea-orm-cli generate entity` that make sense for a Durable Object.

use sea_orm_codegen::{
    BannerVersion, BigIntegerType, DateTimeCrate, EntityFormat, EntityWriterContext, WithPrelude, WithSerde,
};

/// How entities are written. The default is SeaORM's dense format, `i64` for integers, chrono, no serde.
#[derive(Clone, Debug)]
pub struct Options {
    /// The form of an entity.
    pub format: EntityFormat,
    /// Which traits of serde a model derives.
    pub with_serde: WithSerde,
    /// The crate of the types of dates and times.
    pub date_time_crate: DateTimeCrate,
    /// The type of `integer`, `bigint` and whatever else holds "int"; `tinyint` is an `i8` and `smallint` an `i16`.
    pub big_integer_type: BigIntegerType,
    /// Whether there is a `prelude.rs`.
    pub with_prelude: WithPrelude,
    /// Whether `mod.rs` has `pub fn register(db: DoConnection) -> DoConnection`. The crate of the entities then depends on
    /// sea-orm-do.
    pub with_register: bool,
    /// Whether `mod.rs` is called `lib.rs`.
    pub lib: bool,
    /// The tables that get entities; none stands for all.
    pub tables: Vec<String>,
    /// The tables that get none, by default that of sea-orm-migration.
    pub ignore_tables: Vec<String>,
    /// Declared types to take in the place of those in the database, for columns that have none that says enough:
    /// `("table.column", "json_text")`.
    pub column_types: Vec<(String, String)>,
    /// Further derives of a model, as paths: `"fake::Dummy"`.
    pub model_extra_derives: Vec<String>,
    /// Further attributes of a model, without `#[…]`.
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
            lib: false,
            tables: Vec::new(),
            ignore_tables: vec!["seaql_migrations".to_owned()],
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
