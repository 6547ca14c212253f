//! What docs/coming-from.md says of SeaORM on Postgres: each row of its tables.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnDef, ForeignKey, NullOrdering, Table, TableAlterStatement};
use sea_orm::{
    AccessMode, DbBackend, IsolationLevel, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Schema, Set,
    SqlErr, Statement, TransactionTrait, Value,
};
use sea_orm_do::{Constraint, DoConnection, constraint, sql_err};

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        types_of_postgres,
        instants_and_offsets,
        expressions_of_postgres,
        dates_of_postgres,
        defaults_of_postgres,
        queries_of_postgres,
        writes_of_postgres,
        ids_of_postgres,
        transactions_of_postgres,
        schemas_of_postgres,
        migrations_of_postgres,
        limits_that_postgres_does_not_have,
    )
}

mod ticket {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "status")]
    pub enum Status {
        #[sea_orm(string_value = "open")]
        Open,
        #[sea_orm(string_value = "paid")]
        Paid,
    }

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub status: Status,
        pub at: DateTimeUtc,
        pub zoned: DateTimeWithTimeZone,
        #[sea_orm(column_type = "JsonBinary")]
        pub data: Json,
        pub done: bool,
        #[sea_orm(column_type = "String(StringLen::N(3))")]
        pub code: String,
        pub n: Option<i32>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod tagged {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tagged")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub tags: Vec<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
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

mod made {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "made")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn ticket(id: u128, zoned: &str, code: &str, n: Option<i32>) -> ticket::ActiveModel {
    let zoned: DateTimeWithTimeZone = zoned.parse().unwrap_or_default();
    ticket::ActiveModel {
        id: Set(Uuid::from_u128(id)),
        status: Set(ticket::Status::Open),
        at: Set(zoned.to_utc()),
        zoned: Set(zoned),
        data: Set(serde_json::json!({"b": 1, "a": [1, 2]})),
        done: Set(true),
        code: Set(code.to_owned()),
        n: Set(n),
    }
}

/// Two tickets; the second was made half an hour before the first, in another offset.
async fn tickets(context: &Context) -> Result<DoConnection, DbErr> {
    let db = context.connect()?.register::<ticket::Entity>();
    db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(ticket::Entity)).await?;
    ticket(1, "2026-03-01T23:00:00+00:00", "abcdef", Some(1)).insert(&db).await?;
    ticket(2, "2026-03-02T00:30:00+02:00", "Ä", None).insert(&db).await?;
    Ok(db)
}

fn sql(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, format!("SELECT {sql}"))
}

/// The first column, as text.
async fn texts(db: &DoConnection, select: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.read_as_tuple::<(String,)>().query_all_raw(sql(select)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

async fn fails(db: &DoConnection, statement: &str) -> Result<String, String> {
    let error = db.execute_unprepared(statement).await.err();
    error.map(|error| error.to_string()).ok_or_else(|| format!("it ran: {statement}"))
}

async fn ids(db: &DoConnection, filter: Expr) -> Result<Vec<u128>, DbErr> {
    let found = ticket::Entity::find().filter(filter).order_by_asc(ticket::Column::Id).all(db).await?;
    Ok(found.into_iter().map(|ticket| ticket.id.as_u128()).collect())
}

/// Whether SeaORM's builder panics; in workerd, a panic would end the case.
fn panics<T>(build: impl FnOnce() -> T) -> bool {
    cfg!(target_arch = "wasm32") || std::panic::catch_unwind(std::panic::AssertUnwindSafe(build)).is_err()
}

async fn types_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    let stored =
        "typeof(id) || ' ' || typeof(status) || ' ' || typeof(data) || ' ' || typeof(done) FROM ticket LIMIT 1";
    assert_eq!(texts(&db, stored).await?, ["blob text text integer"]);
    assert_eq!(texts(&db, "lower(hex(id)) FROM ticket LIMIT 1").await?, ["00000000000000000000000000000001"]);
    assert_eq!(ids(&db, ticket::Column::Id.eq(Uuid::from_u128(2))).await?, [2]);
    let as_text = Expr::cust_with_values("id = ?", [Uuid::from_u128(2).to_string()]);
    let refused = ids(&db, as_text).await.err().ok_or("a text was found")?.to_string();
    assert!(refused.contains("column `id`, which is Uuid"), "{refused}");

    // No one but the enum itself says which texts there are.
    db.execute_unprepared("UPDATE ticket SET status = 'lost' WHERE n = 1").await?;
    let refused = ticket::Entity::find().all(&db).await.err().ok_or("it was read")?.to_string();
    assert!(refused.contains("unexpected value for Status enum: lost"), "{refused}");
    db.execute_unprepared("UPDATE ticket SET status = 'open'").await?;

    let schema = Schema::new(DbBackend::Sqlite);
    assert!(panics(|| DbBackend::Sqlite.build(&schema.create_table_from_entity(tagged::Entity))));
    db.execute_unprepared("CREATE TABLE tagged (id INTEGER PRIMARY KEY, tags TEXT)").await?;
    let tagged = tagged::ActiveModel { tags: Set(vec!["a".to_owned()]), ..Default::default() };
    let refused = tagged.insert(&db.clone().register::<tagged::Entity>()).await.err().ok_or("stored")?.to_string();
    assert!(refused.contains("SQLite has no type Array"), "{refused}");

    // The length of a VARCHAR is not looked at, and neither is its type in SQL.
    assert_eq!(texts(&db, "code FROM ticket WHERE n = 1").await?, ["abcdef"]);
    db.execute_unprepared("CREATE TABLE loose (a INTEGER); INSERT INTO loose VALUES ('abc')").await?;
    assert_eq!(texts(&db, "typeof(a) FROM loose").await?, ["text"]);
    let strict = "CREATE TABLE strict_one (a INTEGER) STRICT; INSERT INTO strict_one VALUES ('abc')";
    assert!(fails(&db, strict).await?.contains("cannot store TEXT value in INTEGER column"));
    Ok(())
}

async fn instants_and_offsets(context: Context) -> Outcome {
    use ticket::Column::{At, Zoned};
    let db = tickets(&context).await?;
    let eleven: DateTimeWithTimeZone = "2026-03-01T23:00:00+00:00".parse()?;
    assert_eq!(ids(&db, At.lt(eleven)).await?, [2]);
    assert!(ids(&db, Zoned.lt(eleven)).await.is_err());
    assert_eq!(ids(&db, Expr::cust_with_values("julianday(zoned) < julianday(?)", [eleven])).await?, [2]);
    let codes = async |order: &str| texts(&db, &format!("code FROM ticket ORDER BY {order}")).await;
    assert_eq!(codes("at").await?, ["Ä", "abcdef"]);
    assert_eq!(codes("zoned").await?, ["abcdef", "Ä"]);
    assert_eq!(codes("julianday(zoned)").await?, ["Ä", "abcdef"]);
    // The offset is stored, where Postgres keeps the instant only.
    let second = ticket::Entity::find_by_id(Uuid::from_u128(2)).one(&db).await?.ok_or("no row")?;
    assert_eq!(second.zoned.offset().local_minus_utc(), 7200);
    Ok(())
}

async fn expressions_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    for (select, expected) in [
        ("code FROM ticket WHERE code LIKE 'ABC%'", "abcdef"),
        ("code FROM ticket WHERE code GLOB 'abc*'", "abcdef"),
        ("code FROM ticket WHERE code = 'ABCDEF' COLLATE NOCASE", "abcdef"),
        ("CODE FROM \"Ticket\" WHERE N = 1", "abcdef"),
        ("upper('ä')", "ä"),
        ("'Z' < 'a'", "true"),
        ("7 / 2", "3"),
        ("typeof(1 / 0)", "null"),
        ("'a' || 1", "a1"),
        ("typeof('a' || NULL)", "null"),
        ("concat('a', NULL)", "a"),
        ("typeof(SUM(n)) || ' ' || typeof(AVG(n)) FROM ticket", "integer real"),
        ("string_agg(code, ',') FROM ticket", "abcdef,Ä"),
        ("json_group_array(code) FROM ticket", "[\"abcdef\",\"Ä\"]"),
        ("data ->> '$.a[1]' FROM ticket LIMIT 1", "2"),
        ("data ->> 'b' FROM ticket LIMIT 1", "1"),
        ("COUNT(*) FROM ticket, json_each(ticket.data, '$.a') AS it WHERE it.value = 2", "2"),
        ("max('a', 'b')", "b"),
        ("instr('abc', 'b')", "2"),
        ("substr('abc', 1, 1)", "a"),
        ("printf('%03d', 1)", "001"),
        ("CAST(n AS TEXT) FROM ticket WHERE n = 1", "1"),
        ("code FROM ticket WHERE n IS NOT DISTINCT FROM 1", "abcdef"),
        ("code FROM ticket WHERE done IS TRUE AND done = true LIMIT 1", "abcdef"),
        ("code FROM ticket WHERE (n, done) = (1, 1)", "abcdef"),
    ] {
        let rows = db.json().query_all_raw(sql(select)).await?;
        let row = rows.first().ok_or_else(|| format!("no row of {select}"))?;
        let name = row.column_names().first().cloned().unwrap_or_default();
        let value: Json = row.try_get("", &name)?;
        assert_eq!(value.as_str().map_or_else(|| value.to_string(), str::to_owned), expected, "{select}");
    }
    for (select, error) in [
        ("code FROM ticket WHERE code ILIKE 'a%'", "syntax error"),
        ("code FROM ticket WHERE code ~ 'a'", "syntax error"),
        ("code FROM ticket WHERE code REGEXP 'a'", "no such function: REGEXP"),
        ("code FROM ticket WHERE data @> '{}'", "unrecognized token"),
        ("code FROM ticket WHERE n = ANY('{1}')", "no such function: ANY"),
        ("array_agg(code) FROM ticket", "no such function: array_agg"),
        ("greatest('a', 'b')", "no such function: greatest"),
        ("left('abc', 1)", "no such function: left"),
        ("lpad('1', 3, '0')", "no such function: lpad"),
        ("md5('a')", "no such function: md5"),
        ("gen_random_uuid()", "no such function: gen_random_uuid"),
        ("n::text FROM ticket", "1 parameter, but 0 values"),
        ("value FROM generate_series(1, 3)", "no such table: generate_series"),
    ] {
        let refused = texts(&db, select).await.err().ok_or(select)?.to_string();
        assert!(refused.contains(error), "{select}: {refused}");
    }
    assert_eq!(ids(&db, ticket::Column::Code.contains("BCD")).await?, [1]);
    assert_eq!(ids(&db, ticket::Column::Code.starts_with("A")).await?, [1]);
    assert_eq!(ids(&db, Expr::cust_with_values("instr(code, ?) > 0", ["BCD"])).await?, [0; 0]);
    Ok(())
}

async fn dates_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    for (select, expected) in [
        ("DATE(at)", "2026-03-01"),
        ("DATE(at, 'start of month')", "2026-03-01"),
        ("strftime('%Y', at)", "2026"),
        ("strftime('%H', at)", "23"),
        ("DATE(at, '+1 month', '-1 day')", "2026-03-31"),
        ("DATETIME(at, '+1 day')", "2026-03-02 23:00:00"),
        ("CAST(julianday(at) - julianday('2026-02-28') AS INTEGER) || ''", "1"),
        ("(unixepoch(at) - unixepoch('2026-03-01')) || ''", "82800"),
        ("DATETIME(at, '+2 hours')", "2026-03-02 01:00:00"),
    ] {
        assert_eq!(texts(&db, &format!("{select} FROM ticket LIMIT 1")).await?, [expected], "{select}");
    }
    for function in ["now()", "date_trunc('day', at)", "to_char(at, 'YYYY')", "age(at)"] {
        let refused = texts(&db, &format!("{function} FROM ticket")).await.err().ok_or(function)?.to_string();
        assert!(refused.contains("no such function"), "{refused}");
    }
    for syntax in ["EXTRACT(YEAR FROM at)", "at + interval '1 day'", "at AT TIME ZONE 'UTC'"] {
        assert!(texts(&db, &format!("{syntax} FROM ticket")).await.is_err(), "{syntax}");
    }
    let current = texts(&db, "CURRENT_TIMESTAMP").await?;
    // In UTC, without an offset: 2026-03-01 23:00:00.
    assert!(current[0].len() == 19 && current[0].as_bytes()[10] == b' ', "{current:?}");
    Ok(())
}

async fn defaults_of_postgres(context: Context) -> Outcome {
    let db = context.connect()?.register::<made::Entity>();
    let later: DateTimeUtc = "2100-01-01T00:00:00Z".parse()?;
    let before = || made::Entity::find().filter(made::Column::At.lt(later));
    for (default, compares) in [("CURRENT_TIMESTAMP", false), ("(strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'))", true)] {
        let table = "id INTEGER PRIMARY KEY, at timestamp_with_timezone_text NOT NULL";
        db.execute_unprepared(&format!("DROP TABLE IF EXISTS made; CREATE TABLE made ({table} DEFAULT {default})"))
            .await?;
        db.execute_unprepared("INSERT INTO made DEFAULT VALUES").await?;
        assert!(made::Entity::find().one(&db).await?.is_some_and(|made| made.at < later));
        assert_eq!(before().all(&db).await.map(|made| made.len()).ok(), compares.then_some(1), "{default}");
    }
    Ok(())
}

async fn queries_of_postgres(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    let values = |sql: &str, values: [Value; 2]| Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
    let rows = db.read_as_tuple::<(i32, i32)>().query_all_raw(values("SELECT $2, $1", [5.into(), 6.into()])).await?;
    assert_eq!((rows[0].try_get_by_index::<i32>(0)?, rows[0].try_get_by_index::<i32>(1)?), (6, 5));

    let sorted = async |select: Select<ticket::Entity>| -> Result<Vec<Option<i32>>, DbErr> {
        Ok(select.all(&db).await?.into_iter().map(|ticket| ticket.n).collect())
    };
    assert_eq!(sorted(ticket::Entity::find().order_by_asc(ticket::Column::N)).await?, [None, Some(1)]);
    let last = ticket::Entity::find().order_by_with_nulls(ticket::Column::N, Order::Asc, NullOrdering::Last);
    assert_eq!(sorted(last).await?, [Some(1), None]);

    let locked = ticket::Entity::find().lock_exclusive();
    assert!(!locked.clone().build(DbBackend::Sqlite).to_string().contains("FOR UPDATE"));
    assert_eq!(locked.all(&db).await?.len(), 2);
    assert!(texts(&db, "code FROM ticket FOR UPDATE").await.is_err());

    // SeaORM leaves it out for SQLite.
    let distinct = ticket::Entity::find().distinct_on([ticket::Column::Done]);
    assert_eq!(distinct.all(&db).await?.len(), 2);
    assert!(texts(&db, "DISTINCT ON (done) code FROM ticket").await.is_err());
    // A column beside MAX is that of the greatest row.
    assert_eq!(texts(&db, "code FROM (SELECT code, MAX(at) FROM ticket GROUP BY done)").await?, ["abcdef"]);

    assert_eq!(texts(&db, "code FROM ticket FULL JOIN (SELECT 1 AS x) ON x = n").await?.len(), 2);
    for syntax in ["code FROM ticket FETCH FIRST 1 ROW ONLY", "1 FROM ticket, LATERAL (SELECT 1) l"] {
        assert!(texts(&db, syntax).await.is_err(), "{syntax}");
    }
    Ok(())
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
    let db = context.connect()?.by_declared_type();
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

async fn limits_that_postgres_does_not_have(context: Context) -> Outcome {
    let db = tickets(&context).await?;
    assert_eq!(ids(&db, ticket::Column::N.is_in(0..500)).await?, [1]);
    let many = (10..310).map(|id| ticket(id, "2026-03-01T23:00:00+00:00", "x", None));
    ticket::Entity::insert_many(many).exec(&db).await?;
    assert_eq!(ticket::Entity::find().count(&db).await?, 302);
    let terms = ["SELECT 1"; 6].join(" UNION ALL ");
    let refused = db.read_as_tuple::<(i32,)>().query_all_raw(Statement::from_string(DbBackend::Sqlite, terms)).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("5")));
    let refused = ids(&db, ticket::Column::Code.contains("x".repeat(60))).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("50")));
    Ok(())
}
