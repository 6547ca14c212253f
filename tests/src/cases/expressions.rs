//! An expression is read as what the call says. A handle that infers types takes what it is made of.

use sea_orm_do::DoConnection;

use super::matrix::connect;
use crate::case::{Case, Context, Outcome, cases};
use crate::matrix::expressions::{Way, evaluate_all};
use crate::matrix::report::write_all;

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "expressions":
        are_read_as_the_types_in_the_list,
        are_inferred_to_be_of_the_types_in_the_list,
        are_refused_where_nobody_says_the_type,
    )
}

async fn are_read_as_the_types_in_the_list(context: Context) -> Outcome {
    let db = connect(&context)?;
    write_all(&db).await?;
    none_fails(&db, Way::Typed).await
}

async fn are_inferred_to_be_of_the_types_in_the_list(context: Context) -> Outcome {
    let db = connect(&context)?.with_inferred_types();
    write_all(&db).await?;
    none_fails(&db, Way::Plain).await
}

/// SeaORM reads strictly, so reading as the listed type is an error for every other type, or NULL in every row; that the
/// values are those of SeaORM's own driver is for the oracle to say.
async fn none_fails(db: &DoConnection, way: Way) -> Outcome {
    let mut failures = Vec::new();
    for (expression, values) in evaluate_all(db, way).await {
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

/// In the expressions that are columns.
const PLAIN: [&str; 6] =
    ["y AS (SELECT b FROM x)", "value it", "value AS it", "maybe AS it", "(SELECT s.value", "(SELECT value AS v FROM"];

/// Before anything is sent: of a value that is not there, no error could tell.
async fn are_refused_where_nobody_says_the_type(context: Context) -> Outcome {
    let db = connect(&context)?;
    write_all(&db).await?;
    for (expression, values) in evaluate_all(&db, Way::Plain).await {
        match values {
            Err(error) => assert!(error.contains("`it`") && error.contains(".all_as(&db)"), "{expression}: {error}"),
            // A column of an entity, wherever it is selected.
            Ok(_) => assert!(PLAIN.iter().any(|plain| expression.contains(plain)), "{expression} is read"),
        }
    }
    Ok(())
}
