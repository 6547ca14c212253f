//! A database as a script, and back.

use std::error::Error;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sea_orm_do::introspect::Schema;
use sea_orm_do::{DoConnection, sql_err};

use crate::case::{Case, Context, Outcome, case, cases};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!("operation":
        a_script_makes_the_same_database,
        rows_longer_than_a_statement_are_put_together,
        an_export_comes_in_pieces_of_whole_statements,
        an_export_ends_when_the_database_is_written_to,
        an_index_without_its_texts_is_not_exported,
        an_import_is_all_or_nothing,
        what_writes_nothing_lets_an_export_go_on,
        an_import_takes_a_dump_of_the_shell,
        an_import_takes_the_dumps_of_three_versions,
        an_import_names_the_statement_that_fails,
        an_import_checks_foreign_keys_at_its_end,
        pieces_of_a_script_may_end_anywhere,
    );
    // What it exports is read by SQLite on the host: `workerd/scripts.rs`.
    cases.push(case!("operation", exports_every_kind_of_value));
    cases
}

/// Tables of every kind, with values that a careless script would change.
const SCHEMA: &str = r#"
CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE UNIQUE);
CREATE TABLE child (
    id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED,
    double GENERATED ALWAYS AS (parent * 2) STORED, half AS (parent / 2.0)
);
CREATE TABLE anything (a, b ANY, "c ""quoted""" NUMERIC, d REAL, e TEXT, f BLOB, CHECK (e IS NULL OR e <> 'no'));
CREATE TABLE strict (a INTEGER, b REAL, c TEXT, d BLOB, e ANY) STRICT;
CREATE TABLE pairs (a TEXT, b INTEGER, c, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE TABLE empty (a);
CREATE INDEX every_column ON pairs (c, a, b);
CREATE INDEX partial ON anything (lower(e)) WHERE e IS NOT NULL;
CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize = 'porter');
CREATE VIRTUAL TABLE names USING fts5(name, content = 'parent', content_rowid = 'id');
CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, +label);
CREATE VIEW shown AS SELECT id, upper(name) AS name FROM parent;
CREATE VIRTUAL TABLE found USING 'fts5'(name, cont = shown, content_rowid = 'id');
CREATE VIEW both AS SELECT parent.name, child.id FROM parent JOIN child ON child.parent = parent.id;
CREATE TRIGGER refuse BEFORE INSERT ON parent WHEN new.name = 'refused' BEGIN SELECT RAISE(ABORT, 'refused'); END;
CREATE TRIGGER counting AFTER INSERT ON child BEGIN UPDATE parent SET name = name || '!' WHERE id = new.parent; END;
"#;

const ROWS: &str = r#"
INSERT INTO parent (id, name) VALUES (1, 'Ada'), (5, 'it''s'), (100, 'gone');
DELETE FROM parent WHERE id = 100;
INSERT INTO child (id, parent) VALUES (1, 1), (2, 5), (-9223372036854775808, 5);
INSERT INTO anything (a, b) VALUES
    (1, 1.0), (9223372036854775807, -9223372036854775808), (9007199254740993, 9007199254740993.0),
    (0.1, 1.0 / 3.0), (9e999, -9e999), (5e-324, 1.7976931348623157e308), (-0.0, 0.0), (1e23, 123456789012345680),
    (NULL, x''), (x'00ff41', x'62'), ('', 'b'), ('t', 'i1'), (CAST(x'ff' AS TEXT), CAST(x'4100420d0a' AS TEXT));
INSERT INTO anything (e) VALUES ('line' || char(13, 10) || 'line'), ('-- no; comment'), ('.exit'), (char(10) || '.quit' || char(10)),
    ('quote '' and "double"'), ('snowman ☃ and 😀'), ('a' || char(0) || 'b'), ('?1 :a $b @c'), ('\n'), (char(65279) || 'bom');
INSERT INTO anything ("c ""quoted""", d, f) VALUES (1, 1, 1), ('01', '1', '1'), (1.5, 9007199254740993, x'27'), ('x', 'x', 'x');
INSERT INTO strict VALUES (1, 1, '1', x'31', 1), (NULL, 0.5, 'x', x'', 1.0), (9223372036854775807, 1e300, '', x'00', '1');
INSERT INTO pairs VALUES ('b', 1, 'z'), ('a', 1, 'a'), ('a', 0, NULL), ('', -1, 1.0);
INSERT INTO texts (rowid, title, body) VALUES (7, 'running', 'over the hills'), (9223372036854775807, 'last', NULL);
INSERT INTO names (names) VALUES ('rebuild');
INSERT INTO found (found) VALUES ('rebuild');
INSERT INTO boxes VALUES (1, 0.1, 0.2, 'a label'), (9007199254740992, -1.5, 3, NULL);
"#;

async fn filled(context: &Context) -> Result<DoConnection, Box<dyn Error>> {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    db.execute_unprepared(SCHEMA).await?;
    db.execute_unprepared(ROWS).await?;
    Ok(db)
}

fn script(db: &DoConnection) -> Result<String, sea_orm::DbErr> {
    db.export()?.collect()
}

/// Each value of each table, with its type and its bytes.
async fn content(db: &DoConnection, schema: &Schema) -> Result<Vec<String>, Box<dyn Error>> {
    let tables = schema.tables.iter().map(|table| {
        let columns: Vec<_> = table.columns.iter().map(|column| column.name.clone()).collect();
        (&table.name, columns)
    });
    let virtual_tables = schema.virtual_tables.iter().map(|table| (&table.name, table.columns.clone()));
    let mut content = Vec::new();
    for (table, columns) in tables.chain(virtual_tables) {
        let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
        let value = |name: &String| {
            let name = quoted(name);
            // quote() ends at a NUL.
            format!("typeof({name}) || ' ' || iif(typeof({name}) = 'text', hex({name}), quote({name}))")
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        let sql = format!("SELECT {} AS v FROM {}", values.join(" || ', ' || "), quoted(table));
        for row in db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await? {
            content.push(format!("{table}: {}", row.try_get::<String>("", "v")?));
        }
    }
    Ok(content)
}

/// Everything away, so that the same database is as good as new.
async fn clear(db: &DoConnection, schema: &Schema) -> Outcome {
    let views = schema.views.iter().map(|view| ("VIEW", &view.name));
    let virtual_tables = schema.virtual_tables.iter().map(|table| ("TABLE", &table.name));
    let tables = schema.tables.iter().map(|table| ("TABLE", &table.name));
    // A step of its own, in which the keys between them do not count before its end.
    let drops = views.chain(virtual_tables).chain(tables).map(|(kind, name)| format!("DROP {kind} \"{name}\";"));
    db.import(&drops.collect::<String>())?;
    Ok(())
}

/// The script of a database, after it has made an equal one.
async fn round_trip(db: &DoConnection) -> Result<String, Box<dyn Error>> {
    let schema = sea_orm_do::introspect(db)?;
    let (exported, before) = (script(db)?, content(db, &schema).await?);
    clear(db, &schema).await?;
    assert_eq!(sea_orm_do::introspect(db)?, Schema::default());
    let imported = db.import(&exported)?;
    assert!(imported.statements > 0 && imported.skipped_tables.is_empty(), "{imported:?}");
    assert_eq!(sea_orm_do::introspect(db)?, schema);
    assert_eq!(content(db, &schema).await?, before);
    assert_eq!(script(db)?, exported);
    Ok(exported)
}

async fn a_script_makes_the_same_database(context: Context) -> Outcome {
    let db = filled(&context).await?;
    round_trip(&db).await?;
    let row = db.query_one_raw(Statement::from_string(
        DbBackend::Sqlite,
        "SELECT (SELECT count(*) FROM names WHERE names MATCH 'ada') + (SELECT count(*) FROM texts WHERE texts MATCH 'run') \
         + (SELECT count(*) FROM found WHERE found MATCH 'ada') AS n",
    ));
    assert_eq!(row.await?.ok_or("no row")?.try_get::<i64>("", "n")?, 3, "the indexes of FTS5 find their texts");
    let next = db.execute_unprepared("INSERT INTO parent (name) VALUES ('next')").await?;
    assert_eq!(next.last_insert_id(), 101, "AUTOINCREMENT goes on");
    assert!(db.execute_unprepared("INSERT INTO parent (name) VALUES ('refused')").await.is_err());
    Ok(())
}

async fn exports_every_kind_of_value(context: Context) -> Outcome {
    let db = filled(&context).await?;
    db.execute_unprepared(LONG).await?;
    db.execute_unprepared("INSERT INTO long (b) VALUES (zeroblob(1999000))").await?;
    context.tell(script(&db)?);
    Ok(())
}

/// Rows of more than 100,000 bytes: texts, blobs, keys of a table WITHOUT ROWID, many columns at once.
const LONG: &str = r#"
CREATE TABLE long (id INTEGER PRIMARY KEY, a TEXT, b BLOB, c, CHECK (length(a) >= 100000 OR a IS NULL), UNIQUE (b));
CREATE TABLE keys (a BLOB PRIMARY KEY, b) WITHOUT ROWID;
INSERT INTO long (a, b, c) VALUES
    (replace(hex(zeroblob(60000)), '0', 'é'''), CAST(replace(hex(zeroblob(80000)), '00', 'ab') AS BLOB), 7.25),
    (NULL, NULL, CAST(zeroblob(60000) || CAST(x'ff0d0a' AS TEXT) AS TEXT)),
    (NULL, zeroblob(900000), NULL),
    (replace(hex(zeroblob(50000)), '0', 'x'), x'00', 'short');
INSERT INTO keys VALUES (zeroblob(70000), CAST(zeroblob(70000) AS TEXT)), (x'01', 1);
"#;

async fn rows_longer_than_a_statement_are_put_together(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    db.execute_unprepared(LONG).await?;
    let exported = round_trip(&db).await?;
    assert!(exported.contains("DROP TABLE \"_sea_orm_do_parts\""), "its own table is gone at the end");
    assert!(exported.split(";\n").all(|statement| statement.len() <= 100_000));
    Ok(())
}

async fn an_export_comes_in_pieces_of_whole_statements(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    db.execute_unprepared(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);
         INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             SELECT i, 'row ' || i FROM n",
    )
    .await?;
    let pieces = db.export()?.collect::<Result<Vec<_>, _>>()?;
    assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() < 200_000), "{}", pieces.len());
    assert!(pieces.iter().all(|piece| piece.ends_with(";\n")));
    db.execute_unprepared("DROP TABLE t").await?;
    db.import_pieces(&pieces)?;
    let count = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS n, sum(a) AS s FROM t"));
    let row = count.await?.ok_or("no row")?;
    assert_eq!((row.try_get::<i64>("", "n")?, row.try_get::<i64>("", "s")?), (20_000, 200_010_000));
    Ok(())
}

async fn an_export_ends_when_the_database_is_written_to(context: Context) -> Outcome {
    let db = filled(&context).await?;
    for write in ["INSERT INTO empty VALUES (1)", "CREATE TABLE other (a)"] {
        let mut export = db.export()?;
        export.next().ok_or("no piece")??;
        db.execute_unprepared(write).await?;
        let next = export.next().ok_or("no piece")?;
        assert!(next.is_err_and(|error| error.to_string().contains("was written to while it was exported")), "{write}");
        assert!(export.next().is_none());
    }
    Ok(())
}

async fn what_writes_nothing_lets_an_export_go_on(context: Context) -> Outcome {
    let db = filled(&context).await?;
    let mut export = db.export()?;
    let mut pieces = vec![export.next().ok_or("no piece")??];
    db.execute_unprepared("CREATE TABLE IF NOT EXISTS empty (a)").await?;
    db.execute_unprepared("DROP TABLE IF EXISTS missing").await?;
    db.execute_unprepared("DELETE FROM empty").await?;
    assert!(db.execute_unprepared("SELECT * FROM missing").await.is_err());
    assert!(db.execute_unprepared("INSERT INTO parent (id, name) VALUES (7, 'b'), (1, 'Ada')").await.is_err());
    db.forget_schema();
    for piece in export {
        pieces.push(piece?);
    }
    assert_eq!(pieces.concat(), script(&db)?);
    Ok(())
}

async fn an_index_without_its_texts_is_not_exported(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    for option in ["content", "cont"] {
        db.execute_unprepared(&format!("CREATE VIRTUAL TABLE bare USING fts5(a, {option} = '')")).await?;
        let error = db.export().map(|_| ()).expect_err("its texts are nowhere");
        assert!(error.to_string().contains("table `bare` cannot be exported"), "{error}");
        db.execute_unprepared("DROP TABLE bare").await?;
    }
    Ok(())
}

async fn an_import_is_all_or_nothing(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let failed = db.import("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)");
    assert!(failed.is_err_and(|error| sql_err(&error).is_some()));
    assert!(sea_orm_do::introspect(&db)?.tables.is_empty());
    Ok(())
}

async fn an_import_takes_a_dump_of_the_shell(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let dump = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB);\n\
                INSERT INTO _cf_KV VALUES('a', X'00');\nCREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a);\n\
                INSERT INTO t VALUES(1,replace('a\\nb','\\n',char(10)));\nDELETE FROM sqlite_sequence;\n\
                INSERT INTO sqlite_sequence VALUES('t',7);\nCOMMIT;\n";
    let imported = db.import(dump)?;
    assert_eq!((imported.statements, &imported.skipped_tables[..]), (5, &["_cf_KV".to_owned()][..]));
    let next = db.execute_unprepared("INSERT INTO t (a) VALUES (1)").await?;
    assert_eq!(next.last_insert_id(), 8);
    // Since SQLite 3.50.
    db.import(r"INSERT INTO t VALUES(9,unistr('a\u000ab \\ \u001b'));")?;
    let row =
        db.query_one_raw(Statement::from_string(DbBackend::Sqlite, "SELECT hex(a) AS a FROM t WHERE id = 9")).await?;
    assert_eq!(row.ok_or("no row")?.try_get::<String>("", "a")?, "610A62205C201B");
    Ok(())
}

/// What the shells of SQLite 3.34.1, 3.46.1 and 3.53.4 wrote of one database.
const DUMPS: [&str; 3] =
    [include_str!("dumps/3.34.1.sql"), include_str!("dumps/3.46.1.sql"), include_str!("dumps/3.53.4.sql")];

async fn an_import_takes_the_dumps_of_three_versions(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    for dump in DUMPS {
        db.import(dump)?;
        let exported = script(&db)?;
        for literal in [
            "(1,1,NULL)",
            "9223372036854775807",
            "(-9223372036854775808)",
            "(4,2,0.1)",
            "(6,2,9e999),\n(7,2,(-9e999))",
            "(10,1,9007199254740992.0)",
            "X'00FF27'",
            "'line\nfeed'",
            "(19,1,19.99)",
            "(22,1,(9007199254740991.0*",
            "CREATE INDEX by_value",
        ] {
            assert!(exported.contains(literal), "{literal}\n{exported}");
        }
        let text = "SELECT hex(group_concat(value)) AS it FROM \"it's \"\"all\"\"\" WHERE id IN (13, 14, 15, 16)";
        let found = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, text)).await?.ok_or("no row")?;
        let texts = ["line\nfeed", "carriage\r\nreturn", "\u{1b}[1m\\u000a \\\\ it's\t", "snow ☃ and 😀"].join(",");
        let hex: String = texts.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(found.try_get::<String>("", "it")?, hex);
        let next = db.execute_unprepared("INSERT INTO owner (name) VALUES ('next')").await?;
        assert_eq!(next.last_insert_id(), 10);
        db.execute_unprepared("DROP TABLE \"it's \"\"all\"\"\"; DROP TABLE owner; DROP TABLE pairs; DROP VIEW owners")
            .await?;
    }
    Ok(())
}

async fn an_import_names_the_statement_that_fails(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let long = format!("SELECT 1; INSERT INTO t VALUES ('{}')", "x".repeat(100_000));
    for (script, named) in [
        ("SELECT 1; ATTACH 'x' AS y", "not authorized: SQLITE_AUTH (statement 2 of the script: ATTACH 'x' AS y)"),
        (
            "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('table', 'a', 'a', 0, 'b')",
            "table sqlite_master may not be modified",
        ),
        ("ROLLBACK; -- due to errors", "ROLLBACK cannot be run as a statement"),
        ("SELECT 1; INSERT OR ROLLBACK INTO t VALUES (1)", "(statement 2 of the script: INSERT OR ROLLBACK"),
        (&long, "and a Durable Object takes 100000"),
    ] {
        let error = db.import(script).expect_err(script).to_string();
        assert!(error.contains(named), "{error}");
    }
    Ok(())
}

async fn an_import_checks_foreign_keys_at_its_end(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types();
    let tables =
        "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id)); INSERT INTO b VALUES (1)";
    assert!(db.import(tables).is_err_and(|error| error.to_string().contains("FOREIGN KEY")));
    // At its own end, where it is a part of a transaction, which then goes on with its own checks put off.
    db.transaction_sync(async |txn| {
        txn.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
        assert!(db.import(tables).is_err_and(|error| error.to_string().contains("FOREIGN KEY")));
        db.import("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id))")?;
        txn.execute_unprepared("INSERT INTO b VALUES (1); INSERT INTO a VALUES (1)").await?;
        txn.execute_unprepared("DROP TABLE b; DROP TABLE a").await
    })?;
    assert!(sea_orm_do::introspect(&db)?.tables.is_empty());
    db.import(&format!("{tables}; INSERT INTO a VALUES (1)"))?;
    assert!(db.execute_unprepared("INSERT INTO b VALUES (2)").await.is_err(), "nothing is put off any more");
    Ok(())
}

async fn pieces_of_a_script_may_end_anywhere(context: Context) -> Outcome {
    let db = context.connect()?.with_inferred_types().with_declared_types();
    let script = "CREATE TABLE t (a TEXT); -- a; comment\nCREATE TRIGGER g AFTER INSERT ON t WHEN new.a = 'x' BEGIN \
                  DELETE FROM t; SELECT 1; END; /* ; */ INSERT INTO t VALUES ('it''s; é'), ('\";')";
    for length in [1, 2, 7] {
        let characters: Vec<_> = script.chars().collect();
        let imported = db.import_pieces(characters.chunks(length).map(String::from_iter))?;
        assert_eq!(imported.statements, 3);
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, "SELECT a FROM t")).await?;
        assert_eq!(rows[0].try_get::<String>("", "a")?, "it's; é");
        db.execute_unprepared("DROP TABLE t").await?;
    }
    Ok(())
}
