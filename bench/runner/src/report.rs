//! The figures as tables, as JSON, and in the README.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sea_orm_do_harness::workspace::Workspace;
use serde_json::{Map, Value, json};

use super::chart;
use super::cold::Cold;
use super::figures::{Figures, Spread};
use super::memory::Growth;
use super::scale::{Crowd, Rate};
use super::size::Sizes;
use super::targets::targets;
use super::works::{Contestant, Work};

/// A piece of work and what it took.
pub(super) struct Line {
    pub(super) work: Work,
    pub(super) figures: Figures,
}

#[derive(Default)]
pub(super) struct Report {
    pub(super) lines: Vec<Line>,
    pub(super) cold: Vec<Cold>,
    pub(super) crowds: Vec<Crowd>,
    pub(super) rates: Vec<Rate>,
    pub(super) growth: Option<Growth>,
    pub(super) sizes: Option<Sizes>,
}

impl Report {
    pub(super) fn figures(&self, work: &str) -> Option<&Figures> {
        self.lines.iter().find(|line| line.work.name == work).map(|line| &line.figures)
    }

    /// All that was measured, in Markdown.
    pub(super) fn to_markdown(&self) -> String {
        let lines: String = self.lines.iter().map(line).collect();
        let mut text = header() + &lines;
        if !self.cold.is_empty() {
            text += "\n| first answer of a cold object | with the worker | in a worker that runs |\n| --- | ---: | ---: |\n";
            for Cold { contestant, first, second } in &self.cold {
                let _ = writeln!(text, "| {} | {:.1} ms | {:.1} ms |", contestant.title(), first.median, second.median);
            }
        }
        text += &self.scale();
        let targets = targets(self);
        if !targets.is_empty() {
            text += "\n| promise | at most | is | |\n| --- | ---: | ---: | --- |\n";
        }
        for target in targets {
            let kept = if target.is <= target.most { "kept" } else { "not kept" };
            let _ = writeln!(text, "| {} | {:.2} | {:.2} | {kept} |", target.title, target.most, target.is);
        }
        text
    }

    fn scale(&self) -> String {
        let mut text = String::new();
        let kibibytes = |bytes: Option<f64>| bytes.map_or(String::new(), |bytes| format!("{:.0} KiB", bytes / 1024.0));
        if !self.crowds.is_empty() {
            text += "\n| objects in one instance | | first request | second | wasm memory each | workerd's RSS each |\n\
                     | --- | ---: | ---: | ---: | ---: | ---: |\n";
        }
        for Crowd { contestant, objects, cold, warm, wasm, resident } in &self.crowds {
            let (wasm, resident) = (kibibytes(*wasm), kibibytes(*resident));
            let title = contestant.title();
            let _ = writeln!(text, "| {title} | {objects} | {cold:.2} ms | {warm:.2} ms | {wasm} | {resident} |");
        }
        if !self.rates.is_empty() {
            text += "\n| requests a second of 64 clients | objects | |\n| --- | ---: | ---: |\n";
        }
        for Rate { contestant, title, objects, a_second } in &self.rates {
            let _ = writeln!(text, "| {title}: {} | {objects} | {a_second:.0} |", contestant.title());
        }
        text
    }

    pub(super) fn to_json(&self) -> Value {
        let works = self.lines.iter().map(|Line { work, figures }| {
            let of = |contestant: &Contestant| {
                let micros = figures.micros(*contestant)?;
                let ratio = figures.ratio(*contestant, Contestant::Bare);
                Some((contestant.name().to_owned(), json!({ "micros": micros, "ratio": ratio })))
            };
            let contestants: Map<_, _> = Contestant::ALL.iter().filter_map(of).collect();
            (work.name.to_owned(), json!({ "title": work.title, "rows": work.rows, "contestants": contestants }))
        });
        let cold = self.cold.iter().map(|Cold { contestant, first, second }| {
            (contestant.name().to_owned(), json!({ "first_millis": first, "second_millis": second }))
        });
        let targets = targets(self).into_iter().map(|target| {
            json!({ "title": target.title, "most": target.most, "is": target.is, "kept": target.is <= target.most })
        });
        json!({
            "works": Map::from_iter(works),
            "cold": Map::from_iter(cold),
            "objects": self.crowds.iter().map(|Crowd { contestant, objects, cold, warm, wasm, resident }| json!({
                "contestant": contestant.name(), "objects": objects, "cold_millis": cold, "warm_millis": warm,
                "wasm": wasm, "resident": resident,
            })).collect::<Vec<_>>(),
            "requests": self.rates.iter().map(|Rate { contestant, title, objects, a_second }| json!({
                "contestant": contestant.name(), "title": title, "objects": objects, "a_second": a_second,
            })).collect::<Vec<_>>(),
            "stream_growth": self.growth.as_ref().map(|Growth { wasm, resident }| json!({ "wasm": wasm, "resident": resident })),
            "gzip": self.sizes,
            "targets": targets.collect::<Vec<_>>(),
        })
    }

    /// Writes the figures to bench/figures.json, the chart to bench/chart.svg, and the tables into the READMEs.
    pub(super) fn publish(&self, workspace: &Workspace) -> Result<()> {
        let (root, bench) = (workspace.root(), workspace.root().join("bench"));
        fs::write(bench.join("figures.json"), serde_json::to_string_pretty(&self.to_json())? + "\n")?;
        fs::write(bench.join("chart.svg"), chart::draw(self.lines.iter().filter(|line| line.work.is_in_chart)))?;
        replace(&bench.join("README.md"), "figures", &self.to_markdown())?;
        replace(&root.join("README.md"), "bench", &self.summary())
    }

    /// The ratios of the chart, as a table.
    fn summary(&self) -> String {
        const COLUMNS: [Contestant; 5] =
            [Contestant::Kysely, Contestant::Drizzle, Contestant::Native, Contestant::Ours, Contestant::Typed];
        let titles = COLUMNS.map(|contestant| format!(" {} |", contestant.title())).concat();
        let mut text = format!("| times bare JavaScript |{titles}\n| --- |{}\n", " ---: |".repeat(COLUMNS.len()));
        for Line { work, figures } in self.lines.iter().filter(|line| line.work.is_in_chart) {
            let cells = COLUMNS.map(|contestant| match figures.ratio(contestant, Contestant::Bare) {
                Some(ratio) => format!(" {:.1} |", ratio.median),
                None => " |".to_owned(),
            });
            let _ = writeln!(text, "| {} |{}", work.title, cells.concat());
        }
        text
    }
}

/// Replaces what stands between `<!-- name -->` and `<!-- /name -->`.
fn replace(path: &Path, name: &str, with: &str) -> Result<()> {
    let (begin, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let parts = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.with_context(|| format!("{} has no place for {begin}", path.display()))?;
    fs::write(path, format!("{before}{begin}\n{with}{end}{after}"))?;
    Ok(())
}

/// The contestants in the order of the columns; what bare JavaScript takes is given in microseconds.
const COLUMNS: [Contestant; 10] = [
    Contestant::Kysely,
    Contestant::Drizzle,
    Contestant::DrizzleNext,
    Contestant::Native,
    Contestant::Sqlx,
    Contestant::Wasm,
    Contestant::Raw,
    Contestant::Rows,
    Contestant::Ours,
    Contestant::Typed,
];

pub(super) fn header() -> String {
    let titles = COLUMNS.map(|contestant| format!(" {} |", contestant.title())).concat();
    format!("| work | bare JS |{titles}\n| --- | ---: |{}\n", " ---: |".repeat(COLUMNS.len()))
}

pub(super) fn line(Line { work, figures }: &Line) -> String {
    let bare = figures.micros(Contestant::Bare).map_or(String::new(), |micros| format!("{:.2} µs", micros.median));
    let cell = |contestant| match figures.ratio(contestant, Contestant::Bare) {
        Some(Spread { low, median, high }) => format!(" {median:.2} ({low:.2}–{high:.2}) |"),
        None => " |".to_owned(),
    };
    format!("| {} | {bare} |{}\n", work.title, COLUMNS.map(cell).concat())
}
