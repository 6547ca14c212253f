//! What is done with a table of the matrix, whatever the type in it.

use std::marker::PhantomData;

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, FromQueryResult, JsonValue, QueryFilter, QueryOrder, QuerySelect,
    Schema, Statement, Value,
};
use sea_orm_do_typed::ReadAs;

use super::it::It;
use super::kind::{Kind, Row, cells};
use super::note;

/// A table as a connection of type `C` sees it.
#[async_trait(?Send)]
pub trait Table<C> {
    fn name(&self) -> &'static str;

    /// The rows that are written, sorted by `value` and the other way round by `id`.
    fn rows(&self) -> Vec<Row>;

    /// The same values as SeaORM binds them: `value` and `maybe`.
    fn bound(&self) -> Vec<(Value, Value)>;

    /// Creates the table alone.
    async fn create(&self, db: &C) -> Result<(), DbErr>;

    async fn insert(&self, db: &C) -> Result<u64, DbErr>;

    async fn insert_returning(&self, db: &C) -> Result<Vec<Row>, DbErr>;

    /// Deletes all rows.
    async fn delete_returning(&self, db: &C) -> Result<Vec<Row>, DbErr>;

    async fn find(&self, db: &C) -> Result<Vec<Row>, DbErr>;

    /// By `value`, then by falling `id`.
    async fn find_sorted(&self, db: &C) -> Result<Vec<Row>, DbErr>;

    /// The rows whose `value` is that of the row at this place.
    async fn find_value(&self, db: &C, row: usize) -> Result<Vec<Row>, DbErr>;

    /// The rows whose `maybe` is that of the row at this place, be it NULL.
    async fn find_maybe(&self, db: &C, row: usize) -> Result<Vec<Row>, DbErr>;

    /// The rows whose `value` is one of all samples, given again and again until they are more than the runtime's hundred
    /// parameters.
    async fn find_values(&self, db: &C) -> Result<Vec<Row>, DbErr>;

    async fn find_tuples(&self, db: &C) -> Result<Vec<Row>, DbErr>;

    async fn find_parts(&self, db: &C) -> Result<Vec<Row>, DbErr>;

    /// The id of each note with the row that it is about.
    async fn find_notes(&self, db: &C) -> Result<Vec<(i32, Option<Row>)>, DbErr>;

    async fn find_json(&self, db: &C) -> Result<Vec<JsonValue>, DbErr>;

    /// The values of column `it` of a SELECT, read as the table's type.
    async fn read_it(&self, db: &C, sql: &str) -> Result<Vec<Option<String>>, DbErr>;
}

/// The table of an entity.
#[derive(Debug)]
pub struct Of<K>(pub PhantomData<K>);

fn rows<K: Kind>(models: impl IntoIterator<Item = K::Model>) -> Vec<Row> {
    models.into_iter().map(|model| Row::of::<K>(&K::cells(model))).collect()
}

#[async_trait(?Send)]
impl<K: Kind, C: ConnectionTrait> Table<C> for Of<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn rows(&self) -> Vec<Row> {
        cells::<K>().iter().map(Row::of::<K>).collect()
    }

    fn bound(&self) -> Vec<(Value, Value)> {
        cells::<K>().into_iter().map(|row| (row.value.into(), row.maybe.into())).collect()
    }

    async fn create(&self, db: &C) -> Result<(), DbErr> {
        db.execute(&Schema::new(DbBackend::Sqlite).create_table_from_entity(K::default())).await.map(|_| ())
    }

    async fn insert(&self, db: &C) -> Result<u64, DbErr> {
        K::insert_many(cells::<K>().into_iter().map(K::active)).exec_without_returning(db).await
    }

    async fn insert_returning(&self, db: &C) -> Result<Vec<Row>, DbErr> {
        let inserted = K::insert_many(cells::<K>().into_iter().map(K::active)).exec_with_returning(db).await?;
        Ok(rows::<K>(inserted))
    }

    async fn delete_returning(&self, db: &C) -> Result<Vec<Row>, DbErr> {
        Ok(rows::<K>(K::delete_many().exec_with_returning(db).await?))
    }

    async fn find(&self, db: &C) -> Result<Vec<Row>, DbErr> {
        Ok(rows::<K>(K::find().order_by_desc(K::ID).all(db).await?))
    }

    async fn find_sorted(&self, db: &C) -> Result<Vec<Row>, DbErr> {
        Ok(rows::<K>(K::find().order_by_asc(K::VALUE).order_by_desc(K::ID).all(db).await?))
    }

    async fn find_value(&self, db: &C, row: usize) -> Result<Vec<Row>, DbErr> {
        let value = cells::<K>().swap_remove(row).value;
        Ok(rows::<K>(K::find().filter(K::VALUE.eq(value)).order_by_desc(K::ID).all(db).await?))
    }

    async fn find_maybe(&self, db: &C, row: usize) -> Result<Vec<Row>, DbErr> {
        let filter = match cells::<K>().swap_remove(row).maybe {
            Some(value) => K::MAYBE.eq(value),
            None => K::MAYBE.is_null(),
        };
        Ok(rows::<K>(K::find().filter(filter).order_by_desc(K::ID).all(db).await?))
    }

    async fn find_values(&self, db: &C) -> Result<Vec<Row>, DbErr> {
        let samples = K::samples();
        let values = samples.iter().cycle().take(120).cloned();
        Ok(rows::<K>(K::find().filter(K::VALUE.is_in(values)).order_by_desc(K::ID).all(db).await?))
    }

    async fn find_tuples(&self, db: &C) -> Result<Vec<Row>, DbErr> {
        let tuples: Vec<(Option<K::Type>, K::Type, i32)> = K::find()
            .select_only()
            .columns([K::MAYBE, K::VALUE, K::ID])
            .order_by_desc(K::ID)
            .into_tuple()
            .all(db)
            .await?;
        let rows = tuples.into_iter().map(|(maybe, value, id)| Row::of::<K>(&super::kind::Cells { id, value, maybe }));
        Ok(rows.collect())
    }

    async fn find_parts(&self, db: &C) -> Result<Vec<Row>, DbErr> {
        let parts = K::find().order_by_desc(K::ID).into_partial_model::<K::Part>().all(db).await?;
        Ok(parts.into_iter().map(|part| Row::of::<K>(&K::cells_of_part(part))).collect())
    }

    async fn find_notes(&self, db: &C) -> Result<Vec<(i32, Option<Row>)>, DbErr> {
        let notes = K::of_notes().order_by_asc(note::Column::Id).all(db).await?;
        Ok(notes
            .into_iter()
            .map(|(note, model)| (note.id, model.map(|model| Row::of::<K>(&K::cells(model)))))
            .collect())
    }

    async fn find_json(&self, db: &C) -> Result<Vec<JsonValue>, DbErr> {
        K::find().order_by_desc(K::ID).into_json().all(db).await
    }

    async fn read_it(&self, db: &C, sql: &str) -> Result<Vec<Option<String>>, DbErr> {
        let rows = It::<K::Type>::find_by_statement(Statement::from_string(DbBackend::Sqlite, sql)).all_as(db).await?;
        Ok(rows.iter().map(|row| row.it.as_ref().map(K::show)).collect())
    }
}
