//! What fields, query parameters and parts of the path may contain.
//!
//! Rules for numbers and booleans take JSON text, which is written the same way in a body, a query and a path.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

use sea_orm::prelude::Date;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// What is wrong with a value: the rest of a sentence that begins with the field's name.
pub(crate) type Problem = String;

pub(crate) fn workspace(text: &str) -> Result<String, Problem> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !(1..=64).contains(&text.len()) || !text.bytes().all(allowed) {
        return Err("must be 1 to 64 letters, digits, _ and -".into());
    }
    Ok(text.to_owned())
}

/// The names of workspaces that one request asks about.
pub(crate) fn workspaces(text: &str) -> Result<Vec<String>, Problem> {
    let names: Vec<_> = text.split(',').collect();
    if names.len() > 20 {
        return Err("must not be more than 20 names".into());
    }
    let names: Result<_, Problem> = names.into_iter().map(workspace).collect();
    names.map_err(|problem| format!("hold a name that {problem}"))
}

pub(crate) fn id(json: &str) -> Result<i32, Problem> {
    within(1..=i32::MAX, json)
}

pub(crate) fn page(json: &str) -> Result<u32, Problem> {
    within(1..=u32::MAX, json)
}

pub(crate) fn per_page(json: &str) -> Result<u32, Problem> {
    within(1..=100, json)
}

pub(crate) fn boolean(json: &str) -> Result<bool, Problem> {
    parse(json).ok_or_else(|| "must be true or false".into())
}

pub(crate) fn hours(json: &str) -> Result<f64, Problem> {
    parse(json).filter(|hours: &f64| *hours >= 0.0).ok_or_else(|| "must be a number that is not negative".into())
}

/// The name of a project.
pub(crate) fn name(json: &str) -> Result<String, Problem> {
    line(100, string(json)?)
}

pub(crate) fn title(json: &str) -> Result<String, Problem> {
    line(200, string(json)?)
}

pub(crate) fn description(json: &str) -> Result<String, Problem> {
    not_longer_than(10_000, string(json)?)
}

/// The ids of the items that one request changes, each once.
pub(crate) fn ids(json: &str) -> Result<Vec<i32>, Problem> {
    let items: Vec<Box<RawValue>> = parse(json).ok_or("must be a list of ids")?;
    if !(1..=100).contains(&items.len()) {
        return Err("must be 1 to 100 ids".into());
    }
    let ids: Result<Vec<_>, Problem> = items.iter().map(|item| id(item.get())).collect();
    let ids = ids.map_err(|problem| format!("hold an id that {problem}"))?;
    let mut seen = BTreeSet::new();
    match ids.iter().find(|id| !seen.insert(**id)) {
        None => Ok(ids),
        Some(id) => Err(format!("hold {id} twice")),
    }
}

/// The names of tags, each once.
pub(crate) fn tags(json: &str) -> Result<BTreeSet<String>, Problem> {
    let names: Vec<String> = parse(json).ok_or("must be a list of strings")?;
    if names.len() > 20 {
        return Err("must not be more than 20 names".into());
    }
    let names: Result<_, Problem> = names.into_iter().map(|name| line(50, name)).collect();
    names.map_err(|problem| format!("hold a name that {problem}"))
}

/// A date in the body.
pub(crate) fn date(json: &str) -> Result<Date, Problem> {
    day(&string(json)?)
}

/// A date in the query. Only the format that also sorts as text, because SQLite compares dates as text.
pub(crate) fn day(text: &str) -> Result<Date, Problem> {
    let date: Option<Date> = text.parse().ok();
    date.filter(|date| text.len() == 10 && date.to_string() == text)
        .ok_or_else(|| "must be a date, written as 2026-12-31".into())
}

/// A text in the query; any text is allowed.
pub(crate) fn any(text: &str) -> Result<String, Problem> {
    Ok(text.to_owned())
}

fn line(limit: usize, text: String) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return Err("must not be empty".into());
    }
    if text.contains(char::is_control) {
        return Err("must not contain control characters".into());
    }
    not_longer_than(limit, text)
}

fn not_longer_than(limit: usize, text: String) -> Result<String, Problem> {
    if text.chars().count() > limit {
        return Err(format!("must not be longer than {limit} characters"));
    }
    Ok(text)
}

fn within<T: DeserializeOwned + PartialOrd + Display>(range: RangeInclusive<T>, json: &str) -> Result<T, Problem> {
    parse(json)
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("must be a whole number from {} to {}", range.start(), range.end()))
}

fn string(json: &str) -> Result<String, Problem> {
    parse(json).ok_or_else(|| "must be a string".into())
}

fn parse<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}
