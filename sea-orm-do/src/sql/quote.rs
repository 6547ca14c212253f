//! Names as SQL text.

/// A name as SQL text, in double quotes: <https://www.sqlite.org/lang_keywords.html>.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
