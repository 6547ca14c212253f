//! The query parameters of a list.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Order};
use worker::Request;

use crate::answer::Refusal;
use crate::rules::Problem;

/// The parameters of one request.
pub(crate) struct Query {
    parameters: BTreeMap<String, String>,
}

impl Query {
    /// Reads the request's query, and refuses a parameter that is given twice as ambiguous.
    pub(crate) fn read(request: &Request) -> Result<Self, Refusal> {
        let url = request.url()?;
        let mut parameters = BTreeMap::new();
        for pair in url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name).ok_or_else(|| Refusal::field(name, "is not UTF-8"))?;
            let text = decoded(text).ok_or_else(|| Refusal::field(&name, "is not UTF-8"))?;
            if parameters.insert(name.clone(), text).is_some() {
                return Err(Refusal::field(name, "is given twice"));
            }
        }
        Ok(Self { parameters })
    }

    /// Removes a parameter and returns it; `None` if it was not given.
    pub(crate) fn take<T>(
        &mut self,
        name: &str,
        rule: impl Fn(&str) -> Result<T, Problem>,
    ) -> Result<Option<T>, Refusal> {
        let text = self.parameters.remove(name);
        text.map(|text| rule(&text)).transpose().map_err(|problem| Refusal::field(name, problem))
    }

    /// Takes `sort`: the name of one of the columns, with `-` before it for descending order.
    pub(crate) fn sort<C: ColumnTrait>(&mut self, columns: &[C]) -> Result<Option<(C, Order)>, Refusal> {
        self.take("sort", |text| {
            let (name, order) = text.strip_prefix('-').map_or((text, Order::Asc), |name| (name, Order::Desc));
            let column = columns.iter().find(|column| column.as_str() == name);
            column.map(|column| (*column, order)).ok_or_else(|| {
                let names: Vec<_> = columns.iter().map(|column| column.as_str()).collect();
                format!("must be one of {}; a - before it sorts in descending order", names.join(", "))
            })
        })
    }

    /// Refuses a query with a parameter that was not taken.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        match self.parameters.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(Refusal::field(name, "is not a parameter of this list")),
        }
    }
}

/// Decodes a name or value of a query: <https://url.spec.whatwg.org/#urlencoded-parsing>. `None` for bytes that are not
/// UTF-8: the standard replaces them with U+FFFD, which would search for another text.
fn decoded(text: &str) -> Option<String> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match (first, digit(behind.first()).zip(digit(behind.get(1)))) {
            (b'%', Some((high, low))) => {
                rest = &behind[2..];
                high * 16 + low
            }
            (b'+', _) => b' ',
            (byte, _) => *byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Whether a text column contains a text, ignoring ASCII case. Not `LIKE`: the runtime limits its patterns to [50
/// bytes](https://developers.cloudflare.com/durable-objects/platform/limits/), and `%` is a wildcard there.
pub(crate) fn contains(column: impl ColumnTrait, text: String) -> Expr {
    let found_at = Func::cust("instr").arg(Func::lower(column.into_expr())).arg(Func::lower(Expr::val(text)));
    Expr::from(found_at).gt(0)
}
