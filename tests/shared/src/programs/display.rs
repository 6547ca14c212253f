//! Programs for the eye: the SQL of each step, as SeaORM's builders write it.

use std::fmt::{self, Display, Formatter};

use sea_orm::sea_query::SqliteQueryBuilder;

use super::program::{Program, Step};
use super::statement::{delete, insert, select, update};

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.is_async {
            writeln!(f, "-- on a handle with_async_transactions()")?;
        }
        for table in &self.tables {
            for sql in table.create() {
                writeln!(f, "{sql};")?;
            }
        }
        steps(f, &self.steps, "")
    }
}

fn steps(f: &mut Formatter<'_>, all: &[Step], path: &str) -> fmt::Result {
    for (at, step) in all.iter().enumerate() {
        let path = format!("{path}{at}");
        match step {
            Step::Insert(of) => match insert(of) {
                Ok(statement) => writeln!(f, "{path}: {}", statement.to_string(SqliteQueryBuilder))?,
                Err(error) => writeln!(f, "{path}: {error}")?,
            },
            Step::Update(of) => writeln!(f, "{path}: {}", update(of).to_string(SqliteQueryBuilder))?,
            Step::Delete(of) => writeln!(f, "{path}: {}", delete(of).to_string(SqliteQueryBuilder))?,
            Step::Select(of) => writeln!(f, "{path}: {}", select(of, true).to_string(SqliteQueryBuilder))?,
            Step::Schema(sql) => writeln!(f, "{path}: {sql}")?,
            Step::Model(of) => writeln!(f, "{path}: {of:?}")?,
            Step::Transaction(of) => {
                let (how, end) =
                    (if of.begin { "begin" } else { "closure" }, if of.commit { "commit" } else { "roll back" });
                let errors = if of.stop { ", or roll back at the first error" } else { "" };
                writeln!(f, "{path}: transaction ({how}):")?;
                steps(f, &of.steps, &format!("{path}."))?;
                writeln!(f, "{path}: {end}{errors}")?;
            }
        }
    }
    Ok(())
}
