//! A `tracing` span for each statement, if it has a subscriber; without the feature, this does nothing.

#[cfg(feature = "tracing")]
pub(super) use self::traced::Span;
#[cfg(not(feature = "tracing"))]
pub(super) use self::untraced::Span;

#[cfg(feature = "tracing")]
mod traced {
    use tracing::field::{Empty, debug};
    use tracing::{Level, debug_span, span_enabled};

    use crate::observe::StatementEvent;

    #[derive(Debug)]
    pub(in super::super) struct Span(tracing::Span);

    impl Span {
        pub(in super::super) fn is_enabled() -> bool {
            span_enabled!(target: "sea_orm_do", Level::DEBUG)
        }

        pub(in super::super) fn new(sql: &str, is_remote: bool) -> Self {
            let (rows, rows_read, rows_written, is_estimate, elapsed, error) =
                (Empty, Empty, Empty, Empty, Empty, Empty);
            Self(
                debug_span!(target: "sea_orm_do", "statement", sql, rows, rows_read, rows_written, is_estimate, elapsed, error, is_remote),
            )
        }

        pub(in super::super) fn in_scope<T>(&self, step: impl FnOnce() -> T) -> T {
            self.0.in_scope(step)
        }

        /// Records the outcome, which is only known at the end, and emits an event for subscribers that print events.
        pub(in super::super) fn end(&self, event: &StatementEvent<'_>) {
            let StatementEvent { sql: _, rows, rows_read, rows_written, is_estimate, elapsed, error, is_remote: _ } =
                *event;
            self.0
                .record("rows", rows)
                .record("rows_read", rows_read)
                .record("rows_written", rows_written)
                .record("is_estimate", is_estimate);
            self.0.record("elapsed", debug(elapsed)).record("error", error);
            let outcome = if error.is_some() { "failed" } else { "done" };
            self.0.in_scope(|| tracing::debug!(target: "sea_orm_do", "{outcome}"));
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod untraced {
    use crate::observe::StatementEvent;

    #[derive(Debug)]
    pub(in super::super) struct Span;

    impl Span {
        pub(in super::super) fn is_enabled() -> bool {
            false
        }

        pub(in super::super) fn new(_sql: &str, _is_remote: bool) -> Self {
            Self
        }

        #[allow(clippy::unused_self)]
        pub(in super::super) fn in_scope<T>(&self, step: impl FnOnce() -> T) -> T {
            step()
        }

        #[allow(clippy::unused_self)]
        pub(in super::super) fn end(&self, _event: &StatementEvent<'_>) {}
    }
}
