//! Bounds.
use crate::storage::Storage;
use crate::storage::native::NativeStorage;

#[test]
fn debug_bounds() {
    let storage = NativeStorage::in_memory().unwrap();
    for sql in [
        "CREATE TABLE project(id INTEGER PRIMARY KEY AUTOINCREMENT, name)",
        "INSERT INTO project (name) VALUES ('a'), ('b')",
    ] {
        storage.exec(sql, &[]).unwrap();
    }
    storage.count_next();
    storage.exec("INSERT INTO project (name) VALUES ('x') RETURNING id", &[]).unwrap();
    println!("{:?}", storage.counted());
}
