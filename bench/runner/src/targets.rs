//! What the driver promises, checked against the figures.

use super::report::Report;
use super::works::Contestant::{Bare, Kysely, Native, Ours, Typed, Wasm};

/// A promise: a figure that is at most so much.
pub(super) struct Target {
    pub(super) title: &'static str,
    pub(super) most: f64,
    pub(super) is: f64,
}

/// The promises whose figures were measured.
pub(super) fn targets(report: &Report) -> Vec<Target> {
    let ratio = |work: &str, of, to| report.figures(work)?.ratio(of, to).map(|ratio| ratio.median);
    let micros = |work: &str, of| report.figures(work)?.micros(of).map(|micros| micros.median);
    let of_two = |one: Option<f64>, other: Option<f64>| one.zip(other).map(|(one, other)| one / other);
    let kilobytes = |bytes: u64| u32::try_from(bytes / 1000).map(f64::from).ok();
    let mebibytes = |bytes: u64| u32::try_from(bytes >> 10).map(|kibibytes| f64::from(kibibytes) / 1024.0).ok();
    let (sizes, growth) = (report.sizes.as_ref(), report.growth.as_ref());
    let cold = |of| Some(report.cold.iter().find(|cold| cold.contestant == of)?.first.median);
    let memory = report.crowds.iter().find(|crowd| crowd.contestant == Ours && crowd.objects == 100);
    let memory = memory.and_then(|crowd| crowd.wasm);
    let promised = [
        ("100 × 10 children by typed calls, times bare JS", 2.2, ratio("related", Typed, Bare)),
        ("… times Kysely", 1.0, ratio("related", Typed, Kysely)),
        ("read 1,000 × 20 by typed calls, times bare JS", 1.2, ratio("read_wide", Typed, Bare)),
        ("read 1,000 × 3 by typed calls, times bare JS", 1.1, ratio("read_1k", Typed, Bare)),
        ("transaction of 100 inserts, times bare JS", 2.7, ratio("transaction", Ours, Bare)),
        ("insert, times bare JS", 2.9, ratio("insert", Ours, Bare)),
        ("… times Kysely", 1.0 / 1.5, ratio("insert", Ours, Kysely)),
        ("find by id, times Kysely", 0.8, ratio("find", Ours, Kysely)),
        ("insert with RETURNING, times bare JS", 1.8, ratio("insert_returning", Ours, Bare)),
        ("… times Kysely", 0.7, ratio("insert_returning", Ours, Kysely)),
        (
            "cold with the worker, times the worker crate",
            1.3,
            cold(Ours).zip(cold(Wasm)).map(|(ours, wasm)| ours / wasm),
        ),
        ("wasm memory of each of 100 objects, KiB", 150.0, memory.map(|bytes| bytes / 1024.0)),
        (
            "a row of insert_many, times a single bare insert",
            0.6,
            of_two(micros("insert_many", Ours), micros("insert", Bare)),
        ),
        (
            "reads of i64 beyond 2^53, times those of small values",
            2.0,
            of_two(micros("integers", Ours), micros("integers_small", Ours)),
        ),
        ("a row of 10,000, times a row of 1,000", 1.3, of_two(micros("read_10k", Ours), micros("read_1k", Ours))),
        ("a row of 100,000, times a row of 1,000", 1.3, of_two(micros("read_100k", Ours), micros("read_1k", Ours))),
        ("wasm memory of a stream of 1,000,000 rows, MiB", 8.0, growth.and_then(|growth| mebibytes(growth.wasm))),
        ("workerd's RSS of it, MiB", 32.0, growth.and_then(|growth| mebibytes(growth.resident?))),
        ("what the driver adds, kB", 60.0, sizes.and_then(|sizes| kilobytes(sizes.driver.saturating_sub(sizes.alone)))),
        ("the example, kB", 450.0, sizes.and_then(|sizes| kilobytes(sizes.example))),
    ];
    let mut measured: Vec<_> =
        promised.into_iter().filter_map(|(title, most, is)| is.map(|is| Target { title, most, is })).collect();
    let to_native = report.lines.iter().filter_map(|line| {
        let ratio = line
            .figures
            .ratio(Ours, Native)?
            .median
            .min(line.figures.ratio(Typed, Native).map_or(f64::MAX, |it| it.median));
        Some((line.work.title, ratio))
    });
    let slowest = to_native.max_by(|(_, one), (_, other)| one.total_cmp(other));
    measured.extend(slowest.map(|(_, is)| Target {
        title: "the slowest row, times SeaORM's own driver",
        most: 1.0,
        is,
    }));
    measured
}
