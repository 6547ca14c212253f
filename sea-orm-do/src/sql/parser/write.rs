//! INSERT, UPDATE and DELETE.

use super::{Expr, Parser};
use crate::sql::ast::{Assignment, Conflict, Cte, Delete, Insert, Place, Rows, SelectItem, Update};

impl Parser<'_> {
    /// What follows REPLACE, or INSERT and its OR clause.
    pub(super) fn insert(&mut self, ctes: Vec<Cte>, conflict: Conflict) -> Option<Insert> {
        if !self.cursor.word("INTO") {
            return None;
        }
        let table = self.table_name()?;
        let alias = if self.cursor.word("AS") { Some(self.name()?) } else { None };
        let columns = if self.cursor.peek_symbol("(") { Some(self.bracketed(Self::name)?) } else { None };
        let (rows, place) = self.rows()?;
        let mut insert = Insert {
            ctes,
            conflict,
            table,
            alias,
            columns,
            rows,
            upsert: Vec::new(),
            conditions: Vec::new(),
            returning: Vec::new(),
            place,
        };
        while self.cursor.words(&["ON", "CONFLICT"]) {
            self.on_conflict(&mut insert)?;
        }
        insert.returning = self.returning()?;
        Some(insert)
    }

    fn rows(&mut self) -> Option<(Rows, Place)> {
        if self.cursor.words(&["DEFAULT", "VALUES"]) {
            return Some((Rows::Default, Place::Nowhere));
        }
        if !self.cursor.word("VALUES") {
            return self.rows_of_select();
        }
        let (start, parameters) = (self.cursor.position(), self.parameters.clone());
        let mut first = None;
        let rows = self.list(|parser| {
            parser.with_span(|parser| {
                parser.bracketed(|parser| {
                    let (value, span) = parser.with_span(Self::expression)?;
                    first.get_or_insert(span);
                    Some(value)
                })
            })
        })?;
        if !self.peek_compound() && !self.cursor.peek_word("ORDER") && !self.cursor.peek_word("LIMIT") {
            return Some((Rows::Values(rows), first.map_or(Place::Nowhere, Place::Expression)));
        }
        // These VALUES are the first term of a compound.
        self.cursor.reset(start - 1);
        self.parameters = parameters;
        self.rows_of_select()
    }

    fn rows_of_select(&mut self) -> Option<(Rows, Place)> {
        let select = self.select()?;
        let place = select.place.clone();
        Some((Rows::Select(select), place))
    }

    /// `[OR REPLACE]` and the like.
    pub(super) fn conflict(&mut self) -> Option<Conflict> {
        if !self.cursor.word("OR") {
            return Some(Conflict::Other);
        }
        if self.cursor.word("FAIL") {
            return Some(Conflict::Fail);
        }
        if self.cursor.word("REPLACE") {
            return Some(Conflict::Replace);
        }
        self.cursor.skip();
        Some(Conflict::Other)
    }

    fn on_conflict(&mut self, insert: &mut Insert) -> Option<()> {
        if self.cursor.peek_symbol("(") {
            insert.conditions.extend(self.bracketed(|parser| {
                let target = parser.expression()?;
                let _ = parser.cursor.word("ASC") || parser.cursor.word("DESC");
                Some(target)
            })?);
        }
        if self.cursor.word("WHERE") {
            insert.conditions.push(self.expression()?);
        }
        if self.cursor.words(&["DO", "NOTHING"]) {
            return Some(());
        }
        if !self.cursor.words(&["DO", "UPDATE", "SET"]) {
            return None;
        }
        insert.upsert.extend(self.list(Self::assignment)?);
        if self.cursor.word("WHERE") {
            insert.conditions.push(self.expression()?);
        }
        Some(())
    }

    fn assignment(&mut self) -> Option<Assignment> {
        let columns = if self.cursor.peek_symbol("(") { self.bracketed(Self::name)? } else { vec![self.name()?] };
        if !self.cursor.symbol("=") && !self.cursor.symbol("==") {
            return None;
        }
        Some(Assignment { columns, value: self.expression()? })
    }

    /// What follows UPDATE.
    pub(super) fn update(&mut self, ctes: Vec<Cte>) -> Option<Update> {
        let conflict = self.conflict()?;
        let (table, alias) = self.target()?;
        if !self.cursor.word("SET") {
            return None;
        }
        let assignments = self.list(Self::assignment)?;
        let from = if self.cursor.word("FROM") { self.sources()? } else { Vec::new() };
        let (mut clauses, place) = self.condition()?;
        // RETURNING comes before ORDER BY and LIMIT: https://www.sqlite.org/lang_update.html
        let returning = self.returning()?;
        clauses.extend(self.order_by()?);
        Some(Update {
            ctes,
            conflict,
            table,
            alias,
            assignments,
            from,
            clauses,
            limit: self.limit()?,
            returning,
            place,
        })
    }

    /// What follows DELETE.
    pub(super) fn delete(&mut self, ctes: Vec<Cte>) -> Option<Delete> {
        if !self.cursor.word("FROM") {
            return None;
        }
        let (table, alias) = self.target()?;
        let (mut clauses, place) = self.condition()?;
        let returning = self.returning()?;
        clauses.extend(self.order_by()?);
        Some(Delete { ctes, table, alias, clauses, limit: self.limit()?, returning, place })
    }

    /// `table [AS alias] [INDEXED BY index]`
    fn target(&mut self) -> Option<(String, Option<String>)> {
        let table = self.table_name()?;
        let alias = self.alias()?;
        if self.cursor.words(&["INDEXED", "BY"]) {
            self.name()?;
        } else {
            self.cursor.words(&["NOT", "INDEXED"]);
        }
        Some((table, alias))
    }

    fn condition(&mut self) -> Option<(Vec<Expr>, Place)> {
        let end = self.cursor.before()?.end();
        if !self.cursor.word("WHERE") {
            return Some((Vec::new(), Place::NoCondition(end)));
        }
        let (condition, span) = self.with_span(Self::expression)?;
        Some((vec![condition], Place::Condition(span)))
    }

    fn returning(&mut self) -> Option<Vec<SelectItem>> {
        if self.cursor.word("RETURNING") { self.list(Self::result_column) } else { Some(Vec::new()) }
    }
}
