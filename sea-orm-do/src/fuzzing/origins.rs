//! Compares the parser with SQLite: which column of which table each result column comes from.
//!
//! SQLite reports the origin of a column for only one term of a compound: the first at the top, the last in a subquery.
//! So a statement with compounds is compiled with each of its terms alone, and an origin is known only if all of them
//! agree.

use std::collections::BTreeMap;

use rusqlite::Connection;
use sea_orm::sea_query::ArrayType;
use sea_orm_do_statements::{COLUMNS, SCHEMA, Value, statement};

use super::parameters::tables_made;
use crate::connection::DoConnection;
use crate::sql::parser::parse_or_token;
use crate::types::expr_type::Type;
use crate::types::infer::analyse;
use crate::types::registry::Registry;
use crate::types::relations::Types;

/// The one table without an entity, and the views without an entity.
const UNREGISTERED: [&str; 4] = ["stranger", "named", "both", "mixed"];

/// The table column behind each column of a registered view.
const OF_VIEW: [(&str, &str); 2] = [("cheap.id", "item.id"), ("cheap.title", "item.name")];

/// `table.column`, in lower case.
type Origin = Option<String>;

struct Judge(Connection);

impl Judge {
    fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        Self(connection)
    }

    /// The name and the origin of each column; `None` if SQLite does not accept the statement.
    fn columns(&self, sql: &str) -> Option<Vec<(String, Origin)>> {
        let statement = self.0.prepare(sql).ok()?;
        let columns = statement.columns_with_metadata();
        let origin = |column: &rusqlite::ColumnMetadata<'_>| {
            Some(format!("{}.{}", column.table_name()?, column.origin_name()?).to_ascii_lowercase())
        };
        Some(columns.iter().map(|column| (column.name().to_owned(), origin(column))).collect())
    }
}

/// A type that no other column has.
fn marker(table: &str, column: &str) -> ArrayType {
    ArrayType::Enum(Box::new(format!("{table}.{column}").to_ascii_lowercase().into()))
}

fn registry() -> Registry {
    let mut registry = Registry::default();
    for (table, columns) in COLUMNS.iter().filter(|(table, _)| !UNREGISTERED.contains(table)) {
        registry.insert(table, columns.iter().map(|column| ((*column).to_owned(), marker(table, column).into())));
    }
    registry
}

/// The results of a run.
#[derive(Debug, Default)]
struct Found {
    valid: usize,
    constructs: BTreeMap<&'static str, usize>,
    known: usize,
    unknown: usize,
    reasons: BTreeMap<String, (usize, String)>,
    disagreements: Vec<String>,
}

impl Found {
    fn disagree(&mut self, sql: &str, why: String) {
        if self.disagreements.len() < 40 {
            self.disagreements.push(format!("{why}\n    {sql}"));
        } else {
            self.disagreements.push(String::new());
        }
    }
}

fn compare(judge: &Judge, db: &DoConnection, registry: &Registry, seed: u64, found: &mut Found) {
    let whole = statement(seed, None);
    let sql = &whole.sql;
    let Some(columns) = judge.columns(sql) else { return };
    found.valid += 1;
    for construct in &whole.constructs {
        *found.constructs.entry(construct).or_default() += 1;
    }
    // The columns of each term.
    let terms: Vec<_> = match whole.terms {
        1 => vec![Some(columns.clone())],
        terms => (0..terms * 2).map(|term| judge.columns(&statement(seed, Some(term)).sql)).collect(),
    };
    let judged = terms.iter().all(|term| term.as_ref().is_some_and(|term| term.len() == columns.len()));
    let origin = |at: usize| -> Origin {
        let mut origins = terms.iter().map(|term| term.as_ref().and_then(|term| term.get(at)?.1.clone()));
        let first = origins.next()??;
        origins.all(|other| other.as_ref() == Some(&first)).then_some(first)
    };
    let is_registered = |origin: &str| {
        let table = origin.split('.').next().unwrap_or_default();
        COLUMNS.iter().any(|(known, _)| *known == table) && !UNREGISTERED.contains(&table)
    };
    let parsed = match parse_or_token(sql) {
        Ok(parsed) => parsed,
        Err(token) => {
            let lost = (0..columns.len()).filter(|at| origin(*at).is_some_and(|origin| is_registered(&origin))).count();
            found.unknown += lost;
            found.reasons.entry(format!("not read at {token:?}")).or_insert((0, sql.clone())).0 += lost;
            return;
        }
    };
    let parameters = whole.values.iter().map(|value| match value {
        Value::Integer(_) => ArrayType::BigInt,
        Value::Real(_) => ArrayType::Double,
        Value::Text(_) => ArrayType::String,
    });
    let parameters: Vec<_> = parameters.collect();
    let types = Types { registry, declared: false, infers: false };
    let analysis = analyse(sql, &parsed, &parameters, &*db.database, types);
    let Some(outputs) = analysis.outputs else {
        let lost = (0..columns.len()).filter(|at| origin(*at).is_some_and(|origin| is_registered(&origin))).count();
        found.unknown += lost;
        found.reasons.entry("no columns".to_owned()).or_insert((0, sql.clone())).0 += lost;
        return;
    };
    if outputs.len() != columns.len() {
        return found.disagree(sql, format!("{} columns instead of {}", outputs.len(), columns.len()));
    }
    for (at, (output, (name, _))) in outputs.iter().zip(&columns).enumerate() {
        if let Some(told) = &output.name
            && told != name
        {
            found.disagree(sql, format!("column {} is named `{name}`, and not `{told}`", at + 1));
        }
        let origin = origin(at);
        let told = match &output.ty {
            Type::Known(ArrayType::Enum(marker)) if output.is_certain => Some(marker.to_string()),
            Type::Known(_) if output.is_certain => Some(String::new()),
            _ => None,
        };
        match (told, origin) {
            // A rowid, or a column of a table without an entity.
            (Some(told), Some(origin)) if told.is_empty() && is_registered(&origin) && !origin.ends_with(".rowid") => {
                found.disagree(sql, format!("column {} is {origin}, and not {:?}", at + 1, output.ty));
            }
            (Some(told), _) if told.is_empty() => {}
            (Some(told), origin) if told.starts_with("cheap.") => {
                let behind = OF_VIEW.iter().find(|(view, _)| *view == told).map(|(_, table)| (*table).to_owned());
                if judged && origin != behind {
                    found.disagree(sql, format!("column {} is {origin:?}, and not {told}", at + 1));
                }
            }
            (Some(told), Some(origin)) if told == origin => found.known += usize::from(is_registered(&origin)),
            // SQLite does not trace a column of the changed row through the GROUP BY of a subquery in RETURNING.
            (Some(told), None) if sql.contains("RETURNING") && loses_by_group(&terms, at, seed, &told) => {}
            // A term alone has other column names than the first, so NATURAL joins it by other columns.
            (Some(told), None) if sql.contains("NATURAL") && of_first(&terms, at) == Some(&told) => {}
            (Some(told), origin) if judged => {
                let of_terms: Vec<_> = terms.iter().map(|term| term.as_ref().map(|term| &term[at].1)).collect();
                found.disagree(sql, format!("column {} is {origin:?}, and not {told}: {of_terms:?}", at + 1));
            }
            (None, Some(origin)) if judged && is_registered(&origin) && !origin.ends_with(".rowid") => {
                // The terms of this view do not agree, and SQLite reports only the last.
                if matches!(&output.ty, Type::Unregistered(why) if why.to_ascii_lowercase().starts_with("table `mixed`"))
                {
                    continue;
                }
                found.unknown += 1;
                let reason = match &output.ty {
                    Type::Unregistered(why) => why.chars().take(60).collect(),
                    other => format!("{other:?}"),
                };
                found.reasons.entry(reason).or_insert((0, sql.clone())).0 += 1;
            }
            _ => {}
        }
    }
}

/// The origin that SQLite reports if each compound is its first term.
fn of_first(terms: &[Option<Vec<(String, Origin)>>], at: usize) -> Option<&String> {
    terms.first()?.as_ref()?[at].1.as_ref()
}

/// Whether SQLite reports this origin for all terms, except that it reports nothing for those with GROUP BY.
fn loses_by_group(terms: &[Option<Vec<(String, Origin)>>], at: usize, seed: u64, told: &str) -> bool {
    terms.iter().enumerate().all(|(term, columns)| {
        match columns.as_ref().and_then(|columns| columns[at].1.as_deref()) {
            Some(origin) => origin == told,
            None => statement(seed, (terms.len() > 1).then_some(term)).sql.contains("GROUP BY"),
        }
    })
}

/// A number from the environment.
pub(super) fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

/// Prints the progress of a long run.
pub(super) fn progress(what: &str, done: u64, all: u64) {
    if done > 0 && done.is_multiple_of(100_000) {
        eprintln!("{done} of {all} {what}");
    }
}

/// Runs as many statements as the environment sets: `cargo xtask origins`.
#[test]
fn the_reader_says_of_columns_what_sqlite_says() {
    let (seed, count) = (number("SEA_ORM_DO_SEED", 1), number("SEA_ORM_DO_STATEMENTS", 20_000));
    let judge = Judge::new();
    let db = tables_made();
    let registry = registry();
    let mut found = Found::default();
    let mut at = seed << 32;
    while (found.valid as u64) < count {
        progress("valid statements", found.valid as u64, count);
        compare(&judge, &db, &registry, at, &mut found);
        at += 1;
    }
    let (tried, seen) = (at - (seed << 32), found.known + found.unknown);
    println!("seed {seed}: {tried} statements, {} of them valid; {} of {seen} columns known", found.valid, found.known);
    for (construct, count) in &found.constructs {
        println!("{count:>9} {construct}");
    }
    for (reason, (count, example)) in &found.reasons {
        println!("{count:>9} unknown: {reason}: {example}");
    }
    let shown: Vec<_> = found.disagreements.iter().take(25).map(String::as_str).collect();
    assert!(found.disagreements.is_empty(), "{} disagreements\n{}", found.disagreements.len(), shown.join("\n"));
    assert!(found.known * 100 >= seen * 99, "{} of {seen} columns are known", found.known);
}
