//! What a statement asks of the driver: how to bind each parameter, and which type each result column has.

mod expression;
mod sea_orm_statements;
mod select;
mod write;

use std::ops::Range;

use sea_orm::sea_query::ArrayType;

use super::catalog::Catalog;
use super::expr_type::{ColumnType, ExprType, Type};
use super::relations::Types;
use super::scope::Scope;
use crate::sql::ast::{Comparison, Expr, Statement};

/// How a parameter's value is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ParamUse {
    /// Whether an integer must be cast back from the REAL that the runtime binds.
    pub(crate) needs_integer_cast: bool,
    /// The column that the value is stored in, where that turns text into a number.
    pub(crate) stored_as_number: Option<String>,
    /// The registered column that the value is stored in as it is.
    pub(crate) stored_in: Option<ColumnType>,
    /// The registered columns that it is compared with.
    pub(crate) compared_with: Vec<(ColumnType, Comparison)>,
    /// Whether a decimal must arrive as its digits, because it is stored as it is or used with text.
    pub(crate) takes_text: bool,
    /// Whether it is compared with something that may be a number.
    pub(crate) is_compared: bool,
    /// Whether it stands where SQLite reads a number as the position of a column: ORDER BY and GROUP BY.
    pub(crate) is_ordinal: bool,
    /// Whether it is a term of LIMIT.
    pub(crate) is_limit: bool,
    /// Whether it is a column of a compound SELECT, whose affinity depends on the types that all of its terms may have.
    pub(crate) is_in_compound: bool,
    /// Whether it is the pattern of LIKE or GLOB.
    pub(crate) is_pattern: bool,
}

impl ParamUse {
    /// The memory that it takes.
    fn bytes(&self) -> usize {
        let column = |column: &ColumnType| size_of::<ColumnType>() + column.name.len();
        let stored = self.stored_as_number.as_ref().map_or(0, String::len) + self.stored_in.as_ref().map_or(0, column);
        size_of::<Self>() + stored + self.compared_with.iter().map(|(of, _)| column(of)).sum::<usize>()
    }
}

/// The usages of all parameters, each kept once: the rows of a long INSERT have the same.
#[derive(Debug, Default)]
pub(crate) struct ParamUses {
    distinct: Vec<ParamUse>,
    /// The place of a parameter's usage in `distinct`, by position.
    places: Vec<u32>,
}

impl ParamUses {
    pub(crate) fn get(&self, at: usize) -> Option<&ParamUse> {
        self.distinct.get(usize::try_from(*self.places.get(at)?).ok()?)
    }

    /// The memory that they take.
    pub(crate) fn bytes(&self) -> usize {
        self.places.len() * size_of::<u32>() + self.distinct.iter().map(ParamUse::bytes).sum::<usize>()
    }
}

impl FromIterator<ParamUse> for ParamUses {
    fn from_iter<T: IntoIterator<Item = ParamUse>>(usages: T) -> Self {
        // Of a row with more columns, a usage is kept for each row: that costs memory, and never time.
        const LOOKED_AT: usize = 64;
        let mut all = Self::default();
        for usage in usages {
            let from = all.distinct.len().saturating_sub(LOOKED_AT);
            let known = all.distinct[from..].iter().position(|known| *known == usage).map(|at| from + at);
            let place = known.unwrap_or_else(|| {
                all.distinct.push(usage);
                all.distinct.len() - 1
            });
            all.places.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        all
    }
}

/// A column of the result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ResultColumn {
    /// As the statement names it; `None` when SQLite makes a name from the expression.
    pub(crate) name: Option<String>,
    pub(crate) ty: Type,
    /// The bytes of its expression, or of the `*` that it comes from.
    pub(crate) span: Option<Range<usize>>,
    pub(crate) syntax: ColumnSyntax,
    /// Whether the type is one that the caller has given, not one that was inferred.
    pub(crate) is_certain: bool,
}

/// How a result column stands in the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnSyntax {
    Expression,
    Aliased,
    /// One of those that a `*` stands for.
    Star,
}

/// What was found out about a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Analysis {
    pub(crate) usages: Vec<ParamUse>,
    /// `None` when the columns cannot be told before the values are there.
    pub(crate) outputs: Option<Vec<ResultColumn>>,
    /// The limit that the statement breaks.
    pub(crate) refusal: Option<String>,
    /// Whether it is a count or a test for rows that SeaORM asks for by itself.
    pub(crate) is_of_sea_orm: bool,
    /// Whether a table that it names was not found.
    pub(crate) lacks_table: bool,
    /// Whether a value may be another one each time that it is worked out.
    pub(crate) is_random: bool,
}

/// Finds out about a statement whose parameters have the given types.
pub(crate) fn analyse(
    sql: &str,
    statement: &Statement,
    parameters: &[ArrayType],
    catalog: &dyn Catalog,
    types: Types<'_>,
) -> Analysis {
    let mut analyst = Analyst {
        sql,
        parameters,
        catalog,
        types,
        usages: vec![ParamUse::default(); parameters.len()],
        refusal: None,
        is_of_sea_orm: false,
        lacks_table: false,
        is_random: false,
        views: 0,
    };
    let outputs = analyst.statement(statement);
    let outputs = outputs.map(|columns| columns.into_iter().map(|column| column.output).collect());
    let Analyst { usages, refusal, is_of_sea_orm, lacks_table, is_random, .. } = analyst;
    Analysis { usages, outputs, refusal, is_of_sea_orm, lacks_table, is_random }
}

struct Analyst<'a> {
    sql: &'a str,
    parameters: &'a [ArrayType],
    catalog: &'a dyn Catalog,
    types: Types<'a>,
    usages: Vec<ParamUse>,
    refusal: Option<String>,
    is_of_sea_orm: bool,
    lacks_table: bool,
    is_random: bool,
    /// How many views it is inside of.
    views: usize,
}

/// A result column while its affinity still matters.
struct Selected {
    output: ResultColumn,
    typed: ExprType,
    /// The name that it has as a column of a subquery: as it is written.
    written: Option<String>,
}

type Columns = Option<Vec<Selected>>;

impl Analyst<'_> {
    /// How an expression is used that is a parameter.
    fn usage(&mut self, expr: &Expr) -> Option<&mut ParamUse> {
        match expr.bare() {
            Expr::Parameter(at) => self.usages.get_mut(*at),
            _ => None,
        }
    }

    fn statement(&mut self, statement: &Statement) -> Columns {
        match statement {
            Statement::Select(select) => {
                let columns = self.select(select, &Scope::default());
                self.of_sea_orm(select, columns)
            }
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            // Rows of their own, whose values tell the types.
            Statement::Pragma => None,
            Statement::Explain(statement) => {
                self.statement(statement);
                None
            }
            Statement::Other => Some(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests;
