//! Each Rust type, on every way that SeaORM writes and reads it: see [`crate::matrix`].

use std::marker::PhantomData;

use sea_orm_do::DoConnection;

use crate::case::{Case, Context, Outcome, case};
use crate::matrix::report::{report, write_all};
use crate::matrix::{Kind, Of, Table, Visitor, check, check_json, every_kind, note};

pub(super) fn cases() -> Vec<Case> {
    struct Cases(Vec<Case>);
    impl Visitor for Cases {
        fn visit<K: Kind>(mut self) -> Self {
            self.0.push(Case::new(K::MATRIX, |context| Box::pin(every_way::<K>(context))));
            self
        }
    }
    let mut cases = every_kind(Cases(Vec::new())).0;
    cases.push(
        case!("matrix", every_table_in_one_file).then(|context| Box::pin(tells_what_it_reads(context))).after_restart(),
    );
    cases
}

/// A connection that knows every entity of the matrix.
pub(super) fn connect(context: &Context) -> Result<DoConnection, sea_orm::DbErr> {
    struct Registering(DoConnection);
    impl Visitor for Registering {
        fn visit<K: Kind>(self) -> Self {
            Self(self.0.register::<K>())
        }
    }
    Ok(every_kind(Registering(context.connect()?.register::<note::Entity>())).0)
}

async fn every_way<K: Kind>(context: Context) -> Outcome {
    let db = context.connect()?.register::<K>().register::<note::Entity>();
    every_way_of(&Of::<K>(PhantomData), &db).await
}

async fn every_way_of(table: &dyn Table<DoConnection>, db: &DoConnection) -> Outcome {
    check(table, db).await?;
    let json = db.with_json_rows();
    // JSON has no infinity: https://datatracker.ietf.org/doc/html/rfc8259#section-6
    if table.name() == "infinity" {
        let error = table.find_json(&json).await.expect_err("no number").to_string();
        assert!(error.contains("`value`") && error.contains("inf"), "{error}");
        return Ok(());
    }
    check_json(table, db, &json).await
}

/// What the oracle reads in its turn: see `workerd/oracle`.
async fn every_table_in_one_file(context: Context) -> Outcome {
    write_all(&connect(&context)?).await?;
    tells_what_it_reads(context).await
}

async fn tells_what_it_reads(context: Context) -> Outcome {
    let db = connect(&context)?;
    context.tell(serde_json::to_string(&report(&db, &db.with_json_rows()).await)?);
    Ok(())
}
