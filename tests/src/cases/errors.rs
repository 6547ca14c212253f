//! What goes wrong is an error that says so, and leaves the object alive.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, PaginatorTrait, Set, SqlErr, Statement,
};
use sea_orm_do::{Constraint, DoConnection, constraint, sql_err};

use super::{connect, library};
use crate::case::{Case, Context, Outcome, cases};
use crate::entities::{author, book, setting};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "errors":
        a_unique_violation,
        a_primary_key_violation,
        a_foreign_key_violation,
        a_not_null_violation,
        constraints_are_told_apart_by_their_names,
        a_syntax_error,
        a_missing_table,
        an_unregistered_table_is_not_read,
        a_script_that_fails_leaves_nothing,
        a_write_to_a_strict_table_that_fails_leaves_nothing,
        transaction_control_is_refused,
        foreign_keys_cannot_be_switched_off,
    )
}

fn author(name: &str) -> author::ActiveModel {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
}

async fn authors(db: &DoConnection) -> Result<u64, DbErr> {
    author::Entity::find().count(db).await
}

async fn a_unique_violation(context: Context) -> Outcome {
    let db = library(&context).await?;
    author("Ursula").insert(&db).await?;
    let error = author("Ursula").insert(&db).await.expect_err("the name is taken");
    assert!(error.to_string().contains("UNIQUE constraint failed: author.name"), "{error}");
    assert!(matches!(sql_err(&error), Some(SqlErr::UniqueConstraintViolation(_))), "{error:?}");
    assert_eq!(authors(&db).await?, 1);
    Ok(())
}

async fn a_primary_key_violation(context: Context) -> Outcome {
    let db = library(&context).await?;
    let setting = setting::ActiveModel { key: Set("a".into()), value: Set("b".into()), changes: Set(0) };
    setting.clone().insert(&db).await?;
    let error = setting.insert(&db).await.expect_err("the key is taken");
    assert!(matches!(sql_err(&error), Some(SqlErr::UniqueConstraintViolation(_))), "{error:?}");
    Ok(())
}

async fn a_foreign_key_violation(context: Context) -> Outcome {
    let db = library(&context).await?;
    let orphan = book::ActiveModel {
        author_id: Set(7),
        title: Set("No one's".into()),
        pages: Set(1),
        price: Set(1.0),
        in_print: Set(true),
        ..Default::default()
    };
    let error = orphan.insert(&db).await.expect_err("there is no such author");
    assert!(matches!(sql_err(&error), Some(SqlErr::ForeignKeyConstraintViolation(_))), "{error:?}");
    Ok(())
}

async fn a_not_null_violation(context: Context) -> Outcome {
    let db = library(&context).await?;
    let error = db.execute_unprepared("INSERT INTO author (name) VALUES (NULL)").await.expect_err("a name is needed");
    assert!(error.to_string().contains("NOT NULL constraint failed: author.name"), "{error}");
    assert!(matches!(error, DbErr::Exec(_)) && sql_err(&error).is_none(), "{error:?}");
    assert_eq!(authors(&db).await?, 0);
    Ok(())
}

async fn constraints_are_told_apart_by_their_names(context: Context) -> Outcome {
    let db = connect(&context)?;
    db.execute_unprepared(
        "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT UNIQUE, price REAL CHECK (price >= 0), \
         owner INTEGER REFERENCES item, CONSTRAINT \"not, empty\" CHECK (name <> '')); \
         CREATE UNIQUE INDEX lower_name ON item (lower(name)); \
         CREATE TABLE strict (amount INTEGER) STRICT; INSERT INTO item (id, name, code) VALUES (1, 'one', 'c')",
    )
    .await?;
    for (values, expected) in [
        ("item (name) VALUES (NULL)", Constraint::NotNull("item.name".into())),
        ("item (name, price) VALUES ('two', -1)", Constraint::Check("price >= 0".into())),
        ("item (name) VALUES ('')", Constraint::Check("not, empty".into())),
        ("item (name, code) VALUES ('two', 'c')", Constraint::Unique(vec!["item.code".into()])),
        ("item (name) VALUES ('ONE')", Constraint::Unique(vec!["index 'lower_name'".into()])),
        ("item (id, name) VALUES (1, 'two')", Constraint::Unique(vec!["item.id".into()])),
        ("item (name, owner) VALUES ('two', 9)", Constraint::ForeignKey),
        ("strict VALUES ('text')", Constraint::Type("strict.amount".into())),
    ] {
        for error in [
            db.execute_unprepared(&format!("INSERT INTO {values}")).await.err(),
            db.transaction_sync(async |txn| txn.execute_unprepared(&format!("INSERT INTO {values}")).await.map(drop))
                .err()
                .map(|error| match error {
                    sea_orm::TransactionError::Transaction(error) | sea_orm::TransactionError::Connection(error) => {
                        error
                    }
                }),
        ] {
            let error = error.ok_or("it was inserted")?;
            assert_eq!(constraint(&error), Some(expected.clone()), "{error}");
        }
    }
    assert_eq!(constraint(&DbErr::RecordNotUpdated), None);
    Ok(())
}

async fn a_syntax_error(context: Context) -> Outcome {
    let db = library(&context).await?;
    let error = db.execute_unprepared("INSERT INTU author").await.expect_err("INTU is not SQL");
    assert!(error.to_string().contains("syntax error"), "{error}");
    author("Ursula").insert(&db).await?;
    Ok(())
}

async fn a_missing_table(context: Context) -> Outcome {
    let db = connect(&context)?;
    let error = author::Entity::find().all(&db).await.expect_err("no table yet");
    assert!(matches!(error, DbErr::Query(_)), "{error:?}");
    assert!(error.to_string().contains("no such table: author"), "{error}");
    Ok(())
}

async fn an_unregistered_table_is_not_read(context: Context) -> Outcome {
    library(&context).await?;
    let db = context.connect()?;
    let error = author("Ursula").insert(&db).await.expect_err("the entity is not registered");
    assert!(error.to_string().contains("register::<author::Entity>()"), "{error}");
    assert_eq!(authors(&db).await?, 0, "the error comes before anything is sent");
    Ok(())
}

async fn a_script_that_fails_leaves_nothing(context: Context) -> Outcome {
    let db = library(&context).await?;
    let script = "INSERT INTO author (name) VALUES ('a'); CREATE TABLE t (x); INSERT INTO author (name) VALUES (NULL);";
    assert!(db.execute_unprepared(script).await.is_err());
    assert_eq!(authors(&db).await?, 0);
    db.execute_unprepared("CREATE TABLE t (x);").await?;
    Ok(())
}

async fn transaction_control_is_refused(context: Context) -> Outcome {
    let db = library(&context).await?;
    for sql in ["BEGIN", "COMMIT", "SAVEPOINT s", "-- now\nROLLBACK;", "INSERT INTO author (name) VALUES ('a'); END"] {
        let error = db.execute_unprepared(sql).await.expect_err(sql);
        assert!(error.to_string().contains("cannot be run as a statement"), "{error}");
    }
    assert_eq!(authors(&db).await?, 0);
    Ok(())
}

/// What migration generators write for a table that is made anew.
async fn foreign_keys_cannot_be_switched_off(context: Context) -> Outcome {
    let db = connect(&context)?;
    db.execute_unprepared(
        "CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT); \
         CREATE TABLE messages (id INTEGER PRIMARY KEY, chat_id INTEGER REFERENCES chats ON DELETE CASCADE); \
         INSERT INTO chats VALUES (1, 'a'); INSERT INTO messages VALUES (1, 1)",
    )
    .await?;
    let rebuild = "PRAGMA foreign_keys=OFF; CREATE TABLE __new_chats (id INTEGER PRIMARY KEY, title TEXT NOT NULL); \
                   INSERT INTO __new_chats SELECT * FROM chats; DROP TABLE chats; \
                   ALTER TABLE __new_chats RENAME TO chats; PRAGMA foreign_keys=ON;";
    for sql in [rebuild, "PRAGMA foreign_keys = 0", "pragma main.\"foreign_keys\"(off)"] {
        let error = db.execute_unprepared(sql).await.err().ok_or(sql)?.to_string();
        assert!(error.contains("PRAGMA foreign_keys cannot be set") && error.contains("migrate::rebuild"), "{error}");
    }
    let off = || Statement::from_string(DbBackend::Sqlite, "PRAGMA foreign_keys = OFF");
    assert!(db.execute_raw(off()).await.is_err() && db.query_all_raw(off()).await.is_err());
    let inferring = db.clone().with_inferred_types();
    let asked = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS n FROM messages");
    assert_eq!(inferring.query_one_raw(asked).await?.ok_or("no row")?.try_get::<i64>("", "n")?, 1);
    let asked = Statement::from_string(DbBackend::Sqlite, "PRAGMA foreign_keys");
    assert_eq!(db.query_one_raw(asked).await?.ok_or("no row")?.try_get_by_index::<i64>(0)?, 1);
    // Every dump begins with it.
    db.import("PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; INSERT INTO chats VALUES (2, 'b'); COMMIT;")?;
    Ok(())
}

/// By itself, SQLite keeps what it has written to a STRICT table in a transaction before a value of the wrong type.
async fn a_write_to_a_strict_table_that_fails_leaves_nothing(context: Context) -> Outcome {
    let db = connect(&context)?.with_declared_types().with_inferred_types();
    db.execute_unprepared("CREATE TABLE pair (a ANY, b INTEGER) STRICT; INSERT INTO pair VALUES (1, 1), (2, 2)")
        .await?;
    let writes = [
        "INSERT INTO pair VALUES (3, 3), (4, 'four')",
        "INSERT INTO pair SELECT a, iif(a = 1, 5, 'five') FROM pair",
        "UPDATE pair SET b = iif(a = 1, 6, 'six')",
    ];
    for sql in writes {
        let left = db.transaction_sync(async |txn| {
            let error = txn.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect_err(sql);
            assert!(error.to_string().contains("cannot store TEXT value in INTEGER column pair.b"), "{error}");
            txn.execute_unprepared(sql).await.expect_err(sql);
            let rows = "SELECT a, b FROM pair";
            txn.query_all_raw(Statement::from_string(DbBackend::Sqlite, rows)).await
        });
        let left = left?.iter().map(|row| row.try_get("", "b")).collect::<Result<Vec<i64>, _>>()?;
        assert_eq!(left, [1, 2], "{sql}");
    }
    // The same by a trigger and by the action of a key, to a table that itself takes everything.
    db.execute_unprepared(
        "CREATE TABLE seen (a) ; \
         CREATE TRIGGER see AFTER INSERT ON seen BEGIN INSERT INTO pair VALUES (new.a, new.a); END; \
         CREATE TABLE parent (a PRIMARY KEY); INSERT INTO parent VALUES (1), (2); \
         CREATE TABLE child (a INTEGER REFERENCES parent (a) ON UPDATE CASCADE) STRICT; INSERT INTO child VALUES (1), (2)",
    )
    .await?;
    let writes = [
        ("INSERT INTO seen VALUES ('one')", "seen", 0),
        ("INSERT INTO seen VALUES (3), ('four')", "pair WHERE a = 3", 0),
        ("UPDATE parent SET a = iif(a = 1, 3, 'four')", "child WHERE a = 3", 0),
        ("REPLACE INTO seen VALUES (3), ('four')", "seen", 0),
    ];
    for (sql, rows, left) in writes {
        let count = db.transaction_sync(async |txn| {
            txn.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect_err(sql);
            let count = format!("SELECT count(*) AS n FROM {rows}");
            txn.query_one_raw(Statement::from_string(DbBackend::Sqlite, count)).await
        });
        assert_eq!(count?.ok_or("no row")?.try_get::<i64>("", "n")?, left, "{sql}");
    }
    // With OR FAIL, what comes before is kept.
    db.execute_unprepared("CREATE TABLE one (a INTEGER PRIMARY KEY) STRICT").await?;
    db.execute_unprepared("INSERT OR FAIL INTO one VALUES (1), (2), (1), (3)").await.expect_err("1 is there twice");
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS n FROM one")).await?;
    assert_eq!(row.ok_or("no row")?.try_get::<i64>("", "n")?, 2);
    Ok(())
}
