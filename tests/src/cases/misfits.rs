//! A value that does not fit its column's type is an error that names both, however it is read; never `None`, never a
//! default.

use std::marker::PhantomData;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sea_orm_do::DoConnection;

use crate::case::{Case, Context, Outcome};
use crate::matrix::misfits::{MISFITS, Misfits};
use crate::matrix::{Kind, Of, Table, Visitor, add_notes, every_kind, note};

pub(super) fn cases() -> Vec<Case> {
    struct Cases(Vec<Case>);
    impl Visitor for Cases {
        fn visit<K: Kind>(mut self) -> Self {
            self.0.push(Case::new(K::MISFITS, |context| Box::pin(of_kind::<K>(context))));
            self
        }
    }
    every_kind(Cases(Vec::new())).0
}

async fn of_kind<K: Kind>(context: Context) -> Outcome {
    let db = context.connect()?.register::<K>().register::<note::Entity>();
    of_table(&Of::<K>(PhantomData), &db).await
}

async fn of_table(table: &dyn Table<DoConnection>, db: &DoConnection) -> Outcome {
    let name = table.name();
    let misfits = MISFITS.iter().find(|misfits| misfits.table == name).ok_or("no misfits are listed")?;
    let Misfits { refused_by_us, refused_by_sea_orm, .. } = misfits;
    table.create(db).await?;
    add_notes(db, &table.rows()).await?;
    for column in ["value", "maybe"] {
        for (value, shown) in *refused_by_us {
            table.insert(db).await?;
            is_undone(name, column, value, shown, db).await?;
            db.execute_unprepared(&format!("UPDATE {name} SET {column} = {value} WHERE id = 1")).await?;
            for (way, error) in read(table, db).await {
                let error = error.ok_or_else(|| format!("{way}: {value} in {column} is read"))?;
                let column = if way == RELATED { format!("`B_{column}`") } else { format!("`{column}`") };
                assert!(error.contains(&column) && error.contains(shown), "{way}, {value}: {error}");
            }
            db.execute_unprepared(&format!("DELETE FROM {name}")).await?;
        }
        for (value, said) in *refused_by_sea_orm {
            table.insert(db).await?;
            db.execute_unprepared(&format!("UPDATE {name} SET {column} = {value} WHERE id = 1")).await?;
            // On every driver SeaORM takes a related model that it cannot make for one that is not there: see
            // `from_query_result_optional` in sea-orm-2.0.4/src/entity/model.rs.
            for (way, error) in read(table, db).await.into_iter().filter(|(way, _)| *way != RELATED) {
                let error = error.ok_or_else(|| format!("{way}: {value} in {column} is read"))?;
                assert!(error.contains(said), "{way}, {value}: {error}");
            }
            db.execute_unprepared(&format!("DELETE FROM {name}")).await?;
        }
    }
    Ok(())
}

const RELATED: &str = "find_also_related";

/// The errors of all ways to read the table.
async fn read(table: &dyn Table<DoConnection>, db: &DoConnection) -> [(&'static str, Option<String>); 4] {
    fn message<T>(read: Result<T, DbErr>) -> Option<String> {
        read.err().map(|error| error.to_string())
    }
    [
        ("find", message(table.find(db).await)),
        ("tuple", message(table.find_tuples(db).await)),
        ("partial model", message(table.find_parts(db).await)),
        (RELATED, message(table.find_notes(db).await)),
    ]
}

/// In RETURNING the error undoes the statement.
async fn is_undone(table: &str, column: &str, value: &str, shown: &str, db: &DoConnection) -> Outcome {
    let before = content(table, db).await?;
    let columns = ["value", "maybe"].map(|other| if other == column { value } else { other }).join(", ");
    for sql in [
        format!("UPDATE {table} SET {column} = {value} WHERE id <= 2 RETURNING id, value, maybe"),
        format!("INSERT INTO {table} SELECT -id, {columns} FROM {table} WHERE id <= 2 RETURNING *"),
    ] {
        let error =
            db.query_all_raw(Statement::from_string(DbBackend::Sqlite, &sql)).await.expect_err(&sql).to_string();
        assert!(error.contains(&format!("`{column}`")) && error.contains(shown), "{sql}: {error}");
    }
    assert_eq!(content(table, db).await?, before);
    Ok(())
}

async fn content(table: &str, db: &DoConnection) -> Result<String, Box<dyn std::error::Error>> {
    let sql = format!("SELECT GROUP_CONCAT(id || QUOTE(value) || QUOTE(maybe)) AS content FROM {table}");
    let db = db.read_as_tuple::<(String,)>();
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?.ok_or("no row")?;
    Ok(row.try_get_by_index(0)?)
}
