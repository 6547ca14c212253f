//! Differential fuzz: random programs, the same on every side from a seed alone, and what each side makes of them.
//!
//! Nothing here knows the driver, as in the matrix of the suites: `tests/oracle` compiles the same sources against SeaORM's
//! own SQLite driver. `main.rs` compares the sides.

pub mod display;
pub mod entities;
pub mod errors;
pub mod generate;
pub mod models;
pub mod program;
pub mod random;
pub mod read;
pub mod run;
pub mod schema;
pub mod statement;
pub mod value;

use sea_orm::{ConnectionTrait, DbErr, TransactionTrait};
use serde::{Deserialize, Serialize};

pub use generate::program;
pub use program::Program;
pub use run::{clear, run};

/// What a side is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// The digests of the cases of a seed from the first to before the last.
    Digests { seed: u64, from: u64, to: u64 },
    /// What came of a program, in full.
    Outcome(Box<Program>),
}

/// What a side answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    Digests(Vec<u64>),
    Outcome(Outcome),
}

/// Answers with the programs run one after the other on one database, which is cleared after each.
///
/// # Errors
/// When a table could not be dropped.
pub async fn answer<C>(
    request: &Request,
    connect: impl Fn(&Program) -> C,
    meaning: errors::Meaning,
) -> Result<Answer, DbErr>
where
    C: ConnectionTrait + TransactionTrait,
    C::Transaction: run::Nested,
{
    let outcome = async |program: &Program| {
        let db = connect(program);
        let outcome = run(&db, program, meaning).await;
        clear(&db, program).await?;
        Ok::<_, DbErr>(outcome)
    };
    match request {
        Request::Digests { seed, from, to } => {
            let mut digests = Vec::new();
            for case in *from..*to {
                digests.push(outcome(&program(*seed, case)).await?.digest());
            }
            Ok(Answer::Digests(digests))
        }
        Request::Outcome(program) => Ok(Answer::Outcome(outcome(program).await?)),
    }
}

/// What a program came to: a line for each step and for each table at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome(pub Vec<String>);

impl Outcome {
    /// Whether SQLite has found no rowid that is left.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.iter().any(|line| line.ends_with(" error: database or disk is full"))
    }

    /// FNV-1a over all lines: <http://www.isthe.com/chongo/tech/comp/fnv/>.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let bytes = self.0.iter().flat_map(|line| line.bytes().chain([b'\n']));
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
