//! SELECT: common table expressions, compounds, terms.

use crate::schema::COLUMNS;
use crate::{Maker, Relation};

impl Maker {
    /// A query, with the names of its columns; of a width where it must have one.
    pub(crate) fn query(&mut self, outer: &[Relation], width: Option<usize>) -> (String, Vec<String>) {
        self.depth += 1;
        let known = self.ctes.len();
        let with = if self.depth < 4 && self.chance(25) { self.with(outer) } else { String::new() };
        let (body, names) = self.compound(outer, width);
        self.ctes.truncate(known);
        self.depth -= 1;
        (format!("{with}{body}"), names)
    }

    fn compound(&mut self, outer: &[Relation], width: Option<usize>) -> (String, Vec<String>) {
        let count = if self.depth < 4 && self.chance(20) { self.number(2..=3) } else { 1 };
        if count > 1 {
            self.has("compound");
            self.made.terms = self.made.terms.max(count);
        }
        let width = if count > 1 { Some(width.unwrap_or_else(|| self.number(1..=3))) } else { width };
        let mut text = String::new();
        let mut names = Vec::new();
        let mut scope = Vec::new();
        let chosen = self.term.map(|term| term % count);
        for at in 0..count {
            let operator = self.one(&[" UNION ALL ", " UNION ", " EXCEPT ", " INTERSECT "]);
            let (term, of_term, in_sight) = self.select_term(outer, width);
            let is_shown = chosen.is_none_or(|chosen| chosen == at);
            if at == 0 {
                names = of_term;
                scope = in_sight;
            }
            if is_shown {
                if chosen.is_none() && at > 0 {
                    text += operator;
                }
                text += &term;
            }
        }
        if self.chance(25) {
            self.has("ORDER BY");
            let by = if count > 1 { "1".to_owned() } else { self.expression(&scope, 1) };
            let direction = self.one(&["", " DESC", " ASC NULLS LAST", " COLLATE NOCASE"]);
            // A term alone may have no such column.
            if chosen.is_none() || count == 1 {
                text += &format!(" ORDER BY {by}{direction}");
            }
        }
        if self.chance(15) {
            self.has("LIMIT");
            text += self.one(&[" LIMIT 5", " LIMIT 2 OFFSET 1", " LIMIT 1, 3", " LIMIT -1", " LIMIT (SELECT 2)"]);
        }
        (text, names)
    }

    /// One SELECT or VALUES, with the names of its columns and what is in sight behind it.
    fn select_term(&mut self, outer: &[Relation], width: Option<usize>) -> (String, Vec<String>, Vec<Relation>) {
        if self.chance(4) {
            self.has("VALUES");
            let width = width.unwrap_or(2);
            let row = |maker: &mut Self| {
                let cells: Vec<_> = (0..width).map(|_| maker.expression(&[], 1)).collect();
                format!("({})", cells.join(", "))
            };
            let rows: Vec<_> = (0..self.number(1..=2)).map(|_| row(self)).collect();
            let names = (1..=width).map(|at| format!("column{at}")).collect();
            return (format!("VALUES {}", rows.join(", ")), names, Vec::new());
        }
        let (from, relations) = if self.chance(95) { self.from(outer) } else { (String::new(), Vec::new()) };
        let mut scope = relations.clone();
        scope.extend(outer.iter().cloned());
        let quantifier = self.one(&["", "", "", "", "DISTINCT ", "ALL "]);
        if !quantifier.is_empty() {
            self.has("DISTINCT, ALL");
        }
        let (columns, names) = self.result_columns(&relations, &scope, width);
        let mut text = format!("SELECT {quantifier}{}{columns}{from}", self.comment());
        if self.chance(35) {
            text += &format!(" WHERE {}", self.expression(&scope, 2));
        }
        if self.chance(12) {
            self.has("GROUP BY");
            text += &format!(" GROUP BY {}", self.expression(&scope, 1));
            if self.chance(40) {
                text += &format!(" HAVING {}", self.expression(&scope, 1));
            }
        }
        if self.chance(5) {
            self.has("WINDOW");
            text += &format!(" WINDOW win AS (PARTITION BY {})", self.expression(&scope, 0));
        }
        (text, names, scope)
    }

    /// The list of a SELECT or of RETURNING.
    pub(crate) fn result_columns(
        &mut self,
        relations: &[Relation],
        scope: &[Relation],
        width: Option<usize>,
    ) -> (String, Vec<String>) {
        let count = width.unwrap_or_else(|| self.number(1..=4));
        let (mut texts, mut names) = (Vec::new(), Vec::new());
        for _ in 0..count {
            if width.is_none() && !relations.is_empty() && self.chance(12) {
                let of = &relations[self.number(0..relations.len())];
                if of.name.is_empty() || self.chance(50) {
                    self.has("*");
                    texts.push("*".to_owned());
                    names.extend(relations.iter().flat_map(|relation| relation.columns.iter().cloned()));
                } else {
                    self.has("table.*");
                    texts.push(format!("{}.*", self.quoted(&of.name.clone())));
                    names.extend(of.columns.iter().cloned());
                }
                continue;
            }
            let (text, own) = if self.chance(60) {
                let (text, column) = self.column(scope);
                (text, Some(column))
            } else {
                (self.expression(scope, 2), None)
            };
            let alias = match own {
                Some(column) if self.chance(60) => {
                    names.push(column);
                    String::new()
                }
                _ => {
                    let alias = self.fresh();
                    self.has("alias");
                    let written = if self.chance(10) { format!("'{alias}'") } else { self.quoted(&alias) };
                    names.push(alias);
                    format!(" AS {written}")
                }
            };
            texts.push(format!("{text}{alias}"));
        }
        let comma = if self.chance(50) { ", " } else { "," };
        (texts.join(comma), names)
    }

    /// Common table expressions, in any order.
    pub(crate) fn with(&mut self, outer: &[Relation]) -> String {
        self.has("WITH");
        let count = self.number(1..=3);
        let mut texts = Vec::new();
        for _ in 0..count {
            let name = if self.chance(15) {
                self.has("CTE shadows a table");
                self.one(&["item", "owner", "replace", "tag"]).to_owned()
            } else {
                self.fresh()
            };
            let (text, relation) = if self.chance(20) { self.recursive(&name) } else { self.cte(&name, outer) };
            texts.push(text);
            self.ctes.push(relation);
        }
        if texts.len() > 1 && self.chance(25) {
            // SQLite looks a name up in the whole list, so that one may be used before it is defined.
            self.has("CTE before its definition");
            texts.reverse();
        }
        let word = if self.chance(50) { "WITH RECURSIVE" } else { "WITH" };
        format!("{word} {} ", texts.join(", "))
    }

    fn cte(&mut self, name: &str, outer: &[Relation]) -> (String, Relation) {
        let materialized = self.one(&["", "", "MATERIALIZED ", "NOT MATERIALIZED "]);
        let (body, mut columns) = self.query(outer, None);
        self.made.may_be_endless |=
            body.contains("UNION") && COLUMNS.iter().any(|(table, _)| table.eq_ignore_ascii_case(name));
        let list = if self.chance(30) {
            columns = (0..columns.len()).map(|at| format!("c{at}")).collect();
            format!(" ({})", columns.join(", "))
        } else {
            String::new()
        };
        let text = format!("{}{list} AS {materialized}({body})", self.quoted(name));
        (text, Relation { name: name.to_owned(), columns, has_rowid: false })
    }

    /// A recursive one; with a term chosen, its first, or its second over the first.
    fn recursive(&mut self, name: &str) -> (String, Relation) {
        self.has("recursive CTE");
        self.made.terms = self.made.terms.max(2);
        let columns = vec!["i".to_owned(), "v".to_owned()];
        let (first, _, _) = self.select_term(&[], Some(2));
        let steps = ["self.i", "self.i + 1", "self.v"];
        let (one, other) = (self.one(&steps), self.one(&["self.v", "self.i", "'text'"]));
        let operator = self.one(&["UNION ALL", "UNION"]);
        let quoted = self.quoted(name);
        let text = match self.term {
            None => {
                format!("{quoted}(i, v) AS ({first} {operator} SELECT {one}, {other} FROM {quoted} AS self LIMIT 4)")
            }
            Some(term) if term % 2 == 0 => format!("{quoted}(i, v) AS ({first})"),
            Some(_) => format!(
                "\"{name} 0\"(i, v) AS ({first}), {quoted}(i, v) AS (SELECT {one}, {other} FROM \"{name} 0\" AS self)"
            ),
        };
        (text, Relation { name: name.to_owned(), columns, has_rowid: false })
    }
}
