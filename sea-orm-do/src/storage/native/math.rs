//! SQLite's math functions, which the runtime's build has and rusqlite's lacks.
//!
//! <https://www.sqlite.org/lang_mathfunc.html>. `ceiling`, `power` and `log10` are defined only for the authorizer to
//! refuse them: its message differs from the one for an unknown function.

use std::f64::consts::PI;

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};

type Unary = (&'static str, fn(f64) -> f64);
type Binary = (&'static str, fn(f64, f64) -> f64);

/// A NaN result reads as NULL, because SQLite turns NaN into NULL.
const UNARY: [Unary; 20] = [
    ("acos", f64::acos),
    ("acosh", f64::acosh),
    ("asin", f64::asin),
    ("asinh", f64::asinh),
    ("atan", f64::atan),
    ("atanh", f64::atanh),
    ("cos", f64::cos),
    ("cosh", f64::cosh),
    ("degrees", f64::to_degrees),
    ("exp", f64::exp),
    ("ln", |x| logarithm(x, f64::ln)),
    ("log", |x| logarithm(x, f64::log10)),
    ("log10", |x| logarithm(x, f64::log10)),
    ("log2", |x| logarithm(x, f64::log2)),
    ("radians", f64::to_radians),
    ("sin", f64::sin),
    ("sinh", f64::sinh),
    ("sqrt", f64::sqrt),
    ("tan", f64::tan),
    ("tanh", f64::tanh),
];

/// An integer stays an integer.
const ROUNDING: [Unary; 4] =
    [("ceil", f64::ceil), ("ceiling", f64::ceil), ("floor", f64::floor), ("trunc", f64::trunc)];

const BINARY: [Binary; 5] = [
    ("atan2", f64::atan2),
    ("log", |base, x| if base > 1.0 { logarithm(x, f64::ln) / base.ln() } else { f64::NAN }),
    ("mod", |x, y| x % y),
    ("pow", f64::powf),
    ("power", f64::powf),
];

pub(super) fn install(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("pi", 0, flags, |_| Ok(PI))?;
    for (name, function) in UNARY {
        connection.create_scalar_function(name, 1, flags, move |args| Ok(real(args, 0).map(function)))?;
    }
    for (name, function) in ROUNDING {
        connection.create_scalar_function(name, 1, flags, move |args| {
            Ok(match number(args.get_raw(0)) {
                Value::Real(real) => Value::Real(function(real)),
                other => other,
            })
        })?;
    }
    for (name, function) in BINARY {
        connection.create_scalar_function(name, 2, flags, move |args| {
            Ok(real(args, 0).zip(real(args, 1)).map(|(first, second)| function(first, second)))
        })?;
    }
    Ok(())
}

fn logarithm(x: f64, function: fn(f64) -> f64) -> f64 {
    if x > 0.0 { function(x) } else { f64::NAN }
}

#[allow(clippy::cast_precision_loss, reason = "SQLite casts in the same way")]
fn real(args: &Context<'_>, index: usize) -> Option<f64> {
    match number(args.get_raw(index)) {
        Value::Integer(integer) => Some(integer as f64),
        Value::Real(real) => Some(real),
        Value::Null | Value::Text(_) | Value::Blob(_) => None,
    }
}

/// The number that a value is, or that a text contains; NULL for everything else.
fn number(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => number_in(&String::from_utf8_lossy(text)),
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
    }
}

fn number_in(text: &str) -> Value {
    let text = text.trim_ascii();
    // Rust reads `inf` and `nan` too, which SQLite does not.
    let real = text.parse().ok().filter(|_| !text.contains(['n', 'N']));
    text.parse().map(Value::Integer).ok().or(real.map(Value::Real)).unwrap_or(Value::Null)
}
