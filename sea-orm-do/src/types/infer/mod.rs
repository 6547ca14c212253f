//! Infers how to bind each parameter of a statement, and which type each result column has.

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
    /// The column that stores the value, if it turns text into a number.
    pub(crate) stored_as_number: Option<String>,
    /// The registered column that stores the value unchanged.
    pub(crate) stored_in: Option<ColumnType>,
    /// The registered columns that it is compared with.
    pub(crate) compared_with: Vec<(ColumnType, Comparison)>,
    /// Whether a decimal must be bound as its digits, because it is stored unchanged or used with text.
    pub(crate) takes_text: bool,
    /// Whether it is compared with something that may be a number.
    pub(crate) is_compared: bool,
    /// Whether SQLite would read a number in its place as a column position: in ORDER BY and GROUP BY.
    pub(crate) is_ordinal: bool,
    /// Whether it is a term of LIMIT.
    pub(crate) is_limit: bool,
    /// Whether it is a column of a compound SELECT, whose affinity depends on the types that all of its terms may have.
    pub(crate) is_in_compound: bool,
    /// Whether it is the pattern of LIKE or GLOB.
    pub(crate) is_pattern: bool,
}

impl ParamUse {
    /// The memory it takes in bytes.
    fn bytes(&self) -> usize {
        let column = |column: &ColumnType| size_of::<ColumnType>() + column.name.len();
        let stored = self.stored_as_number.as_ref().map_or(0, String::len) + self.stored_in.as_ref().map_or(0, column);
        size_of::<Self>() + stored + self.compared_with.iter().map(|(of, _)| column(of)).sum::<usize>()
    }
}

/// The uses of all parameters. Equal ones are stored once, since the rows of a long INSERT repeat them.
#[derive(Debug, Default)]
pub(crate) struct ParamUses {
    distinct: Vec<ParamUse>,
    /// The index in `distinct` of each parameter's use, by position.
    places: Vec<u32>,
}

impl ParamUses {
    pub(crate) fn get(&self, at: usize) -> Option<&ParamUse> {
        self.distinct.get(usize::try_from(*self.places.get(at)?).ok()?)
    }

    /// The memory they take in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.places.len() * size_of::<u32>() + self.distinct.iter().map(ParamUse::bytes).sum::<usize>()
    }
}

impl FromIterator<ParamUse> for ParamUses {
    fn from_iter<T: IntoIterator<Item = ParamUse>>(param_uses: T) -> Self {
        // For rows with more columns, the uses of each row are stored again: that costs memory, but no time.
        const LOOKED_AT: usize = 64;
        let mut all = Self::default();
        for usage in param_uses {
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
    /// The name that the statement gives it; `None` if SQLite makes one from the expression.
    pub(crate) name: Option<String>,
    pub(crate) ty: Type,
    /// The byte range of its expression, or of the `*` that it comes from.
    pub(crate) span: Option<Range<usize>>,
    pub(crate) syntax: ColumnSyntax,
    /// Whether the type is given by the caller, not inferred.
    pub(crate) is_certain: bool,
}

/// How a result column is written in the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnSyntax {
    Expression,
    Aliased,
    /// One of the columns of a `*`.
    Star,
}

/// The result of analysing a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Analysis {
    pub(crate) param_uses: Vec<ParamUse>,
    /// `None` if the columns are unknown until the statement has run.
    pub(crate) outputs: Option<Vec<ResultColumn>>,
    /// Why the statement cannot be run: it breaks a limit, or compares dates in different formats.
    pub(crate) refusal: Option<String>,
    /// Whether it is a count or a test for rows that SeaORM builds and reads for itself.
    pub(crate) is_of_sea_orm: bool,
    /// Whether it names a table that does not exist.
    pub(crate) lacks_table: bool,
    /// Whether an expression in it may give a different value each time it is evaluated.
    pub(crate) is_random: bool,
}

/// Analyses a statement whose parameters have the given types.
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
        param_uses: vec![ParamUse::default(); parameters.len()],
        refusal: None,
        is_of_sea_orm: false,
        lacks_table: false,
        is_random: false,
        views: 0,
    };
    let outputs = analyst.statement(statement);
    let outputs = outputs.map(|columns| columns.into_iter().map(|column| column.output).collect());
    let Analyst { param_uses, refusal, is_of_sea_orm, lacks_table, is_random, .. } = analyst;
    Analysis { param_uses, outputs, refusal, is_of_sea_orm, lacks_table, is_random }
}

struct Analyst<'a> {
    sql: &'a str,
    parameters: &'a [ArrayType],
    catalog: &'a dyn Catalog,
    types: Types<'a>,
    param_uses: Vec<ParamUse>,
    refusal: Option<String>,
    is_of_sea_orm: bool,
    lacks_table: bool,
    is_random: bool,
    /// How many nested views it is inside.
    views: usize,
}

/// A result column while its affinity still matters.
struct Selected {
    output: ResultColumn,
    typed: ExprType,
    /// Its name as a column of a subquery: the name as written.
    written: Option<String>,
}

type Columns = Option<Vec<Selected>>;

impl Analyst<'_> {
    /// The use of an expression that is a parameter; `None` for any other expression.
    fn usage(&mut self, expr: &Expr) -> Option<&mut ParamUse> {
        match expr.bare() {
            Expr::Parameter(at) => self.param_uses.get_mut(*at),
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
            // Its rows come from no table, and only the values have types.
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
