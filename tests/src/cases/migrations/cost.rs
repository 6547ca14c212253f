//! What waking up costs.

use std::time::Duration;

use sea_orm_do::migrate;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use super::{connect, recorded, texts};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::migrations::{SHOP, Shop, script};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!("migrations": a_hundred_from_nothing_take_less_than_a_second);
    cases.extend([
        case!("migrations", waking_with_nothing_to_do_reads_the_table_of_migrations_alone).workerd_only(),
        case!("migrations", two_wakes_at_once_apply_each_migration_once)
            .at_once(8)
            .then(|context| Box::pin(has_applied_each_once(context))),
    ]);
    cases
}

struct Hundred;

impl MigratorTrait for Hundred {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let one = |n: usize| {
            let up = match n % 4 {
                0 => format!("CREATE TABLE t{n} (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"),
                1 => format!("CREATE INDEX i{n} ON t{} (name)", n - 1),
                2 => format!("ALTER TABLE t{} ADD COLUMN done BOOLEAN", n - 2),
                _ => format!("INSERT INTO t{0} (name) VALUES ('a'), ('b'); UPDATE t{0} SET done = TRUE", n - 3),
            };
            script(&format!("m{n:03}"), &up, "")
        };
        (0..100).map(one).collect()
    }
}

async fn a_hundred_from_nothing_take_less_than_a_second(context: Context) -> Outcome {
    let db = context.connect()?;
    let begun = context.now();
    assert_eq!(migrate::up::<Hundred>(&db, None)?.len(), 100);
    let taken = context.now() - begun;
    assert!(taken < Duration::from_secs(1), "{taken:?}");
    context.tell(format!("{taken:?}"));
    Ok(())
}

async fn waking_with_nothing_to_do_reads_the_table_of_migrations_alone(context: Context) -> Outcome {
    let db = connect(&context)?;
    migrate::up::<Shop>(&db, None)?;
    let (woken, counts) = context.counting(|| migrate::up::<Shop>(&db, None))?;
    assert!(woken?.is_empty());
    assert_eq!((counts.statements, counts.rows_read, counts.rows_written), (1, SHOP.len(), 0));
    let (applied, counts) = context.counting(|| migrate::refresh::<Shop>(&db))?;
    assert_eq!(applied?, SHOP);
    assert!(counts.statements > 1 && counts.rows_written > SHOP.len(), "{counts:?}");
    Ok(())
}

async fn two_wakes_at_once_apply_each_migration_once(context: Context) -> Outcome {
    #[cfg(not(target_arch = "wasm32"))]
    {
        let wake = || -> Result<Vec<String>, migrate::Error> { migrate::up::<Shop>(&connect(&context)?, None) };
        let file = context.file.clone();
        let other = std::thread::spawn(move || {
            let db = sea_orm_do::DoConnection::open_file(file)?.register::<crate::migrations::cake::Entity>();
            migrate::up::<Shop>(&db, None)
        });
        let mine = wake()?;
        let theirs = other.join().map_err(|_| "the other thread panicked")??;
        assert_eq!(mine.len() + theirs.len(), SHOP.len());
        Ok(())
    }
    #[cfg(target_arch = "wasm32")]
    {
        context.wait().await;
        migrate::up::<Shop>(&connect(&context)?, None)?;
        context.wait().await;
        Ok(())
    }
}

async fn has_applied_each_once(context: Context) -> Outcome {
    let db = connect(&context)?;
    assert_eq!(recorded(&db).await?, SHOP);
    assert_eq!(texts(&db, "SELECT name FROM cake ORDER BY id").await?, ["Cheese", "Carrot"]);
    Ok(())
}
