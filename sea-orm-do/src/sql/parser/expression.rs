//! Parses expressions, by the operator precedence of <https://www.sqlite.org/lang_expr.html>.

use std::mem;

use super::{DEPTH, Parser};
use crate::sql::ast::{
    Binary, Comparison, Expr, FromItem, Join, Literal, Select, SelectItem, Shared, SourceKind, Term, Unary,
};
use crate::sql::lexer::TokenKind;

/// How strongly an operator binds; a larger number binds more strongly.
type Strength = u8;

const LOOSEST: Strength = 1;
const NOT: Strength = 3;
const EQUALITY: Strength = 4;
const ORDERING: Strength = 5;
const TIGHTEST: Strength = 10;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Option<Expr> {
        self.operators(LOOSEST)
    }

    /// An expression whose operators all bind at least as strongly.
    fn operators(&mut self, least: Strength) -> Option<Expr> {
        self.deeper(|parser| {
            let around = mem::replace(&mut parser.bottom, parser.depth);
            let mut left = parser.prefix()?;
            // A chain of operators nests to the left: each operator puts everything before it one level deeper.
            loop {
                let pushed = parser.bottom + 1;
                match parser.operator(left, least)? {
                    Ok(_) if pushed > DEPTH => return None,
                    Ok(longer) => left = longer,
                    Err(whole) => {
                        parser.bottom = parser.bottom.max(around);
                        return Some(whole);
                    }
                }
                parser.bottom = parser.bottom.max(pushed);
            }
        })
    }

    /// `left` with the operator that follows it; `Err` with `left` alone if no operator follows.
    fn operator(&mut self, left: Expr, least: Strength) -> Option<Result<Expr, Expr>> {
        let start = self.cursor.position();
        if let Some((operator, strength)) = self.infix() {
            if strength < least {
                self.cursor.reset(start);
                return Some(Err(left));
            }
            let right = self.operators(strength + 1)?;
            return Some(Ok(Expr::Binary(operator, left.into(), right.into())));
        }
        if self.cursor.word("COLLATE") {
            self.name()?;
            return Some(Ok(Expr::Unary(Unary::Collate, left.into())));
        }
        if least > EQUALITY {
            return Some(Err(left));
        }
        self.test(left)
    }

    /// An operator of one symbol or word that takes an operand on each side.
    fn infix(&mut self) -> Option<(Binary, Strength)> {
        const OPERATORS: [(&str, Binary, Strength); 22] = [
            ("OR", Binary::Logic, 1),
            ("AND", Binary::Logic, 2),
            ("=", Binary::Compare(Comparison::Equality), EQUALITY),
            ("==", Binary::Compare(Comparison::Equality), EQUALITY),
            ("<>", Binary::Compare(Comparison::Equality), EQUALITY),
            ("!=", Binary::Compare(Comparison::Equality), EQUALITY),
            ("<", Binary::Compare(Comparison::Order), ORDERING),
            ("<=", Binary::Compare(Comparison::Order), ORDERING),
            (">", Binary::Compare(Comparison::Order), ORDERING),
            (">=", Binary::Compare(Comparison::Order), ORDERING),
            ("&", Binary::Bits, 7),
            ("|", Binary::Bits, 7),
            ("<<", Binary::Bits, 7),
            (">>", Binary::Bits, 7),
            ("+", Binary::Arithmetic, 8),
            ("-", Binary::Arithmetic, 8),
            ("*", Binary::Arithmetic, 9),
            ("/", Binary::Arithmetic, 9),
            ("%", Binary::Arithmetic, 9),
            ("||", Binary::Concat, TIGHTEST),
            ("->", Binary::JsonText, TIGHTEST),
            ("->>", Binary::JsonValue, TIGHTEST),
        ];
        let token = self.cursor.peek()?;
        let (_, operator, strength) =
            OPERATORS.iter().find(|(text, ..)| token.is_symbol(text) || token.is_word(text))?;
        self.cursor.skip();
        Some((*operator, *strength))
    }

    /// `IS`, `IN`, `LIKE`, `BETWEEN` and the like, each with or without NOT.
    fn test(&mut self, left: Expr) -> Option<Result<Expr, Expr>> {
        let start = self.cursor.position();
        if self.cursor.word("ISNULL") || self.cursor.word("NOTNULL") {
            return Some(Ok(Expr::Unary(Unary::Logic, left.into())));
        }
        if self.cursor.word("IS") {
            self.cursor.word("NOT");
            self.cursor.words(&["DISTINCT", "FROM"]);
            let right = self.operators(ORDERING)?;
            return Some(Ok(Expr::Binary(Binary::Compare(Comparison::Equality), left.into(), right.into())));
        }
        let not = self.cursor.word("NOT");
        if not && self.cursor.word("NULL") {
            return Some(Ok(Expr::Unary(Unary::Logic, left.into())));
        }
        if self.cursor.word("BETWEEN") {
            let low = self.operators(ORDERING)?;
            if !self.cursor.word("AND") {
                return None;
            }
            let high = self.operators(ORDERING)?;
            return Some(Ok(Expr::Between(left.into(), low.into(), high.into())));
        }
        if self.cursor.word("IN") {
            return self.among(left).map(Ok);
        }
        let operator = if self.cursor.word("LIKE") || self.cursor.word("GLOB") {
            Some(Binary::Like)
        } else if self.cursor.word("REGEXP") || self.cursor.word("MATCH") {
            Some(Binary::Match)
        } else {
            None
        };
        if let Some(operator) = operator {
            let mut right = self.operators(ORDERING)?;
            if self.cursor.word("ESCAPE") {
                right = Expr::Row(vec![right, self.operators(ORDERING)?]);
            }
            return Some(Ok(Expr::Binary(operator, left.into(), right.into())));
        }
        self.cursor.reset(start);
        Some(Err(left))
    }

    /// What follows IN.
    fn among(&mut self, left: Expr) -> Option<Expr> {
        if !self.cursor.symbol("(") {
            let (name, is_qualified) = self.qualified_name()?;
            let kind = SourceKind::Table { name, is_qualified };
            let from = vec![FromItem { kind, alias: None, on: None, shared: Shared::None, join: Join::default() }];
            let columns = vec![SelectItem::All(None, 0..0)];
            let select =
                Select { terms: vec![Term::Select { columns, from, clauses: Vec::new() }], ..Select::default() };
            return Some(Expr::InSelect(left.into(), select.into()));
        }
        let among = if self.peek_select() {
            Expr::InSelect(left.into(), self.select()?.into())
        } else if self.cursor.peek_symbol(")") {
            Expr::In(left.into(), Vec::new())
        } else {
            Expr::In(left.into(), self.list(Self::expression)?)
        };
        self.cursor.expect(")")?;
        Some(among)
    }

    fn prefix(&mut self) -> Option<Expr> {
        if self.cursor.word("NOT") {
            if self.cursor.word("EXISTS") {
                return self.subselect().map(|select| Expr::Exists(select.into()));
            }
            return Some(Expr::Unary(Unary::Logic, self.operators(NOT)?.into()));
        }
        if self.cursor.peek_symbol("-") && self.cursor.ahead(1).is_some_and(|token| is_smallest_negated(token.text)) {
            self.cursor.skip();
            return self.literal(Literal::Integer);
        }
        if self.cursor.symbol("+") || self.cursor.symbol("-") {
            return Some(Expr::Unary(Unary::Sign, self.operators(TIGHTEST + 1)?.into()));
        }
        if self.cursor.symbol("~") {
            return Some(Expr::Unary(Unary::Bits, self.operators(TIGHTEST + 1)?.into()));
        }
        if self.cursor.symbol("(") {
            let inner = if self.peek_select() {
                Expr::Subquery(self.select()?.into())
            } else {
                let mut items = self.list(Self::expression)?;
                if items.len() == 1 { items.pop()? } else { Expr::Row(items) }
            };
            self.cursor.expect(")")?;
            return Some(inner);
        }
        self.operand()
    }

    fn operand(&mut self) -> Option<Expr> {
        let token = self.cursor.peek()?;
        match token.kind {
            TokenKind::Parameter => {
                self.cursor.skip();
                self.parameters.position(token.text).map(Expr::Parameter)
            }
            TokenKind::Number => self.literal(number(token.text)),
            TokenKind::Text => self.literal(Literal::Text),
            TokenKind::Blob => self.literal(Literal::Blob),
            TokenKind::QuotedName if self.is_called() => self.call(),
            TokenKind::QuotedName => self.column(),
            TokenKind::Word => self.word_operand(),
            TokenKind::Space | TokenKind::Semicolon | TokenKind::Symbol => None,
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "as all parts of an expression")]
    fn literal(&mut self, literal: Literal) -> Option<Expr> {
        self.cursor.skip();
        Some(Expr::Literal(literal))
    }

    fn word_operand(&mut self) -> Option<Expr> {
        if self.cursor.word("CASE") {
            return self.case();
        }
        if self.cursor.word("CAST") {
            self.cursor.expect("(")?;
            let value = self.expression()?;
            if !self.cursor.word("AS") {
                return None;
            }
            let declared = self.declared_type();
            self.cursor.expect(")")?;
            return Some(Expr::Cast(value.into(), declared));
        }
        if self.cursor.word("EXISTS") {
            return self.subselect().map(|select| Expr::Exists(select.into()));
        }
        if self.cursor.peek_word("NULL") {
            return self.literal(Literal::Null);
        }
        if self.is_called() {
            return self.call();
        }
        if let Some(name) = ["TRUE", "FALSE"].into_iter().find(|word| self.cursor.peek_word(word)) {
            return self.literal(Literal::Bool(name));
        }
        let now = [("CURRENT_TIMESTAMP", "datetime"), ("CURRENT_DATE", "date"), ("CURRENT_TIME", "time")];
        if let Some((_, function)) = now.into_iter().find(|(word, _)| self.cursor.word(word)) {
            return Some(Expr::Literal(Literal::Now(function)));
        }
        self.column()
    }

    /// Whether an opening parenthesis follows the name that is next.
    fn is_called(&self) -> bool {
        self.cursor.ahead(1).is_some_and(|token| token.is_symbol("("))
    }

    /// The words and numbers of a type up to its closing parenthesis.
    fn declared_type(&mut self) -> String {
        let mut declared: Vec<&str> = Vec::new();
        let mut open = 0_usize;
        while let Some(token) = self.cursor.peek() {
            if token.is_symbol(")") && open == 0 {
                break;
            }
            open = open + usize::from(token.is_symbol("(")) - usize::from(token.is_symbol(")"));
            declared.push(token.text);
            self.cursor.skip();
        }
        declared.join(" ")
    }

    fn column(&mut self) -> Option<Expr> {
        let name = self.name()?;
        if !self.cursor.symbol(".") {
            return Some(Expr::Column { table: None, name });
        }
        let column = self.name()?;
        if self.cursor.symbol(".") {
            return Some(Expr::Column { table: Some(column), name: self.name()? });
        }
        Some(Expr::Column { table: Some(name), name: column })
    }

    fn case(&mut self) -> Option<Expr> {
        let operand = if self.cursor.peek_word("WHEN") { None } else { Some(self.expression()?.into()) };
        let mut arms = Vec::new();
        while self.cursor.word("WHEN") {
            let condition = self.expression()?;
            if !self.cursor.word("THEN") {
                return None;
            }
            arms.push((condition, self.expression()?));
        }
        let otherwise = if self.cursor.word("ELSE") { Some(self.expression()?.into()) } else { None };
        self.cursor.word("END").then_some(Expr::Case { operand, arms, otherwise })
    }

    fn call(&mut self) -> Option<Expr> {
        // A function may be named like a keyword: replace(…), glob(…).
        let function = self.cursor.peek()?.name()?;
        self.cursor.skip();
        self.cursor.expect("(")?;
        let mut clauses = Vec::new();
        let _ = self.cursor.word("DISTINCT") || self.cursor.word("ALL");
        let arguments = if self.cursor.peek_symbol(")") || self.cursor.symbol("*") {
            Vec::new()
        } else {
            self.list(Self::expression)?
        };
        clauses.extend(self.order_by()?);
        self.cursor.expect(")")?;
        if self.cursor.word("FILTER") {
            self.cursor.expect("(")?;
            if !self.cursor.word("WHERE") {
                return None;
            }
            clauses.push(self.expression()?);
            self.cursor.expect(")")?;
        }
        if self.cursor.word("OVER") {
            if self.cursor.peek_symbol("(") {
                clauses.extend(self.window()?);
            } else {
                self.name()?;
            }
        }
        Some(Expr::Call { function, arguments, clauses })
    }

    /// `([name] [PARTITION BY …] [ORDER BY …] [frame])`
    pub(super) fn window(&mut self) -> Option<Vec<Expr>> {
        self.cursor.expect("(")?;
        let mut clauses = Vec::new();
        if !self.cursor.peek_symbol(")")
            && !["PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS"].iter().any(|w| self.cursor.peek_word(w))
        {
            self.name()?;
        }
        if self.cursor.words(&["PARTITION", "BY"]) {
            clauses.extend(self.list(Self::expression)?);
        }
        clauses.extend(self.order_by()?);
        clauses.extend(self.frame()?);
        self.cursor.expect(")")?;
        Some(clauses)
    }
}

impl Parser<'_> {
    /// `ROWS BETWEEN … AND … EXCLUDE …`: the expressions of its bounds.
    fn frame(&mut self) -> Option<Vec<Expr>> {
        let mut bounds = Vec::new();
        if !["ROWS", "RANGE", "GROUPS"].iter().any(|unit| self.cursor.word(unit)) {
            return Some(bounds);
        }
        let both = self.cursor.word("BETWEEN");
        bounds.extend(self.bound()?);
        if both {
            if !self.cursor.word("AND") {
                return None;
            }
            bounds.extend(self.bound()?);
        }
        if self.cursor.word("EXCLUDE") {
            let _ = self.cursor.words(&["NO", "OTHERS"])
                || self.cursor.words(&["CURRENT", "ROW"])
                || self.cursor.word("GROUP")
                || self.cursor.word("TIES");
        }
        Some(bounds)
    }

    fn bound(&mut self) -> Option<Option<Expr>> {
        if self.cursor.words(&["CURRENT", "ROW"]) {
            return Some(None);
        }
        let distance = if self.cursor.word("UNBOUNDED") { None } else { Some(self.operators(EQUALITY)?) };
        (self.cursor.word("PRECEDING") || self.cursor.word("FOLLOWING")).then_some(distance)
    }
}

/// Whether the digits are 2^63, which SQLite's code generator reads as an integer only after a `-`.
fn is_smallest_negated(digits: &str) -> bool {
    digits.replace('_', "") == i64::MIN.unsigned_abs().to_string()
}

fn number(text: &str) -> Literal {
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    // Digits beyond an i64 are a float: https://www.sqlite.org/lang_expr.html#literal_values_constants_
    let wide = || text.replace('_', "").parse::<i64>().is_err();
    if !hexadecimal && (text.contains(['.', 'e', 'E']) || wide()) { Literal::Real } else { Literal::Integer }
}
