//! A draft as a file of sea-orm-migration.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Draft, Part, Statement};

/// What the migrations of a project run on.
///
/// ```
/// assert_ne!(sea_orm_do::draft::Driver::SeaOrmDo, sea_orm_do::draft::Driver::Native);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// This crate, which runs each migration in a transaction.
    SeaOrmDo,
    /// SeaORM's own SQLite driver, for which the migration asks for one.
    Native,
}

impl Draft {
    /// Returns the migration as the text of a Rust file.
    ///
    /// A value that is missing is a `compile_error!` in it, and what is not dropped a comment.
    ///
    /// ```
    /// use sea_orm_do::draft::{Draft, Driver};
    ///
    /// let file = Draft::default().to_file(Driver::SeaOrmDo);
    /// assert!(file.contains("impl MigrationTrait for Migration"));
    /// ```
    #[must_use]
    pub fn to_file(&self, driver: Driver) -> String {
        let transaction = match driver {
            Driver::SeaOrmDo => "",
            Driver::Native => "    fn use_transaction(&self) -> Option<bool> {\n        Some(true)\n    }\n\n",
        };
        let withheld = self
            .withheld
            .iter()
            .map(|object| format!("        // No entity has {object}. `--allow-drops` drops it with its data.\n"));
        format!(
            "use sea_orm_migration::prelude::*;\n\n\
             #[derive(DeriveMigrationName)]\npub struct Migration;\n\n\
             #[async_trait::async_trait]\nimpl MigrationTrait for Migration {{\n\
             {transaction}    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {{\n\
             {}{}    }}\n\n    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {{\n{}    }}\n}}\n",
            withheld.collect::<String>(),
            body(&self.up),
            body(&self.down),
        )
    }
}

fn body(statements: &[Statement]) -> String {
    let mut names = BTreeMap::new();
    for (at, missing) in statements.iter().flat_map(Statement::missing_values).enumerate() {
        names.entry(missing).or_insert_with(|| format!("value_{}", at + 1));
    }
    let mut text = String::new();
    for ((table, column), name) in &names {
        let _ = write!(
            text,
            "        // `{table}`.`{column}` is NOT NULL and has no default: the SQL expression that existing rows get in \
             it.\n        let {name}: &str = compile_error!(\"give a value for {}, as an SQL expression\");\n",
            format!("{table}.{column}").escape_default()
        );
    }
    let part = |part: &Part| match part {
        Part::Sql(sql) if names.is_empty() => sql.clone(),
        Part::Sql(sql) => sql.replace('{', "{{").replace('}', "}}"),
        Part::Value { table, column } => {
            let name = names.get(&(table.clone(), column.clone()));
            name.map(|name| format!("{{{name}}}")).unwrap_or_default()
        }
    };
    let statement = |statement: &Statement| statement.parts.iter().map(part).collect::<String>() + ";\n";
    let script: String = statements.iter().map(statement).collect();
    let hashes = "#".repeat(1 + longest_end(&script));
    if names.is_empty() {
        let _ = write!(text, "        let script = r{hashes}\"\n{script}\"{hashes};\n");
    } else {
        let _ =
            write!(text, "        let script = &format!(\n            r{hashes}\"\n{script}\"{hashes}\n        );\n");
    }
    text + "        manager.get_connection().execute_unprepared(script).await?;\n        Ok(())\n"
}

/// The most `#` after a quote.
fn longest_end(script: &str) -> usize {
    script.split('"').skip(1).map(|rest| rest.len() - rest.trim_start_matches('#').len()).max().unwrap_or_default()
}
