//! Code generation, which a Worker in production does not have.

use crate::case::{Case, Context, Outcome, case};

pub(super) fn cases() -> Vec<Case> {
    vec![case!("eval", is_refused).workerd_only()]
}

async fn is_refused(context: Context) -> Outcome {
    assert!(context.evaluate("1 + 1").is_err(), "eval ran");
    assert!(context.compile("return 1").is_err(), "new Function ran");
    Ok(())
}
