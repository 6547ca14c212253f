//! Expressions of a kind, drawn by lot.

use super::Generator;
use crate::programs::program::{Expr, Operator, Select};
use crate::programs::value::{Kind, Scalar};

/// The columns that an expression can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope(pub(super) Vec<Visible>);

#[derive(Clone, Debug)]
pub(super) struct Visible {
    pub(super) table: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) ambiguous: bool,
}

impl Visible {
    pub(super) fn expr(&self) -> Expr {
        Expr::Column(self.table.clone(), self.name.clone())
    }
}

impl Scope {
    /// Without the columns whose equal values look different.
    pub(super) fn plain(&self) -> Self {
        Self(self.0.iter().filter(|column| !column.ambiguous).cloned().collect())
    }

    pub(super) fn kinds(&self) -> Vec<Kind> {
        self.0.iter().map(|column| column.kind).collect()
    }
}

const COMPARISONS: [Operator; 8] = [
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::LessOrEqual,
    Operator::Greater,
    Operator::GreaterOrEqual,
    Operator::Is,
    Operator::IsNot,
];

const PATTERNS: [&str; 10] = ["%", "a%", "%A", "_", "%é%", "10\\%", "x\\_y", "%'%", "\\%", "1%"];

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

fn call(function: &str, arguments: Vec<Expr>) -> Expr {
    Expr::Call(function.to_owned(), arguments)
}

impl Generator {
    pub(super) fn expr(&mut self, kind: Kind, scope: &Scope, depth: usize) -> Expr {
        if depth == 0 || self.random.chance(35) {
            return self.leaf(kind, scope);
        }
        if kind == Kind::Bool {
            return self.condition(scope, depth);
        }
        // Decimals are bound as text, which SeaORM's own driver does not read as a decimal unless a column made it a float.
        if kind == Kind::Decimal {
            return self.leaf(kind, scope);
        }
        match self.random.below(14) {
            0 => self.case(kind, scope, depth),
            1 => {
                let arguments = (0..self.random.between(2, 3)).map(|_| self.expr(kind, scope, depth - 1)).collect();
                call("coalesce", arguments)
            }
            2 => call("ifnull", vec![self.expr(kind, scope, depth - 1), self.expr(kind, scope, depth - 1)]),
            3 => self.scalar_select(kind),
            4 if kind != Kind::Any => {
                let function = *self.random.pick(&["max", "min"]);
                let arguments = (0..2).map(|_| self.expr(kind, &scope.plain(), depth - 1)).collect();
                call(function, arguments)
            }
            _ => match kind {
                Kind::Big => self.integer_expr(scope, depth),
                Kind::Double => self.float_expr(scope, depth),
                Kind::Text => self.text_expr(scope, depth),
                Kind::Any => {
                    let kind = *self.random.pick(&[Kind::Big, Kind::Text, Kind::Bytes, Kind::Bool]);
                    self.expr(kind, scope, depth - 1)
                }
                _ => self.leaf(kind, scope),
            },
        }
    }

    /// A column or a value.
    fn leaf(&mut self, kind: Kind, scope: &Scope) -> Expr {
        let columns: Vec<_> = scope.0.iter().filter(|column| column.kind == kind).collect();
        let only_columns = kind == Kind::Decimal;
        if !columns.is_empty() && (only_columns || self.random.chance(75)) {
            return self.random.pick(&columns).expr();
        }
        let scalar = match kind {
            // The type of a result is what was bound.
            Kind::Big => match self.scalar(Kind::Big) {
                Scalar::Unsigned(value) => Scalar::Big(value.into()),
                Scalar::Int(value) => Scalar::Big(value.into()),
                Scalar::BigUnsigned(value) => Scalar::Big(value.cast_signed()),
                scalar => scalar,
            },
            kind if self.random.chance(6) => Scalar::Null(kind),
            kind => self.scalar(kind),
        };
        Expr::Value(scalar)
    }

    fn case(&mut self, kind: Kind, scope: &Scope, depth: usize) -> Expr {
        let arms = (0..self.random.between(1, 2))
            .map(|_| (self.condition(scope, depth - 1), self.expr(kind, scope, depth - 1)))
            .collect();
        let otherwise = self.random.chance(70).then(|| boxed(self.expr(kind, scope, depth - 1)));
        Expr::Case(arms, otherwise)
    }

    fn integer_expr(&mut self, scope: &Scope, depth: usize) -> Expr {
        let operators = [
            Operator::Add,
            Operator::Subtract,
            Operator::Multiply,
            Operator::Divide,
            Operator::Modulo,
            Operator::BitAnd,
            Operator::BitOr,
            Operator::ShiftLeft,
            Operator::ShiftRight,
        ];
        match self.random.below(8) {
            0 => call("length", vec![self.expr(Kind::Text, scope, depth - 1)]),
            1 => call("instr", vec![self.expr(Kind::Text, scope, depth - 1), self.leaf(Kind::Text, scope)]),
            2 => call("abs", vec![self.expr(Kind::Big, scope, depth - 1)]),
            3 => {
                let kind = *self.random.pick(&[Kind::Text, Kind::Big, Kind::Double]);
                Expr::Cast(boxed(self.expr(kind, scope, depth - 1)), "integer".to_owned())
            }
            4 => Expr::Negative(boxed(self.expr(Kind::Big, scope, depth - 1))),
            _ => {
                let operator = *self.random.pick(&operators);
                self.binary(Kind::Big, operator, Kind::Big, scope, depth)
            }
        }
    }

    fn binary(&mut self, one: Kind, operator: Operator, other: Kind, scope: &Scope, depth: usize) -> Expr {
        let (one, other) = (self.expr(one, scope, depth - 1), self.expr(other, scope, depth - 1));
        Expr::Binary(boxed(one), operator, boxed(other))
    }

    fn float_expr(&mut self, scope: &Scope, depth: usize) -> Expr {
        let operator = *self.random.pick(&[Operator::Add, Operator::Subtract, Operator::Multiply, Operator::Divide]);
        match self.random.below(5) {
            0 => call("abs", vec![self.expr(Kind::Double, scope, depth - 1)]),
            1 => Expr::Cast(boxed(self.expr(Kind::Big, scope, depth - 1)), "real".to_owned()),
            2 => self.binary(Kind::Double, operator, Kind::Big, scope, depth),
            _ => self.binary(Kind::Double, operator, Kind::Double, scope, depth),
        }
    }

    fn text_expr(&mut self, scope: &Scope, depth: usize) -> Expr {
        let text = |generator: &mut Self| generator.expr(Kind::Text, scope, depth - 1);
        match self.random.below(10) {
            0 => call("upper", vec![text(self)]),
            1 => call("lower", vec![text(self)]),
            2 => call("trim", vec![text(self)]),
            3 => call("replace", vec![text(self), text(self), self.leaf(Kind::Text, scope)]),
            4 => {
                let length = i64::try_from(self.random.below(6)).unwrap_or_default();
                call("substr", vec![text(self), Expr::Value(Scalar::Big(length - 2)), Expr::Value(Scalar::Big(length))])
            }
            5 => {
                let kind = *self.random.pick(&[Kind::Big, Kind::Bytes, Kind::Any, Kind::Text, Kind::Double]);
                call("typeof", vec![self.expr(kind, scope, depth - 1)])
            }
            6 => call("hex", vec![self.expr(Kind::Bytes, scope, depth - 1)]),
            7 => Expr::Cast(boxed(self.expr(Kind::Big, scope, depth - 1)), "text".to_owned()),
            8 => self.binary(Kind::Text, Operator::Concat, Kind::Big, scope, depth),
            _ => self.binary(Kind::Text, Operator::Concat, Kind::Text, scope, depth),
        }
    }

    /// Something that is true, false or NULL.
    pub(super) fn condition(&mut self, scope: &Scope, depth: usize) -> Expr {
        if depth == 0 {
            return self.comparison(scope, 0);
        }
        let kinds = scope.kinds();
        let kind = if kinds.is_empty() { Kind::Big } else { *self.random.pick(&kinds) };
        match self.random.below(20) {
            0..2 => self.logic(Operator::And, scope, depth),
            2..4 => self.logic(Operator::Or, scope, depth),
            4 => Expr::Not(boxed(self.condition(scope, depth - 1))),
            5 => Expr::IsNull(boxed(self.expr(kind, scope, depth - 1))),
            6 | 7 => {
                let count =
                    if self.random.chance(4) { self.random.between(90, 140) } else { self.random.between(1, 5) };
                let loose = self.random.chance(20);
                let values = (0..count).map(|_| if loose { self.any() } else { self.scalar(kind) }).collect();
                Expr::In(boxed(self.leaf(kind, scope)), values)
            }
            8 => {
                let value = self.leaf(kind, scope);
                Expr::InSelect(boxed(value), Box::new(self.select_of(&[kind], depth)))
            }
            9 => {
                let (value, low, high) = (self.leaf(kind, scope), self.leaf(kind, scope), self.leaf(kind, scope));
                Expr::Between(boxed(value), boxed(low), boxed(high))
            }
            10 => {
                let pattern = (*self.random.pick(&PATTERNS)).to_owned();
                Expr::Like(boxed(self.expr(Kind::Text, scope, depth - 1)), pattern)
            }
            11 => self.exists(scope, depth),
            12 => {
                let pattern = *self.random.pick(&["*", "a*", "[a-z]", "?", "*'*"]);
                let value = self.expr(Kind::Text, scope, depth - 1);
                Expr::Binary(boxed(value), Operator::Glob, boxed(Expr::Value(Scalar::Text(pattern.to_owned()))))
            }
            _ => self.comparison(scope, depth),
        }
    }

    fn logic(&mut self, operator: Operator, scope: &Scope, depth: usize) -> Expr {
        let (one, other) = (self.condition(scope, depth - 1), self.condition(scope, depth - 1));
        Expr::Binary(boxed(one), operator, boxed(other))
    }

    /// Mostly of one kind on both sides; otherwise affinities decide.
    fn comparison(&mut self, scope: &Scope, depth: usize) -> Expr {
        let operator = *self.random.pick(&COMPARISONS);
        let kinds = scope.kinds();
        let kind = if kinds.is_empty() { Kind::Text } else { *self.random.pick(&kinds) };
        let depth = depth.saturating_sub(1);
        let one = self.expr(kind, scope, depth);
        let other = if self.random.chance(75) {
            self.expr(kind, scope, depth)
        } else {
            // A float beside text becomes text, of 15 or 17 digits.
            let kinds: &[Kind] = match kind {
                Kind::Big | Kind::Bool | Kind::Bytes => {
                    &[Kind::Big, Kind::Double, Kind::Text, Kind::Bytes, Kind::Bool, Kind::Any]
                }
                Kind::Double | Kind::Float | Kind::Any => &[Kind::Big, Kind::Bool, Kind::Bytes],
                _ => &[Kind::Big, Kind::Text, Kind::Bytes, Kind::Bool],
            };
            let kind = *self.random.pick(kinds);
            self.expr(kind, scope, depth)
        };
        // A decimal column against a decimal.
        let other = if kind == Kind::Decimal && matches!(other, Expr::Column(..)) && self.random.chance(70) {
            Expr::Value(self.scalar(Kind::Decimal))
        } else {
            other
        };
        if self.random.chance(20) {
            return Expr::Binary(boxed(other), operator, boxed(one));
        }
        Expr::Binary(boxed(one), operator, boxed(other))
    }

    fn exists(&mut self, outer: &Scope, depth: usize) -> Expr {
        let (mut select, inner) = self.simple();
        let scope = Scope(inner.0.into_iter().chain(outer.0.iter().cloned()).collect());
        select.filter = Some(self.condition(&scope, depth - 1));
        select.outputs = vec![self.output(0, Kind::Big, &Scope::default(), 0)];
        Expr::Exists(Box::new(select))
    }

    /// A subquery of one value.
    fn scalar_select(&mut self, kind: Kind) -> Expr {
        let (mut select, scope) = self.simple();
        let scope = scope.plain();
        let of = self.leaf(kind, &scope);
        let expr = match kind {
            Kind::Big if self.random.chance(40) => Expr::CountAll,
            Kind::Decimal | Kind::Any => return self.leaf(kind, &Scope::default()),
            _ => {
                let function = *self.random.pick(&["max", "min"]);
                call(function, vec![of])
            }
        };
        select.filter = self.random.chance(50).then(|| self.condition(&scope, 0));
        select.outputs = vec![crate::programs::program::Output { name: "o0".to_owned(), kind, expr }];
        Expr::Scalar(Box::new(select))
    }

    /// A subquery with columns of these kinds.
    pub(super) fn select_of(&mut self, kinds: &[Kind], depth: usize) -> Select {
        let (mut select, scope) = self.simple();
        select.filter = self.random.chance(50).then(|| self.condition(&scope, 0));
        let outputs =
            kinds.iter().enumerate().map(|(at, kind)| self.output(at, *kind, &scope, depth.saturating_sub(1)));
        select.outputs = outputs.collect();
        select
    }
}
