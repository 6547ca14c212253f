//! Random writes that fail in the middle, inside of a transaction that goes on: nothing of them is left.

use sea_orm::{DbBackend, DbErr, Statement};
use sea_orm_do_statements::statement;

use super::parameters::{TABLES, bound, tables_made};
use crate::DoConnection;
use crate::dialect::parse::{Verb, verb};
use crate::dialect::statement::refused;
use crate::storage::SqlValue;

/// Every second row of these fails, and SQLite keeps no journal for that: a text for an INTEGER of a STRICT table.
const TRIGGERS: [(&str, &str); 9] = [
    ("INSERT ON item", "new"),
    ("UPDATE ON item", "new"),
    ("DELETE ON item", "old"),
    ("INSERT ON owner", "new"),
    ("UPDATE ON owner", "new"),
    ("DELETE ON owner", "old"),
    ("INSERT ON tag", "new"),
    ("UPDATE ON tag", "new"),
    ("DELETE ON tag", "old"),
];

fn tables(db: &DoConnection) -> Vec<Vec<Vec<SqlValue>>> {
    let all = TABLES.iter().copied().chain(["SELECT count(*) FROM log"]);
    all.map(|sql| db.database.storage.exec(sql, &[]).map(|set| set.rows).unwrap_or_default()).collect()
}

#[test]
fn what_fails_in_the_middle_leaves_nothing() {
    const SEEDS: u64 = 20_000;
    let db = tables_made();
    db.database.storage.exec("CREATE TABLE log (a INTEGER) STRICT", &[]).unwrap();
    for (at, (event, row)) in TRIGGERS.iter().enumerate() {
        let fails = format!(
            "CREATE TRIGGER fails_{at} AFTER {event} BEGIN \
             INSERT INTO log VALUES (CASE WHEN {row}.rowid % 2 THEN 1 ELSE 'x' END); END"
        );
        db.database.storage.exec(&fails, &[]).unwrap();
    }
    let before = tables(&db);
    let (mut failed, mut succeeded) = (0, 0);
    for seed in 1..=SEEDS {
        let made = statement(seed, None);
        if verb(&made.sql) != Verb::Write || made.may_be_endless {
            continue;
        }
        // What it keeps is asked for.
        if crate::dialect::parse::parse(&made.sql).is_some_and(|statement| statement.keeps_what_it_wrote()) {
            continue;
        }
        let write = Statement::from_sql_and_values(DbBackend::Sqlite, made.sql.clone(), bound(&made.values));
        let mut outcome = None;
        let undone = db.database.atomically(|| {
            let written = db.execute_sync(&write);
            outcome = Some((written.map(drop), tables(&db)));
            Err::<(), DbErr>(refused("undone"))
        });
        assert!(undone.is_err());
        match outcome {
            Some((Err(error), after)) => {
                assert!(after == before, "{error}\n    {}\n    {:?}", made.sql, made.values);
                failed += usize::from(error.to_string().contains("cannot store TEXT value"));
            }
            Some((Ok(()), _)) => succeeded += 1,
            None => panic!("it did not run"),
        }
    }
    println!("{failed} failed in the middle, {succeeded} did not fail");
    assert!(failed > 200 && succeeded > 200, "{failed} failed in the middle, {succeeded} did not fail");
}
