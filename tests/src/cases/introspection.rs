//! What a database is made of, read back from it.

mod schemas;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sea_orm_do::introspect::{Action, Conflict, ForeignKey, Generated, Origin, Schema, Term};
use sea_orm_do::{DoConnection, migrate};

use crate::case::{Case, Context, Outcome, case, cases};
use crate::migrations::migrator;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!("introspection":
        an_empty_database_is_an_empty_schema,
        leaves_out_what_belongs_to_others_and_nothing_else,
        tells_columns,
        tells_keys_and_constraints,
        tells_what_keys_do_with_conflicts,
        tells_indexes,
        tells_virtual_tables_views_and_triggers,
        tells_a_view_of_what_is_gone,
        sees_what_altered_tables_have_become,
        does_not_mind_how_a_statement_is_written,
        survives_json,
        names_what_differs,
        makes_equal_schemas,
        makes_indexes_that_serve_the_same_queries,
        takes_less_than_a_second_for_200_tables,
    );
    // What it tells is compared with what the same file tells on the host: `workerd/introspection.rs`.
    cases.push(case!("introspection", tells_the_same_as_the_host));
    cases
}

async fn made(context: &Context, sql: &str) -> Result<Schema, DbErr> {
    let db = context.connect()?;
    db.execute_unprepared(sql).await?;
    sea_orm_do::introspect(&db)
}

migrator!(
    /// Nothing, so that `fresh` drops everything.
    Nothing:
);

/// Drops everything, so that another schema can be made in the same database.
fn clear(db: &DoConnection) -> Result<(), migrate::Error> {
    migrate::fresh::<Nothing>(db)?;
    Ok(())
}

async fn an_empty_database_is_an_empty_schema(context: Context) -> Outcome {
    assert_eq!(sea_orm_do::introspect(&context.connect()?)?, Schema::default());
    Ok(())
}

async fn leaves_out_what_belongs_to_others_and_nothing_else(context: Context) -> Outcome {
    // `_` in LIKE stands for any letter, so a filter by LIKE would hide some of these.
    let names = ["xcfg", "a_cf_b", "cf", "sqliteXdata", "_cfx"];
    let sql: String = names.map(|name| format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY AUTOINCREMENT);")).concat();
    let schema = made(&context, &format!("{sql} INSERT INTO xcfg DEFAULT VALUES; ANALYZE")).await?;
    let mut names = names;
    names.sort_unstable();
    assert_eq!(schema.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), names);
    Ok(())
}

async fn tells_columns(context: Context) -> Outcome {
    let sql = r#"CREATE TABLE t (
        "the id" INTEGER NOT NULL PRIMARY KEY,
        size varchar(10) DEFAULT 'a,b' COLLATE NOCASE NOT NULL ON CONFLICT REPLACE,
        plain,
        made_at timestamp_text DEFAULT CURRENT_TIMESTAMP,
        sum int DEFAULT (1 + /* and */ 1),
        twice INT AS (sum * 2) STORED,
        upper TEXT GENERATED ALWAYS AS (upper(size))
    )"#;
    let schema = made(&context, sql).await?;
    let table = schema.table("T").ok_or("no table")?;
    let seen: Vec<_> = table
        .columns
        .iter()
        .map(|column| {
            (&*column.name, &*column.declared_type, column.not_null, column.default.as_deref(), &*column.collation)
        })
        .collect();
    let expected = [
        ("the id", "INTEGER", true, None, "BINARY"),
        ("size", "varchar(10)", true, Some("'a,b'"), "NOCASE"),
        ("plain", "", false, None, "BINARY"),
        ("made_at", "timestamp_text", false, Some("CURRENT_TIMESTAMP"), "BINARY"),
        ("sum", "INT", false, Some("1 + 1"), "BINARY"),
        ("twice", "INT", false, None, "BINARY"),
        ("upper", "TEXT", false, None, "BINARY"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(table.columns[1].not_null_conflict, Conflict::Replace);
    assert_eq!(table.rowid().map(|column| &*column.name), Some("the id"));
    let generated = |column: usize| table.columns[column].generated.clone();
    let twice = Generated { expression: "sum * 2".to_owned(), stored: true };
    let upper = Generated { expression: "upper(size)".to_owned(), stored: false };
    assert_eq!((generated(4), generated(5), generated(6)), (None, Some(twice), Some(upper)));
    Ok(())
}

async fn tells_keys_and_constraints(context: Context) -> Outcome {
    let sql = "CREATE TABLE parent (a INT, b TEXT, PRIMARY KEY (b, a DESC)) STRICT, WITHOUT ROWID;
        CREATE TABLE child (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            mother INT REFERENCES child ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED CHECK (mother <> id),
            a INT, b TEXT,
            UNIQUE (a, b) ON CONFLICT IGNORE,
            CONSTRAINT both CHECK ((a IS NULL) = (b IS NULL)),
            FOREIGN KEY (b, a) REFERENCES parent (b, a) ON UPDATE CASCADE
        )";
    let schema = made(&context, sql).await?;
    let (parent, child) = (schema.table("parent").ok_or("no parent")?, schema.table("child").ok_or("no child")?);
    assert!(parent.strict && parent.without_rowid && !parent.autoincrement && parent.rowid().is_none());
    assert_eq!(parent.primary_key().iter().map(|column| &*column.name).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(parent.columns.iter().map(|column| column.primary_key).collect::<Vec<_>>(), [Some(2), Some(1)]);
    assert!(child.autoincrement && !child.strict && !child.without_rowid);
    let to_itself = ForeignKey {
        columns: vec!["mother".into()],
        table: "child".into(),
        on_delete: Action::SetNull,
        deferred: true,
        ..Default::default()
    };
    let to_parent = ForeignKey {
        columns: vec!["b".into(), "a".into()],
        table: "parent".into(),
        references: vec!["b".into(), "a".into()],
        on_update: Action::Cascade,
        ..Default::default()
    };
    assert_eq!(child.foreign_keys, [to_parent, to_itself]);
    let checks: Vec<_> = child.checks.iter().map(|check| (check.name.as_deref(), &*check.expression)).collect();
    assert_eq!(checks, [(None, "mother <> id"), (Some("both"), "(a IS NULL) = (b IS NULL)")]);
    let unique: Vec<_> =
        child.indexes.iter().map(|index| (index.origin, index.conflict, index.columns.len())).collect();
    assert_eq!(unique, [(Origin::Unique, Conflict::Ignore, 2)]);
    Ok(())
}

async fn tells_what_keys_do_with_conflicts(context: Context) -> Outcome {
    let sql = "CREATE TABLE of_key (c TEXT PRIMARY KEY, UNIQUE (c) ON CONFLICT REPLACE);
        CREATE TABLE not_of_key (c TEXT PRIMARY KEY, UNIQUE (c COLLATE NOCASE) ON CONFLICT REPLACE);
        CREATE TABLE quoted (\"b'c\" TEXT, UNIQUE ('b''c') ON CONFLICT IGNORE);
        CREATE TABLE collated (a COLLATE RTRIM, UNIQUE (a), UNIQUE (a COLLATE NOCASE) ON CONFLICT IGNORE)";
    let schema = made(&context, sql).await?;
    let told = |table: &str| {
        let table = schema.table(table).ok_or(format!("no table {table}"))?;
        let indexes = table.indexes.iter().filter(|index| index.origin == Origin::Unique);
        let conflicts = indexes.map(|index| (index.columns[0].collation.clone(), index.conflict)).collect::<Vec<_>>();
        Ok::<_, String>((table.primary_key_conflict, conflicts))
    };
    let (binary, nocase, rtrim) = ("BINARY".to_owned(), "NOCASE".to_owned(), "RTRIM".to_owned());
    assert_eq!(told("of_key")?, (Conflict::Replace, vec![]));
    assert_eq!(told("not_of_key")?, (Conflict::Abort, vec![(nocase.clone(), Conflict::Replace)]));
    assert_eq!(told("quoted")?, (Conflict::Abort, vec![(binary, Conflict::Ignore)]));
    let expected = vec![(nocase, Conflict::Ignore), (rtrim, Conflict::Abort)];
    assert_eq!(told("collated")?, (Conflict::Abort, expected));
    Ok(())
}

async fn tells_indexes(context: Context) -> Outcome {
    let sql = "CREATE TABLE t (a TEXT COLLATE NOCASE, b, c);
        CREATE UNIQUE INDEX one ON t (a DESC, b COLLATE RTRIM);
        CREATE INDEX two ON t (lower(a), b + c DESC) WHERE c IS NOT NULL AND b > ','";
    let schema = made(&context, sql).await?;
    let [one, two] = &schema.tables[0].indexes[..] else { return Err("not two indexes".into()) };
    assert!(one.unique && !two.unique);
    assert_eq!((one.predicate.as_deref(), two.predicate.as_deref()), (None, Some("c IS NOT NULL AND b > ','")));
    let columns = |index: &sea_orm_do::introspect::Index| {
        let column = |column: &sea_orm_do::introspect::IndexColumn| {
            let (Term::Column(term) | Term::Expression(term)) = column.term.clone();
            (term, matches!(column.term, Term::Column(_)), column.descending, column.collation.clone())
        };
        index.columns.iter().map(column).collect::<Vec<_>>()
    };
    let expected = |term: &str, is_column, descending, collation: &str| {
        (term.to_owned(), is_column, descending, collation.to_owned())
    };
    assert_eq!(columns(one), [expected("a", true, true, "NOCASE"), expected("b", true, false, "RTRIM")]);
    assert_eq!(columns(two), [expected("lower(a)", false, false, "BINARY"), expected("b + c", false, true, "BINARY")]);
    Ok(())
}

async fn tells_virtual_tables_views_and_triggers(context: Context) -> Outcome {
    let sql = "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
        CREATE VIRTUAL TABLE search USING fts5(body, content='note', content_rowid='id');
        CREATE TRIGGER note_insert AFTER INSERT ON note BEGIN INSERT INTO search (rowid, body) VALUES (new.id, new.body); END;
        CREATE VIEW long_note AS SELECT id, body || '…' AS text FROM note WHERE length(body) > 10";
    let schema = made(&context, sql).await?;
    assert_eq!(schema.tables.iter().map(|table| &*table.name).collect::<Vec<_>>(), ["note"]);
    let [search] = &schema.virtual_tables[..] else { return Err("not one virtual table".into()) };
    assert_eq!((&*search.name, &search.columns[..]), ("search", &["body".to_owned()][..]));
    let [view] = &schema.views[..] else { return Err("not one view".into()) };
    assert_eq!((&*view.name, &view.columns[..]), ("long_note", &["id".to_owned(), "text".to_owned()][..]));
    let [trigger] = &schema.triggers[..] else { return Err("not one trigger".into()) };
    assert_eq!((&*trigger.name, &*trigger.table), ("note_insert", "note"));
    assert!(trigger.sql.ends_with("END"), "{}", trigger.sql);
    Ok(())
}

async fn tells_a_view_of_what_is_gone(context: Context) -> Outcome {
    let schema = made(&context, "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; DROP TABLE t").await?;
    let [view] = &schema.views[..] else { return Err("not one view".into()) };
    assert_eq!((&*view.name, view.columns.len()), ("v", 0));
    Ok(())
}

async fn sees_what_altered_tables_have_become(context: Context) -> Outcome {
    let sql = "CREATE TABLE t (a INT, b, c, CHECK (b > 0));
        ALTER TABLE t RENAME TO \"new t\";
        ALTER TABLE \"new t\" RENAME COLUMN b TO \"new b\";
        ALTER TABLE \"new t\" DROP COLUMN a;
        ALTER TABLE \"new t\" ADD COLUMN d TEXT COLLATE NOCASE REFERENCES \"new t\" (c) DEFERRABLE INITIALLY DEFERRED";
    let schema = made(&context, sql).await?;
    let table = &schema.tables[0];
    assert_eq!(table.name, "new t");
    assert_eq!(table.columns.iter().map(|column| &*column.name).collect::<Vec<_>>(), ["new b", "c", "d"]);
    assert_eq!(table.checks[0].expression, "\"new b\" > 0");
    assert!(table.foreign_keys[0].deferred);
    assert_eq!(table.columns[2].collation, "NOCASE");
    Ok(())
}

async fn does_not_mind_how_a_statement_is_written(context: Context) -> Outcome {
    let db = context.connect()?;
    let one = "CREATE TABLE t (a INTEGER PRIMARY KEY, b text UNIQUE REFERENCES u (c), c varchar(3) COLLATE nocase, \
        d DEFAULT -1, CHECK (b > 'a' AND c = 'b' COLLATE nocase));
        CREATE INDEX i ON t (lower(c) || '-' COLLATE nocase, b COLLATE RTRIM) WHERE d > -1";
    db.execute_unprepared(one).await?;
    let first = sea_orm_do::introspect(&db)?;
    clear(&db)?;
    let other =
        "create table if not exists [t](`a` integer, -- the key\n \"b\" TEXT check(b>'a'AND c='b'COLLATE NOCASE), \
        c varchar ( 3 ) collate 'NoCase', d default(- 1), \
        primary key(\"a\"), foreign key (b) references 'u' (c), constraint one unique (b));
        create index if not exists i on t ((lower( c )||'-'COLLATE NOCASE),(b)collate rtrim asc) where d>- 1";
    db.execute_unprepared(other).await?;
    assert_eq!(sea_orm_do::introspect(&db)?.diff(&first), []);
    Ok(())
}

async fn survives_json(context: Context) -> Outcome {
    let db = context.connect()?;
    for sql in schemas::ALL {
        db.execute_unprepared(sql).await?;
        let schema = sea_orm_do::introspect(&db)?;
        assert_eq!(serde_json::from_str::<Schema>(&serde_json::to_string(&schema)?)?, schema);
        clear(&db)?;
    }
    Ok(())
}

async fn names_what_differs(context: Context) -> Outcome {
    let db = context.connect()?;
    db.execute_unprepared("CREATE TABLE t (a INT, b TEXT); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT 1").await?;
    let before = sea_orm_do::introspect(&db)?;
    db.execute_unprepared("ALTER TABLE t ADD COLUMN c; DROP INDEX i; DROP VIEW v; CREATE TABLE u (d)").await?;
    let lines: Vec<_> = before.diff(&sea_orm_do::introspect(&db)?).iter().map(ToString::to_string).collect();
    let expected = [
        r#"+ table `t`, column `c`: "c""#,
        r#"- table `t`, index `i`: CREATE INDEX "i" ON "t" ("a" COLLATE "BINARY")"#,
        r#"+ table `u`: CREATE TABLE "u" ( "d" )"#,
        "- view `v`: CREATE VIEW v AS SELECT 1",
    ];
    assert_eq!(lines, expected);
    Ok(())
}

async fn makes_equal_schemas(context: Context) -> Outcome {
    let db = context.connect()?;
    for sql in schemas::ALL {
        db.execute_unprepared(sql).await?;
        let schema = sea_orm_do::introspect(&db)?;
        clear(&db)?;
        for statement in schema.create_sql() {
            db.execute_unprepared(&statement).await.map_err(|error| format!("{error}: {statement}"))?;
        }
        let again = sea_orm_do::introspect(&db)?;
        let differences: Vec<_> = schema.diff(&again).iter().map(ToString::to_string).collect();
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        assert_eq!(again, schema);
        clear(&db)?;
    }
    Ok(())
}

/// An index on another expression would look alike: what SQLite does with it tells.
async fn makes_indexes_that_serve_the_same_queries(context: Context) -> Outcome {
    let db = context.connect()?;
    let sql = "CREATE TABLE t (a INT, b INT, c TEXT, d TEXT);
        CREATE INDEX by_sum ON t (a + b);
        CREATE INDEX by_text ON t (c || d COLLATE NOCASE);
        CREATE INDEX by_any_case ON t ((d || c) COLLATE NOCASE DESC);
        CREATE INDEX by_lower ON t (lower(c) COLLATE NOCASE)";
    db.execute_unprepared(sql).await?;
    let expressions = [
        "a + b = 1",
        "(c || d COLLATE NOCASE) COLLATE BINARY = 'x'",
        "(d || c) COLLATE NOCASE = 'x'",
        "lower(c) COLLATE NOCASE = 'x'",
    ];
    let before = plans(&db, &expressions).await?;
    assert!(before.iter().all(|plan| plan.starts_with("SEARCH t USING COVERING INDEX by_")), "{before:?}");
    let schema = sea_orm_do::introspect(&db)?;
    clear(&db)?;
    for statement in schema.create_sql() {
        db.execute_unprepared(&statement).await?;
    }
    assert_eq!(plans(&db, &expressions).await?, before);
    assert_eq!(sea_orm_do::introspect(&db)?, schema);
    Ok(())
}

/// How SQLite finds the rows for which each of these is true.
async fn plans(db: &DoConnection, conditions: &[&str]) -> Result<Vec<String>, DbErr> {
    let mut plans = Vec::new();
    for condition in conditions {
        let sql = format!("EXPLAIN QUERY PLAN SELECT 1 FROM t WHERE {condition}");
        for row in db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await? {
            plans.push(row.try_get("", "detail")?);
        }
    }
    Ok(plans)
}

async fn takes_less_than_a_second_for_200_tables(context: Context) -> Outcome {
    let db = context.connect()?;
    for sql in schemas::many_tables(200) {
        db.execute_unprepared(&sql).await?;
    }
    let start = context.now();
    let schema = sea_orm_do::introspect(&db)?;
    let taken = context.now() - start;
    assert_eq!(schema.tables.len(), 200);
    assert!(taken < std::time::Duration::from_secs(1), "{taken:?}");
    Ok(())
}

async fn tells_the_same_as_the_host(context: Context) -> Outcome {
    let db = context.connect()?;
    for sql in schemas::ALL {
        db.execute_unprepared(sql).await?;
    }
    context.tell(serde_json::to_string(&sea_orm_do::introspect(&db)?)?);
    Ok(())
}
