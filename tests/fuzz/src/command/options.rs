//! The command line.

use std::ops::Range;

use anyhow::{Context, Result, bail};

/// Programs of one request: long enough to be worth it, short enough to be waited for.
const BATCH: u64 = 100;

pub struct Options {
    pub seed: u64,
    pub first: u64,
    pub count: u64,
    pub json: bool,
    pub native_only: bool,
    /// Print the first program and its outcomes instead of comparing.
    pub show: bool,
}

impl Options {
    pub fn read() -> Result<Self> {
        let mut options = Self { seed: 1, first: 0, count: 1_000, json: false, native_only: false, show: false };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || -> Result<u64> {
                let number = arguments.next().with_context(|| format!("{argument} needs a number"))?;
                number.parse().with_context(|| format!("{argument} {number}"))
            };
            match argument.as_str() {
                "--seed" => options.seed = number()?,
                "--cases" => options.count = number()?,
                "--case" => (options.first, options.count) = (number()?, 1),
                "--json" => options.json = true,
                "--show" => options.show = true,
                "--native-only" => options.native_only = true,
                _ => bail!("{argument}? --seed N --cases M | --case K, --json, --native-only, --show"),
            }
        }
        Ok(options)
    }

    pub fn cases(&self) -> Range<u64> {
        self.first..self.first + self.count
    }

    pub fn batches(&self) -> impl Iterator<Item = Range<u64>> {
        let end = self.cases().end;
        let step = usize::try_from(BATCH).unwrap_or(usize::MAX);
        self.cases().step_by(step).map(move |from| from..(from + BATCH).min(end))
    }
}
