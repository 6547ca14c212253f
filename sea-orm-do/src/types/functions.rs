//! The result type of each function that the runtime allows: <https://www.sqlite.org/lang_corefunc.html> and its sister
//! pages.

use sea_orm::sea_query::ArrayType;

use super::expr_type::{ExprType, Type, common, sum};

/// How the type of a function's result follows from its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    Text,
    Integer,
    Real,
    Bool,
    Blob,
    /// The type of the first argument.
    First,
    /// The common type of the arguments.
    Common,
    /// The common type of the arguments after the first.
    CommonOfRest,
    Sum,
    /// An integer, or a float with the modifier `subsec`: <https://www.sqlite.org/lang_datefunc.html>.
    Epoch,
}

#[cfg(test)]
impl Rule {
    /// The text for the table in docs/types.md.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Text => "`String`",
            Self::Integer => "`i64`",
            Self::Real => "`f64`",
            Self::Bool => "`bool`",
            Self::Blob => "`Vec<u8>`",
            Self::First => "that of the first argument",
            Self::Common => "what the arguments have in common",
            Self::CommonOfRest => "what the arguments behind the first have in common",
            Self::Epoch => "`i64`; with modifiers, that of the value",
            Self::Sum => "`i64` for integers and booleans, `f64` for floats, otherwise that of the argument",
        }
    }
}

/// The rule of each function; the names are in lower case.
pub(crate) const RULES: [(&[&str], Rule); 10] = [
    (
        &[
            "char",
            "concat",
            "concat_ws",
            "format",
            "printf",
            "hex",
            "lower",
            "upper",
            "ltrim",
            "rtrim",
            "trim",
            "replace",
            "quote",
            "typeof",
            "date",
            "time",
            "datetime",
            "strftime",
            "timediff",
            "group_concat",
            "string_agg",
            "json",
            "json_array",
            "json_object",
            "json_insert",
            "json_patch",
            "json_remove",
            "json_replace",
            "json_set",
            "json_quote",
            "json_type",
            "json_group_array",
            "json_group_object",
            "highlight",
            "snippet",
        ],
        Rule::Text,
    ),
    (
        &[
            "count",
            "length",
            "octet_length",
            "instr",
            "unicode",
            "changes",
            "total_changes",
            "last_insert_rowid",
            "random",
            "sign",
            "json_array_length",
            "row_number",
            "rank",
            "dense_rank",
            "ntile",
        ],
        Rule::Integer,
    ),
    (
        &[
            "avg",
            "total",
            "round",
            "julianday",
            "acos",
            "acosh",
            "asin",
            "asinh",
            "atan",
            "atan2",
            "atanh",
            "cos",
            "cosh",
            "degrees",
            "exp",
            "ln",
            "log",
            "log2",
            "mod",
            "pi",
            "pow",
            "radians",
            "sin",
            "sinh",
            "sqrt",
            "tan",
            "tanh",
            "percent_rank",
            "cume_dist",
            "bm25",
        ],
        Rule::Real,
    ),
    (&["like", "glob", "match", "regexp", "json_valid"], Rule::Bool),
    (
        &[
            "randomblob",
            "zeroblob",
            "unhex",
            "jsonb",
            "jsonb_array",
            "jsonb_object",
            "jsonb_extract",
            "jsonb_insert",
            "jsonb_patch",
            "jsonb_remove",
            "jsonb_replace",
            "jsonb_set",
            "jsonb_group_array",
            "jsonb_group_object",
        ],
        Rule::Blob,
    ),
    (
        &[
            "abs",
            "nullif",
            "ceil",
            "floor",
            "trunc",
            "likely",
            "unlikely",
            "likelihood",
            "lag",
            "lead",
            "first_value",
            "last_value",
            "nth_value",
        ],
        Rule::First,
    ),
    (&["coalesce", "ifnull", "max", "min"], Rule::Common),
    (&["iif"], Rule::CommonOfRest),
    (&["sum"], Rule::Sum),
    (&["unixepoch"], Rule::Epoch),
];

/// Whether each call returns a different value.
pub(crate) fn is_random(function: &str) -> bool {
    ["random", "randomblob"].iter().any(|random| function.eq_ignore_ascii_case(random))
}

/// Whether a function converts its arguments to text.
pub(crate) fn takes_text(function: &str) -> bool {
    const OTHERS: [&str; 2] = ["substr", "substring"];
    let is = |name: &&str| function.eq_ignore_ascii_case(name);
    let rule = RULES.iter().find(|(names, _)| names.iter().any(is));
    OTHERS.iter().any(is) || matches!(rule, Some((_, Rule::Text | Rule::Integer | Rule::Bool)))
}

/// The type of a call. `json_extract` and functions that are not listed are typed by their values.
pub(crate) fn result(function: &str, arguments: Vec<ExprType>) -> ExprType {
    let function = function.to_ascii_lowercase();
    let mut arguments = arguments.into_iter();
    if function == "substr" || function == "substring" {
        let bytes = arguments.next().is_some_and(|text| text.ty == Type::Known(ArrayType::Bytes));
        return ExprType::known(if bytes { ArrayType::Bytes } else { ArrayType::String });
    }
    let rule = RULES.iter().find(|(names, _)| names.contains(&function.as_str()));
    let Some((_, rule)) = rule else { return ExprType::dynamic() };
    match rule {
        Rule::Text => ExprType::known(ArrayType::String),
        Rule::Integer => ExprType::known(ArrayType::BigInt),
        Rule::Real => ExprType::known(ArrayType::Double),
        Rule::Bool => ExprType::known(ArrayType::Bool),
        Rule::Blob => ExprType::known(ArrayType::Bytes),
        Rule::First => arguments.next().map_or_else(ExprType::dynamic, ExprType::computed),
        Rule::Common => common(arguments).computed(),
        Rule::CommonOfRest => common(arguments.skip(1)).computed(),
        Rule::Epoch if arguments.len() > 1 => ExprType::dynamic(),
        Rule::Epoch => ExprType::known(ArrayType::BigInt),
        Rule::Sum => arguments.next().map_or_else(ExprType::dynamic, sum),
    }
}
