//! What is written, and in which transaction.

use sea_orm::entity::prelude::*;
use sea_orm::{AccessMode, IsolationLevel, QueryFilter, SqlErr, TransactionTrait};
use sea_orm_do::{Constraint, constraint, sql_err};

use super::{fails, texts, ticket, tickets};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": writes_of_postgres, ids_of_postgres, transactions_of_postgres)
}

async fn writes_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    let update = ticket::Entity::update_many().col_expr(ticket::Column::N, Expr::val(5));
    let updated = update.filter(ticket::Column::N.is_null()).exec_with_returning(&db).await?;
    assert_eq!((updated.len(), updated[0].n), (1, Some(5)));

    db.execute_unprepared("CREATE TABLE pair (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, n INTEGER)")
        .await?;
    let upsert = "INSERT INTO pair (name, n) VALUES ('a', 1) ON CONFLICT (name) DO UPDATE SET n = pair.n + excluded.n";
    db.execute_unprepared(upsert).await?;
    db.execute_unprepared(upsert).await?;
    assert_eq!(texts(&db, "name || n FROM pair").await?, ["a2"]);
    db.execute_unprepared("UPDATE pair SET n = ticket.n FROM ticket WHERE ticket.code = 'Ä'").await?;
    assert_eq!(texts(&db, "name || n FROM pair").await?, ["a5"]);
    for syntax in [
        "INSERT INTO pair (name) VALUES ('a') ON CONFLICT ON CONSTRAINT pair_name_key DO NOTHING",
        "INSERT INTO pair (id, name) VALUES (DEFAULT, 'b')",
        "DELETE FROM pair USING ticket WHERE ticket.n = pair.n",
        "TRUNCATE pair",
    ] {
        assert!(fails(&db, syntax).await?.contains("syntax error"), "{syntax}");
    }

    let error = db.execute_unprepared("INSERT INTO pair (name) VALUES ('a')").await.err().ok_or("twice")?;
    assert!(error.sql_err().is_none());
    assert!(matches!(sql_err(&error), Some(SqlErr::UniqueConstraintViolation(_))));
    assert_eq!(constraint(&error), Some(Constraint::Unique(vec!["pair.name".to_owned()])));
    Ok(())
}

async fn ids_of_postgres(context: Context) -> Outcome {
    let db = context.connect()?.with_declared_types();
    db.execute_unprepared("CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT)").await?;
    db.execute_unprepared("INSERT INTO note (text) VALUES ('a'), ('b'); DELETE FROM note").await?;
    db.execute_unprepared("INSERT INTO note (text) VALUES ('c')").await?;
    assert_eq!(texts(&db, "id || text FROM note").await?, ["3c"]);
    db.execute_unprepared("UPDATE sqlite_sequence SET seq = 100 WHERE name = 'note'").await?;
    db.execute_unprepared("INSERT INTO note (text) VALUES ('d')").await?;
    // A greater id than that of the sequence moves it along, which it does not in Postgres.
    db.execute_unprepared("INSERT INTO note VALUES (200, 'e'); INSERT INTO note (text) VALUES ('f')").await?;
    assert_eq!(texts(&db, "id || text FROM note").await?, ["3c", "101d", "200e", "201f"]);
    Ok(())
}

async fn transactions_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    let update = "UPDATE ticket SET n = 7";
    assert!(db.begin_with_config(Some(IsolationLevel::Serializable), None).await.is_err());
    let level = Some(IsolationLevel::ReadCommitted);
    let changed = db.transaction_with_config::<_, _, DbErr>(
        |txn| Box::pin(async move { Ok(txn.execute_unprepared(update).await?.rows_affected()) }),
        level,
        None,
    );
    assert_eq!(changed.await?, 2);
    let read_only = Some(AccessMode::ReadOnly);
    let refused = db.transaction_with_config::<_, _, DbErr>(
        |txn| Box::pin(async move { Ok(txn.execute_unprepared(update).await?.rows_affected()) }),
        None,
        read_only,
    );
    assert!(refused.await.is_err_and(|error| error.to_string().contains("read-only")));

    // A statement that fails is undone alone, and the transaction goes on.
    let changed = db.transaction_sync(async |txn| {
        assert!(txn.execute_unprepared("INSERT INTO ticket (id) VALUES (NULL)").await.is_err());
        txn.execute_unprepared("UPDATE ticket SET n = 8").await.map(|done| done.rows_affected())
    })?;
    assert_eq!(changed, 2);

    let keys = "CREATE TABLE line (ticket TEXT REFERENCES ticket (id)); INSERT INTO line VALUES ('none')";
    assert!(fails(&db, keys).await?.contains("FOREIGN KEY constraint failed"));
    Ok(())
}
