//! The runtime's limits. The driver checks a statement against them before sending it, as far as it can.
//! <https://developers.cloudflare.com/durable-objects/platform/limits/#sql-storage-limits>

/// Bound parameters of one statement.
pub(crate) const PARAMETERS: usize = 100;
/// Bytes of one statement's text.
pub(crate) const SQL_LENGTH: u32 = 100_000;
/// Bytes of one text, blob or row that workerd 2026-11-17 accepts. The limits page documents 2 MB.
pub(crate) const VALUE_LENGTH: u32 = 8_388_642;
/// Bytes of a LIKE or GLOB pattern.
pub(crate) const PATTERN_LENGTH: u32 = 50;
/// Columns of a table and of a result.
pub(crate) const COLUMNS: usize = 100;
/// Tables of a join: <https://www.sqlite.org/limits.html#max_join_tables>.
pub(crate) const TABLES: usize = 64;
/// Terms of a compound SELECT.
pub(crate) const COMPOUND_TERMS: u32 = 5;

pub(crate) fn sql_length(sql: &str) -> Result<(), String> {
    if sql.len() <= SQL_LENGTH as usize {
        return Ok(());
    }
    Err(format!(
        "the statement is {} bytes long, and a Durable Object takes {SQL_LENGTH}: split its values over several \
         statements in one transaction",
        sql.len()
    ))
}

/// Refuses a statement if the text to send for it has become too long.
///
/// # Errors
/// Names the lengths of both texts in bytes.
pub(crate) fn sent_length(sent: &str, statement: &str) -> Result<(), String> {
    sql_length(statement)?;
    if sent.len() <= SQL_LENGTH as usize {
        return Ok(());
    }
    Err(format!(
        "the statement of {} bytes takes {} to keep its values exact, and a Durable Object takes {SQL_LENGTH}: \
         shorten it, or split its values over several statements in one transaction",
        statement.len(),
        sent.len()
    ))
}

pub(crate) fn value_length(length: usize) -> Result<(), String> {
    if length <= VALUE_LENGTH as usize {
        return Ok(());
    }
    Err(format!("{length} bytes, and a Durable Object stores at most {VALUE_LENGTH} in one value: store it in pieces"))
}

pub(crate) fn pattern_length(length: usize) -> Result<(), String> {
    if length <= PATTERN_LENGTH as usize {
        return Ok(());
    }
    Err(format!(
        "a LIKE or GLOB pattern of {length} bytes, and a Durable Object takes {PATTERN_LENGTH}: instr(column, text) > 0 \
         finds text of any length"
    ))
}

pub(crate) fn compound_terms(terms: usize) -> Result<(), String> {
    if terms <= COMPOUND_TERMS as usize {
        return Ok(());
    }
    Err(format!(
        "a compound SELECT of {terms} terms, and a Durable Object takes {COMPOUND_TERMS}: nest some of them as \
         SELECT * FROM (…)"
    ))
}

/// Explains a runtime message about a limit that SQLite checks only when it compiles or runs a statement.
pub(crate) fn explanation(message: &str) -> Option<&'static str> {
    const TRIGGERS: &str = "triggers may start each other 10 levels deep";
    const MESSAGES: [(&str, &str); 9] = [
        (
            "out of memory",
            "before workerd 2026-11-17, a statement may compile to 25,000 operations: split its values over several \
             statements",
        ),
        (
            "too many SQL variables",
            "a statement may have 100 parameters, and a literal cannot replace a term of ORDER BY",
        ),
        ("Recursion limit", "a statement may not be nested so deeply"),
        (
            "string or blob too big",
            "a value or a row may have 8,388,642 bytes, or 2 MB where the documented limit applies",
        ),
        ("too many columns", "a table or a result may have 100 columns"),
        ("Expression tree is too large", "an expression may be 100 levels deep: use IN instead of a chain of OR"),
        ("LIKE or GLOB pattern too complex", "a pattern may have 50 bytes: instr(column, text) > 0 finds any text"),
        ("triggers nested too deep", TRIGGERS),
        // SQLite before 3.54.
        ("too many levels of trigger recursion", TRIGGERS),
    ];
    MESSAGES.iter().find(|(start, _)| message.starts_with(start)).map(|(_, limit)| *limit)
}
