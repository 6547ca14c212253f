//! Random schemas of entities: a draft leads from one to the other with the rows, and back.

use std::collections::BTreeMap;

use fastrand::Rng;
use sea_orm::sea_query::{
    Alias, ColumnDef, ForeignKey, ForeignKeyAction, Index, SqliteQueryBuilder, Table, TableCreateStatement,
};

use super::{Draft, DraftError, Options};
use crate::connection::DoConnection;
use crate::connection::introspect::introspect;
use crate::introspect::Schema;
use crate::sql::quote::quoted;
use crate::storage::SqlValue;

const TABLES: [&str; 4] = ["project", "issue", "note", "label"];
const COLUMNS: [&str; 6] = ["name", "state", "weight", "data", "created at", "order"];

/// An entity, as SeaORM would create its table: what it declares of each column.
#[derive(Clone, Debug)]
struct Entity {
    table: &'static str,
    key: Key,
    columns: BTreeMap<&'static str, Declared>,
    parent: Option<(&'static str, Option<ForeignKeyAction>)>,
    pair: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Key {
    Counted,
    Text,
    Two,
}

#[derive(Clone, Copy, Debug)]
struct Declared {
    ty: u8,
    is_null: bool,
    has_default: bool,
    is_unique: bool,
    is_indexed: bool,
    check: bool,
}

fn declared(rng: &mut Rng) -> Declared {
    Declared {
        ty: rng.u8(..7),
        is_null: rng.bool(),
        has_default: rng.u8(..4) == 0,
        is_unique: rng.u8(..6) == 0,
        is_indexed: rng.u8(..4) == 0,
        check: rng.u8(..8) == 0,
    }
}

fn entity(rng: &mut Rng, table: &'static str, others: &[&'static str]) -> Entity {
    let columns = COLUMNS.iter().filter(|_| rng.bool()).copied().collect::<Vec<_>>();
    Entity {
        table,
        key: [Key::Counted, Key::Counted, Key::Text, Key::Two][rng.usize(..4)],
        columns: columns.into_iter().map(|column| (column, declared(rng))).collect(),
        parent: (rng.bool() && !others.is_empty()).then(|| (others[rng.usize(..others.len())], action(rng))),
        pair: (rng.u8(..4) == 0).then(|| rng.bool()),
    }
}

fn action(rng: &mut Rng) -> Option<ForeignKeyAction> {
    use ForeignKeyAction::{Cascade, NoAction, Restrict, SetNull};
    [None, Some(Cascade), Some(SetNull), Some(Restrict), Some(NoAction)][rng.usize(..5)]
}

/// The entities after some development: some are new, some are gone, and some have changed.
fn entities(rng: &mut Rng, before: &[Entity]) -> Vec<Entity> {
    let tables: Vec<_> = TABLES.iter().filter(|_| rng.u8(..5) > 0).copied().collect();
    let mut after: Vec<Entity> = Vec::new();
    for table in tables {
        let others: Vec<_> = after.iter().filter(|other| other.key == Key::Counted).map(|other| other.table).collect();
        let mut made = match before.iter().find(|entity| entity.table == table) {
            Some(known) if rng.u8(..8) > 0 => known.clone(),
            _ => entity(rng, table, &others),
        };
        for column in COLUMNS {
            match rng.u8(..8) {
                0 => drop(made.columns.remove(column)),
                1 => drop(made.columns.insert(column, declared(rng))),
                _ => {}
            }
        }
        if rng.u8(..6) == 0 {
            made.parent = (!others.is_empty()).then(|| (others[rng.usize(..others.len())], action(rng)));
        }
        if made.parent.is_some_and(|(parent, _)| !others.contains(&parent)) {
            made.parent = None;
        }
        after.push(made);
    }
    after
}

impl Entity {
    fn statements(&self) -> Vec<String> {
        let mut create: TableCreateStatement = Table::create();
        create.table(Alias::new(self.table));
        match self.key {
            Key::Counted => {
                create.col(ColumnDef::new("id").integer().not_null().auto_increment().primary_key());
            }
            Key::Text => {
                create.col(ColumnDef::new("id").string().not_null().primary_key());
            }
            Key::Two => {
                create.col(ColumnDef::new("id").integer().not_null());
                create.col(ColumnDef::new("part").integer().not_null());
                create.primary_key(Index::create().name("pk").col("id").col("part").primary());
            }
        }
        let mut indexes = Vec::new();
        for (name, declared) in &self.columns {
            create.col(declared.definition(name));
            if declared.is_indexed {
                let index = format!("idx-{}-{name}", self.table);
                let mut index =
                    Index::create().name(index).table(Alias::new(self.table)).col(Alias::new(*name)).to_owned();
                indexes.push(index.if_not_exists().to_string(SqliteQueryBuilder));
            }
        }
        if let Some((parent, action)) = &self.parent {
            create.col(ColumnDef::new("parent_id").integer());
            let mut key = ForeignKey::create();
            key.from(Alias::new(self.table), "parent_id").to(Alias::new(*parent), "id");
            if let Some(action) = action {
                key.on_delete(*action);
            }
            create.foreign_key(&mut key);
        }
        if let (Some(unique), [first, second, ..]) = (self.pair, &self.columns.keys().collect::<Vec<_>>()[..]) {
            let mut index = Index::create();
            index.name(format!("pair-{}", self.table)).table(Alias::new(self.table));
            index.col(Alias::new(**first)).col(Alias::new(**second));
            if unique {
                index.unique();
            }
            indexes.push(index.to_string(SqliteQueryBuilder));
        }
        [vec![create.to_string(SqliteQueryBuilder)], indexes].concat()
    }
}

impl Declared {
    fn definition(&self, name: &str) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        match self.ty {
            0 => column.integer(),
            1 => column.big_integer(),
            2 => column.string(),
            3 => column.text(),
            4 => column.boolean(),
            5 => column.double(),
            _ => column.timestamp(),
        };
        if !self.is_null {
            column.not_null();
        }
        if self.has_default {
            match self.ty {
                2 | 3 => column.default("it's"),
                4 => column.default(true),
                6 => column.default(sea_orm::sea_query::Expr::current_timestamp()),
                _ => column.default(7),
            };
        }
        if self.is_unique {
            column.unique_key();
        }
        if self.check {
            column.extra(format!("CHECK ({} IS NULL OR length({}) < 40)", quoted(name), quoted(name)));
        }
        column
    }
}

fn opened(entities: &[Entity]) -> DoConnection {
    let db = DoConnection::in_memory().unwrap();
    for sql in entities.iter().flat_map(Entity::statements) {
        db.execute_script(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    db
}

/// Inserts rows, as many as the constraints let in.
fn fill(rng: &mut Rng, db: &DoConnection, schema: &Schema) {
    for table in crate::schema::order::parents_first(schema.tables.iter().collect(), |table| table) {
        for row in 1..=8 {
            let value = |column: &crate::introspect::Column, rng: &mut Rng| {
                if column.name == "id" || column.name == "part" || column.name == "parent_id" {
                    return format!("{row}");
                }
                if !column.not_null && rng.u8(..4) == 0 {
                    return "NULL".to_owned();
                }
                super::script::neutral(&column.declared_type)
                    .replace("''", &format!("'text {row}'"))
                    .replace('0', &format!("{}", rng.u8(1..9)))
            };
            let names: Vec<_> = table.columns.iter().map(|column| quoted(&column.name)).collect();
            let values: Vec<_> = table.columns.iter().map(|column| value(column, rng)).collect();
            let (names, values) = (names.join(", "), values.join(", "));
            let _ = db.execute_script(&format!("INSERT INTO {} ({names}) VALUES ({values})", quoted(&table.name)));
        }
    }
}

type Rows = Vec<Vec<SqlValue>>;

/// The values of the columns that a table has in both schemas under the same type, by the key.
fn shared(db: &DoConnection, one: &Schema, other: &Schema) -> BTreeMap<String, Rows> {
    let mut rows = BTreeMap::new();
    for table in &one.tables {
        let Some(after) = other.table(&table.name) else { continue };
        let key =
            |table: &crate::introspect::Table| table.primary_key().iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        if key(table) != key(after) {
            continue;
        }
        let is_shared = |column: &&crate::introspect::Column| {
            after.column(&column.name).is_some_and(|after| {
                after.declared_type == column.declared_type && (column.not_null || !after.not_null)
            })
        };
        let columns: Vec<_> = table.columns.iter().filter(is_shared).map(|column| quoted(&column.name)).collect();
        if columns.is_empty() {
            continue;
        }
        let sql =
            format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), quoted(&table.name), key(table).join(", "));
        rows.insert(table.name.clone(), db.database.storage.exec(&sql, &[]).unwrap().rows);
    }
    rows
}

fn options() -> Options {
    let mut options = Options::default().allow_drops();
    for table in TABLES {
        for column in COLUMNS.into_iter().chain(["id", "part", "parent_id"]) {
            options = options.value(table, column, "random() & 1048575");
        }
    }
    options
}

#[test]
fn leads_from_any_entities_to_any_others_with_the_rows() {
    let (mut changed, mut rebuilt, mut kept) = (0, 0, 0);
    for seed in 0..600 {
        let mut rng = Rng::with_seed(seed);
        let before = entities(&mut rng, &[]);
        let after = entities(&mut rng, &before);
        let (db, want) = (opened(&before), introspect(&opened(&after)).unwrap());
        let have = introspect(&db).unwrap();
        fill(&mut rng, &db, &have);
        let draft = Draft::new(&have, &want, &options()).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!((draft.missing_values(), draft.withheld.len()), (Vec::new(), 0), "seed {seed}");
        let before = shared(&db, &have, &want);
        let up = draft.up_sql().unwrap();
        if let Err(error) = db.execute_script(&up) {
            // Rows may break what is new: a unique key, or a foreign key.
            let error = error.to_string();
            assert!(error.contains("constraint failed") || error.contains("foreign key"), "seed {seed}: {error}\n{up}");
            assert_eq!(shared(&db, &have, &want), before, "seed {seed}");
            continue;
        }
        changed += usize::from(!draft.is_empty());
        rebuilt += usize::from(up.contains("DROP TABLE"));
        let reached = introspect(&db).unwrap();
        let again = Draft::new(&reached, &want, &options()).unwrap();
        assert!(again.is_empty(), "seed {seed}: {:?}", again.up_sql());
        let after = shared(&db, &reached, &have);
        for (table, rows) in &before {
            assert_eq!(rows.len(), after.get(table).map_or(rows.len(), Vec::len), "seed {seed}: {table}\n{up}");
            kept += rows.len();
        }
        assert_eq!(shared(&db, &have, &want), before, "seed {seed}: {up}");
        let down = draft.down_sql().unwrap();
        if let Err(error) = db.execute_script(&down) {
            assert!(error.to_string().contains("constraint failed"), "seed {seed}: {error}\n{down}");
            continue;
        }
        assert_eq!(have.diff(&introspect(&db).unwrap()), [], "seed {seed}: {down}");
    }
    // The random schemas change, and most keep their rows.
    assert!(changed > 300 && rebuilt > 150 && kept > 1000, "{changed} changed, {rebuilt} rebuilt, {kept} rows kept");
}

fn schema(sql: &str) -> Schema {
    let db = DoConnection::in_memory().unwrap();
    db.execute_script(sql).unwrap();
    introspect(&db).unwrap()
}

#[test]
fn renames_with_the_values_and_in_whatever_names_them() {
    let have = schema(
        "CREATE TABLE job (id INTEGER PRIMARY KEY, title TEXT CHECK (length(title) > 1)); \
         CREATE INDEX open ON job (title) WHERE title <> 'done'; CREATE VIEW titles AS SELECT title FROM job",
    );
    let want = schema("CREATE TABLE task (id INTEGER PRIMARY KEY, name TEXT)");
    let options = Options::default().rename_table("job", "task").rename_column("task", "title", "name");
    let draft = Draft::new(&have, &want, &options).unwrap();
    let up = draft.up_sql().unwrap();
    assert_eq!(
        up,
        "ALTER TABLE \"job\" RENAME TO \"task\";\nALTER TABLE \"task\" RENAME COLUMN \"title\" TO \"name\";"
    );
    let wrong = Draft::new(&have, &want, &Options::default().rename_table("jobs", "task")).unwrap_err();
    assert!(wrong.to_string().starts_with("cannot rename table `jobs` to `task`: "), "{wrong}");
}

#[test]
fn asks_for_a_value_that_rows_need() {
    let have = schema("CREATE TABLE task (id INTEGER PRIMARY KEY, a TEXT)");
    let want = schema("CREATE TABLE task (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT NOT NULL)");
    let draft = Draft::new(&have, &want, &Options::default()).unwrap();
    let missing = ["a", "b"].map(|column| ("task".to_owned(), column.to_owned()));
    assert_eq!((draft.missing_values(), draft.up_sql()), (missing.to_vec(), None));
    let file = draft.to_file(super::Driver::SeaOrmDo);
    assert!(file.contains("let value_1: &str = compile_error!(\"give a value for task.a, as an SQL expression\");"));
    assert!(file.contains("coalesce(\"a\", {value_1}), {value_2} FROM \"kept_task\""), "{file}");
    let options = Options::default().value("task", "a", "'?'").value("Task", "B", "0");
    assert!(Draft::new(&have, &want, &options).unwrap().up_sql().unwrap().contains("coalesce(\"a\", ('?')), (0)"));
}

#[test]
fn refuses_what_a_strict_table_cannot_have() {
    let have = schema("CREATE TABLE task (id INTEGER PRIMARY KEY) STRICT");
    let want = schema("CREATE TABLE task (id INTEGER PRIMARY KEY, done BOOLEAN)");
    let error = Draft::new(&have, &want, &Options::default()).unwrap_err();
    assert!(matches!(&error, DraftError::Strict { column, .. } if column == "done"), "{error}");
}

#[test]
fn keeps_what_entities_cannot_declare() {
    let have = "CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE, b AS (a || '!') STORED, \
        c INT, CHECK (c > 0)); CREATE INDEX longest ON p (length(a)); \
        CREATE TABLE q (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id) ON DELETE CASCADE); \
        CREATE TABLE log (id INTEGER PRIMARY KEY, line TEXT); \
        CREATE TRIGGER p_log AFTER DELETE ON p BEGIN INSERT INTO log (line) VALUES ('p ' || OLD.id); END; \
        CREATE TRIGGER q_log AFTER DELETE ON q BEGIN INSERT INTO log (line) VALUES ('q ' || OLD.id); END; \
        CREATE VIEW v AS SELECT a FROM p";
    let want = "CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL, c BIGINT); \
        CREATE TABLE q (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id) ON DELETE CASCADE)";
    let db = DoConnection::in_memory().unwrap();
    db.execute_script(have).unwrap();
    db.execute_script("INSERT INTO p (id, a, c) VALUES (1, 'x', 3), (9, NULL, 4); DELETE FROM p WHERE id = 99")
        .unwrap();
    db.execute_script("INSERT INTO q VALUES (5, 1), (6, 9); DELETE FROM p WHERE id = 9").unwrap();
    let have = introspect(&db).unwrap();
    let draft = Draft::new(&have, &schema(want), &Options::default().value("p", "a", "'?'")).unwrap();
    assert_eq!(draft.withheld, [crate::introspect::Object::Table("log".to_owned())]);
    db.execute_script(&draft.up_sql().unwrap()).unwrap();
    let text = |sql: &str| format!("{:?}", db.database.storage.exec(sql, &[]).unwrap().rows);
    assert_eq!(text("SELECT b || id FROM p"), r#"[[Text("x!1")]]"#);
    assert_eq!(text("SELECT group_concat(id) FROM q"), r#"[[Text("5")]]"#);
    // What is set aside runs no trigger: the two lines are of the deletion before.
    assert_eq!(text("SELECT count(*) FROM log"), "[[Number(2.0)]]");
    db.execute_script("INSERT INTO p (a, c) VALUES ('y', 1)").unwrap();
    assert_eq!(text("SELECT max(id) FROM p"), "[[Number(10.0)]]", "no id is used again");
    assert!(db.execute_script("INSERT INTO p (a, c) VALUES ('y', 0)").is_err());
    db.execute_script(&draft.down_sql().unwrap()).unwrap();
    assert_eq!(have.diff(&introspect(&db).unwrap()), []);
}

#[test]
fn breaks_no_view_and_no_trigger() {
    let have = schema(
        "CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT, at TEXT); CREATE TABLE log (line TEXT); \
         CREATE TRIGGER touched AFTER UPDATE ON task BEGIN UPDATE task SET at = 'now' WHERE id = NEW.id; END; \
         CREATE VIEW titles AS SELECT title FROM task",
    );
    let refused =
        |want: &str| Draft::new(&have, &schema(want), &Options::default().allow_drops()).unwrap_err().to_string();
    let trigger = refused("CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT)");
    assert!(trigger.starts_with("the draft would break trigger `touched`: no such column: at"), "{trigger}");
    let view = refused("CREATE TABLE task (id INTEGER PRIMARY KEY, at TEXT)");
    assert!(view.starts_with("the draft would break view `titles`: no such column: title"), "{view}");
    let want = schema("CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT, at TEXT, done BOOLEAN)");
    assert!(!Draft::new(&have, &want, &Options::default()).unwrap().is_empty());
}
