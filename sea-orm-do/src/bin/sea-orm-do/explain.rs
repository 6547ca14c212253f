//! `sea-orm-do explain`.

use anyhow::Result;
use sea_orm::{DbBackend, Statement};

use crate::arguments::Explain;
use crate::database::wait;

pub(crate) fn print(arguments: &Explain) -> Result<()> {
    let db = arguments.database.connect()?;
    let statement = Statement::from_string(DbBackend::Sqlite, &arguments.sql);
    let explanation = wait(async { Ok(db.explain(&statement).await?) })?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&explanation)?);
    } else {
        say!("{}", explanation.to_string().trim_end());
    }
    Ok(())
}
