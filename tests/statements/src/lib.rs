//! Random statements over SQLite's grammar of SELECT and RETURNING, made from a seed.
//!
//! Most are valid; SQLite throws the others away. Where a compound SELECT stands, the same statement can be made with one of
//! its terms alone, so that what is said of all terms can be compared with what SQLite says of each.

mod expression;
mod schema;
mod select;
mod source;
mod write;

pub use schema::{COLUMNS, SCHEMA};

use std::collections::BTreeSet;
use std::ops::{Bound, RangeBounds};

use fastrand::Rng;

/// A statement, and what it is made of.
#[derive(Clone, Debug)]
pub struct Statement {
    pub sql: String,
    /// The values of its parameters, which are all `?`.
    pub values: Vec<Value>,
    /// The constructs of the grammar that it has.
    pub constructs: BTreeSet<&'static str>,
    /// The most terms of a compound in it.
    pub terms: usize,
    /// Whether it may give rows for ever, because a table expression reads a table of its own name.
    pub may_be_endless: bool,
}

/// A value to be bound.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Integer(i64),
    Real(f64),
    Text(String),
}

/// The statement of this seed; with `term`, each compound is its term of this number alone.
#[must_use]
pub fn statement(seed: u64, term: Option<usize>) -> Statement {
    let mut maker = Maker {
        random: Rng::with_seed(seed),
        term,
        ctes: Vec::new(),
        depth: 0,
        names: 0,
        made: Statement {
            sql: String::new(),
            values: Vec::new(),
            constructs: BTreeSet::new(),
            terms: 1,
            may_be_endless: false,
        },
    };
    let sql = if maker.chance(20) { maker.write() } else { maker.query(&[], None).0 };
    Statement { sql, ..maker.made }
}

/// A table, view, subquery or common table expression in sight.
#[derive(Clone, Debug)]
struct Relation {
    /// As other parts of the statement write it; empty where it has no name.
    name: String,
    columns: Vec<String>,
    has_rowid: bool,
}

struct Maker {
    random: Rng,
    term: Option<usize>,
    ctes: Vec<Relation>,
    depth: usize,
    names: usize,
    made: Statement,
}

impl Maker {
    /// True so many times in a hundred.
    fn chance(&mut self, percent: u32) -> bool {
        self.random.u32(0..100) < percent
    }

    /// A number of this range, the same where pointers have other widths.
    fn number(&mut self, range: impl RangeBounds<usize>) -> usize {
        let bound = |bound: Bound<&usize>| bound.map(|bound| *bound as u64);
        let number = self.random.u64((bound(range.start_bound()), bound(range.end_bound())));
        usize::try_from(number).unwrap_or_default()
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.number(0..of.len())]
    }

    fn has(&mut self, construct: &'static str) {
        self.made.constructs.insert(construct);
    }

    /// A name in one of SQLite's ways to write it.
    fn quoted(&mut self, name: &str) -> String {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && !schema::RESERVED.contains(&name.to_ascii_lowercase().as_str());
        match self.random.u32(0..10) {
            0 => format!("\"{}\"", name.replace('"', "\"\"")),
            1 if !name.contains(']') => format!("[{name}]"),
            2 => format!("`{}`", name.replace('`', "``")),
            3 if plain => name.to_ascii_uppercase(),
            _ if plain => name.to_owned(),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A name that nothing else has, or at times one that something has.
    fn fresh(&mut self) -> String {
        self.names += 1;
        match self.random.u32(0..12) {
            0 => self.one(&["key", "temp", "row", "end", "replace", "over", "filter", "value"]).to_owned(),
            1 => self.one(&["item", "owner", "tag", "id", "name"]).to_owned(),
            2 => format!("x {}", self.names),
            _ => format!("n{}", self.names),
        }
    }

    fn comment(&mut self) -> &'static str {
        if self.chance(3) {
            self.has("comment");
            self.one(&["/* ( ' */", "-- \" ]\n", "/**/"])
        } else {
            ""
        }
    }
}
