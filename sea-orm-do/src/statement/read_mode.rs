//! How the rows of a statement are read: as the call says, as JSON, or by the known type of each column.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::ArrayType;
use sea_orm_do_typed::{Column, Columns, Keys};

use crate::types::expr_type::Type;
use crate::types::infer::ResultColumn;
use crate::value::decode::unsupported_type;

/// What determines the type of each result column.
#[derive(Clone, Debug)]
pub(crate) enum Read {
    /// The call.
    Typed(Columns),
    /// Nothing: every value becomes plain JSON.
    Json,
    /// Nothing: every value has the type of its storage class.
    Stored,
    /// The handle, with its entities and the types it was given for result columns by name.
    Plain {
        /// Types by the name of the result column.
        overrides: Arc<HashMap<String, ArrayType>>,
        /// Whether the types of expressions are inferred, and all others are taken from the values.
        infers: bool,
        /// Whether the call reads no value by its position.
        by_name: bool,
    },
}

/// Why rows cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) why: String,
    /// Whether the cached schema may be stale, so that reading it again could help.
    pub(crate) is_of_schema: bool,
}

impl Read {
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::Typed(columns) => columns.keys() == Ok(&Keys::Json),
            Self::Json => true,
            Self::Stored | Self::Plain { .. } => false,
        }
    }

    /// The memory that it takes in bytes, beside that of its handle.
    pub(crate) fn bytes(&self) -> usize {
        let Self::Typed(columns) = self else { return 0 };
        match columns.keys() {
            Ok(Keys::Names(columns)) => columns.iter().map(|column| column.name.len() + size_of::<Column>()).sum(),
            Ok(Keys::Positions(types)) => size_of_val(types.as_slice()),
            Ok(_) | Err(_) => 0,
        }
    }

    /// Whether a value needs no type but its own.
    #[cfg(feature = "stream")]
    pub(crate) fn is_by_value(&self) -> bool {
        self.is_json() || matches!(self, Self::Stored)
    }

    /// Sets the type that each result column is read as, and returns why one cannot be read.
    pub(crate) fn apply(&self, sql: &str, outputs: &mut [ResultColumn], is_of_sea_orm: bool) -> Option<Refusal> {
        let is_named = outputs.iter().all(|output| output.name.is_some());
        let names: Vec<_> = outputs.iter().map(|output| output.name.clone().unwrap_or_default()).collect();
        let types = self.types(Some(outputs), &names);
        let refusal = self.refusal_of(sql, outputs, &types);
        for (output, ty) in outputs.iter_mut().zip(types) {
            output.ty = ty;
        }
        let of_feature = || {
            let known = outputs.iter().filter_map(|output| match &output.ty {
                Type::Known(ty) => Some((output, ty)),
                _ => None,
            });
            let mut unsupported = known.filter_map(|(output, ty)| Some((output, unsupported_type(ty)?)));
            unsupported.next().map(|(output, why)| format!("column `{}`: {why}", shown(sql, output)))
        };
        let of_names = || {
            // SQLite names an expression without an alias, and the name may be the one that is looked for.
            if is_named && !outputs.is_empty() && !is_of_sea_orm { self.missing(&names) } else { None }
        };
        let of_schema = |why| Refusal { why, is_of_schema: true };
        of_names().map(of_schema).or(refusal).or_else(|| of_feature().map(of_schema))
    }

    /// Why the first result column without a known type cannot be read.
    fn refusal_of(&self, sql: &str, outputs: &[ResultColumn], types: &[Type]) -> Option<Refusal> {
        let (overrides, infers) = match self {
            Self::Typed(columns) => {
                return columns.keys().err().map(|why| Refusal { why: why.to_owned(), is_of_schema: false });
            }
            Self::Json | Self::Stored => return None,
            Self::Plain { overrides, infers, .. } => (overrides, *infers),
        };
        outputs.iter().zip(types).find_map(|(output, ty)| match ty {
            Type::Unregistered(why) => Some(Refusal { why: why.to_string(), is_of_schema: true }),
            _ if infers || output.is_certain => None,
            _ if output.name.as_ref().is_some_and(|name| overrides.contains_key(name)) => None,
            _ => Some(Refusal { why: unknown(&shown(sql, output)), is_of_schema: *ty == Type::Dynamic }),
        })
    }

    /// The refusal of a statement that the parser cannot parse from this token on.
    pub(crate) fn refusal_of_unknown(&self, token: Option<&str>) -> Option<Refusal> {
        match self {
            Self::Plain { infers: false, .. } => {
                let at = token.map_or_else(|| "at its end".to_owned(), |token| format!("at `{token}`"));
                let why = format!("the driver cannot follow this statement {at}: {}", way_out(None));
                Some(Refusal { why, is_of_schema: false })
            }
            Self::Typed(_) | Self::Json | Self::Stored | Self::Plain { .. } => None,
        }
    }

    /// The types of the result columns with these names; `known` is what the statement says about them.
    pub(crate) fn types(&self, known: Option<&[ResultColumn]>, names: &[String]) -> Vec<Type> {
        let known = known.filter(|known| known.len() == names.len());
        let of_statement = |at: usize| known.map_or(Type::Dynamic, |known| known[at].ty.clone());
        match self {
            Self::Typed(columns) => match columns.keys() {
                Ok(Keys::Positions(types)) => {
                    let ty = |at| types.get(at).map_or(Type::Unread, |ty: &ArrayType| Type::Known(ty.clone()));
                    (0..names.len()).map(ty).collect()
                }
                Ok(Keys::Names(columns)) => {
                    let mut types = vec![Type::Unread; names.len()];
                    for (at, column) in
                        columns.iter().filter_map(|column| Some((position(names, &column.name)?, column)))
                    {
                        types[at] = Type::Known(column.ty.clone());
                    }
                    types
                }
                Ok(_) | Err(_) => vec![Type::Dynamic; names.len()],
            },
            Self::Stored => vec![Type::Dynamic; names.len()],
            Self::Json => {
                let ty = |at| match of_statement(at) {
                    Type::Known(ty) => Type::Known(ty),
                    _ => Type::Dynamic,
                };
                (0..names.len()).map(ty).collect()
            }
            Self::Plain { overrides, .. } => {
                let ty =
                    |(at, name)| overrides.get(name).map_or_else(|| of_statement(at), |ty| Type::Known(ty.clone()));
                names.iter().enumerate().map(ty).collect()
            }
        }
    }

    /// # Errors
    /// Why rows with these columns, of these types, cannot be read.
    pub(crate) fn check(&self, names: &[String], types: &[Type], is_known: bool) -> Result<(), String> {
        if let Some(why) = self.missing(names) {
            return Err(why);
        }
        let is_strict = matches!(self, Self::Plain { infers: false, .. }) && !is_known;
        match names.iter().zip(types).find(|(_, ty)| is_strict && **ty == Type::Dynamic) {
            Some((name, _)) => Err(unknown(name)),
            None => Ok(()),
        }
    }

    /// Describes the first name or position that is read but missing from the result.
    fn missing(&self, names: &[String]) -> Option<String> {
        let lacks = |name: &str| position(names, name).is_none();
        let shown = || names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Typed(columns) => match columns.keys().ok()? {
                Keys::Positions(types) if types.len() > names.len() => {
                    Some(format!("{} columns are read, but the result has {}", types.len(), names.len()))
                }
                Keys::Names(columns) => {
                    let missing = |column: &&Column| column.is_required && lacks(&column.name);
                    let column = columns.iter().find(missing)?;
                    Some(format!("column `{}` is read, but the result has {}", column.name, shown()))
                }
                _ => None,
            },
            Self::Json | Self::Stored => None,
            Self::Plain { overrides, .. } => {
                let mut missing: Vec<_> = overrides.keys().filter(|name| lacks(name)).collect();
                missing.sort();
                let name = missing.first()?;
                Some(format!("with_column_type gives a type for `{name}`, but the result has {}", shown()))
            }
        }
    }
}

/// The column to read for a name: the last of several, as in SeaORM's own SQLite driver
/// (sqlx-sqlite-0.9.0/src/statement/virtual.rs:110).
pub(crate) fn position(names: &[String], name: &str) -> Option<usize> {
    names.iter().rposition(|known| known == name)
}

/// A result column as an error shows it: its name, or its text in the statement.
fn shown(sql: &str, output: &ResultColumn) -> String {
    let written = || output.span.clone().and_then(|span| sql.get(span)).unwrap_or_default().to_owned();
    output.name.clone().unwrap_or_else(written)
}

fn unknown(column: &str) -> String {
    format!(
        "the type of column `{column}` is not known, because no registered entity has it: {}",
        way_out(Some(column))
    )
}

fn way_out(column: Option<&str>) -> String {
    let column = column.unwrap_or("name").replace('"', "\\\"");
    format!(
        "use a typed call, as in `.into_model::<Row>().all_as(&db)` or \
         `.into_tuple::<(i64, Option<String>)>().all_as(&db)`, give the column's type with \
         `db.with_column_type(\"{column}\", ArrayType::BigInt)`, or use `db.with_inferred_types()`"
    )
}
