//! `sea-orm-do size`.

use anyhow::Result;
use futures_util::TryStreamExt;
use sea_orm::{DbBackend, Statement};

use crate::arguments::Size;
use crate::database::wait;

pub(crate) fn print(arguments: &Size) -> Result<()> {
    let db = arguments.database.connect()?;
    let (bytes, rows) = wait(async {
        let bytes = db.database_size().await?;
        let mut rows = Vec::new();
        for table in if arguments.rows { db.schema().await?.tables } else { Vec::new() } {
            let name = table.name.replace('"', "\"\"");
            let count = Statement::from_string(DbBackend::Sqlite, format!("SELECT count(*) FROM \"{name}\""));
            let counted = db.stored_rows(count).await?.try_next().await?.unwrap_or_default();
            if let [sea_orm::Value::BigInt(Some(count))] = counted[..] {
                rows.push((table.name, count));
            }
        }
        Ok((bytes, rows))
    })?;
    if arguments.json {
        let rows: serde_json::Map<_, _> = rows.into_iter().map(|(table, count)| (table, count.into())).collect();
        let rows = if arguments.rows { rows.into() } else { serde_json::Value::Null };
        say!("{}", serde_json::json!({ "bytes": bytes, "rows": rows }));
        return Ok(());
    }
    say!("{bytes} bytes");
    rows.iter().for_each(|(table, count)| say!("table `{table}`: {count} rows"));
    Ok(())
}
