//! Code generation, which a Worker in production does not have.

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("eval": is_refused)
}

async fn is_refused(context: Context) -> Outcome {
    assert!(context.evaluate("1 + 1").is_err(), "eval ran");
    assert!(context.compile("return 1").is_err(), "new Function ran");
    Ok(())
}
