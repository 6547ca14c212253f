//! A connection to nothing, for the size of SeaORM alone.

use std::hint::black_box;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, ProxyExecResult, QueryResult, Statement};

pub(crate) struct Nowhere;

#[async_trait::async_trait]
impl ConnectionTrait for Nowhere {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    fn support_returning(&self) -> bool {
        true
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        black_box(statement);
        Ok(black_box(ProxyExecResult::default()).into())
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        black_box(sql);
        Ok(black_box(ProxyExecResult::default()).into())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        black_box(statement);
        Ok(black_box(None))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        black_box(statement);
        Ok(black_box(Vec::new()))
    }
}
