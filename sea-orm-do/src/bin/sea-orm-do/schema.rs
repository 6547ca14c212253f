//! `sea-orm-do schema`.

use anyhow::Result;

use crate::arguments::SchemaSource;

pub(crate) fn print(source: &SchemaSource, json: bool) -> Result<()> {
    let schema = source.read()?;
    if json {
        say!("{}", serde_json::to_string_pretty(&schema)?);
    } else {
        schema.create_sql().iter().for_each(|statement| say!("{statement};"));
    }
    Ok(())
}
