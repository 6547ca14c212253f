//! SeaORM's streams in a transaction.

use std::pin::Pin;

use sea_orm::{DbBackend, DbErr, Statement, StreamTrait};

use super::DoTransaction;
use crate::connection::stream::DoStream;

/// Streams as [`DoConnection`](crate::DoConnection) does. A stream that outlives its transaction returns an error.
impl StreamTrait for DoTransaction {
    type Stream<'a> = DoStream;

    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<DoStream, DbErr>> + 'a + Send>> {
        Box::pin(async move {
            self.connection()?.wait_until_idle().await;
            self.open(&statement)
        })
    }
}
