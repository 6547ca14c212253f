//! An expression has the type of what it is made of.

use super::matrix::connect;
use crate::case::{Case, Context, Outcome, cases};
use crate::matrix::expressions::evaluate_all;
use crate::matrix::report::write_all;

pub(super) fn cases() -> Vec<Case> {
    cases!("expressions": are_read_as_the_types_in_the_list)
}

/// SeaORM reads strictly, so reading as the listed type is an error for every other type, or NULL in every row; that the
/// values are those of SeaORM's own driver is for the oracle to say.
async fn are_read_as_the_types_in_the_list(context: Context) -> Outcome {
    let db = connect(&context)?;
    write_all(&db).await?;
    let mut failures = Vec::new();
    for (expression, values) in evaluate_all(&db).await {
        match values {
            Err(error) => failures.push(format!("{expression}: {error}")),
            Ok(values) if values.iter().all(Option::is_none) && !expression.contains(OF_NOTHING) => {
                failures.push(format!("{expression}: nothing but NULL"));
            }
            Ok(_) => {}
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

/// In the expressions over no row, whose value is NULL.
const OF_NOTHING: &str = "WHERE id < 0";
