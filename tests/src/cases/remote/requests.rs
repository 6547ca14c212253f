//! Requests that no connection sends.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, stream};
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_do::DoConnection;
use sea_orm_do::remote::{Access, Body, RemoteConnection, Transport, answer};

use super::{accounts, cents, sql};
use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    let restarted =
        crate::case::case!("remote", a_request_of_an_earlier_run_is_refused).then(|context| Box::pin(replays(context)));
    let mut cases = cases!(
        "remote":
        a_request_runs_once,
        a_request_cut_short_does_nothing,
        a_changed_request_does_nothing_or_is_another,
        another_version_is_refused,
        an_answer_cut_short_is_an_error,
    );
    cases.push(restarted.after_restart());
    cases
}

/// Keeps the requests that it sends.
#[derive(Clone, Debug)]
struct Recorder {
    object: DoConnection,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    /// How many bytes of an answer arrive.
    arrives: usize,
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Vec<u8>) -> Result<Body, DbErr> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let mut answer = self.answer(&request).await;
        answer.truncate(self.arrives);
        Ok(stream::iter([Ok(answer)]).boxed())
    }
}

impl Recorder {
    fn new(object: &DoConnection) -> Self {
        Self { object: object.clone(), requests: Arc::default(), arrives: usize::MAX }
    }

    /// The last request.
    fn last(&self) -> Vec<u8> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).last().cloned().unwrap_or_default()
    }

    async fn send_again(&self, request: &[u8]) -> String {
        String::from_utf8_lossy(&self.answer(request).await).into_owned()
    }

    async fn answer(&self, request: &[u8]) -> Vec<u8> {
        answer(&self.object, request, &Access::read_write()).await.into_bytes().await
    }
}

const ADD: &str = "UPDATE account SET cents = cents + 1";

/// A request that has added 1.
async fn recorded(context: &Context) -> Result<(DoConnection, Recorder, Vec<u8>), DbErr> {
    let (object, _) = accounts(context, Access::read_write()).await?;
    let recorder = Recorder::new(&object);
    RemoteConnection::new(recorder.clone()).execute_unprepared(ADD).await?;
    assert_eq!(cents(&object).await?, [501, 1]);
    let request = recorder.last();
    Ok((object, recorder, request))
}

async fn a_request_runs_once(context: Context) -> Outcome {
    let (object, recorder, request) = recorded(&context).await?;
    let again = recorder.send_again(&request).await;
    assert!(again.contains("has been sent before"), "{again}");
    assert_eq!(cents(&object).await?, [501, 1]);
    // Many requests later, it is of an epoch that is over.
    let db = RemoteConnection::new(recorder.clone());
    for _ in 0..20_000 {
        db.execute_unprepared("PRAGMA defer_foreign_keys = OFF").await?;
    }
    recorder.send_again(&request).await;
    assert_eq!(cents(&object).await?, [501, 1]);
    db.execute_unprepared(ADD).await?;
    assert_eq!(cents(&object).await?, [502, 2]);
    Ok(())
}

async fn a_request_of_an_earlier_run_is_refused(context: Context) -> Outcome {
    let (object, _, request) = recorded(&context).await?;
    object.execute_unprepared("CREATE TABLE recorded (request BLOB)").await?;
    let insert = "INSERT INTO recorded VALUES (?)";
    let insert = sea_orm::Statement::from_sql_and_values(sea_orm::DbBackend::Sqlite, insert, [request.into()]);
    object.execute_raw(insert).await?;
    Ok(())
}

async fn replays(context: Context) -> Outcome {
    let object = context.connect()?;
    let row = object
        .read_as_tuple::<(Vec<u8>,)>()
        .query_one_raw(sql("SELECT request FROM recorded"))
        .await?
        .ok_or("no request")?;
    Recorder::new(&object).send_again(&row.try_get_by_index::<Vec<u8>>(0)?).await;
    assert_eq!(cents(&object).await?, [501, 1]);
    Ok(())
}

async fn a_request_cut_short_does_nothing(context: Context) -> Outcome {
    let (object, recorder, request) = recorded(&context).await?;
    for length in 0..request.len() {
        let answer = recorder.send_again(&request[..length]).await;
        assert!(answer.contains("cannot be read") || answer.contains("not a request"), "{length}: {answer}");
    }
    let longer = [&request[..], b" "].concat();
    assert!(recorder.send_again(&longer).await.contains("behind the end"));
    assert_eq!(cents(&object).await?, [501, 1]);
    Ok(())
}

/// Any byte may be another one: that may be another request, but never one that makes the object fail.
async fn a_changed_request_does_nothing_or_is_another(context: Context) -> Outcome {
    let (object, recorder, request) = recorded(&context).await?;
    for at in 0..request.len() {
        for flip in [1, 0x80, 0xFF] {
            let mut changed = request.clone();
            changed[at] ^= flip;
            recorder.send_again(&changed).await;
        }
    }
    // The epoch comes before the id, so a change of the id alone makes it a request that has not run.
    assert!(cents(&object).await?.len() <= 2);
    RemoteConnection::new(recorder).execute_unprepared("SELECT 1").await?;
    Ok(())
}

async fn another_version_is_refused(context: Context) -> Outcome {
    let (object, recorder, mut request) = recorded(&context).await?;
    request[4] = 2;
    let answer = recorder.send_again(&request).await;
    assert!(answer.contains("version 2 of the protocol, and this object answers version 1"), "{answer}");
    assert_eq!(cents(&object).await?, [501, 1]);
    Ok(())
}

async fn an_answer_cut_short_is_an_error(context: Context) -> Outcome {
    let (object, _) = accounts(&context, Access::read_write()).await?;
    let whole = Recorder::new(&object);
    RemoteConnection::new(whole.clone())
        .read_as_tuple::<(i64,)>()
        .query_all_raw(sql("SELECT cents FROM account"))
        .await?;
    let length = whole.answer(&whole.last()).await.len();
    for arrives in 0..length {
        let db = RemoteConnection::new(Recorder { arrives, ..Recorder::new(&object) });
        let read = db.read_as_tuple::<(i64,)>().query_all_raw(sql("SELECT cents FROM account")).await;
        let error = read.expect_err("an answer cut short").to_string();
        assert!(error.contains("ended before the answer"), "{arrives}: {error}");
    }
    Ok(())
}
