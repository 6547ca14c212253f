//! Atomic steps.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use super::*;

#[test]
fn commits_and_rolls_back_atomic_steps_at_every_depth() {
    let db = storage();
    run(&db, "CREATE TABLE t (x)");
    db.atomically(&mut || {
        run(&db, "INSERT INTO t VALUES (1)");
        for (x, outcome) in [(2, Outcome::Rollback), (3, Outcome::Commit)] {
            db.atomically(&mut || {
                run(&db, &format!("INSERT INTO t VALUES ({x})"));
                outcome
            })
            .unwrap();
        }
        assert!(error(&db, "COMMIT").starts_with("To execute a transaction"));
        Outcome::Commit
    })
    .unwrap();
    db.atomically(&mut || {
        run(&db, "INSERT INTO t VALUES (4)");
        Outcome::Rollback
    })
    .unwrap();
    assert_eq!(rows(&db, "SELECT x FROM t", &[]), [[number(1.0)], [number(3.0)]]);
}

#[test]
fn rolls_back_and_reports_a_commit_that_fails() {
    let db = storage();
    run(&db, "CREATE TABLE p (id INTEGER PRIMARY KEY)");
    run(&db, "CREATE TABLE c (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)");
    let result = db.atomically(&mut || {
        run(&db, "INSERT INTO c VALUES (1)");
        Outcome::Commit
    });
    assert!(result.unwrap_err().message.starts_with("FOREIGN KEY constraint failed: SQLITE_CONSTRAINT"));
    assert_eq!(row(&db, "SELECT count(*) FROM c"), [number(0.0)]);
    db.atomically(&mut || Outcome::Commit).unwrap();
}

#[test]
fn reports_a_transaction_that_sqlite_has_rolled_back_by_itself() {
    let db = storage();
    run(&db, "CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1)");
    for outcome in [Outcome::Commit, Outcome::Rollback] {
        let result = db.atomically(&mut || {
            error(&db, "INSERT OR ROLLBACK INTO t VALUES (1)");
            outcome
        });
        assert!(result.unwrap_err().message.ends_with("no transaction is active: SQLITE_ERROR"));
    }
}

#[test]
fn rolls_back_when_the_step_panics() {
    let db = storage();
    run(&db, "CREATE TABLE t (x)");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        db.atomically(&mut || {
            db.atomically(&mut || {
                run(&db, "INSERT INTO t VALUES (1)");
                panic!("in the step")
            })
            .unwrap();
            Outcome::Commit
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(row(&db, "SELECT count(*) FROM t"), [number(0.0)]);
    db.atomically(&mut || Outcome::Commit).unwrap();
}

#[test]
fn keeps_other_threads_out_of_an_atomic_step() {
    let db = storage();
    run(&db, "CREATE TABLE t (x)");
    let (started, wait) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            db.atomically(&mut || {
                started.send(()).unwrap();
                std::thread::sleep(Duration::from_millis(50));
                Outcome::Rollback
            })
        });
        wait.recv().unwrap();
        run(&db, "INSERT INTO t VALUES (1)");
    });
    assert_eq!(row(&db, "SELECT count(*) FROM t"), [number(1.0)]);
}
