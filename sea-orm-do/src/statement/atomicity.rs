//! Makes a statement that fails in a transaction leave no rows behind, so that the transaction can go on.
//!
//! SQLite undoes a failed statement only if it keeps a statement journal. It keeps one for a statement that writes
//! several rows and may violate a constraint or fail in a function. After any other failure, the rows that were written
//! before it stay: after a row that is too long, a value of the wrong type in a STRICT table, a sum that overflows. A
//! function call in the statement makes SQLite keep the journal: <https://www.sqlite.org/lang_conflict.html>,
//! `sqlite3VdbeAddFunctionCall()` and `sqlite3MultiWrite()`.

use crate::limits;
use crate::sql::ast::{
    Binary, Comparison, Conflict, Delete, Expr, Insert, Place, Rows, SelectItem, Statement, Term, Unary, Update,
};
use crate::sql::parser::StatementKind;
use crate::types::catalog::{Catalog, Surroundings};

/// What makes a statement atomic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// It is atomic already, or keeps rows on purpose.
    None,
    /// A function call in it, which these edits write.
    Call(Edits),
    /// A savepoint around it.
    Savepoint,
}

/// The insertions into a text, each with its byte offset, in ascending order.
pub(crate) type Edits = Vec<(usize, &'static str)>;

/// What a statement needs to be atomic, whether or not its text has a place for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Nothing,
    Journal,
    Savepoint,
}

/// Returns what makes a statement of this kind atomic; `None` for one that the parser cannot parse.
pub(crate) fn remedy(statement: Option<&Statement>, kind: StatementKind, catalog: &dyn Catalog) -> Remedy {
    let Some(statement) = statement else {
        return if kind == StatementKind::Dml { Remedy::Savepoint } else { Remedy::None };
    };
    let (need, place) = match statement {
        Statement::Insert(insert) => (of_insert(insert, catalog), &insert.place),
        Statement::Update(update) => (of_update(update, catalog), &update.place),
        Statement::Delete(delete) => (of_delete(delete, catalog), &delete.place),
        Statement::Select(_) | Statement::Pragma | Statement::Explain(_) | Statement::Other => return Remedy::None,
    };
    match need {
        Need::Nothing => Remedy::None,
        Need::Journal if *place != Place::Nowhere => Remedy::Call(place.edits()),
        Need::Journal | Need::Savepoint => Remedy::Savepoint,
    }
}

fn of_insert(insert: &Insert, catalog: &dyn Catalog) -> Need {
    let Surroundings { is_reached_by_others, replaces } = catalog.surroundings(&insert.table);
    let is_one_row = match &insert.rows {
        Rows::Default => true,
        Rows::Values(rows) => rows.len() == 1,
        Rows::Select(_) => false,
    };
    match insert.conflict {
        Conflict::Fail => Need::Nothing,
        // The row that it replaces is deleted first, and SQLite keeps no journal for one row.
        Conflict::Replace => Need::Savepoint,
        Conflict::Other if replaces => Need::Savepoint,
        Conflict::Other if is_one_row && !is_reached_by_others && is_plain(&insert.returning) => Need::Nothing,
        Conflict::Other => Need::Journal,
    }
}

fn of_update(update: &Update, catalog: &dyn Catalog) -> Need {
    let Surroundings { is_reached_by_others, replaces } = catalog.surroundings(&update.table);
    let is_one_row = || {
        let key = catalog.table(&update.table).and_then(|table| table.rowid.clone());
        update.from.is_empty() && key.is_some_and(|key| update.clauses.iter().any(|clause| finds_by(clause, &key)))
    };
    match update.conflict {
        Conflict::Fail => Need::Nothing,
        Conflict::Replace => Need::Savepoint,
        Conflict::Other if replaces => Need::Savepoint,
        Conflict::Other if !is_reached_by_others && is_plain(&update.returning) && is_one_row() => Need::Nothing,
        Conflict::Other => Need::Journal,
    }
}

fn of_delete(delete: &Delete, catalog: &dyn Catalog) -> Need {
    let Surroundings { is_reached_by_others, .. } = catalog.surroundings(&delete.table);
    let cannot_fail = delete.clauses.iter().chain(&delete.limit).all(cannot_fail);
    if cannot_fail && !is_reached_by_others && is_plain(&delete.returning) { Need::Nothing } else { Need::Journal }
}

/// Whether RETURNING lists only columns, literals and parameters.
fn is_plain(returning: &[SelectItem]) -> bool {
    returning.iter().all(|column| match column {
        SelectItem::All(..) => true,
        SelectItem::Expr { expr, .. } => matches!(expr, Expr::Column { .. } | Expr::Literal(_) | Expr::Parameter(_)),
    })
}

/// Whether a condition compares a key with one value.
fn finds_by(condition: &Expr, key: &str) -> bool {
    let is_key = |expr: &Expr| matches!(expr, Expr::Column { name, .. } if name.eq_ignore_ascii_case(key));
    let is_value = |expr: &Expr| matches!(expr, Expr::Parameter(_) | Expr::Literal(_));
    match condition {
        Expr::Binary(Binary::Compare(Comparison::Equality), one, other) => {
            (is_key(one) && is_value(other)) || (is_value(one) && is_key(other))
        }
        _ => false,
    }
}

/// Whether nothing in an expression can fail once the statement runs; comparisons cannot.
fn cannot_fail(expr: &Expr) -> bool {
    match expr {
        Expr::Column { .. } | Expr::Parameter(_) | Expr::Literal(_) => true,
        Expr::Unary(Unary::Logic | Unary::Collate | Unary::Sign, operand) => cannot_fail(operand),
        Expr::Binary(Binary::Logic | Binary::Compare(_), one, other) => cannot_fail(one) && cannot_fail(other),
        Expr::Between(value, low, high) => [value, low, high].into_iter().all(|expr| cannot_fail(expr)),
        Expr::In(value, list) => cannot_fail(value) && list.iter().all(cannot_fail),
        Expr::Row(values) => values.iter().all(cannot_fail),
        Expr::Cast(operand, _) => cannot_fail(operand),
        _ => false,
    }
}

impl Place {
    /// Where a call can be written into the SELECT of an INSERT; `limit` is the place at its LIMIT.
    pub(crate) fn of_select(terms: &[Term], limit: Place) -> Self {
        // VALUES takes no LIMIT.
        if matches!(terms.last(), Some(Term::Values(_))) { Self::Nowhere } else { limit }
    }

    /// The edits that write a function call there.
    fn edits(&self) -> Edits {
        match self {
            Self::Condition(span) => vec![(span.start, "("), (span.end, ") AND abs(1)")],
            Self::NoCondition(end) => vec![(*end, " WHERE abs(1)")],
            // nullif(value, NULL) is the value itself: https://www.sqlite.org/lang_corefunc.html#nullif
            Self::Expression(span) => vec![(span.start, "nullif("), (span.end, ", NULL)")],
            // A negative LIMIT is no limit: https://www.sqlite.org/lang_select.html#limitoffset
            Self::NoLimit(end) => vec![(*end, " LIMIT -abs(1)")],
            Self::Nowhere => Vec::new(),
        }
    }
}

/// Applies the edits to a text; `None` if it becomes too long.
pub(crate) fn edited(sql: &str, edits: &Edits) -> Option<String> {
    let mut text = sql.to_owned();
    for (at, edit) in edits.iter().rev() {
        text.insert_str(*at, edit);
    }
    limits::sql_length(&text).is_ok().then_some(text)
}

/// The offset of a byte after the edits are applied. An edit at that very offset comes before the byte.
pub(crate) fn shifted(at: usize, edits: &Edits) -> usize {
    at + edits.iter().filter(|(edited, _)| *edited <= at).map(|(_, edit)| edit.len()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::sql::parser::{classify, parse};
    use crate::types::catalog::Table;

    /// `t` has no triggers or references, `parent` is reached by others, `replacing` has ON CONFLICT REPLACE.
    struct Tables;

    impl Catalog for Tables {
        fn table(&self, name: &str) -> Option<Arc<Table>> {
            let (name, columns, rowid) = (name.to_owned(), Vec::new(), Some("id".to_owned()));
            let (view, is_without_rowid, refers_to_itself) = (None, false, false);
            Some(Arc::new(Table { name, view, is_without_rowid, refers_to_itself, rowid, columns }))
        }

        fn surroundings(&self, table: &str) -> Surroundings {
            Surroundings { is_reached_by_others: table == "parent", replaces: table == "replacing" }
        }
    }

    fn remedied(sql: &str) -> Remedy {
        let statement = parse(sql).unwrap_or_else(|| panic!("{sql}"));
        remedy(Some(&statement), classify(sql), &Tables)
    }

    #[test]
    fn what_writes_one_row_or_cannot_fail_is_whole() {
        for sql in [
            "INSERT INTO t (a) VALUES (? || ?)",
            "INSERT INTO t DEFAULT VALUES",
            "INSERT INTO t (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET a = excluded.a RETURNING id, a",
            "INSERT OR IGNORE INTO t VALUES (1)",
            "INSERT OR FAIL INTO t VALUES (1), (2)",
            "UPDATE t SET a = a || ? WHERE \"t\".\"id\" = ?",
            "UPDATE OR FAIL t SET a = 1",
            "DELETE FROM t",
            "DELETE FROM t WHERE a > ? AND b IN (1, 2) OR c IS NULL",
            "DELETE FROM t WHERE id = 1 RETURNING *",
            "SELECT 1",
            "CREATE TABLE u AS SELECT 1",
        ] {
            assert_eq!(remedied(sql), Remedy::None, "{sql}");
        }
    }

    #[test]
    fn a_call_makes_sqlite_keep_a_journal() {
        for (sql, text) in [
            ("UPDATE t SET a = 1", "UPDATE t SET a = 1 WHERE abs(1)"),
            ("UPDATE t SET a = 1 RETURNING a -- it", "UPDATE t SET a = 1 WHERE abs(1) RETURNING a -- it"),
            ("UPDATE t SET a = 1 WHERE b OR c", "UPDATE t SET a = 1 WHERE (b OR c) AND abs(1)"),
            ("UPDATE t SET a = 1 FROM u WHERE t.id = 1", "UPDATE t SET a = 1 FROM u WHERE (t.id = 1) AND abs(1)"),
            ("UPDATE parent SET a = 1 WHERE id = 1", "UPDATE parent SET a = 1 WHERE (id = 1) AND abs(1)"),
            ("DELETE FROM parent", "DELETE FROM parent WHERE abs(1)"),
            ("DELETE FROM t WHERE a || ?", "DELETE FROM t WHERE (a || ?) AND abs(1)"),
            (
                "DELETE FROM t WHERE id = 1 RETURNING (SELECT sum(n) FROM s)",
                "DELETE FROM t WHERE (id = 1) AND abs(1) RETURNING (SELECT sum(n) FROM s)",
            ),
            ("INSERT INTO t VALUES (?, 1), (2, 3)", "INSERT INTO t VALUES (nullif(?, NULL), 1), (2, 3)"),
            ("INSERT INTO parent VALUES (1)", "INSERT INTO parent VALUES (nullif(1, NULL))"),
            ("INSERT INTO t SELECT * FROM s", "INSERT INTO t SELECT * FROM s LIMIT -abs(1)"),
            (
                "INSERT INTO t SELECT * FROM s ORDER BY 1 LIMIT ? OFFSET 2 RETURNING a",
                "INSERT INTO t SELECT * FROM s ORDER BY 1 LIMIT nullif(?, NULL) OFFSET 2 RETURNING a",
            ),
            (
                "INSERT INTO t SELECT * FROM s WHERE 1 ON CONFLICT DO NOTHING",
                "INSERT INTO t SELECT * FROM s WHERE 1 LIMIT -abs(1) ON CONFLICT DO NOTHING",
            ),
        ] {
            let Remedy::Call(edits) = remedied(sql) else { panic!("{sql}") };
            assert_eq!(edited(sql, &edits).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_savepoint_is_needed_where_a_call_does_not_help() {
        for sql in [
            "REPLACE INTO t VALUES (1)",
            "UPDATE OR REPLACE t SET a = 1 WHERE id = 1",
            "INSERT INTO replacing VALUES (1)",
            "UPDATE replacing SET a = 1 WHERE id = 1",
            "INSERT INTO parent DEFAULT VALUES",
            "INSERT INTO t SELECT 1 UNION ALL VALUES (2)",
        ] {
            assert_eq!(remedied(sql), Remedy::Savepoint, "{sql}");
        }
    }

    #[test]
    fn bytes_move_behind_the_edits() {
        let sql = "INSERT INTO t VALUES (1, 2), (3, 4)";
        let Remedy::Call(edits) = remedied(sql) else { panic!("{sql}") };
        let text = edited(sql, &edits).unwrap();
        assert_eq!(&text[shifted(21, &edits)..shifted(27, &edits)], "(nullif(1, NULL), 2)");
        assert_eq!(&text[shifted(29, &edits)..shifted(35, &edits)], "(3, 4)");
    }
}
