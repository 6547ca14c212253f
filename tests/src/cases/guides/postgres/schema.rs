//! Schemas and migrations.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey, Table, TableAlterStatement};
use sea_orm::{DbBackend, Schema};

use super::{fails, panics};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": schemas_of_postgres, migrations_of_postgres)
}

mod elsewhere {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "elsewhere", schema_name = "public")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

async fn schemas_of_postgres(context: Context) -> Outcome {
    let db = context.connect()?;
    let table = Schema::new(DbBackend::Sqlite).create_table_from_entity(elsewhere::Entity);
    let refused = db.execute(&table).await.err().ok_or("there is a schema")?.to_string();
    assert!(refused.contains("unknown database \"public\""), "{refused}");
    for statement in [
        "CREATE TYPE status AS ENUM ('open')",
        "CREATE EXTENSION pgcrypto",
        "CREATE SEQUENCE numbers",
        "CREATE MATERIALIZED VIEW v AS SELECT 1",
        "CREATE FUNCTION f() RETURNS int AS 'SELECT 1'",
        "CREATE INDEX CONCURRENTLY i ON t (a)",
    ] {
        assert!(fails(&db, statement).await?.contains("syntax error"), "{statement}");
    }
    db.execute_unprepared("CREATE TABLE t (a TEXT); CREATE INDEX i ON t (lower(a)) WHERE a IS NOT NULL").await?;
    db.execute_unprepared("CREATE INDEX j ON t (a COLLATE NOCASE)").await?;
    Ok(())
}

async fn migrations_of_postgres(context: Context) -> Outcome {
    let alter = || Table::alter().table("t").to_owned();
    let text = |name: &'static str| ColumnDef::new(name).string().to_owned();
    let build = |table: &TableAlterStatement| DbBackend::Sqlite.build(table);
    assert!(panics(|| build(alter().modify_column(text("a")))));
    assert!(panics(|| build(alter().add_column(text("a")).add_column(text("b")))));
    let key = ForeignKey::create().from("t", "a").to("u", "b").to_owned();
    assert!(panics(|| DbBackend::Sqlite.build(&key)));
    let truncate = Table::truncate().table("t").to_owned();
    assert!(panics(|| DbBackend::Sqlite.build(&truncate)));

    let db = context.connect()?;
    let mut at = ColumnDef::new("at");
    at.timestamp_with_time_zone().not_null().default(Expr::current_timestamp());
    let mut id = ColumnDef::new("id");
    id.big_integer().not_null().auto_increment().primary_key();
    let table = Table::create().table("t").col(id).col(at).to_owned();
    assert!(
        DbBackend::Sqlite
            .build(&table)
            .sql
            .contains("\"at\" timestamp_with_timezone_text NOT NULL DEFAULT CURRENT_TIMESTAMP")
    );
    db.execute(&table).await?;
    for column in ["a", "b"] {
        db.execute(&alter().add_column(text(column)).to_owned()).await?;
    }
    db.execute(&alter().rename_column("a", "c").to_owned()).await?;
    db.execute(&alter().drop_column("b").to_owned()).await?;
    for (column, why) in [
        ("d TEXT NOT NULL", "NOT NULL column with default value NULL"),
        ("d TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP", "non-constant default"),
    ] {
        // Of a table with rows.
        db.execute_unprepared("INSERT INTO t DEFAULT VALUES").await?;
        let refused = fails(&db, &format!("ALTER TABLE t ADD COLUMN {column}")).await?;
        assert!(refused.contains(why), "{refused}");
    }
    db.execute_unprepared("ALTER TABLE t ADD COLUMN d TEXT NOT NULL DEFAULT ''").await?;
    Ok(())
}
