//! The code of docs/many-objects.md.

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!("guides": a_key_has_one_shard)
}

/// The name of the object that has a key: one of so many, always the same one.
fn shard(tenant: &str, key: &str, shards: u64) -> String {
    // FNV-1a. `DefaultHasher` may change with the next release of Rust.
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{tenant}/{}", hash % shards)
}

async fn a_key_has_one_shard(_: Context) -> Outcome {
    let names: std::collections::BTreeSet<_> = (0..1_000).map(|key| shard("acme", &key.to_string(), 8)).collect();
    assert_eq!(names.len(), 8, "{names:?}");
    // What is stored somewhere must be found again: https://www.ietf.org/archive/id/draft-eastlake-fnv-17.html
    assert_eq!(shard("acme", "", 1_000), format!("acme/{}", 0xcbf2_9ce4_8422_2325_u64 % 1_000));
    assert_eq!(shard("acme", "a", 1_000), format!("acme/{}", 0xaf63_dc4c_8601_ec8c_u64 % 1_000));
    Ok(())
}

#[cfg(target_arch = "wasm32")]
#[allow(dead_code, reason = "the worker of the suites has no such routes: it is compiled only")]
mod worker_side {
    use futures_util::future::try_join_all;
    use worker::{Env, Method, Request, RequestInit, Result, Stub};

    /// The same name is the same object, wherever it is asked from.
    fn workspace(env: &Env, name: &str) -> Result<Stub> {
        env.durable_object("WORKSPACES")?.get_by_name(name)
    }

    /// Asks all at once; the slowest answer is the one that is waited for.
    async fn open_tasks(env: &Env, workspaces: &[String]) -> Result<u64> {
        let counts = workspaces.iter().map(async |name| {
            let mut answer = workspace(env, name)?.fetch_with_str("http://object/tasks/open").await?;
            answer.json::<u64>().await
        });
        Ok(try_join_all(counts).await?.into_iter().sum())
    }

    /// Tells the object that keeps the list; the answer is awaited, so that an error is not lost.
    async fn add_to_list(env: &Env, name: &str) -> Result<()> {
        let request = Request::new_with_init(
            &format!("http://object/workspaces/{name}"),
            RequestInit::new().with_method(Method::Put),
        )?;
        let answer = env.durable_object("LIST")?.get_by_name("all")?.fetch_with_request(request).await?;
        match answer.status_code() {
            200..300 => Ok(()),
            status => Err(format!("the list answers {status}").into()),
        }
    }
}
