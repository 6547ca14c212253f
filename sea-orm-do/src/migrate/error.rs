//! The errors of migrations.

use sea_orm::DbErr;

/// Why migrations did not run, or did not all run.
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// use migrate::{Direction, Error};
///
/// let db = DoConnection::in_memory()?;
/// db.import("CREATE TABLE tag (name TEXT)")?;
/// let failed = migrate::up::<Migrator>(&db, None).unwrap_err();   // there is a table `tag`
/// assert!(matches!(
///     failed,
///     Error::Failed { migration, direction: Direction::Up, before, .. }
///         if migration == "create_tag" && before == ["create_task"]
/// ));
/// db.import("INSERT INTO seaql_migrations VALUES ('create_note', 0)")?;
/// assert!(matches!(migrate::up::<Migrator>(&db, None), Err(Error::Drift { recorded, .. }) if recorded.len() == 2));
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The migrations that the database has recorded are not the first of those in the code. Nothing was run.
    #[error(
        "nothing was run: the migrations that are recorded in the database are not the first of those in the code \
         ({difference}); recorded: {}; in the code: {}",
        listed(recorded),
        listed(known)
    )]
    Drift {
        /// The first difference, in words.
        difference: String,
        /// The names in the database, in the order in which they were applied.
        recorded: Vec<String>,
        /// The names in the code, in its order.
        known: Vec<String>,
    },
    /// A database that another tool has made is not as the migrations to adopt make it. Nothing was recorded.
    #[error("nothing was recorded: the database is not as the migrations up to `{last}` make it: {}", differences.join("; "))]
    Foreign {
        /// The last of the migrations.
        last: String,
        /// What differs, from the schema of the migrations to that of the database.
        differences: Vec<String>,
    },
    /// A migration failed and was rolled back; what ran before it stays.
    #[error(
        "{direction} of migration `{migration}` failed and was undone: {cause}; done before it: {}",
        listed(before)
    )]
    Failed {
        /// The name of the migration.
        migration: String,
        /// The function that failed.
        direction: Direction,
        /// The error that it failed with.
        cause: DbErr,
        /// The names of the migrations that the same call had applied or reverted by then.
        before: Vec<String>,
    },
    /// The database failed outside of a migration, or two migrations in the code have the same name.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// One of the two functions of a migration.
///
/// ```
/// # #[cfg(feature = "native")]
/// # (|| {
#[doc = include_str!("migrator.txt")]
/// use migrate::{Direction, Error};
///
/// let db = DoConnection::in_memory()?;
/// migrate::up::<Migrator>(&db, None)?;
/// db.import("DROP TABLE tag")?;
/// let failed = migrate::down::<Migrator>(&db, None).unwrap_err();   // there is no table `tag`
/// assert!(matches!(failed, Error::Failed { direction: Direction::Down, .. }));
/// assert_eq!(Direction::Down.to_string(), "down");
/// # Ok::<_, migrate::Error>(())
/// # })().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Applies it.
    Up,
    /// Reverts it.
    Down,
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

impl From<Error> for DbErr {
    /// [`DbErr::Migration`] with the whole message, or the database's own error.
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error,
            other => Self::Migration(other.to_string()),
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
