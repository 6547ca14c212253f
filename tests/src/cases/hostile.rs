//! Hostile input ends as the table says, and after each the object lives on with all it had: see [`crate::hostile`].

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, ModelTrait, Set};
use sea_orm_do::DoConnection;

use super::library;
use crate::case::{Case, Context, Outcome};
use crate::entities::setting;
use crate::hostile::past::Raw;
use crate::hostile::{Input, PARTS, act};

/// The parts of the table by name.
macro_rules! parts {
    ($($at:literal: $part:ident),* $(,)?) => {
        vec![$(Case::new(concat!("hostile::", stringify!($part)), |context| Box::pin(endure(context, PARTS[$at]())))),*]
    };
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases =
        parts!(0: values, 1: lengths, 2: shapes, 3: statements, 4: injected, 5: names, 6: stored, 7: javascript);
    let last = cases.pop().map(Case::workerd_only);
    cases.extend(last);
    cases
}

/// Tells of every input at once that does not end as it should.
async fn endure(context: Context, inputs: Vec<Input>) -> Outcome {
    let db = with_sentinel(&context).await?;
    let before = all_there_is(&context)?;
    let mut wrong = Vec::new();
    for Input { name, act: input, ends, natively } in inputs {
        let started = context.now();
        let told = act(&db, &context, &input).await;
        let took = context.now().saturating_sub(started);
        let expected = if cfg!(target_arch = "wasm32") { ends } else { natively.unwrap_or(ends) };
        // Where the runtime ends a message with a number of its own, only what stands before it is told.
        let fits = expected.strip_suffix('…').map_or(told == expected, |start| told.starts_with(start));
        if !fits {
            wrong.push(format!("{name}\t{told}"));
        }
        if took.as_secs() >= 5 {
            wrong.push(format!("{name}: took {took:?}"));
        }
        if let Err(lost) = is_unharmed(&db, &context, &before).await {
            wrong.push(format!("{name}: afterwards {lost}"));
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

async fn with_sentinel(context: &Context) -> Result<DoConnection, DbErr> {
    let db = library(context).await?;
    db.execute_unprepared(
        "CREATE TABLE hostile (it);
         CREATE TABLE sentinel (id INTEGER PRIMARY KEY, text TEXT CHECK (text <> ''), bytes BLOB);
         INSERT INTO sentinel VALUES (1, 'it''s here', x'00FF'), (2, NULL, NULL)",
    )
    .await?;
    Ok(db)
}

/// The sentinel's rows, the schema, and whether foreign keys are enforced, as seen past the driver.
fn all_there_is(context: &Context) -> Result<Vec<Raw>, String> {
    let rows = "SELECT group_concat(id || quote(text) || quote(bytes)) FROM sentinel";
    let schema = "SELECT group_concat(name || coalesce(sql, '')) FROM \
                  (SELECT name, sql FROM sqlite_master WHERE substr(name, 1, 4) <> '_cf_' ORDER BY name)";
    let sound = "PRAGMA quick_check";
    let read = |sql: &str| context.past(sql, &[]).map(Vec::into_iter);
    Ok(read(rows)?.chain(read(schema)?).chain(read(sound)?).flatten().collect())
}

/// Nothing is lost, and an ordinary statement works.
async fn is_unharmed(db: &DoConnection, context: &Context, before: &[Raw]) -> Outcome {
    db.execute_unprepared("DELETE FROM hostile").await?;
    let after = all_there_is(context)?;
    if after != before {
        return Err(format!("there is {after:?} instead of {before:?}").into());
    }
    let inserted = setting::ActiveModel { key: Set("a".into()), value: Set("b".into()), changes: Set(7) };
    let inserted = inserted.insert(db).await?;
    let found = setting::Entity::find_by_id("a").one(db).await?;
    inserted.clone().delete(db).await?;
    if found.as_ref() != Some(&inserted) {
        return Err(format!("{found:?} was found instead of {inserted:?}").into());
    }
    Ok(())
}
