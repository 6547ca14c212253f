//! Databases in files.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// A path that no other test uses; dropping the value deletes the file.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("native-{}-{}.sqlite", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn keeps_a_file_in_wal_mode_as_the_runtime_does() {
    let file = TemporaryFile::new();
    run(&NativeStorage::open_file(&file.0).unwrap(), "CREATE TABLE t AS SELECT 1 AS x");
    assert_eq!(row(&NativeStorage::open_file(&file.0).unwrap(), "SELECT x FROM t"), [number(1.0)]);
    let mode: String =
        Connection::open(&file.0).unwrap().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn refuses_a_file_that_is_no_database_and_names_it() {
    let file = TemporaryFile::new();
    std::fs::write(&file.0, "not a database, but long enough to be taken for one".repeat(20)).unwrap();
    let message = NativeStorage::open_file(&file.0).unwrap_err().message;
    assert_eq!(message, format!("cannot open the file {:?}: file is not a database: SQLITE_NOTADB", file.0));
    let nowhere = Path::new("/nowhere/at/all.sqlite");
    assert!(
        NativeStorage::open_file(nowhere).unwrap_err().message.starts_with("cannot open the file \"/nowhere/at/all")
    );
}

#[test]
fn refuses_to_read_the_runtimes_tables_in_a_file_of_its_own() {
    let file = TemporaryFile::new();
    Connection::open(&file.0).unwrap().execute_batch("CREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB)").unwrap();
    let db = NativeStorage::open_file(&file.0).unwrap();
    assert_eq!(error(&db, "SELECT * FROM _cf_KV"), "access to _cf_KV.key is prohibited: SQLITE_AUTH");
    for sql in
        ["SELECT count(*) FROM _cf_KV", "DELETE FROM _cf_KV", "DROP TABLE _cf_KV", "CREATE INDEX i ON _cf_KV (key)"]
    {
        assert_eq!(error(&db, sql), "not authorized: SQLITE_AUTH", "{sql}");
    }
    assert_eq!(row(&db, "SELECT name FROM sqlite_master"), [text("_cf_KV")]);
}
