//! Names of the tables that are not a program's own: those of SQLite, of the runtime and of wrangler.

/// Whether a table, or what belongs to it, is the runtime's: no program may read or write it.
pub(crate) fn is_runtime(name: &str) -> bool {
    starts(name, "_cf_")
}

/// Whether a table, or what belongs to it, is the runtime's or wrangler's, and so no part of the program's schema.
/// `wrangler dev` records the name of an object in a table `__miniflare_do_name` of its database.
pub(crate) fn is_platform(name: &str) -> bool {
    is_runtime(name) || starts(name, "__miniflare_")
}

/// Whether it is SQLite's: <https://www.sqlite.org/fileformat2.html#intschema>.
pub(crate) fn is_sqlite(name: &str) -> bool {
    starts(name, "sqlite_")
}

fn starts(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// SQL that is true if a column does not name a table of the platform: [`is_platform`].
macro_rules! is_not_platform {
    ($column:literal) => {
        concat!(
            "lower(substr(",
            $column,
            ", 1, 4)) <> '_cf_' AND lower(substr(",
            $column,
            ", 1, 12)) <> '__miniflare_'"
        )
    };
}

pub(crate) use is_not_platform;

/// The tables in which migration tools keep their histories: sea-orm-migration, drizzle-kit, Kysely, wrangler for D1,
/// Prisma, Knex, SQLx, Diesel, refinery.
#[cfg(any(feature = "codegen", all(feature = "migrate", feature = "with-json")))]
pub(crate) const HISTORIES: [&str; 11] = [
    "seaql_migrations",
    "__drizzle_migrations",
    "kysely_migration",
    "kysely_migration_lock",
    "d1_migrations",
    "_prisma_migrations",
    "knex_migrations",
    "knex_migrations_lock",
    "_sqlx_migrations",
    "__diesel_schema_migrations",
    "refinery_schema_history",
];
