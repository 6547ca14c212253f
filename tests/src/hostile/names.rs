//! Names made of what ends names, hides text or is reserved: for tables, columns, indexes, aliases, and the columns of a
//! result whose type is settled by name.

use super::{Act, Input};

pub(super) fn inputs() -> Vec<Input> {
    const FINE: &str = "a name like any other";
    let long: &'static str = Box::leak("n".repeat(10_000).into_boxed_str());
    let fine: [(&'static str, &'static str); 36] = [
        ("a double quote", "a\"b"),
        ("only double quotes", "\"\"\"\""),
        ("a single quote", "a'b"),
        ("a backtick", "a`b"),
        ("brackets", "[a]"),
        ("a closing bracket", "a]b"),
        ("a statement in double quotes", "\"; DROP TABLE sentinel; --"),
        ("a statement in single quotes", "'; DROP TABLE sentinel; --"),
        ("a statement in brackets", "]; DROP TABLE sentinel; --"),
        ("a closing parenthesis", "a) VALUES (1); --"),
        ("a dot", "main.sentinel"),
        ("a comment", "a--b"),
        ("a comment that is not closed", "a/*"),
        ("a question mark", "a?"),
        ("a numbered parameter", "?1"),
        ("a named parameter", ":a"),
        ("a parameter with a dollar", "$1"),
        ("a semicolon", ";"),
        ("a star", "*"),
        ("a space", " "),
        ("white space", "\t\n\r"),
        ("a vertical tab", "\u{b}"),
        ("a mark of byte order", "\u{FEFF}"),
        ("a keyword", "select"),
        ("transaction control", "COMMIT"),
        ("a trigger", "CREATE TRIGGER t BEGIN"),
        ("a snowman", "☃"),
        ("letters of two directions", "\u{202E}a\u{202D}b"),
        ("a percent sign", "%s%n"),
        ("a backslash", "a\\\"b"),
        ("digits", "1"),
        ("null", "null"),
        ("a row's id", "rowid"),
        ("SQLite's name in the middle", "my_sqlite_x"),
        ("the runtime's name in the middle", "a_cf_b"),
        ("10,000 letters", long),
    ];
    let refused: [(&'static str, &'static str, &'static str); 4] = [
        ("an empty name", "", "a name like any other"),
        (
            "a name with a NUL",
            "a\0b",
            "Execution Error: the statement holds a NUL at byte 15, where SQLite would end it: bind text as a parameter",
        ),
        (
            "a name of SQLite's",
            "sqlite_x",
            "Execution Error: object name reserved for internal use: sqlite_x: SQLITE_ERROR",
        ),
        ("a name of the runtime's", "_cf_x", "Execution Error: not authorized: SQLITE_AUTH"),
    ];
    let indexes = [
        ("an index named in single quotes", "a'b", "[[Text(\"a'b\")]]"),
        ("an index named like a statement", "'; DROP TABLE sentinel; --", "[[Text(\"'; DROP TABLE sentinel; --\")]]"),
        (
            "an index with a double quote",
            "a\"b",
            "Execution Error: near \"b\": syntax error at offset 16: SQLITE_ERROR",
        ),
        (
            "an index that ends its statement",
            "a\" ON \"hostile\" (\"it\"); DROP TABLE sentinel; --",
            "Execution Error: more than one statement in a prepared call: use execute_unprepared for a script",
        ),
        (
            "an index with a NUL",
            "a\0b",
            "Execution Error: the statement holds a NUL at byte 15, where SQLite would end it: bind text as a parameter",
        ),
    ];
    let indexes = indexes.map(|(what, name, ends)| Input::new(what, Act::Index(name), ends));
    let fine = fine.map(|(what, name)| Input::new(what, Act::Name(name.to_owned()), FINE));
    let refused = refused.map(|(what, name, ends)| Input::new(what, Act::Name(name.to_owned()), ends));
    fine.into_iter().chain(refused).chain(indexes).collect()
}
