//! The film rental shop, in the expanded format, with serde and `i32`.

use sea_orm::prelude::Decimal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, JoinType, ModelTrait, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait, Set,
};
use sea_orm_do_generated::sakila::prelude::{Actor, Category, City, Country, Film, FilmText};
use sea_orm_do_generated::sakila::{
    actor, address, city, customer, film, inventory, language, payment, register, rental, staff, store,
};
use sea_orm_do_generated::schemas::SAKILA;

use super::made;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("generated": sakila_follows_relations, sakila_tells_two_keys_to_one_table_apart, sakila_rents_a_film)
}

async fn sakila_follows_relations(context: Context) -> Outcome {
    let db = register(made(&context, SAKILA).await?);
    let cast =
        Film::find().find_with_related(Actor).order_by_asc(film::Column::FilmId).order_by_asc(actor::Column::ActorId);
    let cast = cast.all(&db).await?;
    let names: Vec<_> = cast
        .iter()
        .map(|(film, actors)| (&*film.title, actors.iter().map(|actor| &*actor.first_name).collect::<Vec<_>>()))
        .collect();
    assert_eq!(names, [("Fjord", vec!["PENELOPE", "NICK"]), ("Sea", vec!["NICK"])]);
    let films = Category::find_by_id(1).one(&db).await?.ok_or("no category")?.find_related(Film).all(&db).await?;
    assert_eq!(films.len(), 1);
    assert_eq!((films[0].rental_rate, films[0].length, films[0].rental_duration), (Decimal::new(99, 2), Some(86), 3));
    let (city, country) = City::find().find_also_related(Country).one(&db).await?.ok_or("no city")?;
    assert_eq!((&*city.city, country.map(|country| country.country)), ("Ålesund", Some("Norway".into())));
    assert_eq!(city.last_update.to_rfc3339(), "2021-03-06T15:51:49+00:00");
    // A trigger wrote them.
    assert_eq!(FilmText::find().all(&db).await?.len(), 2);
    let json = serde_json::to_value(&films[0])?;
    assert_eq!(serde_json::from_value::<film::Model>(json)?, films[0]);
    Ok(())
}

async fn sakila_tells_two_keys_to_one_table_apart(context: Context) -> Outcome {
    let db = register(made(&context, SAKILA).await?);
    let language = async |relation: film::Relation| {
        Film::find()
            .select_only()
            .column(language::Column::Name)
            .join(JoinType::InnerJoin, relation.def())
            .filter(film::Column::FilmId.eq(1))
            .into_tuple::<String>()
            .one(&db)
            .await
    };
    assert_eq!(language(film::Relation::Language2).await?.as_deref(), Some("English"));
    assert_eq!(language(film::Relation::Language1).await?.as_deref(), Some("Norsk"));
    Ok(())
}

async fn sakila_rents_a_film(context: Context) -> Outcome {
    let db = register(made(&context, SAKILA).await?);
    let now = "2026-11-25T10:15:25Z".parse()?;
    let paid = db.transaction_sync(async |txn| {
        // The store and its manager point at each other: the one key is deferred.
        let store = store::ActiveModel {
            manager_staff_id: Set(1),
            address_id: Set(1),
            last_update: Set(now),
            ..Default::default()
        };
        let store = store.insert(txn).await?;
        let staff = staff::ActiveModel {
            staff_id: Set(1),
            first_name: Set("Mike".into()),
            last_name: Set("Manager".into()),
            address_id: Set(1),
            picture: Set(Some(vec![0, 255])),
            store_id: Set(store.store_id),
            username: Set("Mike".into()),
            last_update: Set(now),
            ..Default::default()
        };
        let staff = staff.insert(txn).await?;
        let customer = customer::ActiveModel {
            store_id: Set(store.store_id),
            first_name: Set("MARY".into()),
            last_name: Set("EXAMPLE".into()),
            address_id: Set(1),
            create_date: Set(now),
            last_update: Set(now),
            ..Default::default()
        };
        let customer = customer.insert(txn).await?;
        let inventory = inventory::ActiveModel {
            film_id: Set(1),
            store_id: Set(store.store_id),
            last_update: Set(now),
            ..Default::default()
        };
        let inventory = inventory.insert(txn).await?;
        let rental = rental::ActiveModel {
            rental_date: Set(now),
            inventory_id: Set(inventory.inventory_id),
            customer_id: Set(customer.customer_id),
            staff_id: Set(staff.staff_id),
            last_update: Set(now),
            ..Default::default()
        };
        let rental = rental.insert(txn).await?;
        let payment = payment::ActiveModel {
            customer_id: Set(customer.customer_id),
            staff_id: Set(staff.staff_id),
            rental_id: Set(Some(rental.rental_id)),
            amount: Set(Decimal::new(199, 2)),
            payment_date: Set(now),
            last_update: Set(now),
            ..Default::default()
        };
        payment.insert(txn).await
    })?;
    assert_eq!((paid.amount, paid.payment_date, paid.rental_id), (Decimal::new(199, 2), now, Some(1)));
    let (mike, at) = staff::Entity::find().find_also_related(address::Entity).one(&db).await?.ok_or("no staff")?;
    assert_eq!((mike.picture, mike.active, mike.email), (Some(vec![0, 255]), 1, None));
    let at = at.ok_or("no address")?.find_related(city::Entity).one(&db).await?;
    assert_eq!(at.map(|city| city.city), Some("Ålesund".into()));
    let (rented, payments) = &rental::Entity::find().find_with_related(payment::Entity).all(&db).await?[0];
    assert_eq!((rented.rental_date, payments), (now, &vec![paid]));
    Ok(())
}
