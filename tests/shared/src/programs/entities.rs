//! The entities of programs, and what is done with their models. The types of their tables' columns are drawn by lot.

use std::fmt::Debug;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait,
    FromQueryResult, IntoActiveModel, Iterable, ModelTrait, Order, PaginatorTrait, PrimaryKeyToColumn, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use super::models::{Action, Cells, Entity, Filter, Find, Found, ModelStep, Upsert, Way};
use super::program::Operator;
use super::value::Scalar;

pub mod item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub count: i32,
        pub ratio: f64,
        pub flag: bool,
        pub small: Option<i16>,
        pub wide: Option<i64>,
        pub data: Option<Vec<u8>>,
        pub note: Option<String>,
        pub day: Option<Date>,
        pub at: Option<DateTimeUtc>,
        pub uid: Option<Uuid>,
        pub doc: Option<Json>,
        pub price: Option<Decimal>,
        pub parent_id: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "Entity", from = "Column::ParentId", to = "Column::Id")]
        Parent,
        #[sea_orm(has_many = "super::link::Entity")]
        Links,
    }

    impl Related<super::link::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Links.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod tag {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tag")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub total: i64,
        pub weight: Option<f64>,
        pub active: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::link::Entity")]
        Links,
    }

    impl Related<super::link::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Links.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod link {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag_key: String,
        pub note: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::item::Entity", from = "Column::ItemId", to = "super::item::Column::Id")]
        Item,
        #[sea_orm(belongs_to = "super::tag::Entity", from = "Column::TagKey", to = "super::tag::Column::Key")]
        Tag,
    }

    impl Related<super::item::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Item.def()
        }
    }

    impl Related<super::tag::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Tag.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a step through an entity comes to.
///
/// # Errors
/// What SeaORM reports.
pub async fn step<C: ConnectionTrait>(db: &C, step: &ModelStep) -> Result<String, DbErr> {
    if let Action::Find(find, found) = &step.action {
        match (step.entity, found) {
            (Entity::Item, Found::Tuples) => {
                let columns = [item::Column::Note, item::Column::Id, item::Column::Name];
                let select = select::<item::Entity>(find)?.select_only().columns(columns);
                return Ok(show(&select.into_tuple::<(Option<String>, i64, String)>().all(db).await?));
            }
            (Entity::Item, Found::After(key, first)) => {
                let mut cursor =
                    item::Entity::find().filter(condition::<item::Entity>(&find.filters)?).cursor_by(item::Column::Id);
                return Ok(show(&cursor.after(*key).first(*first).all(db).await?));
            }
            (Entity::Link, Found::Also) => {
                return Ok(show(&select::<link::Entity>(find)?.find_also_related(item::Entity).all(db).await?));
            }
            (Entity::Item, Found::With) => {
                let select = select::<item::Entity>(find)?.find_with_related(link::Entity);
                return Ok(show(&select.order_by_asc(link::Column::TagKey).all(db).await?));
            }
            _ => {}
        }
    }
    match step.entity {
        Entity::Item => act::<item::Entity, _, _, _>(db, &step.action).await,
        Entity::Tag => act::<tag::Entity, _, _, _>(db, &step.action).await,
        Entity::Link => act::<link::Entity, _, _, _>(db, &step.action).await,
    }
}

fn show(what: &impl Debug) -> String {
    format!("{what:?}")
}

async fn act<E, M, A, C>(db: &C, action: &Action) -> Result<String, DbErr>
where
    E: EntityTrait<Model = M, ActiveModel = A>,
    M: ModelTrait<Entity = E> + IntoActiveModel<A> + FromQueryResult + Debug + Send + Sync,
    A: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Debug + Send,
    C: ConnectionTrait,
{
    match action {
        Action::Insert(cells) => Ok(show(&active::<A>(cells)?.insert(db).await?)),
        Action::Save(cells) => Ok(show(&active::<A>(cells)?.save(db).await?)),
        Action::Exec(cells, upsert) => {
            let insert = E::insert(active::<A>(cells)?);
            let insert = match upsert {
                Some(upsert) => insert.on_conflict(on_conflict::<E>(upsert)?),
                None => insert,
            };
            Ok(show(&insert.exec(db).await?.last_insert_id))
        }
        Action::InsertMany(rows, way, upsert) => {
            let models = rows.iter().map(|cells| active::<A>(cells)).collect::<Result<Vec<_>, _>>()?;
            let insert = E::insert_many(models);
            let insert = match upsert {
                Some(upsert) => insert.on_conflict(on_conflict::<E>(upsert)?),
                None => insert,
            };
            match way {
                Way::Exec => Ok(show(&insert.exec(db).await?.last_insert_id)),
                Way::Count => Ok(show(&insert.exec_without_returning(db).await?)),
                Way::Returning => Ok(show(&insert.exec_with_returning(db).await?)),
            }
        }
        Action::Change(find, cells) => {
            let Some(model) = select::<E>(find)?.one(db).await? else { return Ok("none".to_owned()) };
            let mut model = model.into_active_model();
            set(&mut model, cells)?;
            Ok(show(&model.update(db).await?))
        }
        Action::Remove(find) => {
            let Some(model) = select::<E>(find)?.one(db).await? else { return Ok("none".to_owned()) };
            Ok(show(&model.delete(db).await?.rows_affected))
        }
        Action::Find(find, found) => self::find(db, select::<E>(find)?, *found).await,
        Action::UpdateMany(cells, filters, returning) => {
            let mut update = E::update_many().filter(condition::<E>(filters)?);
            for (column, value) in cells {
                update = update.col_expr(self::column::<E>(column)?, Expr::value(value.value()));
            }
            if *returning {
                return Ok(show(&update.exec_with_returning(db).await?));
            }
            Ok(show(&update.exec(db).await?.rows_affected))
        }
        Action::DeleteMany(filters, returning) => {
            let delete = E::delete_many().filter(condition::<E>(filters)?);
            if *returning {
                return Ok(show(&delete.exec_with_returning(db).await?));
            }
            Ok(show(&delete.exec(db).await?.rows_affected))
        }
    }
}

async fn find<E, C>(db: &C, select: Select<E>, found: Found) -> Result<String, DbErr>
where
    E: EntityTrait,
    E::Model: FromQueryResult + Debug + Send + Sync,
    C: ConnectionTrait,
{
    match found {
        Found::One => Ok(show(&select.one(db).await?)),
        Found::Count => Ok(show(&select.count(db).await?)),
        Found::Pages(size) => {
            let pages = select.paginate(db, size.max(1));
            let counts = pages.num_items_and_pages().await?;
            Ok(format!("{counts:?} {:?}", pages.fetch_page(1).await?))
        }
        Found::All | Found::After(..) | Found::Tuples | Found::Also | Found::With => Ok(show(&select.all(db).await?)),
    }
}

fn column<E: EntityTrait>(name: &str) -> Result<E::Column, DbErr> {
    name.parse().map_err(|_| DbErr::Custom(format!("no column {name}")))
}

fn active<A: ActiveModelTrait>(cells: &Cells) -> Result<A, DbErr> {
    let mut model = A::default();
    set(&mut model, cells)?;
    Ok(model)
}

fn set<A: ActiveModelTrait>(model: &mut A, cells: &Cells) -> Result<(), DbErr> {
    cells.iter().try_for_each(|(name, value)| model.try_set(column::<A::Entity>(name)?, value.value()))
}

fn on_conflict<E: EntityTrait>(upsert: &Upsert) -> Result<OnConflict, DbErr> {
    let columns = |names: &[String]| names.iter().map(|name| column::<E>(name)).collect::<Result<Vec<_>, _>>();
    let mut on_conflict = OnConflict::columns(columns(&upsert.target)?);
    if upsert.update.is_empty() {
        on_conflict.do_nothing();
    } else {
        on_conflict.update_columns(columns(&upsert.update)?);
    }
    Ok(on_conflict)
}

fn condition<E: EntityTrait>(filters: &[Filter]) -> Result<Condition, DbErr> {
    filters.iter().try_fold(Condition::all(), |all, Filter { column, operator, value }| {
        let column = self::column::<E>(column)?;
        let filter: Expr = match (operator, value) {
            (Operator::Is, _) | (_, Scalar::Null(_)) => column.is_null(),
            (Operator::IsNot, _) => column.is_not_null(),
            (Operator::NotEqual, value) => column.ne(value.value()),
            (Operator::Less, value) => column.lt(value.value()),
            (Operator::LessOrEqual, value) => column.lte(value.value()),
            (Operator::Greater, value) => column.gt(value.value()),
            (Operator::GreaterOrEqual, value) => column.gte(value.value()),
            (_, value) => column.eq(value.value()),
        };
        Ok(all.add(filter))
    })
}

fn select<E: EntityTrait>(find: &Find) -> Result<Select<E>, DbErr> {
    let mut select = E::find().filter(condition::<E>(&find.filters)?);
    for (name, falls) in &find.order {
        select = select.order_by(column::<E>(name)?, if *falls { Order::Desc } else { Order::Asc });
    }
    for key in E::PrimaryKey::iter() {
        select = select.order_by_asc(key.into_column());
    }
    // SQLite has no OFFSET without a LIMIT.
    let offset = find.limit.and(find.offset);
    Ok(select.limit(find.limit).offset(offset))
}
