//! `sea-orm-do explain`.

use std::path::Path;

use anyhow::{Result, ensure};
use sea_orm_do::explain_file;

use crate::arguments::Explain;
use crate::state;

pub(crate) fn print(arguments: &Explain) -> Result<()> {
    let Explain { sql, file, object, class, json } = arguments;
    let file = match file {
        Some(file) => {
            ensure!(file.is_file(), "there is no file {}", file.display());
            file.clone()
        }
        None => {
            let file = state::database(Path::new("."), class.as_deref(), object.as_deref())?;
            eprintln!("reading {}", file.display());
            file
        }
    };
    let explanation = explain_file(file, sql)?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&explanation)?);
    } else {
        print!("{explanation}");
    }
    Ok(())
}
