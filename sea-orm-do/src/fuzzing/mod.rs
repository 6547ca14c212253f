//! The targets that `cargo fuzz` calls, and `cargo test` with seeded mutations. Each takes any bytes, and panics if the
//! driver breaks a promise. Only built for these two.

mod database;
#[cfg(test)]
mod origins;
#[cfg(test)]
mod parameters;
#[cfg(test)]
mod tests;
#[cfg(test)]
use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr, SqlErr, Value};

use self::database::{Answer, Shop, accepts, columns, evaluate};
use crate::error::sql_err;
use crate::sql::lexer::{Token, TokenKind, statements, tokens, words};
use crate::sql::parser::Parameters;
use crate::sql::script::{script, single};
use crate::statement::exact;
use crate::statement::plan::Plan;
use crate::statement::read_mode::Read;
use crate::storage::SqlValue;
use crate::storage::error::StorageError;
use crate::types::registry::Registry;
use crate::types::relations::Types;
use crate::value::encode::Bound;
use crate::value::literal::literal;

/// A fuzz target.
pub type Target = fn(&[u8]);

/// Every target by name.
pub const TARGETS: [(&str, Target); 5] = [
    ("lexer", lexer),
    ("splitter", splitter),
    ("select_list", select_list),
    ("literals", literals),
    ("errors", errors),
];

/// Checks that tokens lose nothing, and that each token by itself is read as the same token.
pub fn lexer(bytes: &[u8]) {
    let sql = String::from_utf8_lossy(bytes);
    let mut end = 0;
    for token in tokens(&sql) {
        assert!(token.at == end && !token.text.is_empty(), "{token:?} does not follow the one before");
        let alone: Vec<_> = tokens(token.text).map(|alone| (alone.kind, alone.text)).collect();
        assert_eq!(alone, [(token.kind, token.text)]);
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        assert!(is_name || token.name().is_none(), "{token:?} is a name");
        end = token.end();
    }
    assert_eq!(end, sql.len());
}

/// Checks that a script is split into statements that SQLite accepts as one each, and that none of them begins or ends
/// a transaction.
pub fn splitter(bytes: &[u8]) {
    let sql = String::from_utf8_lossy(bytes);
    let pieces = statements(&sql);
    for piece in &pieces {
        assert_eq!(statements(piece), [*piece], "{sql:?}");
    }
    // The space ends a parameter whose closing parenthesis is missing.
    assert_eq!(statements(&pieces.join(" ;")), pieces, "{sql:?}");
    let Ok(pieces) = script(&sql) else { return };
    for piece in pieces {
        let Answer { statements, controls_transaction } = accepts(piece);
        assert!(statements <= 1, "SQLite finds another statement in {piece:?}");
        let explained = tokens(piece).any(|token| token.is_word("EXPLAIN"));
        assert!(explained || !controls_transaction, "{piece:?} begins or ends a transaction");
    }
}

/// Checks that the driver finds the same columns as SQLite, and that SQLite also accepts the SQL sent in place of the
/// statement.
pub fn select_list(bytes: &[u8]) {
    let sql = String::from_utf8_lossy(bytes);
    if names_unknown_collation(&sql) {
        return;
    }
    let mut parameters = Parameters::default();
    for token in tokens(&sql).filter(|token| token.kind == TokenKind::Parameter) {
        parameters.position(token.text);
    }
    // No statement has more values, but a parameter's number may be anything.
    let count = parameters.count().min(200);
    let values: Vec<Value> = (0..count)
        .map(|at| match at % 5 {
            0 => 7_i64.into(),
            1 => "it's".into(),
            2 => vec![0_u8].into(),
            3 => f64::NEG_INFINITY.into(),
            _ => Value::BigInt(None),
        })
        .collect();
    let types: Vec<_> = values.iter().map(Value::array_type).collect();
    let types_of_columns = Types { registry: &Registry::default(), declared: true, infers: true };
    let read = Read::Plain { overrides: Arc::default(), infers: true, by_name: false };
    let Ok(plan) = Plan::new(&sql, &types, &Shop, types_of_columns, read) else { return };
    let Ok(prepared) = plan.prepare(&values) else { return };
    let Some(names) = single(&sql).ok().and_then(columns) else { return };
    if let Some(outputs) = &plan.outputs {
        // SQLite reads a quoted name that is no column's as a text, and then names the column with the quotes.
        let is_text = |name: &str| Some(name.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\""));
        // A column followed by COLLATE has its own name in a subquery, and its text as a name here.
        let is_collated = |name: &str| tokens(name).any(|token| token.is_word("COLLATE"));
        let plain = names.iter().zip(outputs).map(|(name, output)| match &output.name {
            Some(told) if is_collated(name) => told.clone(),
            _ => is_text(name).unwrap_or_else(|| name.clone()),
        });
        let plain: Vec<_> = plain.collect();
        assert!(
            plan.matches_columns(&names) || plan.matches_columns(&plain),
            "{sql:?} gives {names:?}, and {outputs:?} were told"
        );
    }
    for one in prepared {
        let sent = columns(&one.text.sql).map(|columns| columns.len());
        assert_eq!(sent, Some(names.len()), "SQLite takes {sql:?}, but not {:?}", one.text.sql);
        if plan.is_select() {
            let exact = exact::select(&one.text.sql, &names, &plan.types(&names), false);
            assert!(columns(&exact).is_some(), "SQLite takes {sql:?}, but not {exact:?}");
        }
    }
}

/// SQLite looks up a collation only where it compares with it, so it may accept a statement but not a rewritten one.
fn names_unknown_collation(sql: &str) -> bool {
    let words: Vec<_> = words(sql).collect();
    let is_known = |name: &str| ["BINARY", "NOCASE", "RTRIM"].iter().any(|known| name.eq_ignore_ascii_case(known));
    words.windows(2).any(|pair| pair[0].is_word("COLLATE") && !pair[1].name().is_some_and(|name| is_known(&name)))
}

/// Checks that a literal is the value that it was written from, of the same type, and nothing else.
pub fn literals(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let eight = || bytes.first_chunk().copied().unwrap_or_default();
    let text = || String::from_utf8_lossy(bytes).into_owned();
    let (bound, value) = match kind % 5 {
        0 => {
            let integer = i64::from_le_bytes(eight());
            (Bound::Integer(integer), rusqlite::types::Value::Integer(integer))
        }
        1 => {
            let real = f64::from_le_bytes(eight());
            if real.is_nan() {
                return;
            }
            (Bound::Plain(SqlValue::Number(real)), rusqlite::types::Value::Real(real))
        }
        2 => (Bound::Plain(SqlValue::Text(text())), rusqlite::types::Value::Text(text())),
        3 => (Bound::Plain(SqlValue::Blob(bytes.to_vec())), rusqlite::types::Value::Blob(bytes.to_vec())),
        _ => (Bound::Decimal { text: text(), real: false }, rusqlite::types::Value::Text(text())),
    };
    let literal = literal(&bound);
    let ends = |token: Token<'_>| match token.kind {
        TokenKind::Semicolon | TokenKind::Parameter => true,
        TokenKind::Space => token.text != " ",
        _ => false,
    };
    assert!(!tokens(&literal).any(ends), "{literal:?} is more than a value");
    let found = evaluate(&literal);
    // Equality of floats would take -0.0 for 0.0.
    assert_eq!(format!("{found:?}"), format!("{value:?}"), "{literal:?}");
}

/// Checks that an error keeps the runtime's message, and that only the beginning of the message gives it a meaning.
pub fn errors(bytes: &[u8]) {
    let message = String::from_utf8_lossy(bytes).into_owned();
    let unique = message.starts_with("UNIQUE constraint failed: ");
    let foreign = message.starts_with("FOREIGN KEY constraint failed");
    for error in [StorageError::new(message.clone()).into_exec(), StorageError::new(message.clone()).into_query()] {
        let (DbErr::Exec(RuntimeErr::Internal(told)) | DbErr::Query(RuntimeErr::Internal(told))) = &error else {
            panic!("{error:?} is of another kind");
        };
        assert!(told.starts_with(&message), "{told:?} is not {message:?}");
        let meaning = sql_err(&error);
        assert_eq!(matches!(meaning, Some(SqlErr::UniqueConstraintViolation(_))), unique, "{message:?}");
        assert_eq!(matches!(meaning, Some(SqlErr::ForeignKeyConstraintViolation(_))), foreign, "{message:?}");
    }
}
