//! The command `sea-orm-do` on files.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use sea_orm_do_harness::command::{fails_in, path, run_in, succeeds};

use crate::Test;

pub const TESTS: [(&str, Test); 9] = [
    ("command::explains_a_statement", explains_a_statement),
    ("command::queries_a_file", queries_a_file),
    ("command::generates_what_it_can", generates_what_it_can),
    ("command::finds_the_one_database_of_wrangler", finds_the_one_database_of_wrangler),
    ("command::tells_what_differs", tells_what_differs),
    ("command::prints_a_schema_that_makes_itself", prints_a_schema_that_makes_itself),
    ("command::changes_nothing_in_a_file", changes_nothing_in_a_file),
    ("command::says_what_is_wrong_and_what_to_do", says_what_is_wrong_and_what_to_do),
    ("command::takes_json_after_white_space_and_an_empty_file", takes_json_after_white_space_and_an_empty_file),
];

fn finds_the_one_database_of_wrangler() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let none = "no Durable Object has a database under .wrangler/state/v3/do";
    fails_in(folder.path(), &["schema"], none)?;
    let state = folder.path().join(".wrangler/state/v3/do/worker-Class");
    let traces = folder.path().join(".wrangler/state/v3/observability/miniflare-TraceStore");
    for folder in [&state, &traces] {
        fs::create_dir_all(folder)?;
        make(&folder.join("metadata.sqlite"), "CREATE TABLE not_this (id)")?;
    }
    make(&traces.join(format!("{}.sqlite", "f".repeat(64))), "CREATE TABLE nor_this (id)")?;
    fails_in(folder.path(), &["schema"], none)?;
    make(&state.join(format!("{}.sqlite", "a".repeat(64))), "CREATE TABLE this (id INTEGER PRIMARY KEY)")?;
    let output = run_in(folder.path(), &["schema"])?;
    let printed = String::from_utf8(output.stdout)?;
    ensure!(printed == "CREATE TABLE \"this\" ( \"id\" INTEGER PRIMARY KEY );\n", "{printed}");
    let named = "CREATE TABLE that (id); CREATE TABLE __miniflare_do_name (id INTEGER PRIMARY KEY, name TEXT);
        INSERT INTO __miniflare_do_name VALUES (1, 'first');";
    make(&state.join(format!("{}.sqlite", "b".repeat(64))), named)?;
    let several =
        "2 databases are under .wrangler/state/v3/do: pick one with --object\n  (no name)  worker-Class  aaaa";
    fails_in(folder.path(), &["schema"], several)?;
    let id = "a".repeat(64);
    for (options, table) in [(["--object", "first"], "that"), (["--object", &id], "this")] {
        let output = run_in(folder.path(), &[&["schema"][..], &options].concat())?;
        ensure!(String::from_utf8(output.stdout)?.starts_with(&format!("CREATE TABLE \"{table}\"")), "{options:?}");
    }
    let missing = "no database under .wrangler/state/v3/do is that object's; there are:\n  (no name)";
    fails_in(folder.path(), &["schema", "--object", "second"], missing)?;
    let other = folder.path().join(".wrangler/state/v3/do/worker-Other");
    fs::create_dir_all(&other)?;
    make(&other.join(format!("{}.sqlite", "c".repeat(64))), named)?;
    let both = "2 databases are under .wrangler/state/v3/do: pick one with --class\n  first  worker-Class  bbbb";
    fails_in(folder.path(), &["schema", "--object", "first"], both)?;
    let output = run_in(folder.path(), &["schema", "--class", "Other"])?;
    ensure!(output.status.success(), "{output:?}");
    Ok(())
}

fn explains_a_statement() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    make(&at.join("a.sqlite"), "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL)")?;
    let explain = ["explain", "--file", "a.sqlite"];
    let output = run_in(at, &[&explain[..], &["SELECT * FROM item WHERE name = ? AND id > ?1"]].concat())?;
    let printed = String::from_utf8(output.stdout)?;
    ensure!(printed.contains("\n  SEARCH item USING INTEGER PRIMARY KEY (rowid>?)\n"), "{printed}");
    let output = run_in(at, &[&explain[..], &["UPDATE item SET price = 1 WHERE name = 'x'", "--json"]].concat())?;
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    ensure!(printed["scans"][0]["table"] == "item" && printed["plan"][0]["detail"] == "SCAN item", "{printed}");
    let index = "CREATE INDEX \"idx_item_name\" ON \"item\" (\"name\")";
    ensure!(printed["scans"][0]["indexes"] == serde_json::json!([index]), "{printed}");
    fails_in(at, &[&explain[..], &["SELECT * FROM nowhere"]].concat(), "no such table: nowhere")?;
    fails_in(at, &[&explain[..], &["SELEC 1"]].concat(), "syntax error")?;
    fails_in(at, &["explain", "--file", "b.sqlite", "SELECT 1"], "there is no file b.sqlite")?;
    fails_in(at, &["explain", "SELECT 1"], "no Durable Object has a database")
}

fn queries_a_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    make(
        &at.join("a.sqlite"),
        "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO item VALUES (7, 'a')",
    )?;
    let before = fs::read(at.join("a.sqlite"))?;
    let query = |arguments: &[&str]| run_in(at, &[&["query", "--file", "a.sqlite"][..], arguments].concat());
    let printed = |arguments: &[&str]| -> Result<String> {
        let output = query(arguments)?;
        ensure!(output.status.success(), "{arguments:?}: {output:?}");
        Ok(String::from_utf8(output.stdout)?)
    };
    ensure!(printed(&["SELECT * FROM item", "--csv"])? == "id,name\n7,a\n");
    ensure!(printed(&["SELECT 1 AS a; SELECT 2 AS a", "--csv"])? == "a\n1\na\n2\n");
    ensure!(printed(&["/* nothing */", "--json"])?.is_empty());
    fails_in(at, &["query", "--file", "a.sqlite", "DELETE FROM item"], "may write to a.sqlite: add --write")?;
    fails_in(at, &["query", "--file", "a.sqlite", "SELECT 1; DROP TABLE item"], "add --write")?;
    fails_in(at, &["query", "--file", "a.sqlite", "SELECT * FROM nowhere"], "no such table: nowhere")?;
    fails_in(at, &["query", "--file", "b.sqlite", "SELECT 1"], "there is no file b.sqlite")?;
    ensure!(fs::read(at.join("a.sqlite"))? == before, "the file has changed");
    let output = query(&["--write", "INSERT INTO item (name) VALUES ('b'), ('c') RETURNING id", "--csv"])?;
    ensure!(output.stdout == b"id\n8\n9\n" && output.stderr == b"2 rows affected\n", "{output:?}");
    // A script writes all or nothing.
    let script = "INSERT INTO item (name) VALUES ('d'); INSERT INTO item VALUES (7, 'e')";
    fails_in(at, &["query", "--file", "a.sqlite", "--write", script], "UNIQUE constraint failed")?;
    ensure!(printed(&["SELECT count(*) AS n FROM item", "--csv"])? == "n\n3\n");
    Ok(())
}

fn tells_what_differs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (one, other) = (folder.path().join("one.sqlite"), folder.path().join("other.sqlite"));
    make(&one, "CREATE TABLE t (a INT); CREATE TABLE gone (id)")?;
    make(&other, "CREATE TABLE t (a INT, b TEXT COLLATE NOCASE)")?;
    let output = run_in(folder.path(), &["diff", "one.sqlite", "other.sqlite"])?;
    let expected =
        "- table `gone`: CREATE TABLE \"gone\" ( \"id\" )\n+ table `t`, column `b`: \"b\" TEXT COLLATE \"NOCASE\"\n";
    let printed = String::from_utf8(output.stdout)?;
    ensure!(output.status.code() == Some(1), "ends with {}", output.status);
    ensure!(printed.lines().all(|line| expected.contains(line)) && printed.len() == expected.len(), "{printed}");
    let output = run_in(folder.path(), &["diff", "one.sqlite", "one.sqlite"])?;
    ensure!(output.status.code() == Some(0) && output.stdout.is_empty(), "{output:?}");
    Ok(())
}

fn prints_a_schema_that_makes_itself() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (first, again) = (folder.path().join("first.sqlite"), folder.path().join("again.sqlite"));
    make(&first, &sea_orm_do_generated::schemas::hard())?;
    make(&again, &succeeds(&["schema", "--file", path(&first)?])?)?;
    let differences = succeeds(&["diff", path(&first)?, path(&again)?])?;
    ensure!(differences.is_empty(), "{differences}");
    Ok(())
}

fn changes_nothing_in_a_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("file.sqlite");
    make(&file, "CREATE TABLE t (id INTEGER PRIMARY KEY)")?;
    let before = fs::read(&file)?;
    succeeds(&["schema", "--file", path(&file)?])?;
    ensure!(fs::read(&file)? == before, "the file has changed");
    ensure!(fs::read_dir(folder.path())?.count() == 1, "there are files beside it");
    Ok(())
}

fn says_what_is_wrong_and_what_to_do() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    fs::write(at.join("text"), "no database")?;
    fs::write(at.join("other.json"), "{\"tables\": 1}")?;
    make(
        &at.join("odd.sqlite"),
        "CREATE TABLE bare (a, b); CREATE TABLE odd (id INTEGER PRIMARY KEY, any, shape geometry); \
         CREATE VIEW some_view AS SELECT 1",
    )?;
    fs::write(at.join("broken"), [&b"SQLite format 3\0"[..], &[1; 4096]].concat())?;

    fails_in(at, &["schema", "--file", "text"], "text is neither a SQLite database nor a schema in JSON")?;
    fails_in(at, &["schema", "--file", "other.json"], "other.json is not the JSON of sea_orm_do::introspect")?;
    fails_in(at, &["schema", "--file", "missing"], "cannot open missing")?;
    fails_in(at, &["schema", "--file", "broken"], "file is not a database")?;
    fails_in(at, &["schema", "--url", "example.com"], "example.com is not an address")?;
    fails_in(at, &["schema", "--url", "file:///etc/passwd"], "is not an http or https address")?;
    fails_in(at, &["schema", "--url", "http://127.0.0.1:1/"], "cannot be reached, so nothing was sent")?;
    let generate = ["generate", "entity", "--file", "odd.sqlite", "-o", "out"];
    let strict = [&generate[..], &["--strict"]].concat();
    fails_in(at, &strict, "table `bare` has no primary key: give it one, or ignore it with --ignore-tables 'bare'")?;
    fails_in(at, &strict, "column `any` of table `odd` is declared without a type, which has no Rust type")?;
    fails_in(at, &strict, "column `shape` of table `odd` is declared `geometry`, which has no Rust type")?;
    // What is asked for by name must be there.
    fails_in(at, &[&generate[..], &["--tables", "bare"]].concat(), "table `bare` has no primary key")?;
    fails_in(
        at,
        &[&generate[..], &["--tables", "od"]].concat(),
        "there is no table `od`: the tables are `bare`, `odd`",
    )?;
    ensure!(!at.join("out").exists(), "files were written all the same");

    for (option, message) in [
        (["--ignore-tables", "od"], "there is no table `od`: the tables are `bare`, `odd`"),
        (["--model-extra-derives", "a b"], "`a b` cannot be derived"),
        (["--model-extra-attributes", "a b"], "`a b` is not an attribute"),
    ] {
        fails_in(at, &[&generate[..], &option].concat(), message)?;
    }
    ensure!(!at.join("out").exists(), "files were written all the same");

    let types = [
        "--ignore-tables",
        "bare,seaql_migrations,some_view",
        "--column-type",
        "odd.any=blob",
        "--column-type",
        "odd.shape=json_text",
    ];
    let output = run_in(at, &[&generate[..], &types, &["--json"]].concat())?;
    ensure!(output.status.success(), "{output:?}");
    ensure!(String::from_utf8(output.stdout)?.contains("out/odd.rs"), "no file is named");
    let odd = fs::read_to_string(at.join("out/odd.rs"))?;
    ensure!(odd.contains("pub any: Option<Vec<u8>>") && odd.contains("pub shape: Option<Json>"), "{odd}");
    Ok(())
}

fn generates_what_it_can() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    make(
        &at.join("file.sqlite"),
        "CREATE TABLE bare (a INT); CREATE TABLE mixed (id INTEGER PRIMARY KEY, either INTEGER_OR_TEXT);
         CREATE TABLE good (id INTEGER PRIMARY KEY, mixed_id INT REFERENCES mixed (id), \"2fa\" TEXT NOT NULL);
         CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash TEXT NOT NULL, created_at NUMERIC);
         CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE);
         CREATE TABLE __miniflare_do_name (id INTEGER PRIMARY KEY, name TEXT)",
    )?;
    let output = run_in(at, &["generate", "entity", "--file", "file.sqlite", "-o", "out", "--json"])?;
    ensure!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr)?;
    for expected in [
        "skipped: table `bare` has no primary key",
        "skipped: column `either` of table `mixed` is declared `INTEGER_OR_TEXT`, which has no Rust type",
        "ignored: table `__drizzle_migrations`",
        "ignored: table `d1_migrations`",
    ] {
        ensure!(said.contains(expected), "{expected}: {said}");
    }
    ensure!(!said.contains("miniflare"), "{said}");
    let json = String::from_utf8(output.stdout)?;
    ensure!(json.contains("\"ignored\":[\"__drizzle_migrations\",\"d1_migrations\"]"), "{json}");
    let mut files = fs::read_dir(at.join("out"))?.map(|file| Ok(file?.file_name())).collect::<Result<Vec<_>>>()?;
    files.sort();
    ensure!(files == ["good.rs", "mod.rs", "prelude.rs"], "{files:?}");
    let good = fs::read_to_string(at.join("out/good.rs"))?;
    // The key leads to a table without an entity.
    ensure!(good.contains("pub mixed_id: Option<i64>") && !good.contains("super::mixed"), "{good}");
    ensure!(good.contains("column_name = \"2fa\")]\n    pub column_2fa: String"), "{good}");
    let register = ["generate", "entity", "--file", "file.sqlite", "-o", "out", "--register-feature"];
    ensure!(run_in(at, &register)?.status.success());
    let index = fs::read_to_string(at.join("out/mod.rs"))?;
    ensure!(index.contains("#[cfg(feature = \"sea-orm-do\")]\n#[must_use]\npub fn register("), "{index}");
    ensure!(index.contains("(db: ::sea_orm_do::DoConnection)"), "{index}");
    Ok(())
}

fn takes_json_after_white_space_and_an_empty_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, copy) = (folder.path().join("file.sqlite"), folder.path().join("copy.json"));
    make(&file, "CREATE TABLE t (id INTEGER PRIMARY KEY)")?;
    fs::write(&copy, format!("{}{}", "\n ".repeat(20), succeeds(&["schema", "--json", "--file", path(&file)?])?))?;
    succeeds(&["diff", path(&file)?, path(&copy)?])?;
    fs::write(folder.path().join("empty"), "")?;
    let output = run_in(folder.path(), &["schema", "--file", "empty"])?;
    ensure!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr)?;
    ensure!(said.contains("empty is empty, which SQLite calls a database without tables"), "{said}");
    Ok(())
}

fn make(file: &Path, sql: &str) -> Result<()> {
    Ok(rusqlite::Connection::open(file)?.execute_batch(sql)?)
}
