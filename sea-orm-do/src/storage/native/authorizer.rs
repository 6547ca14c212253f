//! What the runtime allows in SQL: an authorizer that decides as `isAuthorized` in workerd's `util/sqlite.c++` does.
//!
//! <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#supported-sqlite-features>

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::sql::reserved::is_runtime;

/// The runtime's error for `BEGIN` and similar statements.
pub(super) const TRANSACTION: &str = "To execute a transaction, please use the state.storage.transaction() or \
    state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. The JavaScript \
    API is safer because it will automatically roll back on exceptions, and because it interacts correctly with \
    Durable Objects' automatic atomic write coalescing.";

/// The state of the authorizer, shared with the callback that SQLite calls.
#[derive(Debug, Default)]
pub(super) struct Authority {
    /// Whether the storage itself runs the statement, so that everything is allowed.
    lent: AtomicBool,
    /// Whether a transaction was refused since the last check: SQLite's own message would not say why.
    refused_transaction: AtomicBool,
}

impl Authority {
    pub(super) fn install(connection: &Connection) -> rusqlite::Result<Arc<Self>> {
        let authority = Arc::new(Self::default());
        let callback = Arc::clone(&authority);
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            if callback.allows(context) { Authorization::Allow } else { Authorization::Deny }
        }))?;
        Ok(authority)
    }

    /// Runs statements that only the storage itself may run.
    pub(super) fn lend<T>(&self, say: impl FnOnce() -> T) -> T {
        self.lent.store(true, Ordering::Relaxed);
        let result = say();
        self.lent.store(false, Ordering::Relaxed);
        result
    }

    pub(super) fn take_refused_transaction(&self) -> bool {
        self.refused_transaction.swap(false, Ordering::Relaxed)
    }

    fn allows(&self, context: AuthContext<'_>) -> bool {
        if self.lent.load(Ordering::Relaxed) {
            return true;
        }
        if matches!(context.action, AuthAction::Transaction { .. } | AuthAction::Savepoint { .. }) {
            self.refused_transaction.store(true, Ordering::Relaxed);
            return false;
        }
        match (context.action, context.database_name) {
            // Only for this action does SQLite pass the database name first.
            (AuthAction::AlterTable { database_name, table_name }, _) => {
                database_name == "main" && !is_runtime(table_name)
            }
            (AuthAction::Read { table_name, .. } | AuthAction::Update { table_name, .. }, Some("temp")) => {
                !is_runtime(table_name)
            }
            (action, None | Some("main")) => allows(action),
            _ => false,
        }
    }
}

fn allows(action: AuthAction<'_>) -> bool {
    match action {
        AuthAction::Select | AuthAction::Recursive | AuthAction::Analyze { .. } => true,
        AuthAction::CreateTable { table_name: name }
        | AuthAction::DropTable { table_name: name }
        | AuthAction::CreateView { view_name: name }
        | AuthAction::DropView { view_name: name }
        | AuthAction::Reindex { index_name: name }
        | AuthAction::Insert { table_name: name }
        | AuthAction::Delete { table_name: name }
        | AuthAction::Read { table_name: name, .. }
        | AuthAction::Update { table_name: name, .. } => !is_runtime(name),
        AuthAction::CreateIndex { index_name: name, table_name }
        | AuthAction::DropIndex { index_name: name, table_name }
        | AuthAction::CreateTrigger { trigger_name: name, table_name }
        | AuthAction::DropTrigger { trigger_name: name, table_name } => !is_runtime(name) && !is_runtime(table_name),
        AuthAction::CreateVtable { table_name, module_name } | AuthAction::DropVtable { table_name, module_name } => {
            MODULES.iter().any(|module| module.eq_ignore_ascii_case(module_name)) && !is_runtime(table_name)
        }
        AuthAction::Pragma { pragma_name, pragma_value } => allows_pragma(pragma_name, pragma_value),
        AuthAction::Function { function_name } => FUNCTIONS.iter().any(|names| names.contains(&function_name)),
        // Attached and temporary databases, and actions that SQLite may add.
        _ => false,
    }
}

const MODULES: [&str; 4] = ["fts5", "fts5vocab", "rtree", "rtree_i32"];

fn allows_pragma(name: &str, value: Option<&str>) -> bool {
    match name.to_ascii_lowercase().as_str() {
        "table_list" => true,
        "data_version" | "page_size" => value.is_none(),
        "case_sensitive_like"
        | "defer_foreign_keys"
        | "foreign_keys"
        | "ignore_check_constraints"
        | "legacy_alter_table"
        | "recursive_triggers"
        | "reverse_unordered_selects" => value.is_none_or(is_boolean),
        "foreign_key_list" | "index_info" | "index_list" | "index_xinfo" | "table_info" | "table_xinfo" => {
            value.is_some_and(|name| !is_runtime(name))
        }
        "foreign_key_check" | "quick_check" => value.is_none_or(|name| !is_runtime(name)),
        "optimize" => value.is_none_or(is_integer),
        _ => false,
    }
}

/// As the runtime parses it: it ignores quotes and anything after the word.
fn is_boolean(value: &str) -> bool {
    let value = value.trim_matches(['\'', '"']).to_ascii_lowercase();
    ["true", "false", "yes", "no", "on", "off", "1", "0"].iter().any(|word| value.starts_with(word))
}

fn is_integer(value: &str) -> bool {
    match value.strip_prefix("0x") {
        Some(digits) => i32::from_str_radix(digits, 16).is_ok(),
        None => value.parse::<i32>().is_ok(),
    }
}

/// The functions that the runtime allows, by the page of SQLite's documentation that describes them.
#[rustfmt::skip]
const FUNCTIONS: [&[&str]; 7] = [
    // https://www.sqlite.org/lang_corefunc.html
    &[
        "abs", "changes", "char", "coalesce", "concat", "concat_ws", "format", "glob", "hex", "ifnull", "iif", "instr",
        "last_insert_rowid", "length", "like", "likelihood", "likely", "load_extension", "lower", "ltrim", "max", "min",
        "nullif", "octet_length", "printf", "quote", "random", "randomblob", "replace", "round", "rtrim", "sign",
        "substr", "substring", "total_changes", "trim", "typeof", "unhex", "unicode", "unlikely", "upper", "zeroblob",
    ],
    // https://www.sqlite.org/lang_datefunc.html
    &[
        "current_date", "current_time", "current_timestamp", "date", "datetime", "julianday", "strftime", "time",
        "timediff", "unixepoch",
    ],
    // https://www.sqlite.org/lang_aggfunc.html and https://www.sqlite.org/windowfunctions.html
    &[
        "avg", "count", "cume_dist", "dense_rank", "first_value", "group_concat", "lag", "last_value", "lead",
        "nth_value", "ntile", "percent_rank", "rank", "row_number", "string_agg", "sum", "total",
    ],
    // https://www.sqlite.org/lang_mathfunc.html
    &[
        "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "cos", "cosh", "degrees", "exp", "floor",
        "ln", "log", "log2", "mod", "pi", "pow", "radians", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
    ],
    // https://www.sqlite.org/json1.html
    &[
        "->", "->>", "json", "json_array", "json_array_length", "json_each", "json_extract", "json_group_array",
        "json_group_object", "json_insert", "json_object", "json_patch", "json_quote", "json_remove", "json_replace",
        "json_set", "json_tree", "json_type", "json_valid", "jsonb", "jsonb_array", "jsonb_extract",
        "jsonb_group_array", "jsonb_group_object", "jsonb_insert", "jsonb_object", "jsonb_patch", "jsonb_remove",
        "jsonb_replace", "jsonb_set",
    ],
    // https://www.sqlite.org/fts5.html and https://www.sqlite.org/rtree.html
    &["bm25", "highlight", "match", "rtreecheck", "snippet"],
    // Functions that ALTER TABLE itself calls.
    &[
        "sqlite_drop_column", "sqlite_rename_column", "sqlite_rename_quotefix", "sqlite_rename_table",
        "sqlite_rename_test",
    ],
];
