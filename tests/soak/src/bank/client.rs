//! A client of the bank.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use sea_orm_do_shared::bank::{Ask, Order, Refused, Reply, Sabotage};

use super::Object;

/// Longer than anything takes; a hang is told by it.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    pub(super) number: i32,
    pub(crate) random: Rng,
    /// What it has done in each object, by the object's name.
    pub(super) memories: HashMap<String, Memory>,
    address: String,
    agent: ureq::Agent,
    sabotage: Option<Sabotage>,
}

/// What a client remembers of an object besides its ledger.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) transfers: Vec<i64>,
    pub(super) batches: Vec<i64>,
    pub(super) count: i64,
}

/// Why a piece of work did not succeed.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// There was no answer.
    Lost(String),
    /// The answer was wrong.
    Wrong(String),
}

impl Client {
    pub(crate) fn new(number: i32, address: &str, random: Rng, sabotage: Option<Sabotage>) -> Self {
        // A connection is kept, or the ports of the machine would run out.
        let agent =
            ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build().into();
        Self { number, random, memories: HashMap::new(), address: address.to_owned(), agent, sabotage }
    }

    pub(crate) fn ask(&self, object: &Object, ask: Ask) -> Result<Result<Reply, Refused>, Trouble> {
        let uri = format!("http://{}/bank/{}", self.address, object.name);
        let order = Order { ask, sabotage: self.sabotage };
        let answered = self.agent.post(uri).send_json(&order).and_then(|mut answer| {
            let status = answer.status().as_u16();
            // The audit of a large object is longer than what is read without a word about it.
            Ok((status, answer.body_mut().with_config().limit(u64::MAX).read_to_string()?))
        });
        let (status, body) = answered.map_err(|error| Trouble::Lost(error.to_string()))?;
        let strange = |error: serde_json::Error| Trouble::Wrong(format!("{error}: {body}"));
        match status {
            200 => serde_json::from_str(&body).map(Ok).map_err(strange),
            422 => serde_json::from_str(&body).map(Err).map_err(strange),
            _ => Err(Trouble::Wrong(format!("{:?} was answered with {status} {body}", order.ask))),
        }
    }
}
