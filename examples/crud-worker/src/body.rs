//! A JSON body, read field by field, so that every refusal names the field.

use std::collections::BTreeMap;
use std::fmt::{self, Formatter};

use futures_util::TryStreamExt;
use sea_orm::{ActiveValue, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use worker::Request;

use crate::answer::Refusal;
use crate::rules::Problem;

/// The longest body that is read, in bytes.
const LIMIT: usize = 64 * 1024;

/// The fields of a body, each still JSON text: [`rules`](crate::rules) define what they may contain.
pub(crate) struct Body {
    fields: BTreeMap<String, Box<RawValue>>,
}

impl Body {
    /// Reads the request's body.
    pub(crate) async fn read(request: &mut Request) -> Result<Self, Refusal> {
        let media_type = request.headers().get("Content-Type")?.unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::MediaType);
        }
        let json = bytes(request).await?;
        let Fields(fields) = serde_json::from_slice(&json).map_err(Refusal::NotAnObject)?;
        let mut body = Self { fields: BTreeMap::new() };
        for (name, json) in fields {
            if body.fields.insert(name.clone(), json).is_some() {
                return Err(Refusal::field(name, "is given twice"));
            }
        }
        Ok(body)
    }

    /// Removes a field and returns it; `None` if it was not sent.
    pub(crate) fn take<T>(&mut self, name: &str, rule: fn(&str) -> Result<T, Problem>) -> Result<Option<T>, Refusal> {
        let json = self.fields.remove(name);
        json.map(|json| rule(json.get())).transpose().map_err(|problem| Refusal::field(name, problem))
    }

    /// Removes a field and returns it; it must have been sent.
    pub(crate) fn take_required<T>(&mut self, name: &str, rule: fn(&str) -> Result<T, Problem>) -> Result<T, Refusal> {
        self.take(name, rule)?.ok_or_else(|| missing(name))
    }

    /// Takes the value of a column that is never NULL.
    pub(crate) fn value<T: Into<Value>>(
        &mut self,
        column: &str,
        rule: fn(&str) -> Result<T, Problem>,
    ) -> Result<ActiveValue<T>, Refusal> {
        Ok(self.take(column, rule)?.map_or(ActiveValue::NotSet, ActiveValue::Set))
    }

    /// Takes the value of a column that `null` clears.
    pub(crate) fn nullable<T>(
        &mut self,
        column: &str,
        rule: fn(&str) -> Result<T, Problem>,
    ) -> Result<ActiveValue<Option<T>>, Refusal>
    where
        Option<T>: Into<Value>,
    {
        if self.fields.get(column).is_some_and(|json| json.get() == "null") {
            self.fields.remove(column);
            return Ok(ActiveValue::Set(None));
        }
        Ok(self.take(column, rule)?.map_or(ActiveValue::NotSet, |value| ActiveValue::Set(Some(value))))
    }

    /// Refuses a body with a field that was not taken.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        match self.fields.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(Refusal::field(name, "is not a field of this object")),
        }
    }
}

/// The fields of a JSON object in their order, including those that are given twice.
struct Fields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Fields {
    type Value = Self;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Self, A::Error> {
        while let Some(field) = object.next_entry()? {
            self.0.push(field);
        }
        Ok(self)
    }
}

/// Refuses a body in which the field was missing.
pub(crate) fn required<T: Into<Value>>(field: &str, value: &ActiveValue<T>) -> Result<(), Refusal> {
    if value.is_not_set() { Err(missing(field)) } else { Ok(()) }
}

fn missing(field: &str) -> Refusal {
    Refusal::field(field, "is missing")
}

/// Reads the bytes of the body. Counts them as they arrive, because not every client sends a length.
async fn bytes(request: &mut Request) -> Result<Vec<u8>, Refusal> {
    if request.inner().body().is_none() {
        return Ok(Vec::new());
    }
    let chunks = request.stream()?.map_err(Refusal::from);
    chunks
        .try_fold(Vec::new(), async |mut body, chunk| {
            body.extend(chunk);
            if body.len() > LIMIT { Err(Refusal::TooLarge { limit: LIMIT }) } else { Ok(body) }
        })
        .await
}
