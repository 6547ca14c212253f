//! Names, types and keys that are hard to write in Rust.

use std::collections::BTreeMap;

use sea_orm::prelude::{Decimal, Uuid};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, Iterable, ModelTrait,
    PaginatorTrait, QueryFilter, QuerySelect, Schema, Set,
};
use sea_orm_do_generated::hard::prelude::{
    Club, EveryType, Match, Mod2, Note, Person, SeaOrmDo, Site, TableSelf, TheOrderOfThings, Visit, Wide,
};
use sea_orm_do_generated::hard::{
    club, club_member, every_type, r#match, mod_2, note, other_types, person, register, sea_orm_do, site, strict_types,
    table_self, the_order_of_things, visit, wide, with_defaults,
};
use sea_orm_do_generated::schemas::hard;
use serde_json::json;

use super::{made, writes};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("generated":
        every_type_reads_back,
        every_type_makes_the_same_table,
        types_of_other_databases_read_back,
        strict_types_read_back,
        hard_names_read_back,
        names_that_rust_has_not_read_back,
        keys_to_the_same_table_read_back,
        composite_keys_read_back,
        many_to_many_reads_back,
        defaults_are_the_database_s,
        ninety_columns_read_back,
        a_table_beside_fts5_reads_back,
    )
}

fn one_of_every_type() -> Result<every_type::Model, Box<dyn std::error::Error>> {
    Ok(every_type::Model {
        id: 7,
        a_char: "c".into(),
        a_char_3: "abc".into(),
        a_varchar: "it's".into(),
        a_varchar_9: "9".into(),
        a_text: "tëxt ☃".into(),
        a_tinyint: i8::MIN,
        a_smallint: i16::MAX,
        an_integer: i64::MAX,
        a_bigint: i64::MIN,
        a_float: 0.1,
        a_double: 0.1,
        a_real: Decimal::new(12_345, 4),
        a_real_decimal: Decimal::new(5, 1),
        a_real_money: Decimal::new(1_050, 2),
        a_real_money_2: Decimal::new(-99, 2),
        a_datetime_text: "2026-11-23T09:30:15.250".parse()?,
        a_timestamp_text: "2026-11-23T09:30:15.250Z".parse()?,
        a_timestamp_with_timezone_text: "2026-11-23T09:30:15.250+02:00".parse()?,
        a_time_text: "09:30:15.250".parse()?,
        a_date_text: "2026-11-23".parse()?,
        a_blob: vec![0, 255],
        a_blob_3: vec![1, 2, 3],
        a_varbinary_blob: Vec::new(),
        a_varbinary_blob_8: vec![8],
        a_boolean: true,
        a_json_text: json!({"a": [1, 2.5, null]}),
        a_jsonb_text: json!("text"),
        a_uuid_text: Uuid::from_u128(1),
        an_enum_text: "one".into(),
    })
}

async fn every_type_reads_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    writes::<EveryType, _>(&db, one_of_every_type()?).await
}

/// A table that SeaORM makes from the entity has the types of the one that the entity was made from.
async fn every_type_makes_the_same_table(context: Context) -> Outcome {
    let db = made(&context, &hard()).await?;
    let types = |schema: &::sea_orm_do::introspect::Schema| {
        let table = schema.table("every_type").map(|table| table.columns.clone()).unwrap_or_default();
        table.into_iter().map(|column| (column.name, column.declared_type)).collect::<BTreeMap<_, _>>()
    };
    let before = types(&::sea_orm_do::introspect(&db)?);
    db.execute_unprepared("DROP TABLE every_type").await?;
    db.execute(&Schema::new(DbBackend::Sqlite).create_table_from_entity(EveryType)).await?;
    let mut after = types(&::sea_orm_do::introspect(&db)?);
    // SeaORM has one word for all integers, and reads an enum's column as text.
    after.insert("a_bigint".into(), "bigint".into());
    after.insert("an_enum_text".into(), "enum_text".into());
    assert_eq!(after, before);
    Ok(())
}

async fn types_of_other_databases_read_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    let model = other_types::Model {
        id: -1,
        an_int8: Some(1),
        a_double_precision: Some(1e300),
        a_numeric: Some(Decimal::new(15, 1)),
        a_numeric_10_2: Some(Decimal::new(1, 2)),
        a_date: Some("2026-11-23".parse()?),
        a_time: Some("09:30:15".parse()?),
        a_datetime: Some("2026-11-23T09:30:15".parse()?),
        a_timestamp: Some("2026-11-23T09:30:15Z".parse()?),
        a_bool: Some(false),
        a_json: Some(json!([1])),
        a_uuid: Some(Uuid::from_u128(2)),
        a_binary_4: Some(vec![4; 4]),
        a_clob: None,
    };
    writes::<other_types::Entity, _>(&db, model).await
}

async fn strict_types_read_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    let model = strict_types::Model {
        an_int: Some(1),
        an_integer: 1 << 60,
        a_real: Some(2.0),
        a_text: Some("1".into()),
        a_blob: Some(vec![]),
    };
    writes::<strict_types::Entity, _>(&db, model).await
}

async fn names_that_rust_has_not_read_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    let model = table_self::Model {
        column_2fa: 1,
        column_self: "self".into(),
        column_super: Some("super".into()),
        column_crate: Some(2),
        a_b: Some(3),
        a_b_2: Some(4),
        up: Some(1),
    };
    writes::<TableSelf, _>(&db, model).await?;
    writes::<SeaOrmDo, _>(&db, sea_orm_do::Model { id: 1, column_self: 1 }).await?;
    writes::<Mod2, _>(&db, mod_2::Model { id: 1, body: "mod".into() }).await?;
    let (_, others) = &TableSelf::find().find_with_related(SeaOrmDo).all(&db).await?[0];
    assert_eq!(others.len(), 1);
    Ok(())
}

async fn hard_names_read_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    let model = the_order_of_things::Model {
        select: 1,
        a_b: "a b".into(),
        x_y: Some(2),
        in_brackets: Some(3),
        größe: Some(4.5),
        名前: Some("名前".into()),
        r#type: Some("type".into()),
        self_id: Some(5),
        http_code: Some(418),
        émile_s: Some("émile's".into()),
    };
    writes::<TheOrderOfThings, _>(&db, model).await?;
    writes::<Match, _>(&db, r#match::Model { the_order: 1, r#async: "?".into() }).await?;
    let (_, matches) = &TheOrderOfThings::find().find_with_related(Match).all(&db).await?[0];
    assert_eq!(matches.len(), 1);
    Ok(())
}

async fn keys_to_the_same_table_read_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    writes::<Person, _>(&db, person::Model { id: 1, name: "Ada".into(), boss: None, mother: Some(1) }).await?;
    let ben = person::ActiveModel { name: Set("Ben".into()), boss: Set(Some(1)), ..Default::default() };
    let ben = ben.insert(&db).await?;
    assert_eq!(ben, person::Model { id: 2, name: "Ben".into(), boss: Some(1), mother: None });
    Ok(())
}

async fn composite_keys_read_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    let site = site::Model { country: "NO".into(), number: 1, name: Some("North".into()) };
    writes::<Site, _>(&db, site.clone()).await?;
    writes::<Person, _>(&db, person::Model { id: 1, name: "Ada".into(), boss: None, mother: None }).await?;
    let at = Some("2026-11-23T09:30:15Z".parse()?);
    let visit = visit::Model { id: 1, country: "NO".into(), number: 1, person: 1, at };
    writes::<Visit, _>(&db, visit.clone()).await?;
    assert_eq!(visit.find_related(Site).one(&db).await?, Some(site.clone()));
    assert_eq!(site.find_related(Visit).all(&db).await?, [visit]);
    assert_eq!(Site::find_by_id(("NO".into(), 1)).one(&db).await?, Some(site));
    Ok(())
}

async fn many_to_many_reads_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    let club = club::Model { id: "chess".into(), name: "Chess".into() };
    let ada = person::Model { id: 1, name: "Ada".into(), boss: None, mother: None };
    writes::<Club, _>(&db, club.clone()).await?;
    writes::<Person, _>(&db, ada.clone()).await?;
    writes::<club_member::Entity, _>(&db, club_member::Model { club: "chess".into(), person: 1 }).await?;
    assert_eq!(club.find_related(Person).all(&db).await?, std::slice::from_ref(&ada));
    assert_eq!(ada.find_related(Club).all(&db).await?, [club]);
    Ok(())
}

async fn defaults_are_the_database_s(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    let row = with_defaults::ActiveModel { ..Default::default() }.insert(&db).await?;
    assert_eq!((row.id, row.number, &*row.text), (1, 7, "ab"));
    assert!(row.made_at.to_string().starts_with("20"), "{}", row.made_at);
    // Generated columns are not in the entity, and can be asked for all the same.
    let upper = with_defaults::Entity::find().select_only().expr(Expr::col("upper")).into_tuple::<String>();
    assert_eq!(upper.one(&db.clone().with_declared_types()).await?.as_deref(), Some("AB"));
    let changed = with_defaults::ActiveModel { number: Set(5), ..row.into_active_model() }.update(&db).await?;
    assert_eq!(changed.number, 5);
    Ok(())
}

async fn ninety_columns_read_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    let mut row = wide::ActiveModel { ..Default::default() };
    for (number, column) in (0_i64..).zip(wide::Column::iter()) {
        if number > 0 {
            row.set(column, number.into());
        }
    }
    let row = row.insert(&db).await?;
    assert_eq!((row.id, row.c1, row.c45, row.c89), (1, 1, 45, 89));
    assert_eq!(Wide::find().all(&db).await?, [row]);
    Ok(())
}

async fn a_table_beside_fts5_reads_back(context: Context) -> Outcome {
    let db = register(made(&context, &hard()).await?);
    writes::<Note, _>(&db, note::Model { id: 1, body: "how to find a needle".into() }).await?;
    let matching = Query::select()
        .column("rowid")
        .from("note_search")
        .and_where(Expr::cust_with_values("note_search MATCH ?", ["needle"]))
        .to_owned();
    let found = Note::find().filter(note::Column::Id.in_subquery(matching)).count(&db).await?;
    assert_eq!(found, 1);
    Ok(())
}
