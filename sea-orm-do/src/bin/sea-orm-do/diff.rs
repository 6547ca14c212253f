//! `sea-orm-do diff`.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::arguments::Diff;
use crate::database::wait;
use crate::migrate::entities_schema;
use crate::source::read;

/// Exits as diff(1) does: with 0 if nothing differs, with 1 if something does.
pub(crate) fn print(arguments: &Diff) -> Result<ExitCode> {
    let (before, after) = match (&arguments.before, &arguments.after) {
        (Some(before), Some(after)) => {
            ensure!((&**before, &**after) != ("-", "-"), "only one of the two schemas can come from standard input");
            (read(before)?, read(after)?)
        }
        _ => {
            let db = arguments.database.connect()?;
            (wait(async { Ok(db.schema().await?) })?, entities_schema(&arguments.project)?)
        }
    };
    let differences = before.diff(&after);
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&differences)?);
    } else {
        differences.iter().for_each(|difference| say!("{difference}"));
    }
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
