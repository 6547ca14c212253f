//! Prints rows as a table, as JSON or as CSV.

use std::fmt::Write as _;
use std::io::Write;

use anyhow::Result;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use sea_orm::Value;
use serde_json::Value as Json;

/// The form of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Table,
    Json,
    Csv,
}

/// Prints rows as they arrive; a table in parts, each as wide as its own rows need.
pub(crate) enum Printer<W: Write> {
    /// There are no columns.
    Nothing,
    Table {
        columns: Vec<String>,
        rows: Vec<Vec<Value>>,
        out: W,
    },
    Json {
        columns: Vec<String>,
        is_first: bool,
        out: W,
    },
    Csv(Box<csv::Writer<W>>),
}

/// How many rows of a table are printed together.
const PART: usize = 1000;

impl<W: Write> Printer<W> {
    pub(crate) fn new(form: Form, columns: &[&str], mut out: W) -> Result<Self> {
        let names = || columns.iter().map(|column| (*column).to_owned()).collect();
        Ok(match form {
            Form::Table | Form::Csv if columns.is_empty() => Self::Nothing,
            Form::Table => Self::Table { columns: names(), rows: Vec::new(), out },
            Form::Json => {
                write!(out, "[")?;
                Self::Json { columns: distinct(columns), is_first: true, out }
            }
            Form::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv.write_record(columns)?;
                Self::Csv(Box::new(csv))
            }
        })
    }

    pub(crate) fn row(&mut self, row: Vec<Value>) -> Result<()> {
        match self {
            Self::Nothing => {}
            Self::Table { rows, .. } => {
                rows.push(row);
                if rows.len() == PART {
                    self.flush()?;
                }
            }
            Self::Json { columns, is_first, out } => {
                // A map of serde_json would sort the columns.
                let pair = |(name, value)| format!("{}: {}", Json::from(name), json(value));
                let pairs: Vec<_> = columns.iter().map(String::as_str).zip(&row).map(pair).collect();
                write!(out, "{}\n  {{{}}}", if *is_first { "" } else { "," }, pairs.join(", "))?;
                *is_first = false;
            }
            Self::Csv(csv) => {
                // NULL is an empty field.
                csv.write_record(row.iter().map(|value| text(value).unwrap_or_default()))?;
            }
        }
        Ok(())
    }

    /// Prints the rows of a table that were not printed yet.
    fn flush(&mut self) -> Result<()> {
        let Self::Table { columns, rows, out } = self else { return Ok(()) };
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(&*columns);
        for row in &*rows {
            table.add_row(row.iter().map(|value| text(value).unwrap_or_else(|| "NULL".to_owned())));
        }
        for (at, column) in table.column_iter_mut().enumerate() {
            let is_number = |row: &Vec<Value>| matches!(row.get(at), Some(Value::BigInt(_) | Value::Double(_)));
            if !rows.is_empty() && rows.iter().all(is_number) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        rows.clear();
        writeln!(out, "{table}")?;
        Ok(())
    }

    /// Ends the output.
    pub(crate) fn end(mut self) -> Result<()> {
        match &mut self {
            Self::Nothing => {}
            Self::Table { .. } => self.flush()?,
            Self::Json { is_first, out, .. } => writeln!(out, "{}]", if *is_first { "" } else { "\n" })?,
            Self::Csv(csv) => csv.flush()?,
        }
        Ok(())
    }
}

/// The names of columns as keys of JSON: of two with one name, the later one gets a number.
fn distinct(columns: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut name = (*column).to_owned();
        let mut count = 1;
        while names.contains(&name) {
            count += 1;
            name = format!("{column}_{count}");
        }
        names.push(name);
    }
    names
}

/// A value as text; `None` is NULL. A BLOB is written as SQL writes it.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::BigInt(integer) => integer.map(|integer| integer.to_string()),
        Value::Double(number) => number.map(|number| format!("{number:?}")),
        Value::String(text) => text.clone(),
        Value::Bytes(bytes) => bytes.as_deref().map(hex),
        // There are no other stored values.
        other => Some(format!("{other:?}")),
    }
}

/// Numbers that JSON has not, and BLOBs, become text.
fn json(value: &Value) -> Json {
    match value {
        Value::BigInt(Some(integer)) => (*integer).into(),
        Value::Double(Some(number)) if number.is_finite() => (*number).into(),
        other => text(other).map_or(Json::Null, Json::String),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::from("x'");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(form: Form, columns: &[&str], rows: &[&[Value]]) -> String {
        let mut out = Vec::new();
        let mut printer = Printer::new(form, columns, &mut out).unwrap();
        rows.iter().for_each(|row| printer.row(row.to_vec()).unwrap());
        printer.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    fn rows() -> [[Value; 3]; 2] {
        [
            [9_007_199_254_740_993_i64.into(), "a \"b\", c\n".into(), 2.0.into()],
            [Value::BigInt(None), vec![0_u8, 255].into(), f64::INFINITY.into()],
        ]
    }

    #[test]
    fn json_keeps_integers_and_names() {
        let rows = rows();
        let text = printed(Form::Json, &["id", "it", "id"], &[&rows[0], &rows[1]]);
        let read: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(read[0]["id"].to_string(), "9007199254740993");
        assert_eq!(read[0]["it"], "a \"b\", c\n");
        assert_eq!(read[0]["id_2"].to_string(), "2.0");
        assert_eq!(read[1], serde_json::json!({ "id": null, "it": "x'00ff'", "id_2": "inf" }));
        assert_eq!(printed(Form::Json, &["a"], &[]), "[]\n");
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let rows = rows();
        let text = printed(Form::Csv, &["id", "it", "n"], &[&rows[0], &rows[1]]);
        assert_eq!(text, "id,it,n\n9007199254740993,\"a \"\"b\"\", c\n\",2.0\n,x'00ff',inf\n");
    }

    #[test]
    fn a_table_shows_null() {
        let rows = rows();
        let text = printed(Form::Table, &["id", "it", "n"], &[&rows[1]]);
        assert!(text.contains("NULL") && text.contains("x'00ff'"), "{text}");
    }
}
