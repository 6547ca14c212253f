//! The code of the front README: it needs a `worker::State`.

use crate::case::{Case, Context, Outcome, case};

pub(super) fn cases() -> Vec<Case> {
    vec![case!("guides", the_front_example_finds_what_it_wrote).workerd_only()]
}

#[cfg(target_arch = "wasm32")]
mod work {
    use sea_orm::entity::prelude::*;
    use sea_orm::{Schema, Set};
    use sea_orm_do::DoConnection;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "task")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub title: String,
        pub done: bool,
        pub due_on: Option<Date>,
    }

    impl ActiveModelBehavior for ActiveModel {}

    pub(super) async fn work(state: &worker::State) -> Result<Vec<Model>, DbErr> {
        let db = DoConnection::new(state)?.register::<Entity>();
        let mut table = Schema::new(db.get_database_backend()).create_table_from_entity(Entity);
        db.execute(table.if_not_exists()).await?;
        ActiveModel { title: Set("Write the report".into()), done: Set(false), ..Default::default() }
            .insert(&db)
            .await?;
        Entity::find().filter(Column::Done.eq(false)).all(&db).await
    }
}

#[cfg(target_arch = "wasm32")]
async fn the_front_example_finds_what_it_wrote(context: Context) -> Outcome {
    let found = work::work(&context.state).await?;
    assert_eq!((found.len(), &*found[0].title, found[0].due_on), (1, "Write the report", None));
    Ok(())
}

#[cfg(not(target_arch = "wasm32"))]
async fn the_front_example_finds_what_it_wrote(context: Context) -> Outcome {
    Err(format!("{context:?} is not in workerd").into())
}
