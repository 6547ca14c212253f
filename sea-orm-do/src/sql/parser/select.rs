//! SELECT, VALUES, WITH and FROM.

use super::Parser;
use crate::sql::ast::{Cte, FromItem, Join, Place, Select, SelectItem, Shared, SourceKind, Term};

impl Parser<'_> {
    /// `[WITH [RECURSIVE] …]`
    pub(super) fn ctes(&mut self) -> Option<Vec<Cte>> {
        if !self.cursor.word("WITH") {
            return Some(Vec::new());
        }
        self.cursor.word("RECURSIVE");
        self.list(|parser| {
            let name = parser.name()?;
            let columns = if parser.cursor.peek_symbol("(") { parser.bracketed(Self::name)? } else { Vec::new() };
            if !parser.cursor.word("AS") {
                return None;
            }
            parser.cursor.word("NOT");
            parser.cursor.word("MATERIALIZED");
            Some(Cte { name, columns, body: parser.subselect()? })
        })
    }

    /// `(SELECT …)`
    pub(super) fn subselect(&mut self) -> Option<Select> {
        self.cursor.expect("(")?;
        let select = self.select()?;
        self.cursor.expect(")")?;
        Some(select)
    }

    pub(super) fn peek_select(&self) -> bool {
        ["SELECT", "VALUES", "WITH"].iter().any(|word| self.cursor.peek_word(word))
    }

    pub(super) fn peek_compound(&self) -> bool {
        ["UNION", "EXCEPT", "INTERSECT"].iter().any(|word| self.cursor.peek_word(word))
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
            self.cursor.skip();
            is_distinct |= !self.cursor.word("ALL");
            terms.push(self.term()?);
        }
        let order = self.order_by()?;
        let end = self.cursor.before()?.end();
        let limit = self.limit_with_place()?;
        let (limit, place) = limit.unwrap_or((Vec::new(), Place::NoLimit(end)));
        let place = Place::of_select(&terms, place);
        Some(Select { ctes, terms, is_distinct, order, limit, place })
    }

    pub(super) fn order_by(&mut self) -> Option<Vec<super::Expr>> {
        if !self.cursor.words(&["ORDER", "BY"]) {
            return Some(Vec::new());
        }
        self.list(|parser| {
            let term = parser.expression()?;
            let _ = parser.cursor.word("ASC") || parser.cursor.word("DESC");
            if parser.cursor.word("NULLS") && !parser.cursor.word("FIRST") && !parser.cursor.word("LAST") {
                return None;
            }
            Some(term)
        })
    }

    pub(super) fn limit(&mut self) -> Option<Vec<super::Expr>> {
        Some(self.limit_with_place()?.map(|(limit, _)| limit).unwrap_or_default())
    }

    fn limit_with_place(&mut self) -> Option<Option<(Vec<super::Expr>, Place)>> {
        if !self.cursor.word("LIMIT") {
            return Some(None);
        }
        let (first, span) = self.with_span(Self::expression)?;
        let mut limit = vec![first];
        if self.cursor.word("OFFSET") || self.cursor.symbol(",") {
            limit.push(self.expression()?);
        }
        Some(Some((limit, Place::Expression(span))))
    }

    fn term(&mut self) -> Option<Term> {
        if self.cursor.word("VALUES") {
            return self.list(|parser| parser.bracketed(Self::expression)).map(Term::Values);
        }
        if !self.cursor.word("SELECT") {
            return None;
        }
        let _ = self.cursor.word("DISTINCT") || self.cursor.word("ALL");
        let columns = self.list(Self::result_column)?;
        let from = if self.cursor.word("FROM") { self.sources()? } else { Vec::new() };
        let mut clauses = Vec::new();
        if self.cursor.word("WHERE") {
            clauses.push(self.expression()?);
        }
        if self.cursor.words(&["GROUP", "BY"]) {
            clauses.extend(self.list(Self::expression)?);
        }
        if self.cursor.word("HAVING") {
            clauses.push(self.expression()?);
        }
        if self.cursor.word("WINDOW") {
            let windows = self.list(|parser| {
                parser.name()?;
                if parser.cursor.word("AS") { parser.window() } else { None }
            })?;
            clauses.extend(windows.into_iter().flatten());
        }
        Some(Term::Select { columns, from, clauses })
    }

    pub(super) fn result_column(&mut self) -> Option<SelectItem> {
        let start = self.cursor.peek()?.at;
        if self.cursor.symbol("*") {
            return Some(SelectItem::All(None, start..start + 1));
        }
        let is_symbol =
            |ahead: usize, symbol: &str| self.cursor.ahead(ahead).is_some_and(|token| token.is_symbol(symbol));
        if is_symbol(1, ".") && is_symbol(2, "*") {
            let table = self.name()?;
            self.cursor.skip();
            self.cursor.skip();
            return Some(SelectItem::All(Some(table), start..self.cursor.before()?.end()));
        }
        let expr = self.expression()?;
        let end = self.cursor.before()?.end();
        Some(SelectItem::Expr { expr, alias: self.alias()?, span: start..end })
    }

    /// What follows FROM.
    pub(super) fn sources(&mut self) -> Option<Vec<FromItem>> {
        let mut sources = vec![self.source(Shared::None, Join::default())?];
        loop {
            if self.cursor.symbol(",") {
                sources.push(self.source(Shared::None, Join::default())?);
                continue;
            }
            // Up to three words, in any order: https://www.sqlite.org/lang_select.html#strange_join_names
            let (mut shared, mut join, mut words) = (Shared::None, Join::default(), 0);
            while !self.cursor.peek_word("JOIN") {
                match () {
                    () if self.cursor.word("NATURAL") => shared = Shared::Natural,
                    () if self.cursor.word("LEFT") => join.left = true,
                    () if self.cursor.word("RIGHT") => join.right = true,
                    () if self.cursor.word("FULL") => join = Join { left: true, right: true },
                    () if self.cursor.word("OUTER") || self.cursor.word("INNER") || self.cursor.word("CROSS") => {}
                    () if words == 0 => return Some(sources),
                    () => return None,
                }
                words += 1;
            }
            self.cursor.word("JOIN");
            sources.push(self.source(shared, join)?);
        }
    }

    fn source(&mut self, shared: Shared, join: Join) -> Option<FromItem> {
        let kind = if self.cursor.symbol("(") {
            let kind = if self.peek_select() {
                SourceKind::Subquery(self.select()?)
            } else {
                SourceKind::Join(self.deeper(Self::sources)?)
            };
            self.cursor.expect(")")?;
            kind
        } else {
            let (name, is_qualified) = self.qualified_name()?;
            if self.cursor.symbol("(") {
                let arguments = if self.cursor.peek_symbol(")") { Vec::new() } else { self.list(Self::expression)? };
                self.cursor.expect(")")?;
                SourceKind::Function(name, arguments)
            } else {
                SourceKind::Table { name, is_qualified }
            }
        };
        let alias = self.alias()?;
        if self.cursor.words(&["INDEXED", "BY"]) {
            self.name()?;
        } else {
            self.cursor.words(&["NOT", "INDEXED"]);
        }
        let mut source = FromItem { kind, alias, on: None, shared, join };
        if self.cursor.word("ON") {
            source.on = Some(self.expression()?);
        } else if self.cursor.word("USING") {
            source.shared = Shared::Using(self.bracketed(Self::name)?);
        }
        Some(source)
    }
}
