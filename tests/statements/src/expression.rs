//! Expressions.

use crate::{Maker, Relation, Value};

impl Maker {
    /// A column in sight, and its name.
    pub(crate) fn column(&mut self, scope: &[Relation]) -> (String, String) {
        let named: Vec<_> = scope.iter().filter(|relation| !relation.columns.is_empty()).collect();
        if named.is_empty() {
            return (self.literal(), "literal".to_owned());
        }
        let of = named[self.number(0..named.len())].clone();
        if of.has_rowid && self.chance(6) {
            self.has("rowid");
            let name = self.one(&["rowid", "_rowid_", "oid", "ROWID"]).to_owned();
            let written = if self.chance(50) { name.clone() } else { format!("{}.{name}", self.quoted(&of.name)) };
            return (written, name);
        }
        let name = of.columns[self.number(0..of.columns.len())].clone();
        let column = self.quoted(&name);
        let text =
            if !of.name.is_empty() && self.chance(65) { format!("{}.{column}", self.quoted(&of.name)) } else { column };
        (if self.chance(4) { format!("({text})") } else { text }, name)
    }

    fn literal(&mut self) -> String {
        self.one(&["1", "2.5", "'text'", "'1'", "NULL", "x'01'", "TRUE", "-3", "CURRENT_DATE", "0x10", "1e3"])
            .to_owned()
    }

    fn parameter(&mut self) -> String {
        self.has("parameter");
        let value = match self.random.u32(0..8) {
            0 => Value::Real(2.5),
            1 => Value::Text("1".to_owned()),
            2 => Value::Text("one".to_owned()),
            3 => Value::Integer(9_007_199_254_740_993),
            _ => Value::Integer(self.random.i64(0..4)),
        };
        self.made.values.push(value);
        "?".to_owned()
    }

    pub(crate) fn expression(&mut self, scope: &[Relation], depth: usize) -> String {
        if depth == 0 {
            return match self.random.u32(0..10) {
                0..7 => self.column(scope).0,
                7 => self.parameter(),
                _ => self.literal(),
            };
        }
        let next = depth - 1;
        match self.random.u32(0..22) {
            0..6 => self.expression(scope, 0),
            6..9 => {
                let operators = [
                    "+", "-", "*", "/", "%", "||", "=", "==", "<>", "<", ">=", "IS", "IS NOT", "AND", "OR", "&", "->>",
                ];
                let operator = self.one(&operators);
                format!("{} {operator} {}", self.expression(scope, next), self.expression(scope, next))
            }
            9 => {
                let operator = self.one(&["-", "+", "~", "NOT "]);
                format!("{operator}{}", self.expression(scope, next))
            }
            10 => {
                self.has("CASE");
                let operand = if self.chance(50) { self.expression(scope, 0) } else { String::new() };
                let (when, then) = (self.expression(scope, next), self.expression(scope, next));
                let otherwise =
                    if self.chance(50) { format!(" ELSE {}", self.expression(scope, 0)) } else { String::new() };
                format!("CASE {operand} WHEN {when} THEN {then}{otherwise} END")
            }
            11 => {
                self.has("CAST");
                let ty = self.one(&["TEXT", "INTEGER", "REAL", "varchar(10)", "NUMERIC(10, 2)", "BLOB"]);
                format!("CAST({} AS {ty})", self.expression(scope, next))
            }
            12 => {
                self.has("COLLATE");
                format!("{} COLLATE NOCASE", self.expression(scope, 0))
            }
            13 => {
                self.has("IN");
                let not = self.one(&["", "NOT "]);
                let left = self.expression(scope, 0);
                if self.depth < 3 && self.chance(30) {
                    let (body, _) = self.query(scope, Some(1));
                    format!("{left} {not}IN ({body})")
                } else {
                    format!("{left} {not}IN ({}, {})", self.expression(scope, 0), self.expression(scope, 0))
                }
            }
            14 => {
                let operator = self.one(&["LIKE", "NOT LIKE", "GLOB"]);
                format!("{} {operator} {}", self.expression(scope, 0), self.one(&["'a%'", "'o*'", "'%e%' "]))
            }
            15 => {
                let (value, low, high) =
                    (self.expression(scope, 0), self.expression(scope, 0), self.expression(scope, 0));
                format!("{value} BETWEEN {low} AND {high}")
            }
            16 if self.depth < 3 => {
                self.has("subquery");
                let (body, _) = self.query(scope, Some(1));
                format!("({body})")
            }
            17 if self.depth < 3 => {
                self.has("EXISTS");
                let not = self.one(&["", "NOT "]);
                let (body, _) = self.query(scope, None);
                format!("{not}EXISTS ({body})")
            }
            18 => {
                let operator = self.one(&["ISNULL", "NOTNULL", "NOT NULL", "IS NULL"]);
                format!("{} {operator}", self.expression(scope, 0))
            }
            _ => self.call(scope),
        }
    }

    fn call(&mut self, scope: &[Relation]) -> String {
        let argument = self.expression(scope, 0);
        match self.random.u32(0..10) {
            0..3 => {
                let scalar = ["upper", "length", "abs", "typeof", "hex", "trim", "likely", "quote"];
                let name = self.one(&scalar).to_owned();
                let name = if self.chance(25) {
                    self.has("function in quotes");
                    self.quoted(&name)
                } else {
                    name
                };
                format!("{name}({argument})")
            }
            3 => format!("coalesce({argument}, {})", self.expression(scope, 0)),
            4 => format!("replace({argument}, 'a', 'b')"),
            5 => "count(*)".to_owned(),
            6 => {
                self.has("OVER");
                let window = self.one(&["()", "(ORDER BY 1)", "(ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"]);
                let function = self.one(&["sum", "max", "first_value", "count", "lag"]);
                format!("{function}({argument}) OVER {window}")
            }
            _ => {
                let function = self.one(&["count", "max", "min", "sum", "avg", "group_concat", "total"]);
                let quantifier = self.one(&["", "DISTINCT ", "ALL "]);
                if !quantifier.is_empty() {
                    self.has("DISTINCT, ALL in a call");
                }
                let filter = if self.chance(20) {
                    self.has("FILTER");
                    format!(" FILTER (WHERE {})", self.expression(scope, 0))
                } else {
                    String::new()
                };
                format!("{function}({quantifier}{argument}){filter}")
            }
        }
    }
}
