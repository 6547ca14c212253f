//! The bank's schema, made by migrations. The last four move data that an older bank might have had.

use sea_orm_do_shared::bank::{ACCOUNTS, OPENING};

use crate::migrations::{migrator, script};

migrator! {
    /// The bank's.
    Migrations:
    script(
        "m01_create_account",
        "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0))",
        "DROP TABLE account",
    ),
    script(
        "m02_open_accounts",
        &format!(
            "INSERT INTO account WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {ACCOUNTS})
             SELECT i, {OPENING} FROM n"
        ),
        "DELETE FROM account",
    ),
    script(
        "m03_create_transfer",
        "CREATE TABLE transfer (key INTEGER PRIMARY KEY, from_id INTEGER NOT NULL REFERENCES account (id),
         to_id INTEGER NOT NULL REFERENCES account (id), amount INTEGER NOT NULL CHECK (amount > 0))",
        "DROP TABLE transfer",
    ),
    script(
        "m04_create_entry",
        "CREATE TABLE entry (id INTEGER PRIMARY KEY AUTOINCREMENT, transfer_key INTEGER NOT NULL REFERENCES transfer (key),
         account_id INTEGER NOT NULL REFERENCES account (id), amount INTEGER NOT NULL);
         CREATE INDEX entry_transfer ON entry (transfer_key)",
        "DROP TABLE entry",
    ),
    script(
        "m05_create_note",
        "CREATE TABLE note (id INTEGER PRIMARY KEY, client INTEGER NOT NULL, text TEXT NOT NULL);
         CREATE INDEX note_client ON note (client)",
        "DROP TABLE note",
    ),
    script(
        "m06_create_item",
        "CREATE TABLE item (batch INTEGER, place INTEGER, text TEXT NOT NULL, PRIMARY KEY (batch, place))",
        "DROP TABLE item",
    ),
    script(
        "m07_create_counter",
        "CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL); INSERT INTO counter VALUES (1, 0)",
        "DROP TABLE counter",
    ),
    script(
        "m08_create_misfit",
        "CREATE TABLE misfit (id INTEGER PRIMARY KEY, number INTEGER NOT NULL); INSERT INTO misfit VALUES (1, 'seven')",
        "DROP TABLE misfit",
    ),
    script(
        "m09_create_history",
        "CREATE TABLE history (id INTEGER PRIMARY KEY, line TEXT NOT NULL);
         INSERT INTO history (line) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)
         SELECT (1990 + i % 30) || ' what happened then, number ' || i FROM n",
        "DROP TABLE history",
    ),
    script(
        "m10_split_history",
        "ALTER TABLE history ADD COLUMN year INTEGER; UPDATE history SET year = substr(line, 1, 4), line = substr(line, 6)",
        "UPDATE history SET line = year || ' ' || line; ALTER TABLE history DROP COLUMN year",
    ),
    script(
        "m11_index_history",
        "CREATE INDEX history_year ON history (year); CREATE UNIQUE INDEX history_line ON history (line)",
        "DROP INDEX history_line; DROP INDEX history_year",
    ),
    script(
        "m12_rebuild_history",
        "CREATE TABLE rebuilt (id INTEGER PRIMARY KEY, year INTEGER NOT NULL, line TEXT NOT NULL UNIQUE);
         INSERT INTO rebuilt SELECT id, year, line FROM history;
         DROP TABLE history; ALTER TABLE rebuilt RENAME TO history",
        "ALTER TABLE history RENAME TO rebuilt",
    ),
}
