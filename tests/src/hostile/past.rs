//! Past the driver: by JavaScript inside workerd, by rusqlite on the host.

/// A value as neither side of the driver has touched it.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    Null,
    Number(f64),
    Text(String),
    Blob(Vec<u8>),
    /// A text as JavaScript has it: the units of UTF-16, in pairs or not.
    Units(&'static [u16]),
}

pub type Rows = Vec<Vec<Raw>>;

#[cfg(target_arch = "wasm32")]
mod javascript {
    use js_sys::{Array, ArrayBuffer, JsString, Reflect, Uint8Array};
    use wasm_bindgen::prelude::*;

    use super::{Raw, Rows};
    use crate::case::Context;

    #[wasm_bindgen(inline_js = "
const open = [];
export function rows(sql, text, values) {
    return sql.exec(text, ...values).raw().toArray();
}
export function leaveOpen(sql, text) {
    open.push(sql.exec(text));
}
export function readOpen() {
    return open.splice(0).map((cursor) => cursor.toArray().length);
}
")]
    extern "C" {
        #[wasm_bindgen(catch)]
        fn rows(sql: &JsValue, text: &str, values: Array) -> Result<Array, JsValue>;
        #[wasm_bindgen(catch, js_name = leaveOpen)]
        fn leave_open(sql: &JsValue, text: &str) -> Result<(), JsValue>;
        #[wasm_bindgen(catch, js_name = readOpen)]
        fn read_open() -> Result<Array, JsValue>;
    }

    impl Context {
        fn sql(&self) -> Result<JsValue, String> {
            let storage = self.state.storage();
            Reflect::get(storage.as_raw().as_ref(), &"sql".into()).map_err(thrown)
        }

        /// Runs one statement.
        ///
        /// # Errors
        /// What the runtime throws.
        pub fn past(&self, sql: &str, values: &[Raw]) -> Result<Rows, String> {
            let read = rows(&self.sql()?, sql, values.iter().map(to_js).collect()).map_err(thrown)?;
            Ok(read.iter().map(|row| Array::from(&row).iter().map(from_js).collect()).collect())
        }

        /// Runs a statement, and reads none of its rows.
        ///
        /// # Errors
        /// What the runtime throws.
        pub fn leave_open(&self, sql: &str) -> Result<(), String> {
            leave_open(&self.sql()?, sql).map_err(thrown)
        }

        /// Reads to its end what was left open.
        ///
        /// # Errors
        /// What the runtime throws.
        pub fn read_open(&self) -> Result<(), String> {
            read_open().map(drop).map_err(thrown)
        }
    }

    fn to_js(raw: &Raw) -> JsValue {
        match raw {
            Raw::Null => JsValue::NULL,
            Raw::Number(number) => JsValue::from_f64(*number),
            Raw::Text(text) => JsValue::from_str(text),
            Raw::Blob(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            Raw::Units(units) => JsString::from_char_code(units).into(),
        }
    }

    fn from_js(value: JsValue) -> Raw {
        if let Some(number) = value.as_f64() {
            Raw::Number(number)
        } else if let Some(text) = value.as_string() {
            Raw::Text(text)
        } else if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
            Raw::Blob(Uint8Array::new(buffer).to_vec())
        } else {
            Raw::Null
        }
    }

    #[allow(clippy::needless_pass_by_value, reason = "map_err hands it over")]
    fn thrown(error: JsValue) -> String {
        format!("{error:?}")
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    use rusqlite::types::{ToSqlOutput, Value, ValueRef};
    use rusqlite::{Connection, ToSql};

    use super::{Raw, Rows};
    use crate::case::Context;

    impl Context {
        /// Runs one statement.
        ///
        /// # Errors
        /// SQLite's.
        pub fn past(&self, sql: &str, values: &[Raw]) -> Result<Rows, String> {
            let read = || {
                let connection = Connection::open(&self.file)?;
                let mut statement = connection.prepare(sql)?;
                let count = statement.column_count();
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                let mut read = Rows::new();
                while let Some(row) = rows.next()? {
                    read.push((0..count).map(|at| row.get_ref(at).map(from_sqlite)).collect::<rusqlite::Result<_>>()?);
                }
                Ok(read)
            };
            read().map_err(|error: rusqlite::Error| error.to_string())
        }

        /// Fails: on the host no cursor stays open.
        ///
        /// # Errors
        /// Always.
        pub fn leave_open(&self, sql: &str) -> Result<(), String> {
            Err(format!("no cursor of {} stays open for {sql}", self.file.display()))
        }

        /// Does nothing.
        ///
        /// # Errors
        /// None.
        pub fn read_open(&self) -> Result<(), String> {
            Ok(())
        }
    }

    impl ToSql for Raw {
        fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
            Ok(ToSqlOutput::Owned(match self {
                Self::Null => Value::Null,
                Self::Number(number) => Value::Real(*number),
                Self::Text(text) => Value::Text(text.clone()),
                Self::Blob(bytes) => Value::Blob(bytes.clone()),
                Self::Units(units) => Value::Text(String::from_utf16_lossy(units)),
            }))
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "as the runtime reads it")]
    fn from_sqlite(value: ValueRef<'_>) -> Raw {
        match value {
            ValueRef::Null => Raw::Null,
            ValueRef::Integer(integer) => Raw::Number(integer as f64),
            ValueRef::Real(real) => Raw::Number(real),
            ValueRef::Text(text) => Raw::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Raw::Blob(bytes.to_vec()),
        }
    }
}
