//! The bounds of what a statement reads and writes.

use crate::storage::native::NativeStorage;
use crate::storage::{Cost, Storage};

fn cost(storage: &NativeStorage, sql: &str) -> Option<Cost> {
    storage.count_next();
    storage.exec(sql, &[]).unwrap();
    storage.counted()
}

#[test]
fn counts_one_statement_only() {
    let storage = NativeStorage::in_memory().unwrap();
    storage.exec("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE)", &[]).unwrap();
    let exact = |rows_read, rows_written| Some(Cost { rows_read, rows_written, is_estimate: false });
    assert_eq!(cost(&storage, "INSERT INTO t (a) VALUES ('x') RETURNING id"), exact(2, 3));
    storage.exec("INSERT INTO t (a) VALUES ('y')", &[]).unwrap();
    assert_eq!(storage.counted(), None, "nobody asked");
    assert_eq!(cost(&storage, "SELECT * FROM t"), exact(2, 0));
    assert_eq!(cost(&storage, "SELECT 1; SELECT * FROM t WHERE id = 1"), exact(1, 0), "of the last statement");
}

#[test]
fn does_not_count_what_fails() {
    let storage = NativeStorage::in_memory().unwrap();
    storage.count_next();
    assert!(storage.exec("SELECT * FROM nowhere", &[]).is_err());
    assert_eq!(storage.counted(), None);
    storage.exec("SELECT 1", &[]).unwrap();
    assert_eq!(storage.counted(), None, "the flag is gone");
}
