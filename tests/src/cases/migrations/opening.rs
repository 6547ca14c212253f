//! Opening a database before the first request.

use crate::case::{Case, Context, Outcome, case};

pub(super) fn cases() -> Vec<Case> {
    let open: [Case; 3] = [
        case!("migrations", an_opening_hands_out_the_database),
        case!("migrations", an_opening_keeps_its_error).then(|context| Box::pin(is_alive(context))),
        case!("migrations", an_opening_of_a_class_without_sqlite_keeps_that_error).in_class(crate::case::Class::Plain),
    ];
    open.map(Case::workerd_only).into()
}

#[cfg(target_arch = "wasm32")]
mod bodies {
    use sea_orm::DbErr;
    use sea_orm_do::{DoConnection, migrate};

    use super::super::{connect, recorded};
    use super::{Context, Outcome};
    use crate::migrations::{SHOP, Shop, cake, migrator, script};

    async fn open(db: DoConnection) -> Result<DoConnection, DbErr> {
        // Anything may be awaited here.
        worker::Delay::from(std::time::Duration::from_millis(1)).await;
        let db = db.register::<cake::Entity>();
        migrate::up::<Shop>(&db, None)?;
        Ok(db)
    }

    pub async fn hands_out(context: Context) -> Outcome {
        let opening = context.open(open);
        assert!(opening.get().is_err_and(|error| error.to_string().contains("not open yet")));
        context.wait().await;
        assert_eq!(recorded(&opening.get()?).await?, SHOP);
        Ok(())
    }

    migrator!(Broken: script("one", "CREATE TABLE a (id)", ""), script("two", "nonsense", ""));

    pub async fn keeps_error(context: Context) -> Outcome {
        let opening = context.open(async |db| {
            migrate::up::<Broken>(&db, None)?;
            Ok(db)
        });
        context.wait().await;
        for _ in 0..2 {
            let error = opening.get().err().ok_or("it opened")?.to_string();
            assert!(error.contains("up of migration `two` failed") && error.contains("before it: one"), "{error}");
        }
        Ok(())
    }

    pub async fn is_alive(context: Context) -> Outcome {
        assert_eq!(recorded(&connect(&context)?).await?, ["one"]);
        Ok(())
    }

    pub async fn keeps_class(context: Context) -> Outcome {
        let opening = context.open(open);
        context.wait().await;
        let error = opening.get().err().ok_or("it opened")?.to_string();
        assert!(error.contains("new_sqlite_classes"), "{error}");
        Ok(())
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod bodies {
    use super::{Context, Outcome};

    /// There is no `blockConcurrencyWhile` on the host.
    pub async fn hands_out(context: Context) -> Outcome {
        Err(format!("{context:?} is not in workerd").into())
    }

    pub use hands_out as is_alive;
    pub use hands_out as keeps_class;
    pub use hands_out as keeps_error;
}

use bodies::is_alive;
use bodies::keeps_class as an_opening_of_a_class_without_sqlite_keeps_that_error;
use bodies::{hands_out as an_opening_hands_out_the_database, keeps_error as an_opening_keeps_its_error};
