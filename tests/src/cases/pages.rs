//! Parameters and rows of every size: inside workerd they cross in pages of 1,024 cells and 16 KiB.

use std::error::Error;

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context, Outcome, cases};

const PAGE: usize = 16 * 1024;

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "pages":
        texts_around_the_size_of_a_page,
        blobs_around_the_size_of_a_page,
        more_cells_than_a_page_has,
        texts_beyond_ascii_beside_each_other,
        blobs_that_look_like_text_beside_text,
        an_error_between_two_pages_leaves_the_next_statement_alone,
        an_error_in_the_first_page_leaves_the_same_statement_alone,
    )
}

/// What comes back for these values, a column each.
async fn echoed(db: &DoConnection, values: Vec<Value>) -> Result<QueryResult, Box<dyn Error>> {
    let columns: Vec<_> = (0..values.len()).map(|at| format!("? AS \"c{at}\"")).collect();
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, format!("SELECT {}", columns.join(", ")), values);
    Ok(db.query_one_raw(statement).await?.ok_or("no row")?)
}

async fn texts_around_the_size_of_a_page(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    for character in ["x", "é", "😀", "\0"] {
        for bytes in [0, 47, 48, 49, PAGE / 3, PAGE / 3 + 4, PAGE - 4, PAGE, PAGE + 4, 4 * PAGE] {
            let text = character.repeat(bytes / character.len());
            let row = echoed(&db, vec![text.clone().into(), "behind".into(), text.clone().into()]).await?;
            assert_eq!(row.try_get::<String>("", "c0")?, text, "{bytes} bytes of {character:?}");
            assert_eq!(row.try_get::<String>("", "c1")?, "behind");
            assert_eq!(row.try_get::<String>("", "c2")?, text, "{bytes} bytes of {character:?}");
        }
    }
    Ok(())
}

async fn blobs_around_the_size_of_a_page(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    for bytes in [0, 1, PAGE / 2, PAGE / 2 + 1, PAGE - 1, PAGE, PAGE + 1, 4 * PAGE] {
        let blob: Vec<u8> = (0..bytes).map(|at| u8::try_from(at % 251).unwrap_or_default()).collect();
        let row = echoed(&db, vec![blob.clone().into(), "behind".into(), blob.clone().into()]).await?;
        assert_eq!(row.try_get::<Vec<u8>>("", "c0")?, blob, "{bytes} bytes");
        assert_eq!(row.try_get::<String>("", "c1")?, "behind");
        assert_eq!(row.try_get::<Vec<u8>>("", "c2")?, blob, "{bytes} bytes");
    }
    Ok(())
}

async fn more_cells_than_a_page_has(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    // 7 and 100 columns: a page ends within a row.
    for columns in [1, 7, 100] {
        let list: Vec<_> = (0..columns).map(|at| format!("i * {columns} + {at} AS c{at}")).collect();
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999) SELECT {} FROM n",
            list.join(", ")
        );
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
        assert_eq!(rows.len(), 3000);
        for (row, at) in rows.iter().zip(0_i64..) {
            assert_eq!(row.try_get::<i64>("", "c0")?, at * columns);
            assert_eq!(row.try_get::<i64>("", &format!("c{}", columns - 1))?, at * columns + columns - 1);
        }
    }
    Ok(())
}

async fn texts_beyond_ascii_beside_each_other(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let texts = ["é", "", "a", "\u{feff}bom", "日本", "😀", "b\0c", "ÿ"];
    let row = echoed(&db, texts.iter().map(|text| (*text).into()).collect()).await?;
    for (at, text) in texts.iter().enumerate() {
        assert_eq!(row.try_get::<String>("", &format!("c{at}"))?, *text);
    }
    Ok(())
}

async fn blobs_that_look_like_text_beside_text(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_column_type("c1", ArrayType::Bytes);
    // The first byte of a character that the next text would complete, were they one; and bytes that are none.
    for blob in [vec![0xe2], vec![0xc3], vec![0x80], vec![0xff, 0xfe], b"ascii".to_vec()] {
        for text in ["é", "ascii", "\u{80}"] {
            let row = echoed(&db, vec![text.into(), blob.clone().into(), text.into(), 7.into(), text.into()]).await?;
            assert_eq!(row.try_get::<Vec<u8>>("", "c1")?, blob);
            for column in ["c0", "c2", "c4"] {
                assert_eq!(row.try_get::<String>("", column)?, text, "{column} beside {blob:?}");
            }
            assert_eq!(row.try_get::<i32>("", "c3")?, 7);
        }
    }
    Ok(())
}

async fn an_error_between_two_pages_leaves_the_next_statement_alone(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let fails = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
                 SELECT i, abs(iif(i = 4000, -9223372036854775807 - 1, i)) AS a FROM n";
    for _ in 0..2 {
        let failed = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, fails)).await;
        assert!(failed.is_err_and(|error| error.to_string().contains("integer overflow")));
        let row = echoed(&db, vec!["next".into(), 1.into()]).await?;
        assert_eq!((row.try_get::<String>("", "c0")?, row.try_get::<i32>("", "c1")?), ("next".to_owned(), 1));
    }
    Ok(())
}

async fn an_error_in_the_first_page_leaves_the_same_statement_alone(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) \
               SELECT i, abs(iif(i = ?, -9223372036854775807 - 1, i)) AS a FROM n";
    let bound = |at: i64| Statement::from_sql_and_values(DbBackend::Sqlite, sql, [at.into()]);
    let failed = db.query_all_raw(bound(3)).await;
    assert!(failed.is_err_and(|error| error.to_string().contains("integer overflow")));
    let rows = db.query_all_raw(bound(-1)).await?;
    assert_eq!(rows.len(), 10);
    for (row, at) in rows.iter().zip(1_i64..) {
        assert_eq!((row.try_get::<i64>("", "i")?, row.try_get::<i64>("", "a")?), (at, at));
    }
    Ok(())
}
