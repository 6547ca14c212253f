//! Values and errors arrive as they are.

use std::marker::PhantomData;

use futures_util::TryStreamExt;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryOrder, Set, SqlErr, Statement,
    StreamTrait, Value,
};
use sea_orm_do::remote::{Access, RemoteConnection};
use sea_orm_do::{ReadAs, sql_err};

use super::remote;
use crate::case::{Case, Context, Outcome, cases};
use crate::cases::library;
use crate::entities::author;
use crate::matrix::{Kind, Of, Table, Visitor, check, check_json, every_kind, note};

pub(super) fn cases() -> Vec<Case> {
    struct Cases(Vec<Case>);
    impl Visitor for Cases {
        fn visit<K: Kind>(mut self) -> Self {
            let name = format!("remote::{}", K::MATRIX);
            self.0.push(Case::new(name.leak(), |context| Box::pin(every_way::<K>(context))));
            self
        }
    }
    let own = cases!(
        "remote":
        reads_and_writes_entities,
        streams_what_it_reads,
        reads_what_the_object_has_registered,
        errors_are_what_they_were,
        stored_rows_are_as_stored,
        explains_sizes_and_exports,
    );
    every_kind(Cases(own)).0
}

async fn every_way<K: Kind>(context: Context) -> Outcome {
    let object = context.connect()?;
    let db = remote(&object, Access::read_write()).register::<K>().register::<note::Entity>();
    let table: &dyn Table<RemoteConnection> = &Of::<K>(PhantomData);
    check(table, &db).await?;
    let json = db.with_json_rows();
    if table.name() == "infinity" {
        let error = table.find_json(&json).await.expect_err("no number").to_string();
        assert!(error.contains("`value`") && error.contains("inf"), "{error}");
        return Ok(());
    }
    check_json(table, &db, &json).await
}

fn author(name: &str) -> author::ActiveModel {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
}

async fn reads_and_writes_entities(context: Context) -> Outcome {
    let object = library(&context).await?;
    let db = remote(&object, Access::read_write());
    for name in ["Ursula", "Stanisław", "Octavia"] {
        author(name).insert(&db).await?;
    }
    assert_eq!(author::Entity::find().count(&db).await?, 3);
    let names: Vec<String> = author::Entity::find()
        .order_by_asc(author::Column::Name)
        .all(&db)
        .await?
        .into_iter()
        .map(|author| author.name)
        .collect();
    assert_eq!(names, ["Octavia", "Stanisław", "Ursula"]);
    let pages = author::Entity::find().order_by_asc(author::Column::Name).paginate(&db, 2);
    assert_eq!(pages.fetch_page(1).await?[0].name, "Ursula");
    Ok(())
}

async fn streams_what_it_reads(context: Context) -> Outcome {
    let object = context.connect()?;
    let db = remote(&object, Access::read_only().with_rows(3000)).read_as_tuple::<(i64,)>();
    let numbers = |most: i64| {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) \
                   SELECT i + 9007199254740992 FROM n";
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, [most.into()])
    };
    let rows: Vec<_> = db.stream_raw(numbers(3000)).await?.try_collect().await?;
    let numbers_read: Vec<i64> = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    assert!(numbers_read.iter().copied().eq((1..=3000).map(|at| at + (1 << 53))));
    // The rows that were allowed arrive before the error does.
    let mut rows = db.stream_raw(numbers(3001)).await?;
    let mut count = 0;
    let error = loop {
        match rows.try_next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("the limit was passed over"),
            Err(error) => break error.to_string(),
        }
    };
    assert!(count > 2700 && error.contains("3000 rows"), "{count} {error}");
    assert!(rows.try_next().await?.is_none());
    Ok(())
}

async fn reads_what_the_object_has_registered(context: Context) -> Outcome {
    let object = library(&context).await?;
    author("Ursula").insert(&object).await?;
    // `library` has registered the entity; a bare handle has not.
    let registered = remote(&object, Access::read_only());
    assert_eq!(author::Entity::find().all(&registered).await?.len(), 1);
    let bare = remote(&context.connect()?, Access::read_only());
    let error = author::Entity::find().all(&bare).await.expect_err("nobody knows the types").to_string();
    assert!(error.contains("table `author` has no registered entity"), "{error}");
    assert_eq!(author::Entity::find().all_as(&bare).await?.len(), 1);
    assert_eq!(author::Entity::find().all(&bare.clone().register::<author::Entity>()).await?.len(), 1);
    assert!(author::Entity::find().all(&bare).await.is_err(), "another connection reads in its own way");
    Ok(())
}

async fn errors_are_what_they_were(context: Context) -> Outcome {
    let object = library(&context).await?;
    let db = remote(&object, Access::read_write());
    author("Ursula").insert(&db).await?;
    let outside = author("Ursula").insert(&db).await.expect_err("the name is taken");
    let inside = author("Ursula").insert(&object).await.expect_err("the name is taken");
    assert_eq!(outside, inside);
    assert!(matches!(sql_err(&outside), Some(SqlErr::UniqueConstraintViolation(_))), "{outside:?}");
    for sql in ["SELEC", "SELECT * FROM nowhere", "", "SELECT 1; SELECT 2", "SELECT max(id) FROM author"] {
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        let (outside, inside) = (db.query_all_raw(statement.clone()).await, object.query_all_raw(statement).await);
        assert_eq!(outside.expect_err(sql), inside.expect_err(sql), "{sql}");
    }
    let nan = Statement::from_sql_and_values(DbBackend::Sqlite, "SELECT ?", [f64::NAN.into()]);
    let (outside, inside) = (db.execute_raw(nan.clone()).await, object.execute_raw(nan).await);
    assert_eq!(outside.expect_err("no number"), inside.expect_err("no number"));
    Ok(())
}

async fn stored_rows_are_as_stored(context: Context) -> Outcome {
    let object = context.connect()?;
    let db = remote(&object, Access::read_write());
    db.execute_unprepared("CREATE TABLE t (a, b)").await?;
    let sql = "INSERT INTO t VALUES (1, 1.0), (9007199254740993, 'i1'), (NULL, x'00ff'), ('t', -0.5) RETURNING b, a, a";
    let mut rows = db.stored_rows(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    assert_eq!(rows.columns(), ["b", "a", "a"]);
    let mut read = Vec::new();
    while let Some(row) = rows.try_next().await? {
        read.push(row);
    }
    let select = Statement::from_string(DbBackend::Sqlite, "SELECT b, a, a FROM t");
    let selected: Vec<_> = db.stored_rows(select).await?.try_collect().await?;
    assert_eq!(read, selected);
    let expected: [[Value; 2]; 4] = [
        [1.0.into(), 1_i64.into()],
        ["i1".into(), 9_007_199_254_740_993_i64.into()],
        [vec![0_u8, 255].into(), Value::String(None)],
        [(-0.5).into(), "t".into()],
    ];
    for (row, [b, a]) in selected.iter().zip(expected) {
        assert_eq!(row[..], [b, a.clone(), a]);
    }
    Ok(())
}

async fn explains_sizes_and_exports(context: Context) -> Outcome {
    let object = library(&context).await?;
    author("Ursula").insert(&object).await?;
    let bare = remote(&object, Access::read_write());
    let refusals = [
        bare.schema().await.err(),
        bare.export().await.err(),
        bare.import("SELECT 1").await.err(),
        bare.explain(&Statement::from_string(DbBackend::Sqlite, "SELECT 1")).await.err(),
    ];
    for refusal in refusals {
        let refusal = refusal.map(|error| error.to_string()).unwrap_or_default();
        assert!(refusal.contains("this access is not for tools"), "{refusal}");
    }
    let db = remote(&object, Access::read_write().with_tools());
    assert_eq!(db.schema().await?, sea_orm_do::introspect(&object)?);
    assert_eq!(db.database_size().await?, object.database_size()?);
    let scan = Statement::from_string(DbBackend::Sqlite, "SELECT * FROM author");
    assert_eq!(db.explain(&scan).await?, object.explain(&scan)?);
    let script: String = db.export().await?.try_collect().await?;
    assert_eq!(script, object.export()?.collect::<Result<String, _>>()?);
    let cut = script.strip_suffix("COMMIT;\n").ok_or("an export ends with COMMIT")?;
    let error = db.import(cut).await.expect_err("a script cut short").to_string();
    assert!(error.contains("already exists") || error.contains("cut short"), "{error}");
    db.execute_unprepared("CREATE TABLE apart (a)").await?;
    let error = db.import("BEGIN; INSERT INTO apart VALUES (1);").await.expect_err("a script cut short").to_string();
    assert!(error.contains("cut short"), "{error}");
    assert_eq!(db.import("BEGIN; INSERT INTO apart VALUES (1); END;").await?.statements, 1);
    db.execute_unprepared("DROP TABLE biography; DROP TABLE book_genre; DROP TABLE book; DROP TABLE author").await?;
    let error = db.import(&script).await.expect_err("a table is still there").to_string();
    assert!(error.contains("already exists"), "{error}");
    assert!(db.migrations().await.expect_err("there are none").to_string().contains("with_migrations"));
    Ok(())
}
