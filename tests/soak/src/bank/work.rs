//! What a client does, and what it must be answered.

use std::fmt::Debug;

use sea_orm_do_shared::bank::{ACCOUNTS, Ask, Batch, How, Note, OPENING, Posted, Refused, Reply, Transfer, Violation};

use super::{Client, Object, Trouble};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    Balances,
    Notes {
        streamed: bool,
    },
    FindTransfer,
    FindBatch,
    Write,
    Rewrite,
    Erase,
    Count,
    Batch {
        rows: i32,
    },
    Transfer(How),
    /// More than the account has.
    Overdraft,
    /// To an account that is not there.
    Orphan(How),
    /// With the key of another.
    Duplicate(How),
    DuplicateNote,
    Misfit,
    Begin,
}

/// What is measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Read,
    Write,
    Transaction,
    /// An error that is asked for.
    Error,
}

/// A client keeps no more notes in an object than this.
const NOTES: usize = 20;
/// And looks back at no more transfers and batches.
const LAST: usize = 8;

impl Work {
    pub(crate) fn class(self) -> Class {
        match self {
            Self::Balances | Self::Notes { .. } | Self::FindTransfer | Self::FindBatch => Class::Read,
            Self::Write | Self::Rewrite | Self::Erase | Self::Count | Self::Batch { .. } => Class::Write,
            Self::Transfer(How::Failing | How::RolledBack | How::Dropped) => Class::Error,
            Self::Transfer(_) => Class::Transaction,
            Self::Overdraft
            | Self::Orphan(_)
            | Self::Duplicate(_)
            | Self::DuplicateNote
            | Self::Misfit
            | Self::Begin => Class::Error,
        }
    }
}

impl Client {
    /// Does a piece of work and checks the answer.
    pub(crate) fn work(&mut self, work: Work, object: &Object) -> Result<(), Trouble> {
        match work {
            Work::Balances => self.balances(object),
            Work::Notes { streamed } => self.notes(object, streamed),
            Work::FindTransfer => self.find_transfer(object),
            Work::FindBatch => self.find_batch(object),
            Work::Write => self.write(object),
            Work::Rewrite => self.rewrite(object),
            Work::Erase => self.erase(object),
            Work::Count => self.count(object),
            Work::Batch { rows } => self.batch(object, rows),
            Work::Transfer(how) => self.transfer(object, how),
            Work::Overdraft => {
                let transfer = Transfer { amount: i64::from(ACCOUNTS) * OPENING + 1, ..self.new_transfer(object) };
                self.refused(object, Ask::Transfer { transfer, how: How::Sync }, None, "CHECK constraint failed")
            }
            Work::Orphan(how) => {
                let transfer = Transfer { to: ACCOUNTS + 1, ..self.new_transfer(object) };
                let ask = Ask::Transfer { transfer, how };
                self.refused(object, ask, Some(Violation::ForeignKey), "FOREIGN KEY constraint failed")
            }
            Work::Duplicate(how) => {
                let Some(key) = object.ledger().transfers.rows().next().map(|(key, _)| key) else {
                    return self.transfer(object, how);
                };
                let transfer = Transfer { key, ..self.new_transfer(object) };
                self.refused(object, Ask::Transfer { transfer, how }, Some(Violation::Unique), "transfer.key")
            }
            Work::DuplicateNote => {
                let Some(note) = self.own_note(object) else { return self.write(object) };
                self.refused(object, Ask::Write(note), Some(Violation::Unique), "note.id")
            }
            Work::Misfit => self.refused(object, Ask::Misfit, None, "number"),
            Work::Begin => self.refused(object, Ask::Begin, None, "transaction_sync"),
        }
    }

    fn balances(&self, object: &Object) -> Result<(), Trouble> {
        match self.ask(object, Ask::Balances)? {
            Ok(Reply::Balances(balances))
                if balances.keys().copied().eq(1..=ACCOUNTS)
                    && balances.values().sum::<i64>() == i64::from(ACCOUNTS) * OPENING =>
            {
                Ok(())
            }
            other => wrong("the balances do not add up", other),
        }
    }

    fn notes(&self, object: &Object, streamed: bool) -> Result<(), Trouble> {
        let known: Vec<Note> = self.own_notes(object);
        match self.ask(object, Ask::Notes { client: self.number, streamed })? {
            Ok(Reply::Notes(notes)) if notes.values().eq(known.iter()) => Ok(()),
            other => wrong(&format!("the notes are {known:?}"), other),
        }
    }

    fn find_transfer(&mut self, object: &Object) -> Result<(), Trouble> {
        let memory = self.memories.entry(object.name.clone()).or_default();
        let Some(key) = self.random.choice(&memory.transfers).copied() else { return self.balances(object) };
        let known = object.ledger().transfers.get(key).copied();
        let known = known.map(|transfer| {
            let Transfer { from, to, amount, .. } = transfer;
            Posted { transfer, entries: vec![(from, -amount), (to, amount)] }
        });
        match self.ask(object, Ask::FindTransfer { key })? {
            Ok(Reply::Transfer(found)) if found == known => Ok(()),
            other => wrong(&format!("transfer {key} is {known:?}"), other),
        }
    }

    fn find_batch(&mut self, object: &Object) -> Result<(), Trouble> {
        let memory = self.memories.entry(object.name.clone()).or_default();
        let Some(key) = self.random.choice(&memory.batches).copied() else { return self.balances(object) };
        let known = object.ledger().batches.get(key).copied();
        match self.ask(object, Ask::FindBatch { key })? {
            Ok(Reply::Batch(found)) if found == known => Ok(()),
            other => wrong(&format!("batch {key} is {known:?}"), other),
        }
    }

    fn write(&self, object: &Object) -> Result<(), Trouble> {
        if self.own_notes(object).len() >= NOTES {
            return self.erase(object);
        }
        let id = object.new_key();
        let note = Note { id, client: self.number, text: format!("it's note {id} of \"{}\" – ✓", self.number) };
        object.ledger().notes.begin(id, Some(note.clone()));
        match self.ask(object, Ask::Write(note.clone()))? {
            Ok(Reply::Note(written)) if written == note => {
                object.ledger().notes.acknowledge(id);
                Ok(())
            }
            other => wrong(&format!("{note:?} was sent"), other),
        }
    }

    fn rewrite(&mut self, object: &Object) -> Result<(), Trouble> {
        let Some(note) = self.own_note(object) else { return self.write(object) };
        let note = Note { text: format!("{} again", self.random.u64(..1_000_000)), ..note };
        object.ledger().notes.begin(note.id, Some(note.clone()));
        match self.ask(object, Ask::Rewrite { id: note.id, text: note.text.clone() })? {
            Ok(Reply::Note(written)) if written == note => {
                object.ledger().notes.acknowledge(note.id);
                Ok(())
            }
            other => wrong(&format!("{note:?} was sent"), other),
        }
    }

    fn erase(&self, object: &Object) -> Result<(), Trouble> {
        let Some(note) = self.own_notes(object).into_iter().next() else { return self.write(object) };
        object.ledger().notes.begin(note.id, None);
        match self.ask(object, Ask::Erase { id: note.id })? {
            Ok(Reply::Erased(1)) => {
                object.ledger().notes.acknowledge(note.id);
                Ok(())
            }
            other => wrong(&format!("{note:?} was there to be erased"), other),
        }
    }

    /// The counter grows with each answer.
    fn count(&mut self, object: &Object) -> Result<(), Trouble> {
        object.ledger().counted.pending += 1;
        let seen = self.memories.get(&object.name).map_or(0, |memory| memory.count);
        match self.ask(object, Ask::Count)? {
            Ok(Reply::Count(count)) if count > seen => {
                self.memories.entry(object.name.clone()).or_default().count = count;
                let mut ledger = object.ledger();
                ledger.counted.pending -= 1;
                ledger.counted.acknowledged += 1;
                Ok(())
            }
            other => wrong(&format!("the count was {seen}"), other),
        }
    }

    fn batch(&mut self, object: &Object, rows: i32) -> Result<(), Trouble> {
        let key = object.new_key();
        object.ledger().batches.begin(key, Some(Batch { rows: rows.into(), last: rows - 1 }));
        match self.ask(object, Ask::Batch { key, rows })? {
            Ok(Reply::Done) => {
                object.ledger().batches.acknowledge(key);
                remember(&mut self.memories.entry(object.name.clone()).or_default().batches, key);
                Ok(())
            }
            other => wrong(&format!("a batch of {rows} rows was sent"), other),
        }
    }

    fn transfer(&mut self, object: &Object, how: How) -> Result<(), Trouble> {
        let transfer = self.new_transfer(object);
        let key = transfer.key;
        object.ledger().transfers.begin(key, Some(transfer));
        let answered = self.ask(object, Ask::Transfer { transfer, how })?;
        remember(&mut self.memories.entry(object.name.clone()).or_default().transfers, key);
        match (how, answered) {
            (How::Failing | How::RolledBack | How::Dropped, Err(refused)) if refused.message.contains("on purpose") => {
                object.ledger().transfers.refuse(key);
                Ok(())
            }
            (How::Sync | How::Boxed | How::Savepoint | How::Held, Ok(Reply::Done)) => {
                object.ledger().transfers.acknowledge(key);
                Ok(())
            }
            (how, other) => wrong(&format!("{transfer:?} was sent, {how:?}"), other),
        }
    }

    /// What must be refused in such words.
    fn refused(&self, object: &Object, ask: Ask, violation: Option<Violation>, words: &str) -> Result<(), Trouble> {
        let asked = format!("{ask:?}");
        match self.ask(object, ask)? {
            Err(refused) if refused.violation == violation && refused.message.contains(words) => Ok(()),
            other => wrong(&format!("{asked} must be refused"), other),
        }
    }

    fn new_transfer(&mut self, object: &Object) -> Transfer {
        let accounts = u64::from(ACCOUNTS.unsigned_abs());
        let from = self.random.u64(..accounts);
        let to = (from + 1 + self.random.u64(..accounts - 1)) % accounts;
        // So small that no account is ever drawn empty by chance.
        let amount = 1 + self.random.u64(..5);
        let number = |of: u64| i32::try_from(of).unwrap_or(0);
        let (from, to) = (number(from) + 1, number(to) + 1);
        Transfer { key: object.new_key(), from, to, amount: number(amount).into() }
    }

    fn own_notes(&self, object: &Object) -> Vec<Note> {
        let ledger = object.ledger();
        ledger.notes.rows().map(|(_, note)| note).filter(|note| note.client == self.number).cloned().collect()
    }

    fn own_note(&mut self, object: &Object) -> Option<Note> {
        let notes = self.own_notes(object);
        self.random.choice(&notes).cloned()
    }
}

fn remember(keys: &mut Vec<i64>, key: i64) {
    if keys.len() == LAST {
        keys.remove(0);
    }
    keys.push(key);
}

fn wrong<T>(expected: &str, answered: Result<impl Debug, Refused>) -> Result<T, Trouble> {
    Err(Trouble::Wrong(match answered {
        Ok(reply) => format!("{expected}; the answer was {reply:?}"),
        Err(Refused { message, .. }) => format!("{expected}; it was refused: {message}"),
    }))
}
