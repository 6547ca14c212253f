//! A round: writers at work, a kill, a restart, and a look at what is left.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fastrand::Rng;
use sea_orm_do_harness::workerd::Server;
use sea_orm_do_shared::bank::{Ask, Look, Reply, Sabotage};

use super::kind::{BATCHES, Kind, WRITES};
use crate::bank::{self, Client, Findings, Object, Trouble, Work};

const OBJECTS: usize = 4;
const WRITERS_OF_EACH: usize = 2;
/// After so many rounds others take their place, so that an audit stays short.
const ROUNDS_OF_OBJECTS: u32 = 25;

pub(super) struct Arena {
    server: Server,
    objects: Vec<Object>,
    random: Rng,
    /// What a database is made of before the first migration and after each.
    pub(super) stages: Vec<Look>,
    sabotage: Option<Sabotage>,
}

/// What came of a round.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) kind: Option<Kind>,
    pub(super) wrong: Vec<String>,
    /// Writes that were acknowledged, and those that were undone on purpose.
    pub(super) answered: usize,
    /// Writes that were not answered and were found done, or not.
    pub(super) unanswered: (usize, usize),
    /// Of these, the batches.
    pub(super) batches: (usize, usize),
    /// How many migrations were found applied in the objects that woke up: in one turn, and step by step.
    pub(super) woken: Option<[usize; 2]>,
}

impl Arena {
    pub(super) fn open(seed: u64, sabotage: Option<Sabotage>) -> Result<Self> {
        let server = bank::open()?;
        let mut arena =
            Self { server, objects: Vec::new(), random: Rng::with_seed(seed), stages: Vec::new(), sabotage };
        arena.stages = arena.stages()?;
        Ok(arena)
    }

    /// Goes through the migrations undisturbed.
    fn stages(&mut self) -> Result<Vec<Look>> {
        let object = Object::new("stages".to_owned());
        let client = self.client(0);
        let mut stages = vec![look(&client, &object)?];
        loop {
            match ask(&client, &object, Ask::Step)? {
                Reply::Applied(applied) if applied.is_empty() => return Ok(stages),
                Reply::Applied(_) => stages.push(look(&client, &object)?),
                other => bail!("{other:?}"),
            }
        }
    }

    pub(super) fn round(&mut self, number: u32, kind: Kind) -> Result<Outcome> {
        if number.is_multiple_of(ROUNDS_OF_OBJECTS) {
            self.objects = (0..OBJECTS).map(|at| Object::new(format!("{number}-{at}"))).collect();
        }
        let waking = ["turn", "steps"].map(|how| Object::new(format!("{number}-{how}")));
        let mut writers = Vec::new();
        for at in 0..OBJECTS * WRITERS_OF_EACH {
            let object = &self.objects[at % OBJECTS];
            let works = if kind == Kind::Batches && at % OBJECTS < 2 { BATCHES } else { WRITES };
            writers.push((object, works, client(&self.server, &mut self.random, self.sabotage, at)));
        }
        let kill_after = Duration::from_millis(self.random.u64(..kind.latest_kill()));
        let mut outcome = Outcome { kind: Some(kind), ..Outcome::default() };
        let mut woke = [false; 2];
        std::thread::scope(|scope| -> Result<()> {
            let writers: Vec<_> = writers
                .into_iter()
                .map(|(object, works, client)| scope.spawn(move || write(client, object, works)))
                .collect();
            let wakers = (kind == Kind::Migrations).then(|| {
                [false, true].map(|stepwise| {
                    let client = client(&self.server, &mut self.random, self.sabotage, OBJECTS * WRITERS_OF_EACH);
                    let object = &waking[usize::from(stepwise)];
                    scope.spawn(move || client.ask(object, Ask::Wake { stepwise }))
                })
            });
            std::thread::sleep(kill_after);
            kill(&self.server)?;
            for writer in writers {
                let (answered, wrong) = writer.join().ok().context("a writer panicked")?;
                outcome.answered += answered;
                outcome.wrong.extend(wrong);
            }
            for (woke, waker) in woke.iter_mut().zip(wakers.into_iter().flatten()) {
                match waker.join().ok().context("a waker panicked")? {
                    Ok(Ok(_)) => *woke = true,
                    Err(Trouble::Lost(_)) => {}
                    other => outcome.wrong.push(format!("waking was answered with {other:?}")),
                }
            }
            Ok(())
        })?;
        self.server.restart()?;
        let client = self.client(0);
        for object in &self.objects {
            let Findings { wrong, unanswered, batches } = check(&client, object)?;
            outcome.wrong.extend(wrong.into_iter().map(|wrong| format!("object {}: {wrong}", object.name)));
            outcome.unanswered = add(outcome.unanswered, unanswered);
            outcome.batches = add(outcome.batches, batches);
        }
        if kind == Kind::Migrations {
            let [turn, steps] = [0, 1].map(|at| self.finish_waking(&client, &waking[at], at == 1, woke[at]));
            outcome.woken = Some([turn?, steps?].map(|(applied, wrong)| {
                outcome.wrong.extend(wrong);
                applied
            }));
        }
        Ok(outcome)
    }

    /// How many migrations an object that was killed at waking has applied, and what is wrong with it, also after it was
    /// let to apply the rest.
    fn finish_waking(
        &self,
        client: &Client,
        object: &Object,
        stepwise: bool,
        woke: bool,
    ) -> Result<(usize, Vec<String>)> {
        let mut wrong = Vec::new();
        let found = look(client, object)?;
        let last = self.stages.len() - 1;
        let stage = self.stages.iter().position(|stage| *stage == found);
        match stage {
            None => {
                let Look { recorded, contents, .. } = found;
                let found = format!("recorded are {recorded:?}, the tables have {contents:?}");
                wrong.push(format!("object {} is between two migrations: {found}", object.name));
            }
            Some(at) if !stepwise && at != 0 && at != last => {
                wrong.push(format!("object {} has {at} migrations of one turn", object.name));
            }
            Some(at) if woke && at != last => {
                wrong.push(format!("object {} was woken, and has {at} migrations", object.name));
            }
            Some(at) => {
                let applied = ask(client, object, Ask::Wake { stepwise: false })?;
                let Reply::Applied(applied) = applied else { bail!("{applied:?}") };
                let left = &self.stages[last].recorded[at..];
                if applied != left || look(client, object)? != self.stages[last] {
                    wrong.push(format!("object {} went on with {applied:?} after {at}", object.name));
                }
                wrong.extend(check(client, object)?.wrong);
            }
        }
        Ok((stage.unwrap_or(0), wrong))
    }

    /// Kills workerd and has another SQLite check all files; gives back how many there are.
    pub(super) fn check_files(&mut self) -> Result<usize> {
        let files = std::cell::Cell::new(0);
        self.server.change_files("Bank", |path| {
            let file = rusqlite::Connection::open(path)?;
            let checked: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
            ensure!(checked == "ok", "{}: {checked}", path.display());
            files.set(files.get() + 1);
            Ok(())
        })?;
        Ok(files.get())
    }

    fn client(&mut self, number: usize) -> Client {
        client(&self.server, &mut self.random, self.sabotage, number)
    }
}

/// Kills workerd by its process id, at whatever it is.
fn kill(server: &Server) -> Result<()> {
    let killed = Command::new("kill").args(["-KILL", &server.process()?.to_string()]).status()?;
    ensure!(killed.success(), "workerd cannot be killed");
    Ok(())
}

fn client(server: &Server, random: &mut Rng, sabotage: Option<Sabotage>, number: usize) -> Client {
    let number = i32::try_from(number).unwrap_or(i32::MAX);
    Client::new(number, server.address().unwrap_or_default(), random.fork(), sabotage)
}

/// Works until nobody answers; gives back how often somebody did, and what was wrong.
fn write(mut client: Client, object: &Object, works: &[Work]) -> (usize, Option<String>) {
    let mut answered = 0;
    loop {
        let Some(work) = client.random.choice(works).copied() else { return (answered, None) };
        match client.work(work, object) {
            Ok(()) => answered += 1,
            Err(Trouble::Lost(_)) => return (answered, None),
            Err(Trouble::Wrong(wrong)) => return (answered, Some(wrong)),
        }
    }
}

fn check(client: &Client, object: &Object) -> Result<Findings> {
    match ask(client, object, Ask::Audit)? {
        Reply::Audit(audit) => Ok(object.ledger().check(&audit)),
        other => bail!("{other:?}"),
    }
}

fn look(client: &Client, object: &Object) -> Result<Look> {
    match ask(client, object, Ask::Look)? {
        Reply::Look(look) => Ok(look),
        other => bail!("{other:?}"),
    }
}

fn ask(client: &Client, object: &Object, ask: Ask) -> Result<Reply> {
    match client.ask(object, ask) {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(refused)) => bail!("object {}: {}", object.name, refused.message),
        Err(Trouble::Lost(error) | Trouble::Wrong(error)) => bail!("object {}: {error}", object.name),
    }
}

fn add(one: (usize, usize), other: (usize, usize)) -> (usize, usize) {
    (one.0 + other.0, one.1 + other.1)
}
