//! SELECT, VALUES, WITH and FROM.

use super::Parser;
use crate::sql::ast::{Cte, FromItem, Join, Place, Select, SelectItem, Shared, SourceKind, Term};

impl Parser<'_> {
    /// `[WITH [RECURSIVE] …]`
    pub(super) fn ctes(&mut self) -> Option<Vec<Cte>> {
        if !self.word("WITH") {
            return Some(Vec::new());
        }
        self.word("RECURSIVE");
        self.list(|parser| {
            let name = parser.name()?;
            let columns = if parser.peek_symbol("(") { parser.bracketed(Self::name)? } else { Vec::new() };
            if !parser.word("AS") {
                return None;
            }
            parser.word("NOT");
            parser.word("MATERIALIZED");
            Some(Cte { name, columns, body: parser.subselect()? })
        })
    }

    /// `(SELECT …)`
    pub(super) fn subselect(&mut self) -> Option<Select> {
        self.expect("(")?;
        let select = self.select()?;
        self.expect(")")?;
        Some(select)
    }

    pub(super) fn peek_select(&self) -> bool {
        ["SELECT", "VALUES", "WITH"].iter().any(|word| self.peek_word(word))
    }

    pub(super) fn peek_compound(&self) -> bool {
        ["UNION", "EXCEPT", "INTERSECT"].iter().any(|word| self.peek_word(word))
    }

    pub(super) fn select(&mut self) -> Option<Select> {
        self.deeper(|parser| {
            let ctes = parser.ctes()?;
            parser.select_after(ctes)
        })
    }

    /// A SELECT whose WITH clause has been parsed already.
    pub(super) fn select_after(&mut self, ctes: Vec<Cte>) -> Option<Select> {
        let mut terms = vec![self.term()?];
        let mut is_distinct = false;
        while self.peek_compound() {
            self.next += 1;
            is_distinct |= !self.word("ALL");
            terms.push(self.term()?);
        }
        let order = self.order_by()?;
        let end = self.before()?.end();
        let limit = self.limit_with_place()?;
        let (limit, place) = limit.unwrap_or((Vec::new(), Place::NoLimit(end)));
        let place = Place::of_select(&terms, place);
        Some(Select { ctes, terms, is_distinct, order, limit, place })
    }

    pub(super) fn order_by(&mut self) -> Option<Vec<super::Expr>> {
        if !self.words(&["ORDER", "BY"]) {
            return Some(Vec::new());
        }
        self.list(|parser| {
            let term = parser.expression()?;
            let _ = parser.word("ASC") || parser.word("DESC");
            if parser.word("NULLS") && !parser.word("FIRST") && !parser.word("LAST") {
                return None;
            }
            Some(term)
        })
    }

    pub(super) fn limit(&mut self) -> Option<Vec<super::Expr>> {
        Some(self.limit_with_place()?.map(|(limit, _)| limit).unwrap_or_default())
    }

    fn limit_with_place(&mut self) -> Option<Option<(Vec<super::Expr>, Place)>> {
        if !self.word("LIMIT") {
            return Some(None);
        }
        let (first, span) = self.with_span(Self::expression)?;
        let mut limit = vec![first];
        if self.word("OFFSET") || self.symbol(",") {
            limit.push(self.expression()?);
        }
        Some(Some((limit, Place::Expression(span))))
    }

    fn term(&mut self) -> Option<Term> {
        if self.word("VALUES") {
            return self.list(|parser| parser.bracketed(Self::expression)).map(Term::Values);
        }
        if !self.word("SELECT") {
            return None;
        }
        let _ = self.word("DISTINCT") || self.word("ALL");
        let columns = self.list(Self::result_column)?;
        let from = if self.word("FROM") { self.sources()? } else { Vec::new() };
        let mut clauses = Vec::new();
        if self.word("WHERE") {
            clauses.push(self.expression()?);
        }
        if self.words(&["GROUP", "BY"]) {
            clauses.extend(self.list(Self::expression)?);
        }
        if self.word("HAVING") {
            clauses.push(self.expression()?);
        }
        if self.word("WINDOW") {
            let windows = self.list(|parser| {
                parser.name()?;
                if parser.word("AS") { parser.window() } else { None }
            })?;
            clauses.extend(windows.into_iter().flatten());
        }
        Some(Term::Select { columns, from, clauses })
    }

    pub(super) fn result_column(&mut self) -> Option<SelectItem> {
        let start = self.peek()?.at;
        if self.symbol("*") {
            return Some(SelectItem::All(None, start..start + 1));
        }
        let is_symbol = |at: usize, symbol: &str| self.tokens.get(at).is_some_and(|token| token.is_symbol(symbol));
        if is_symbol(self.next + 1, ".") && is_symbol(self.next + 2, "*") {
            let table = self.name()?;
            self.next += 2;
            return Some(SelectItem::All(Some(table), start..self.before()?.end()));
        }
        let expr = self.expression()?;
        let end = self.before()?.end();
        Some(SelectItem::Expr { expr, alias: self.alias()?, span: start..end })
    }

    /// What follows FROM.
    pub(super) fn sources(&mut self) -> Option<Vec<FromItem>> {
        let mut sources = vec![self.source(Shared::None, Join::default())?];
        loop {
            if self.symbol(",") {
                sources.push(self.source(Shared::None, Join::default())?);
                continue;
            }
            // Up to three words, in any order: https://www.sqlite.org/lang_select.html#strange_join_names
            let (mut shared, mut join, mut words) = (Shared::None, Join::default(), 0);
            while !self.peek_word("JOIN") {
                match () {
                    () if self.word("NATURAL") => shared = Shared::Natural,
                    () if self.word("LEFT") => join.left = true,
                    () if self.word("RIGHT") => join.right = true,
                    () if self.word("FULL") => join = Join { left: true, right: true },
                    () if self.word("OUTER") || self.word("INNER") || self.word("CROSS") => {}
                    () if words == 0 => return Some(sources),
                    () => return None,
                }
                words += 1;
            }
            self.word("JOIN");
            sources.push(self.source(shared, join)?);
        }
    }

    fn source(&mut self, shared: Shared, join: Join) -> Option<FromItem> {
        let kind = if self.symbol("(") {
            let kind = if self.peek_select() {
                SourceKind::Subquery(self.select()?)
            } else {
                SourceKind::Join(self.deeper(Self::sources)?)
            };
            self.expect(")")?;
            kind
        } else {
            let (name, is_qualified) = self.qualified_name()?;
            if self.symbol("(") {
                let arguments = if self.peek_symbol(")") { Vec::new() } else { self.list(Self::expression)? };
                self.expect(")")?;
                SourceKind::Function(name, arguments)
            } else {
                SourceKind::Table { name, is_qualified }
            }
        };
        let alias = self.alias()?;
        if self.words(&["INDEXED", "BY"]) {
            self.name()?;
        } else {
            self.words(&["NOT", "INDEXED"]);
        }
        let mut source = FromItem { kind, alias, on: None, shared, join };
        if self.word("ON") {
            source.on = Some(self.expression()?);
        } else if self.word("USING") {
            source.shared = Shared::Using(self.bracketed(Self::name)?);
        }
        Some(source)
    }
}
