//! Transactions: all or nothing, and never a commit that was none.

use std::fmt;

use sea_orm::sea_query::Expr;
use sea_orm::{
    AccessMode, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IsolationLevel,
    PaginatorTrait, QueryFilter, QuerySelect, Set, TransactionError, TransactionSession, TransactionTrait,
};
use sea_orm_do::{DoConnection, DoTransaction, sql_err};

use super::{connect, library};
use crate::case::{Case, Context, Outcome, case, cases};
use crate::entities::{author, biography, book, book_genre, genre, setting};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cases!(
        "transactions":
        commits_and_hands_out_the_value,
        rolls_back_and_keeps_the_error,
        keeps_a_database_error_as_it_was,
        works_through_seaorms_own_form,
        begin_points_to_transaction_sync,
        nests_as_savepoints,
        rolls_back_only_the_middle_of_three,
        joins_a_begin_inside,
        a_joined_rollback_undoes_the_whole,
        a_joined_drop_undoes_the_whole,
        a_swallowed_error_in_a_joined_part_undoes_the_whole,
        a_joined_part_in_a_savepoint_undoes_the_savepoint_alone,
        the_outer_handle_takes_part,
        undoes_schema_changes,
        refuses_writes_when_read_only,
        is_over_after_its_closure,
        waits_for_nothing_but_the_database,
        polls_a_future_that_wakes_itself,
        gives_up_on_a_future_that_never_ends,
        checks_deferred_foreign_keys_before_the_commit,
        saves_nested_models,
        money_is_neither_made_nor_lost,
    );
    cases.push(
        case!("transactions", rolls_back_on_a_panic)
            .panicking("in the middle")
            .then(|context| Box::pin(nothing_was_kept(context)))
            .workerd_only(),
    );
    cases
}

/// An error of the caller's own.
#[derive(Debug, PartialEq)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

fn author(name: &str) -> author::ActiveModel {
    author::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
}

async fn names<C: ConnectionTrait>(db: &C) -> Result<Vec<String>, DbErr> {
    Ok(author::Entity::find().all(db).await?.into_iter().map(|author| author.name).collect())
}

async fn commits_and_hands_out_the_value(context: Context) -> Outcome {
    let db = library(&context).await?;
    let ids = db.transaction_sync(async |txn| {
        let one = author("a").insert(txn).await?;
        let two = author("b").insert(txn).await?;
        Ok::<_, DbErr>((one.id, two.id))
    })?;
    assert_eq!(ids, (1, 2));
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

async fn rolls_back_and_keeps_the_error(context: Context) -> Outcome {
    let db = library(&context).await?;
    let result = db.transaction_sync(async |txn| {
        author("a").insert(txn).await.map_err(|_| Refused("insert"))?;
        Err::<(), _>(Refused("on second thought"))
    });
    assert!(matches!(result, Err(TransactionError::Transaction(Refused("on second thought")))));
    assert!(names(&db).await?.is_empty());
    assert_eq!(author("b").insert(&db).await?.id, 1, "even the id is free again");
    Ok(())
}

async fn keeps_a_database_error_as_it_was(context: Context) -> Outcome {
    let db = library(&context).await?;
    let result = db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        author("a").insert(txn).await
    });
    let Err(TransactionError::Transaction(error)) = result else { return Err("it committed".into()) };
    assert!(sql_err(&error).is_some(), "{error}");
    assert!(names(&db).await?.is_empty());
    Ok(())
}

async fn works_through_seaorms_own_form(context: Context) -> Outcome {
    let db = library(&context).await?;
    let id =
        db.transaction::<_, i32, DbErr>(|txn| Box::pin(async move { Ok(author("a").insert(txn).await?.id) })).await?;
    assert_eq!(id, 1);
    let failed = db
        .transaction_with_config::<_, (), DbErr>(
            |txn| {
                Box::pin(async move {
                    author("b").insert(txn).await?;
                    Err(DbErr::Custom("no".into()))
                })
            },
            Some(IsolationLevel::Serializable),
            Some(AccessMode::ReadWrite),
        )
        .await;
    assert!(matches!(failed, Err(TransactionError::Transaction(DbErr::Custom(why))) if why == "no"));
    assert_eq!(names(&db).await?, ["a"]);
    Ok(())
}

async fn begin_points_to_transaction_sync(context: Context) -> Outcome {
    let db = library(&context).await?;
    let error = db.begin().await.expect_err("begin cannot be kept open").to_string();
    assert!(error.contains("db.transaction_sync(async |txn| model.save(txn).await)"), "{error}");
    assert!(db.begin_with_config(None, None).await.is_err());
    assert!(db.begin_with_options(Default::default()).await.is_err());
    Ok(())
}

async fn nests_as_savepoints(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        let inner = txn.transaction_sync(async |inner| {
            author("b").insert(inner).await?;
            Err::<(), _>(DbErr::Custom("inner".into()))
        });
        assert!(matches!(inner, Err(TransactionError::Transaction(DbErr::Custom(why))) if why == "inner"));
        let kept: i32 = txn
            .transaction::<_, _, DbErr>(|inner| Box::pin(async move { Ok(author("c").insert(inner).await?.id) }))
            .await
            .map_err(|error| DbErr::Custom(error.to_string()))?;
        assert_eq!(kept, 2);
        Ok::<_, DbErr>(())
    })?;
    assert_eq!(names(&db).await?, ["a", "c"]);
    Ok(())
}

async fn rolls_back_only_the_middle_of_three(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |one| {
        author("one").insert(one).await?;
        let middle = one.transaction_sync(async |two| {
            author("two").insert(two).await?;
            two.transaction_sync(async |three| author("three").insert(three).await).map_err(Box::new)?;
            Err::<(), Box<dyn std::error::Error>>("the middle".into())
        });
        assert!(middle.is_err());
        author("last").insert(one).await
    })?;
    assert_eq!(names(&db).await?, ["one", "last"]);
    Ok(())
}

async fn joins_a_begin_inside(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| {
        let part = txn.begin().await?;
        author("a").insert(&part).await?;
        let deeper = part.begin().await?;
        author("b").insert(&deeper).await?;
        deeper.commit().await?;
        part.commit().await
    })?;
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

/// Runs a closure that returns `Ok` and still must not commit; the error tells why.
async fn doomed(
    db: &DoConnection,
    step: impl AsyncFnOnce(&DoTransaction) -> Result<(), DbErr>,
) -> Result<String, Box<dyn std::error::Error>> {
    let Err(TransactionError::Connection(error)) = db.transaction_sync(step) else { return Err("it committed".into()) };
    assert!(names(db).await?.is_empty());
    Ok(error.to_string())
}

async fn a_joined_rollback_undoes_the_whole(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        txn.begin().await?.rollback().await
    });
    assert!(why.await?.contains("was rolled back"));
    Ok(())
}

async fn a_joined_drop_undoes_the_whole(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        let part = txn.begin().await?;
        author("a").insert(&part).await?;
        drop(part);
        Ok(())
    });
    assert!(why.await?.contains("dropped without commit"));
    Ok(())
}

async fn a_swallowed_error_in_a_joined_part_undoes_the_whole(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        let part = async {
            let part = txn.begin().await?;
            author("b").insert(&part).await?;
            author("a").insert(&part).await?;
            part.commit().await
        };
        assert!(part.await.is_err());
        Ok(())
    });
    let why = why.await?;
    assert!(why.contains("UNIQUE constraint failed: author.name"), "{why}");
    Ok(())
}

async fn a_joined_part_in_a_savepoint_undoes_the_savepoint_alone(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        let inner = txn.transaction_sync(async |inner| {
            let part = inner.begin().await?;
            author("b").insert(&part).await?;
            part.rollback().await
        });
        assert!(matches!(inner, Err(TransactionError::Connection(_))));
        Ok::<_, DbErr>(())
    })?;
    assert_eq!(names(&db).await?, ["a"]);
    Ok(())
}

async fn the_outer_handle_takes_part(context: Context) -> Outcome {
    let db = library(&context).await?;
    let result = db.transaction_sync(async |txn| {
        author("a").insert(&db).await?;
        assert_eq!(names(txn).await?, ["a"]);
        Err::<(), _>(DbErr::Custom("no".into()))
    });
    assert!(result.is_err());
    assert!(names(&db).await?.is_empty());
    Ok(())
}

async fn undoes_schema_changes(context: Context) -> Outcome {
    let db = library(&context).await?.by_declared_type();
    let result = db.transaction_sync(async |txn| {
        txn.execute_unprepared("ALTER TABLE author ADD COLUMN shoes INTEGER; CREATE TABLE t (a INTEGER)").await?;
        txn.execute_unprepared("INSERT INTO t VALUES (1)").await?;
        author("a").insert(txn).await?;
        Err::<(), _>(DbErr::Custom("no".into()))
    });
    assert!(result.is_err());
    assert!(db.execute_unprepared("SELECT * FROM t").await.is_err());
    assert!(db.execute_unprepared("SELECT shoes FROM author").await.is_err());
    db.transaction_sync(async |txn| {
        txn.execute_unprepared("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')").await
    })?;
    let row = db.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT a FROM t")).await?;
    assert_eq!(row.ok_or("no row")?.try_get::<String>("", "a")?, "x");
    Ok(())
}

async fn refuses_writes_when_read_only(context: Context) -> Outcome {
    let db = library(&context).await?;
    author("a").insert(&db).await?;
    let inside = db.clone();
    let names = db
        .transaction_with_config::<_, Vec<String>, DbErr>(
            |txn| {
                Box::pin(async move {
                    for refused in [author("b").insert(txn).await, author("b").insert(&inside).await] {
                        assert!(refused.is_err_and(|error| error.to_string().contains("read-only")));
                    }
                    assert!(txn.execute_unprepared("SELECT 1; DELETE FROM author").await.is_err());
                    names(txn).await
                })
            },
            None,
            Some(AccessMode::ReadOnly),
        )
        .await?;
    assert_eq!(names, ["a"]);
    author("b").insert(&db).await?;
    Ok(())
}

async fn is_over_after_its_closure(context: Context) -> Outcome {
    let db = library(&context).await?;
    let mut kept = None;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        kept = Some(txn.begin().await?);
        Ok(())
    });
    assert!(why.await?.contains("never committed"));
    let kept = kept.ok_or("nothing was kept")?;
    let error = author("a").insert(&kept).await.expect_err("the closure is over");
    assert!(error.to_string().contains("this transaction is over"), "{error}");
    assert!(kept.begin().await.is_err());
    assert!(kept.transaction_sync(async |_| Ok::<_, DbErr>(())).is_err());
    assert!(kept.commit().await.is_err());
    assert!(names(&db).await?.is_empty());
    Ok(())
}

async fn waits_for_nothing_but_the_database(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        std::future::pending::<()>().await;
        Ok(())
    });
    let why = why.await?;
    assert!(why.contains("waited for something other than this database"), "{why}");
    Ok(())
}

async fn polls_a_future_that_wakes_itself(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| {
        author("a").insert(txn).await?;
        wakes_itself(100).await;
        author("b").insert(txn).await
    })?;
    assert_eq!(names(&db).await?, ["a", "b"]);
    Ok(())
}

async fn gives_up_on_a_future_that_never_ends(context: Context) -> Outcome {
    let db = library(&context).await?;
    let why = doomed(&db, async |txn| {
        author("a").insert(txn).await?;
        wakes_itself(usize::MAX).await;
        Ok(())
    });
    assert!(why.await?.contains("without coming to an end"));
    Ok(())
}

async fn wakes_itself(times: usize) {
    let mut left = times;
    std::future::poll_fn(|context| {
        left -= 1;
        context.waker().wake_by_ref();
        if left == 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

async fn checks_deferred_foreign_keys_before_the_commit(context: Context) -> Outcome {
    let db = library(&context).await?;
    let orphan = "INSERT INTO book (author_id, title, pages, price, in_print) VALUES (7, 'x', 1, 1, 1)";
    let result = db.transaction_sync(async |txn| {
        txn.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
        txn.execute_unprepared(orphan).await
    });
    let Err(TransactionError::Connection(error)) = result else { return Err("it committed".into()) };
    assert!(error.to_string().contains("`book`") && error.to_string().contains("`author`"), "{error}");
    assert!(sql_err(&error).is_some());
    assert_eq!(book::Entity::find().count(&db).await?, 0);

    let parents_later =
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES author DEFERRABLE INITIALLY DEFERRED)";
    db.execute_unprepared(parents_later).await?;
    let broken = db.transaction_sync(async |txn| txn.execute_unprepared("INSERT INTO child (parent) VALUES (9)").await);
    assert!(broken.is_err());
    db.transaction_sync(async |txn| {
        txn.execute_unprepared("INSERT INTO child (parent) VALUES (9)").await?;
        author::ActiveModel { id: Set(9), ..author("late") }.insert(txn).await
    })?;
    assert_eq!(names(&db).await?, ["late"]);
    Ok(())
}

/// `ActiveModelEx` begins a transaction of its own for what it saves, and for each model nested in it: here one author
/// with a biography (has one), two books (has many) and their genres (many to many).
async fn saves_nested_models(context: Context) -> Outcome {
    let db = library(&context).await?;
    let genre = |name: &str| genre::ActiveModel::builder().set_name(name);
    let new_book =
        |title: &str| book::ActiveModel::builder().set_title(title).set_pages(1).set_price(1.0).set_in_print(true);
    let model = || {
        author::ActiveModel::builder()
            .set_name("Ursula")
            .set_biography(biography::ActiveModel::builder().set_text("wrote"))
            .add_book(new_book("one").add_genre(genre("fantasy")).add_genre(genre("novel")))
            .add_book(new_book("two").add_genre(genre("essay")))
    };
    let error = model().save(&db).await.expect_err("begin cannot be kept open").to_string();
    assert!(error.contains("transaction_sync"), "{error}");
    assert!(names(&db).await?.is_empty());

    db.transaction_sync(async |txn| model().save(txn).await)?;
    let counts = async || {
        Ok::<_, DbErr>([
            author::Entity::find().count(&db).await?,
            biography::Entity::find().filter(biography::Column::AuthorId.eq(1)).count(&db).await?,
            book::Entity::find().filter(book::Column::AuthorId.eq(1)).count(&db).await?,
            genre::Entity::find().count(&db).await?,
            book_genre::Entity::find().count(&db).await?,
        ])
    };
    assert_eq!(counts().await?, [1, 1, 2, 3, 3]);
    let genres = book::Entity::find_by_id(1).find_with_related(genre::Entity).all(&db).await?;
    let genres: Vec<_> = genres.iter().flat_map(|(_, genres)| genres).map(|genre| genre.name.as_str()).collect();
    assert_eq!(genres, ["fantasy", "novel"]);

    // The author's name is taken, then that of a genre, deep inside.
    let twice = db.transaction_sync(async |txn| model().save(txn).await);
    assert!(matches!(twice, Err(TransactionError::Transaction(_))), "the name is taken");
    let deep = author::ActiveModel::builder().set_name("Octavia").add_book(new_book("three").add_genre(genre("novel")));
    assert!(db.transaction_sync(async |txn| deep.clone().save(txn).await).is_err());
    assert_eq!(counts().await?, [1, 1, 2, 3, 3]);
    Ok(())
}

/// 10,000 transfers between ten accounts, one in three of which fails somewhere in its middle.
async fn money_is_neither_made_nor_lost(context: Context) -> Outcome {
    let db = library(&context).await?;
    let accounts = (0..10).map(|at| setting::ActiveModel {
        key: Set(format!("account {at}")),
        value: Set(String::new()),
        changes: Set(1000),
    });
    setting::Entity::insert_many(accounts).exec_without_returning(&db).await?;
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |bound: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % bound
    };
    let (mut done, mut refused) = (0, 0);
    for round in 0..10_000 {
        let (from, to) = (format!("account {}", next(10)), format!("account {}", next(10)));
        let amount = i32::try_from(next(50))?;
        let fails = next(3) == 0;
        let moved = db.transaction_sync(async |txn| {
            change(txn, &from, -amount).await?;
            if fails {
                return Err(DbErr::Custom("in the middle".into()));
            }
            change(txn, &to, amount).await
        });
        assert_eq!(moved.is_err(), fails);
        if fails {
            refused += 1
        } else {
            done += 1
        }
        if round % 1000 == 0 {
            assert_eq!(total(&db).await?, 10_000);
        }
    }
    assert_eq!(total(&db).await?, 10_000);
    assert!(done > 6000 && refused > 3000, "{done} done, {refused} refused");
    Ok(())
}

async fn change(txn: &DoTransaction, account: &str, by: i32) -> Result<(), DbErr> {
    let update = setting::Entity::update_many()
        .col_expr(setting::Column::Changes, Expr::col(setting::Column::Changes).add(by))
        .filter(setting::Column::Key.eq(account));
    let changed = update.exec(txn).await?;
    if changed.rows_affected == 1 { Ok(()) } else { Err(DbErr::RecordNotUpdated) }
}

async fn total(db: &DoConnection) -> Result<i64, DbErr> {
    let sum = setting::Entity::find().select_only().column_as(setting::Column::Changes.sum(), "total");
    sum.into_tuple().one(db).await.map(Option::unwrap_or_default)
}

async fn rolls_back_on_a_panic(context: Context) -> Outcome {
    let db = library(&context).await?;
    db.transaction_sync(async |txn| -> Result<(), DbErr> {
        author("a").insert(txn).await?;
        panic!("in the middle");
    })?;
    Ok(())
}

async fn nothing_was_kept(context: Context) -> Outcome {
    let db = connect(&context)?;
    assert!(names(&db).await?.is_empty());
    db.transaction_sync(async |txn| author("b").insert(txn).await)?;
    assert_eq!(names(&db).await?, ["b"]);
    Ok(())
}
