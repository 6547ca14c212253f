//! The arguments of the command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sea_orm_do::codegen::{BigIntegerType, DateTimeCrate, EntityFormat, Options, WithPrelude, WithSerde};

#[derive(Parser)]
#[command(
    name = "sea-orm-do",
    version,
    about = "Workers, entities and schemas for the SQLite databases inside Durable Objects"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create a folder with a starter worker: an entity, a migration, a transaction and a test
    New(New),
    /// Write Rust code
    Generate {
        #[command(subcommand)]
        what: Generate,
    },
    /// Write and try the migrations of the project in this folder, by its program `examples/migrate.rs`
    Migrate {
        #[command(subcommand)]
        what: Migrate,
    },
    /// Run statements on a database; without one, on a terminal, a shell
    Query(Query),
    /// Print how SQLite runs a statement on a database, what it reads as a whole, and the index that would help
    Explain(Explain),
    /// Write a database as an SQL script
    Export(Export),
    /// Run an SQL script on a database: all of it, or nothing
    Import(Import),
    /// Print the size of a database
    Size(Size),
    /// Run the project's tests on the host, and print what each of their statements costs
    Cost(Cost),
    /// Print a schema as SQL or as JSON
    Schema {
        #[command(flatten)]
        source: SchemaSource,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what differs between two schemas, or between a database and the entities of the project in this folder;
    /// exits with 1 if something does
    Diff(Diff),
}

/// The address of an object, and its secret.
#[derive(Args)]
pub(crate) struct Address {
    /// The address of a route that answers remote connections
    #[arg(long, conflicts_with_all = ["object", "class", "file"])]
    pub(crate) url: Option<String>,
    /// The environment variable that holds the secret of the address; by default SEA_ORM_DO_TOKEN, if it is set
    #[arg(long, value_name = "NAME", requires = "url")]
    pub(crate) token_env: Option<String>,
}

/// A database: that of an object behind an address, one in a file, or by default that of an object under
/// `.wrangler/state`.
#[derive(Args)]
pub(crate) struct Database {
    #[command(flatten)]
    pub(crate) address: Address,
    /// A SQLite file, including one that workerd or wrangler left
    #[arg(long, conflicts_with_all = ["object", "class"])]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) local: LocalObject,
}

/// Whether a command may write.
#[derive(Args)]
pub(crate) struct Write {
    /// Allow what writes. On a terminal, the command asks before it does
    #[arg(long)]
    pub(crate) write: bool,
    /// Do not ask
    #[arg(long, requires = "write")]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct Query {
    /// One statement, or several; without it, they come from standard input
    pub(crate) sql: Option<String>,
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(flatten)]
    pub(crate) write: Write,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print CSV
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) database: Database,
    /// The file to write; by default, standard output
    #[arg(short, long)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The script, or `-` for standard input
    pub(crate) script: PathBuf,
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(flatten)]
    pub(crate) write: Write,
}

#[derive(Args)]
pub(crate) struct Size {
    #[command(flatten)]
    pub(crate) database: Database,
    /// Count the rows of each table as well, which reads every one of them
    #[arg(long)]
    pub(crate) rows: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Diff {
    /// A SQLite file, a schema in JSON, or `-` for JSON on standard input
    #[arg(requires = "after", conflicts_with_all = ["url", "file", "object", "class"])]
    pub(crate) before: Option<String>,
    /// The second schema, given like the first
    pub(crate) after: Option<String>,
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(flatten)]
    pub(crate) project: Project,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Explain {
    /// The statement, with `?` for values
    pub(crate) sql: String,
    #[command(flatten)]
    pub(crate) database: Database,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Cost {
    #[command(flatten)]
    pub(crate) project: Project,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Arguments of `cargo test`, such as `--test shop` or the name of a test
    #[arg(last = true)]
    pub(crate) tests: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum Migrate {
    /// Write the migration that leads from the schema of the migrations to what the entities declare
    Draft(Draft),
    /// Print the migration that is missing; exits with 1 if one is
    Check(Check),
    /// Print which migrations a database has applied: an object behind an address says it, of any other database a copy is
    /// asked
    Status(Tried),
    /// Let an object behind an address apply its migrations. Of any other database, apply them to a copy, and print what
    /// becomes of its tables and rows
    Up(Tried),
}

#[derive(Args)]
pub(crate) struct Draft {
    /// What the migration does, in a few words: `add_priority`
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) changes: Check,
    /// The file with the list of migrations; needed if there are several
    #[arg(long, value_name = "FILE")]
    pub(crate) migrator: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) project: Project,
    /// A table or column that was renamed: `old=new`, `table.old=new`
    #[arg(long, value_name = "OLD=NEW", value_parser = assignment)]
    pub(crate) rename: Vec<(String, String)>,
    /// The SQL expression that existing rows get in a column that is NOT NULL and has no default: `task.priority=0`
    #[arg(long, value_name = "TABLE.COLUMN=SQL", value_parser = assignment)]
    pub(crate) value: Vec<(String, String)>,
    /// Drop the tables and columns that no entity has, with their data
    #[arg(long)]
    pub(crate) allow_drops: bool,
}

/// The package that cargo builds.
#[derive(Args)]
pub(crate) struct Project {
    /// The package, in a workspace with several
    #[arg(short, long)]
    pub(crate) package: Option<String>,
    /// The features that it needs, separated by commas
    #[arg(long, value_name = "FEATURES")]
    pub(crate) features: Option<String>,
}

#[derive(Args)]
pub(crate) struct Tried {
    #[command(flatten)]
    pub(crate) project: Project,
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(flatten)]
    pub(crate) write: Write,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct New {
    /// The name of the folder, the package and the worker
    pub(crate) name: String,
    /// Depend on the checkout of sea-orm-do in this folder, instead of on the released version
    #[arg(long, value_name = "FOLDER")]
    pub(crate) path: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Generate {
    /// Write entities, one file per table, with `mod.rs` and `prelude.rs`
    Entity(Box<Entity>),
}

/// An object whose database `wrangler dev` keeps.
#[derive(Args)]
pub(crate) struct LocalObject {
    /// The name or the id of an object that `wrangler dev` keeps; needed if there are several
    #[arg(long, value_name = "NAME")]
    pub(crate) object: Option<String>,
    /// The class of that object, or `<worker>-<class>`
    #[arg(long)]
    pub(crate) class: Option<String>,
}

/// Where a schema comes from. Without `--file` and `--url`, it is the database of an object under `.wrangler/state`.
#[derive(Args)]
pub(crate) struct SchemaSource {
    #[command(flatten)]
    pub(crate) address: Address,
    /// A SQLite file, including one that workerd or wrangler left; a schema in JSON; `-` for JSON on standard input
    #[arg(long, conflicts_with_all = ["object", "class"])]
    pub(crate) file: Option<String>,
    #[command(flatten)]
    pub(crate) local: LocalObject,
}

#[derive(Args)]
pub(crate) struct Entity {
    #[command(flatten)]
    pub(crate) source: SchemaSource,
    /// The folder to write to
    #[arg(short, long, default_value = ".")]
    pub(crate) output_dir: PathBuf,
    /// The format of an entity
    #[arg(long, value_enum, default_value_t = Format::Dense)]
    entity_format: Format,
    /// Which serde traits a model derives
    #[arg(long, value_enum, default_value_t = Serde::None)]
    with_serde: Serde,
    /// The crate of the date and time types
    #[arg(long, value_enum, default_value_t = DateTime::Chrono)]
    date_time_crate: DateTime,
    /// The Rust type of integers
    #[arg(long, value_enum, default_value_t = BigInteger::I64)]
    big_integer_type: BigInteger,
    /// Whether to write `prelude.rs`
    #[arg(long, value_enum, default_value_t = Prelude::All)]
    with_prelude: Prelude,
    /// Do not write `register` into `mod.rs`
    #[arg(long)]
    without_register: bool,
    /// Let `register` need this Cargo feature, so that a server on SQLx can share the entities
    #[arg(long, value_name = "FEATURE", num_args = 0..=1, default_missing_value = "sea-orm-do", conflicts_with = "without_register")]
    register_feature: Option<String>,
    /// Write `lib.rs` instead of `mod.rs`
    #[arg(short, long)]
    lib: bool,
    /// Only these tables, separated by commas
    #[arg(short, long, value_delimiter = ',')]
    tables: Vec<String>,
    /// Skip these tables, separated by commas; by default those in which migration tools keep their histories
    #[arg(long, value_delimiter = ',')]
    ignore_tables: Option<Vec<String>>,
    /// Fail if a table cannot have an entity, instead of skipping it
    #[arg(long)]
    strict: bool,
    /// A declared type that overrides the one in the database: `table.column=json_text`
    #[arg(long, value_parser = column_type)]
    column_type: Vec<(String, String)>,
    /// Extra derives of a model, separated by commas
    #[arg(long, value_delimiter = ',')]
    model_extra_derives: Vec<String>,
    /// Extra attributes of a model, without `#[]`, separated by commas
    #[arg(long, value_delimiter = ',')]
    model_extra_attributes: Vec<String>,
    /// Print the names of the files as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Entity {
    pub(crate) fn options(&self) -> Options {
        Options {
            format: match self.entity_format {
                Format::Dense => EntityFormat::Dense,
                Format::Compact => EntityFormat::Compact,
                Format::Expanded => EntityFormat::Expanded,
            },
            with_serde: match self.with_serde {
                Serde::None => WithSerde::None,
                Serde::Serialize => WithSerde::Serialize,
                Serde::Deserialize => WithSerde::Deserialize,
                Serde::Both => WithSerde::Both,
            },
            date_time_crate: match self.date_time_crate {
                DateTime::Chrono => DateTimeCrate::Chrono,
                DateTime::Time => DateTimeCrate::Time,
            },
            big_integer_type: match self.big_integer_type {
                BigInteger::I32 => BigIntegerType::I32,
                BigInteger::I64 => BigIntegerType::I64,
            },
            with_prelude: match self.with_prelude {
                Prelude::All => WithPrelude::All,
                Prelude::None => WithPrelude::None,
                Prelude::AllAllowUnusedImports => WithPrelude::AllAllowUnusedImports,
            },
            with_register: !self.without_register,
            register_feature: self.register_feature.clone(),
            lib: self.lib,
            tables: self.tables.clone(),
            ignore_tables: self.ignore_tables.clone().unwrap_or_else(|| Options::default().ignore_tables),
            strict: self.strict,
            column_types: self.column_type.clone(),
            model_extra_derives: self.model_extra_derives.clone(),
            model_extra_attributes: self.model_extra_attributes.clone(),
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Dense,
    Compact,
    Expanded,
}

#[derive(Clone, Copy, ValueEnum)]
enum Serde {
    None,
    Serialize,
    Deserialize,
    Both,
}

#[derive(Clone, Copy, ValueEnum)]
enum DateTime {
    Chrono,
    Time,
}

#[derive(Clone, Copy, ValueEnum)]
enum BigInteger {
    I64,
    I32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Prelude {
    All,
    None,
    AllAllowUnusedImports,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (left, right) = text.split_once('=').ok_or("has no `=`")?;
    Ok((left.trim().to_owned(), right.trim().to_owned()))
}

fn column_type(text: &str) -> Result<(String, String), String> {
    let (column, declared) = text.rsplit_once('=').ok_or("is not of the form table.column=type")?;
    Ok((column.to_owned(), declared.to_owned()))
}
