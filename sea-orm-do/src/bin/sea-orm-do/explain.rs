//! `sea-orm-do explain`.

use anyhow::{Result, ensure};
use sea_orm_do::explain_file;

use crate::arguments::Explain;

pub(crate) fn print(arguments: &Explain) -> Result<()> {
    let Explain { sql, file, local, json } = arguments;
    let file = match file {
        Some(file) => {
            ensure!(file.is_file(), "there is no file {}", file.display());
            file.clone()
        }
        None => local.database()?,
    };
    let explanation = explain_file(file, sql)?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&explanation)?);
    } else {
        print!("{explanation}");
    }
    Ok(())
}
