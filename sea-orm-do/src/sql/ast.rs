//! The syntax tree of a statement, as far as its parameters and result columns depend on it.

use std::ops::Range;

/// A parsed statement.
#[derive(Debug)]
pub(crate) enum Statement {
    Select(Select),
    Insert(Insert),
    Update(Update),
    Delete(Delete),
    Pragma,
    Explain(Box<Statement>),
    /// A statement that returns no rows and takes no parameters: DDL and the like.
    Other,
}

impl Statement {
    /// Whether the rows written before a failure stay, as with OR FAIL: <https://www.sqlite.org/lang_conflict.html>.
    pub(crate) fn keeps_what_it_wrote(&self) -> bool {
        match self {
            Self::Insert(insert) => insert.conflict == Conflict::Fail,
            Self::Update(update) => update.conflict == Conflict::Fail,
            _ => false,
        }
    }
}

/// `[WITH …] SELECT … [UNION …] [ORDER BY …] [LIMIT …]`.
#[derive(Debug, Default)]
pub(crate) struct Select {
    pub(crate) ctes: Vec<Cte>,
    /// The terms of a compound; one for a plain SELECT.
    pub(crate) terms: Vec<Term>,
    /// Whether a compound uses an operator other than UNION ALL.
    pub(crate) is_distinct: bool,
    pub(crate) order: Vec<Expr>,
    pub(crate) limit: Vec<Expr>,
    /// Where its LIMIT is, or could be.
    pub(crate) place: Place,
}

impl Select {
    /// Whether SQLite turns a compound into a subquery to sort it: `convertCompoundSelectToSubquery()`.
    pub(crate) fn sorts_as_subquery(&self) -> bool {
        self.is_distinct && self.order.iter().any(|expr| matches!(expr, Expr::Unary(Unary::Collate, _)))
    }
}

/// `name (columns) AS (body)`.
#[derive(Debug)]
pub(crate) struct Cte {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) body: Select,
}

/// One SELECT or VALUES of a compound.
#[derive(Debug)]
pub(crate) enum Term {
    Select {
        columns: Vec<SelectItem>,
        from: Vec<FromItem>,
        /// WHERE, HAVING, GROUP BY and window definitions.
        clauses: Vec<Expr>,
    },
    Values(Vec<Vec<Expr>>),
}

impl Term {
    pub(crate) fn result_columns(&self) -> Option<&[SelectItem]> {
        match self {
            Self::Select { columns, .. } => Some(columns),
            Self::Values(_) => None,
        }
    }
}

/// A column of a SELECT or RETURNING list.
#[derive(Debug)]
pub(crate) enum SelectItem {
    /// `*` or `table.*`, and its byte range.
    All(Option<String>, Range<usize>),
    Expr {
        expr: Expr,
        alias: Option<String>,
        /// The byte range of the expression, without its alias.
        span: Range<usize>,
    },
}

/// A table of a FROM clause.
#[derive(Debug)]
pub(crate) struct FromItem {
    pub(crate) kind: SourceKind,
    pub(crate) alias: Option<String>,
    /// The ON clause.
    pub(crate) on: Option<Expr>,
    pub(crate) shared: Shared,
    pub(crate) join: Join,
}

/// Which sides of a join keep the rows that have no match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Join {
    pub(crate) left: bool,
    pub(crate) right: bool,
}

#[derive(Debug)]
pub(crate) enum SourceKind {
    Table {
        name: String,
        /// Whether it is qualified with a schema, and so is no common table expression.
        is_qualified: bool,
    },
    /// `json_each(…)` and the like.
    Function(String, Vec<Expr>),
    Subquery(Select),
    Join(Vec<FromItem>),
}

/// The columns that a join shares with the tables before it; `*` lists them once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shared {
    None,
    Using(Vec<String>),
    Natural,
}

/// What a write does when a constraint fails: <https://www.sqlite.org/lang_conflict.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conflict {
    Fail,
    Replace,
    /// The statement either succeeds as a whole or writes nothing.
    Other,
}

#[derive(Debug)]
pub(crate) struct Insert {
    pub(crate) ctes: Vec<Cte>,
    pub(crate) conflict: Conflict,
    pub(crate) table: String,
    pub(crate) alias: Option<String>,
    /// `None` without a column list: all columns in order.
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) rows: Rows,
    pub(crate) upsert: Vec<Assignment>,
    /// The conflict targets and the WHERE clauses of ON CONFLICT.
    pub(crate) conditions: Vec<Expr>,
    pub(crate) returning: Vec<SelectItem>,
    pub(crate) place: Place,
}

impl Insert {
    /// Whether ON CONFLICT uses `excluded` only in `column = excluded.column`.
    pub(crate) fn takes_excluded_as_it_is(&self) -> bool {
        let is_plain = |assignment: &Assignment| match (&assignment.value, &assignment.columns[..]) {
            (Expr::Column { table: Some(table), name }, [column]) => {
                table.eq_ignore_ascii_case("excluded") && name.eq_ignore_ascii_case(column)
            }
            (Expr::Parameter(_) | Expr::Literal(_), _) => true,
            _ => false,
        };
        // The conflict targets must be plain columns as well.
        let is_column = |condition: &Expr| matches!(condition, Expr::Column { table: None, .. });
        self.upsert.iter().all(is_plain) && self.conditions.iter().all(is_column)
    }

    /// Whether its rows can be split over several statements. A subquery would see the rows of the statements before,
    /// and OR FAIL must keep the rows before a failure.
    pub(crate) fn can_be_cut(&self) -> bool {
        let Rows::Values(rows) = &self.rows else { return false };
        let in_rows = rows.iter().flat_map(|(row, _)| row);
        let mut all = in_rows.chain(self.upsert.iter().map(|set| &set.value)).chain(&self.conditions);
        self.conflict != Conflict::Fail && all.all(Expr::is_without_select)
    }
}

impl Expr {
    /// The expression without the COLLATE after it.
    pub(crate) fn bare(&self) -> &Self {
        match self {
            Self::Unary(Unary::Collate, operand) => operand.bare(),
            other => other,
        }
    }

    fn is_without_select(&self) -> bool {
        match self {
            Self::Column { .. } | Self::Parameter(_) | Self::Literal(_) => true,
            Self::InSelect(..) | Self::Exists(_) | Self::Subquery(_) => false,
            Self::Unary(_, operand) | Self::Cast(operand, _) => operand.is_without_select(),
            Self::Binary(_, one, other) => one.is_without_select() && other.is_without_select(),
            Self::Between(value, low, high) => [value, low, high].iter().all(|expr| expr.is_without_select()),
            Self::In(value, list) => value.is_without_select() && list.iter().all(Self::is_without_select),
            Self::Row(values) => values.iter().all(Self::is_without_select),
            Self::Case { operand, arms, otherwise } => {
                operand.iter().chain(otherwise).all(|expr| expr.is_without_select())
                    && arms.iter().all(|(when, then)| when.is_without_select() && then.is_without_select())
            }
            Self::Call { arguments, clauses, .. } => arguments.iter().chain(clauses).all(Self::is_without_select),
        }
    }
}

/// Where a function call can be written into a statement, by byte offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// The condition after WHERE.
    Condition(Range<usize>),
    /// Where a WHERE could be inserted.
    NoCondition(usize),
    /// An expression that can be wrapped in a call: a value, or the one of LIMIT.
    Expression(Range<usize>),
    /// Where a LIMIT could be inserted.
    NoLimit(usize),
    #[default]
    Nowhere,
}

#[derive(Debug)]
pub(crate) enum Rows {
    /// Each row with its byte range, parentheses included.
    Values(Vec<(Vec<Expr>, Range<usize>)>),
    Select(Select),
    Default,
}

/// `columns = value`.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) columns: Vec<String>,
    pub(crate) value: Expr,
}

#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) ctes: Vec<Cte>,
    pub(crate) conflict: Conflict,
    pub(crate) table: String,
    pub(crate) alias: Option<String>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) from: Vec<FromItem>,
    pub(crate) clauses: Vec<Expr>,
    pub(crate) limit: Vec<Expr>,
    pub(crate) returning: Vec<SelectItem>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Delete {
    pub(crate) ctes: Vec<Cte>,
    pub(crate) table: String,
    pub(crate) alias: Option<String>,
    pub(crate) clauses: Vec<Expr>,
    pub(crate) limit: Vec<Expr>,
    pub(crate) returning: Vec<SelectItem>,
    pub(crate) place: Place,
}

/// An expression, without its parentheses.
#[derive(Debug)]
pub(crate) enum Expr {
    Column {
        table: Option<String>,
        name: String,
    },
    /// The position of its value, from 0.
    Parameter(usize),
    Literal(Literal),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Vec<Expr>),
    InSelect(Box<Expr>, Box<Select>),
    Exists(Box<Select>),
    Subquery(Box<Select>),
    Row(Vec<Expr>),
    Cast(Box<Expr>, String),
    Case {
        operand: Option<Box<Expr>>,
        arms: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    /// `clauses`: ORDER BY, FILTER and OVER.
    Call {
        function: String,
        arguments: Vec<Expr>,
        clauses: Vec<Expr>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Null,
    Integer,
    Real,
    Text,
    Blob,
    /// CURRENT_DATE and the like: the result of the function with this name.
    Now(&'static str),
    /// TRUE or FALSE, unless a column has that name: <https://www.sqlite.org/lang_expr.html#booleanexpr>.
    Bool(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    /// `+` and `-`.
    Sign,
    /// `~`.
    Bits,
    /// `NOT`, `ISNULL`, `NOTNULL`.
    Logic,
    /// COLLATE, which changes neither type nor affinity.
    Collate,
}

/// What a comparison tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// Whether two values are the same.
    Equality,
    /// Which of them comes first.
    Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    /// `AND`, `OR`.
    Logic,
    /// `=`, `<`, `IS` and the like: both sides are converted by the rules of affinity.
    Compare(Comparison),
    /// `LIKE`, `GLOB`.
    Like,
    /// `MATCH`, `REGEXP`.
    Match,
    /// `+`, `-`, `*`, `/`, `%`.
    Arithmetic,
    /// `&`, `|`, `<<`, `>>`.
    Bits,
    Concat,
    /// `->`.
    JsonText,
    /// `->>`.
    JsonValue,
}
