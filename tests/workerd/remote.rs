//! The database of an object from the host, over http.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use libtest_mimic::Trial;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, StreamTrait, Value};
use sea_orm_do::remote::{Batch, Body, Http, RemoteConnection, Transport};
use sea_orm_do_harness::workerd::{Server, Workerd};
use sea_orm_do_tests::matrix::{check, check_json, note};
use sea_orm_do_tests::outside::{RemoteTable, SECRET, tables};

use crate::suites::worker;

pub fn trials(workerd: &Workerd, date: &str) -> Vec<Trial> {
    let trial = |name: &'static str, run: fn(&mut Server) -> Result<()>| {
        let (workerd, worker) = (workerd.clone(), worker(date, None));
        Trial::test(format!("{date}::remote::{name}"), move || {
            let start = || run(&mut workerd.start(&worker)?);
            start().map_err(|error| format!("{error:#}").into())
        })
    };
    vec![
        trial("the_matrix_over_http", matrix_over_http),
        trial("the_matrix_over_a_stub", matrix_over_a_stub),
        trial("a_million_rows", streams_in_flat_memory),
        trial("many_clients", many_clients_see_whole_transfers),
        trial("hostile_requests", hostile_requests),
        trial("dropped_connections", dropped_connections),
    ]
}

/// Runs a future to its end.
fn wait<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
}

fn url(server: &Server, object: &str, access: &str) -> String {
    format!("http://{}/remote/{object}/{access}", server.address().unwrap_or_default())
}

fn connect(server: &Server, object: &str, access: &str) -> Result<RemoteConnection> {
    Ok(RemoteConnection::new(Http::new(&url(server, object, access), SECRET)?))
}

fn sql(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

async fn numbers(db: &RemoteConnection, statement: Statement) -> Result<Vec<i64>, DbErr> {
    let rows = db.read_as_tuple::<(i64,)>().query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

fn matrix_over_http(server: &mut Server) -> Result<()> {
    wait(async {
        for RemoteTable { table, register } in tables() {
            let db = register(connect(server, table.name(), "write")?.register::<note::Entity>());
            let named = |error: Box<dyn std::error::Error>| anyhow!("{}: {error}", table.name());
            check(&*table, &db).await.map_err(named)?;
            // JSON has no infinity.
            if table.name() != "infinity" {
                check_json(&*table, &db, &db.with_json_rows()).await.map_err(named)?;
            }
        }
        Ok(())
    })
}

fn matrix_over_a_stub(server: &mut Server) -> Result<()> {
    let answer = server.request("GET", "/stub/matrix").send()?;
    ensure!(answer.status == 200, "{}", answer.body);
    Ok(())
}

/// A million rows take as much memory as a hundred thousand, here and in workerd.
fn streams_in_flat_memory(server: &mut Server) -> Result<()> {
    const MIB: u64 = 1 << 20;
    let count = |most: i64| {
        wait(async {
            let db = connect(server, "rows", "long")?.read_as_tuple::<(i64, String)>();
            let recursive = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) \
                             SELECT i, 'the text of row ' || i FROM n";
            let mut rows = db.stream_raw(sql(recursive, [most.into()])).await?;
            let mut count = 0;
            while let Some(row) = rows.try_next().await? {
                count += 1;
                ensure!(row.try_get_by_index::<i64>(0)? == count, "row {count} is another");
                ensure!(row.try_get_by_index::<String>(1)? == format!("the text of row {count}"), "row {count}");
            }
            Ok(count)
        })
    };
    let own = || sea_orm_do_harness::workerd::memory_of(std::process::id(), "VmHWM");
    ensure!(count(100_000)? == 100_000);
    let (before, before_here) = (server.peak_memory()?, own()?);
    let started = Instant::now();
    ensure!(count(1_000_000)? == 1_000_000);
    let (growth, growth_here) = (server.peak_memory()? - before, own()? - before_here);
    eprintln!(
        "a million rows over http in {:?}: workerd grew by {} KiB, the client by {} KiB",
        started.elapsed(),
        growth / 1024,
        growth_here / 1024
    );
    ensure!(growth < 32 * MIB, "workerd grew by {} MiB", growth / MIB);
    ensure!(growth_here < 32 * MIB, "the client grew by {} MiB", growth_here / MIB);
    Ok(())
}

/// 64 clients send transfers and read the sum of all accounts: nobody sees half a transfer, and all that were confirmed
/// are there. `SEA_ORM_DO_SECONDS` says for how long: five seconds if it is not set.
fn many_clients_see_whole_transfers(server: &mut Server) -> Result<()> {
    const CLIENTS: u64 = 64;
    const ACCOUNTS: i64 = 8;
    let seconds = std::env::var("SEA_ORM_DO_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let until = Instant::now() + Duration::from_secs(seconds);
    let (confirmed, reads) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    wait(async {
        let db = connect(server, "bank", "write")?;
        db.execute_unprepared(
            "CREATE TABLE account (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL CHECK (cents >= 0));
             INSERT INTO account SELECT value, 1000 FROM json_each('[0,1,2,3,4,5,6,7]');
             CREATE TABLE transfer (id INTEGER PRIMARY KEY)",
        )
        .await?;
        let client = async |at: u64| -> Result<()> {
            let db = connect(server, "bank", "write")?;
            let mut turn = at.cast_signed();
            while Instant::now() < until {
                turn = turn.wrapping_mul(31).wrapping_add(7);
                let (from, to) = (turn.rem_euclid(ACCOUNTS), (turn / ACCOUNTS).rem_euclid(ACCOUNTS));
                let transfer = Batch::new()
                    .execute(sql("UPDATE account SET cents = cents - 5 WHERE id = ? AND cents >= 5", [from.into()]))
                    .only_if_affected(1)
                    .execute(sql("UPDATE account SET cents = cents + 5 WHERE id = ?", [to.into()]))
                    .only_if_affected(1)
                    .execute(sql("INSERT INTO transfer DEFAULT VALUES", []));
                match db.batch(transfer).await {
                    Ok(_) => {
                        confirmed.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(error) if error.is_unexpected() => {}
                    Err(error) => return Err(error.into()),
                }
                let sums = numbers(&db, sql("SELECT sum(cents) FROM account", [])).await?;
                ensure!(sums == [1000 * ACCOUNTS], "a client has seen {sums:?}");
                reads.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        for done in join_all((0..CLIENTS).map(client)).await {
            done?;
        }
        let transfers = numbers(&db, sql("SELECT count(*) FROM transfer", [])).await?;
        let (confirmed, reads) = (confirmed.load(Ordering::Relaxed), reads.load(Ordering::Relaxed));
        ensure!(transfers == [confirmed.cast_signed()], "{transfers:?} transfers, but {confirmed} were confirmed");
        eprintln!("{CLIENTS} clients in {seconds} s: {confirmed} batches and {reads} reads, all right");
        Ok(())
    })
}

/// Keeps the last request.
#[derive(Debug)]
struct Recorder(Http, Arc<std::sync::Mutex<Vec<u8>>>);

#[sea_orm::prelude::async_trait::async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Vec<u8>) -> Result<Body, DbErr> {
        self.1.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone_from(&request);
        self.0.send(request).await
    }
}

const ADD: &str = "UPDATE counter SET n = n + 1";

/// A counter in an object, and the bytes of a request that has added 1.
async fn counter(server: &Server, object: &str) -> Result<(RemoteConnection, Vec<u8>)> {
    let last = Arc::default();
    let recorder = Recorder(Http::new(&url(server, object, "write"), SECRET)?, Arc::clone(&last));
    let db = RemoteConnection::new(recorder);
    db.execute_unprepared("CREATE TABLE counter (n INTEGER); INSERT INTO counter VALUES (0)").await?;
    db.execute_unprepared(ADD).await?;
    let request = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    Ok((db, request))
}

async fn count(db: &RemoteConnection) -> Result<Vec<i64>, DbErr> {
    numbers(db, sql("SELECT n FROM counter", [])).await
}

/// The bytes of an http request.
fn raw(server: &Server, object: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let address = server.address().unwrap_or_default();
    let length = body.len();
    let head = format!(
        "POST /remote/{object}/write HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn send(server: &Server, request: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(server.address().context("workerd runs")?)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    // workerd may reset a connection whose request it has not read to its end.
    let _ = stream.read_to_end(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn hostile_requests(server: &mut Server) -> Result<()> {
    const RIGHT: &str = "Authorization: Bearer open sesame\r\n";
    let (db, request) = wait(counter(server, "hostile"))?;
    let server = &*server;
    let tried = |headers: &str, body: &[u8], expected: &str| -> Result<()> {
        let answer = send(server, &raw(server, "hostile", headers, body))?;
        ensure!(answer.contains(expected), "instead of {expected}: {answer}");
        let n = wait(async { Ok(count(&db).await?) })?;
        ensure!(n == [1], "{expected}: the counter is {n:?}");
        Ok(())
    };
    for headers in [
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: Bearer open\r\n",
        "Authorization: Bearer open sesame!\r\n",
        "Authorization: Basic open sesame\r\n",
        "authorization: open sesame\r\n",
    ] {
        tried(headers, &request, "401 Unauthorized")?;
    }
    tried(RIGHT, &request, "has been sent before")?;
    tried(RIGHT, &request[..request.len() - 1], "cannot be read")?;
    tried(RIGHT, b"", "not a request")?;
    tried(RIGHT, b"SODO", "not a request")?;
    tried(RIGHT, &[b'x'; 1000], "not a request")?;
    tried(RIGHT, &vec![b'x'; 9 << 20], "413")?;
    let mut other = request.clone();
    other[4] += 1;
    tried(RIGHT, &other, "version 2 of the protocol")?;
    // Numbers that are as large as they can be: a length, a position. Where only the id is another, it is another request.
    const ONLY_ID: std::ops::RangeInclusive<usize> = 22..=28;
    for at in (5..request.len()).filter(|at| !ONLY_ID.contains(at)) {
        let mut changed = request.clone();
        changed[at..].iter_mut().take(10).for_each(|byte| *byte = 0xFF);
        tried(RIGHT, &changed, "200 OK")?;
    }
    let get = send(server, b"GET /remote/hostile/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    ensure!(get.contains("401"), "{get}");
    let get = send(
        server,
        format!("GET /remote/hostile/write HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{RIGHT}\r\n").as_bytes(),
    )?;
    ensure!(get.contains("405"), "{get}");
    wait(async {
        let read_only = connect(server, "hostile", "read")?;
        let error = read_only.execute_unprepared(ADD).await.expect_err("a read-only access").to_string();
        ensure!(error.contains("read-only"), "{error}");
        let wrong = RemoteConnection::new(Http::new(&url(server, "hostile", "write"), "close sesame")?);
        let error = wrong.execute_unprepared(ADD).await.expect_err("a wrong secret").to_string();
        ensure!(error.contains("401"), "{error}");
        ensure!(count(&db).await? == [1]);
        db.execute_unprepared(ADD).await?;
        ensure!(count(&db).await? == [2]);
        Ok(())
    })
}

/// A connection that breaks anywhere in a batch of two statements: both have run, or none.
fn dropped_connections(server: &mut Server) -> Result<()> {
    const HEADERS: &str = "Authorization: Bearer open sesame\r\n";
    let last = Arc::default();
    let recorder = Recorder(Http::new(&url(server, "dropped", "write"), SECRET)?, Arc::clone(&last));
    let db = RemoteConnection::new(recorder);
    wait(async {
        db.execute_unprepared("CREATE TABLE pair (a INTEGER, b INTEGER); INSERT INTO pair VALUES (0, 0)").await?;
        Ok(())
    })?;
    let both =
        || Batch::new().execute(sql("UPDATE pair SET a = a + 1", [])).execute(sql("UPDATE pair SET b = b + 1", []));
    let read = || {
        wait(async {
            let read = db.read_as_tuple::<(i64, i64)>();
            let row = read.query_one_raw(sql("SELECT a, b FROM pair", [])).await?.context("the pair")?;
            Ok(row.try_get_many_by_index::<(i64, i64)>()?)
        })
    };
    wait(async { db.batch(both()).await.map_err(Into::into) })?;
    let recorded = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let mut confirmed = 1;
    for at in 0..40 {
        // Another id makes it another request: the id follows the version and the epoch, which is there.
        let mut request = recorded.clone();
        request[6 + 16] ^= at + 1;
        let bytes = raw(server, "dropped", HEADERS, &request);
        let arrives = bytes.len() * usize::from(at + 1) / 40;
        let mut stream = TcpStream::connect(server.address().context("workerd runs")?)?;
        stream.write_all(&bytes[..arrives])?;
        stream.shutdown(std::net::Shutdown::Both)?;
        drop(stream);
        let (a, b) = read()?;
        ensure!(a == b && a - confirmed <= 1, "cut at {arrives} of {}: {a} and {b} after {confirmed}", bytes.len());
        ensure!(arrives == bytes.len() || a == confirmed, "a part of a request has run");
        confirmed = a;
    }
    // The whole request, whose answer nobody reads, while workerd is ended.
    for at in 50..56 {
        let mut request = recorded.clone();
        request[6 + 16] ^= at;
        let mut stream = TcpStream::connect(server.address().context("workerd runs")?)?;
        stream.write_all(&raw(server, "dropped", HEADERS, &request))?;
        std::thread::sleep(Duration::from_micros(u64::from(at - 50) * 300));
        server.restart()?;
        let db = connect(server, "dropped", "write")?;
        let (a, b) = wait(async {
            let row = db.read_as_tuple::<(i64, i64)>().query_one_raw(sql("SELECT a, b FROM pair", [])).await?;
            Ok(row.context("the pair")?.try_get_many_by_index::<(i64, i64)>()?)
        })?;
        ensure!(a == b, "after workerd was ended: {a} and {b}");
    }
    Ok(())
}
