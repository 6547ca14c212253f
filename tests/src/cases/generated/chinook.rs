//! The music shop, in the dense format.

use sea_orm::prelude::Decimal;
use sea_orm::sea_query::Alias;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityLoaderTrait, EntityTrait, JoinType, ModelTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Set,
};
use sea_orm_do_generated::chinook::prelude::{Album, Artist, Customer, Employee, Invoice, Playlist, Track};
use sea_orm_do_generated::chinook::{album, artist, employee, invoice, invoice_line, playlist, register, track};
use sea_orm_do_generated::schemas::CHINOOK;

use super::made;
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("generated": chinook_reads_what_a_script_wrote, chinook_follows_relations, chinook_follows_a_key_to_its_own_table, chinook_sells_a_track)
}

async fn chinook_reads_what_a_script_wrote(context: Context) -> Outcome {
    let db = register(made(&context, CHINOOK).await?);
    let tracks = Track::find().order_by_asc(track::Column::TrackId).all(&db).await?;
    let first = track::Model {
        track_id: 1,
        name: "Ignition".into(),
        album_id: Some(1),
        media_type_id: 1,
        genre_id: Some(1),
        composer: Some("A. Person".into()),
        milliseconds: 343_719,
        bytes: Some(11_170_334),
        unit_price: Decimal::new(99, 2),
    };
    assert_eq!((tracks.len(), tracks.first()), (4, Some(&first)));
    assert_eq!(tracks[3].unit_price, Decimal::ZERO);
    let boss = Employee::find_by_id(1).one(&db).await?.ok_or("no boss")?;
    assert_eq!(boss.birth_date.map(|date| date.to_string()), Some("1962-02-18 00:00:00".into()));
    assert_eq!(Artist::find().all(&db).await?[2], artist::Model { artist_id: 3, name: None });
    Ok(())
}

async fn chinook_follows_relations(context: Context) -> Outcome {
    let db = register(made(&context, CHINOOK).await?);
    let with_artists = Album::find().find_also_related(Artist).order_by_asc(album::Column::AlbumId).all(&db).await?;
    let names: Vec<_> = with_artists
        .iter()
        .map(|(album, artist)| (&*album.title, artist.as_ref().and_then(|artist| artist.name.as_deref())))
        .collect();
    let expected =
        [("First Stage", Some("The Rockets")), ("Second Stage", Some("The Rockets")), ("Ångström", Some("Ünïcode"))];
    assert_eq!(names, expected);

    let music = Playlist::find_by_id(1).one(&db).await?.ok_or("no playlist")?;
    let tracks = music.find_related(Track).order_by_asc(track::Column::TrackId).all(&db).await?;
    assert_eq!(tracks.iter().map(|track| &*track.name).collect::<Vec<_>>(), ["Ignition", "Orbit"]);
    let playlists =
        Playlist::find().find_with_related(Track).order_by_asc(playlist::Column::PlaylistId).all(&db).await?;
    assert_eq!(playlists.iter().map(|(_, tracks)| tracks.len()).collect::<Vec<_>>(), [2, 0]);

    let loaded = Track::load().filter_by_id(1).with(Album).with(Playlist).one(&db).await?.ok_or("no track")?;
    assert_eq!(loaded.album.as_ref().map(|album| &*album.title), Some("First Stage"));
    assert_eq!(loaded.playlists.len(), 1);
    Ok(())
}

async fn chinook_follows_a_key_to_its_own_table(context: Context) -> Outcome {
    let db = register(made(&context, CHINOOK).await?);
    let boss = Alias::new("boss");
    let pairs: Vec<(String, Option<String>)> = Employee::find()
        .select_only()
        .column(employee::Column::FirstName)
        .column_as(sea_orm::sea_query::Expr::col((boss.clone(), employee::Column::FirstName)), "boss_name")
        .join_as(JoinType::LeftJoin, employee::Relation::SelfRef.def(), boss)
        .order_by_asc(employee::Column::EmployeeId)
        .into_tuple()
        .all(&db)
        .await?;
    assert_eq!(pairs, [("Ada".to_owned(), None), ("Ben".to_owned(), Some("Ada".to_owned()))]);
    let customers = Employee::find_by_id(2).one(&db).await?.ok_or("no clerk")?.find_related(Customer).all(&db).await?;
    assert_eq!(customers.len(), 1);
    Ok(())
}

async fn chinook_sells_a_track(context: Context) -> Outcome {
    let db = register(made(&context, CHINOOK).await?);
    let date = "2026-11-25T10:15:25".parse()?;
    let total = Decimal::new(129, 2);
    let sold = db.transaction_sync(async |txn| {
        let invoice = invoice::ActiveModel {
            customer_id: Set(1),
            invoice_date: Set(date),
            total: Set(total),
            ..Default::default()
        };
        let invoice = invoice.insert(txn).await?;
        let line = invoice_line::ActiveModel {
            invoice_id: Set(invoice.invoice_id),
            track_id: Set(3),
            unit_price: Set(total),
            quantity: Set(1),
            ..Default::default()
        };
        line.insert(txn).await?;
        Ok::<_, sea_orm::DbErr>(invoice)
    })?;
    assert_eq!((sold.invoice_id, sold.total, sold.invoice_date), (2, total, date));
    let dear = Invoice::find().filter(invoice::Column::Total.lt(Decimal::new(198, 2))).all(&db).await?;
    assert_eq!(dear, [sold.clone()]);
    let bought = Invoice::find_by_id(2).find_with_related(invoice_line::Entity).all(&db).await?;
    assert_eq!(bought[0].1[0].unit_price, total);
    Ok(())
}
