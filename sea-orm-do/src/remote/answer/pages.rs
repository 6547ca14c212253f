//! Rows in pages.

use std::task::{Context, Poll, ready};
use std::time::Duration;

use sea_orm::{DbErr, ProxyRow, Value};

use super::access::Access;
use super::job::{check_time, too_many_rows};
use crate::connection::DoConnection;
use crate::connection::stream::DoStream;
use crate::remote::protocol::Frame;
use crate::remote::protocol::value::WireValue;

/// The most rows and bytes of a page.
const PAGE: usize = 256;
const BYTES_OF_PAGE: usize = 64 * 1024;

/// Rows that are sent together.
#[derive(Debug, Default)]
pub(super) struct Page {
    keys: Vec<String>,
    /// Whether the keys were sent.
    has_begun: bool,
    rows: Vec<Vec<WireValue>>,
    bytes: usize,
}

impl Page {
    pub(super) fn with_keys(keys: Vec<String>) -> Self {
        Self { keys, ..Self::default() }
    }

    /// Adds a row, and returns its length.
    ///
    /// # Errors
    /// `DbErr::Type` for a value that cannot be sent, with its column.
    pub(super) fn push(&mut self, row: &ProxyRow) -> Result<usize, DbErr> {
        if self.keys.len() != row.values.len() {
            self.keys = row.values.keys().cloned().collect();
        }
        let value = |(key, value): (&String, &Value)| {
            WireValue::encode(value)
                .map_err(|why| DbErr::Type(format!("column `{}`: {why}", key.trim_start_matches('\0'))))
        };
        let row = row.values.iter().map(value).collect::<Result<Vec<_>, _>>()?;
        let length = row.iter().map(WireValue::length).sum();
        self.rows.push(row);
        self.bytes += length;
        Ok(length)
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= PAGE || self.bytes >= BYTES_OF_PAGE
    }

    /// The rows so far, behind their keys if none came before.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Frame> + use<> {
        self.bytes = 0;
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let keys = is_first.then(|| Frame::Keys(self.keys.clone()));
        keys.into_iter().chain([Frame::Rows(std::mem::take(&mut self.rows))])
    }
}

/// The pages of a stream.
pub(super) struct RowPages {
    pub(super) stream: DoStream,
    pub(super) page: Page,
    pub(super) rows: usize,
    pub(super) db: DoConnection,
    pub(super) access: Access,
    pub(super) until: Duration,
}

impl RowPages {
    /// The frames of the next page, and whether it is the last.
    pub(super) fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<(Vec<Frame>, bool), DbErr>> {
        check_time(&self.db, self.until, &self.access)?;
        while !self.page.is_full() {
            match ready!(self.stream.poll_row(context)).transpose()? {
                None => return Poll::Ready(Ok((self.page.take().collect(), true))),
                Some(row) => {
                    self.rows += 1;
                    if self.rows > self.access.rows {
                        return Poll::Ready(Err(too_many_rows(self.access.rows)));
                    }
                    self.page.push(&row)?;
                }
            }
        }
        Poll::Ready(Ok((self.page.take().collect(), false)))
    }
}
