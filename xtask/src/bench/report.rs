//! The figures as a table, and as JSON.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::figures::Figures;
use super::works::{Contestant, Work};

pub(super) struct Report {
    json: bool,
    lines: Vec<(Work, Figures)>,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self { json, lines: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn add(&mut self, work: &Work, figures: Figures) {
        if !self.json {
            if self.lines.is_empty() {
                println!("{}", header());
            }
            println!("{}", line(work, &figures));
        }
        self.lines.push((*work, figures));
    }

    pub(super) fn print(&self) -> Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(&self.to_json())?);
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        let works = self.lines.iter().map(|(work, figures)| {
            let of = |contestant: &Contestant| {
                let micros = figures.micros(*contestant)?;
                let ratio = figures.ratio(*contestant, Contestant::Bare);
                Some((contestant.name().to_owned(), json!({ "micros": micros, "ratio": ratio })))
            };
            let contestants: Map<_, _> = Contestant::ALL.iter().filter_map(of).collect();
            (work.name.to_owned(), json!({ "title": work.title, "rows": work.rows, "contestants": contestants }))
        });
        Value::Object(works.collect())
    }
}

/// The contestants in the order of the columns; what bare JavaScript takes is given in microseconds.
const COLUMNS: [Contestant; 5] =
    [Contestant::Kysely, Contestant::Drizzle, Contestant::Wasm, Contestant::Rows, Contestant::Ours];

fn header() -> String {
    let titles = COLUMNS.map(|contestant| format!(" {} |", contestant.title())).concat();
    format!("| work | bare JS |{titles}\n| --- | ---: |{}", " ---: |".repeat(COLUMNS.len()))
}

fn line(work: &Work, figures: &Figures) -> String {
    let bare = figures.micros(Contestant::Bare).map_or(String::new(), |micros| format!("{:.2} µs", micros.median));
    let cell = |contestant| match figures.ratio(contestant, Contestant::Bare) {
        Some(ratio) => format!(" {:.2} ({:.2}–{:.2}) |", ratio.median, ratio.low, ratio.high),
        None => " |".to_owned(),
    };
    format!("| {} | {bare} |{}", work.title, COLUMNS.map(cell).concat())
}
