//! What only JavaScript can do to the database of an object.

use sea_orm::sea_query::ArrayType;

use super::past::Raw;
use super::{Act, Input};

pub(super) fn inputs() -> Vec<Input> {
    let read = |name, units, ty, ends| Input::new(name, Act::Read(Raw::Units(units), ty), ends);
    let behind =
        |name, open, sql: &str, ends| Input::new(name, Act::Behind(open, Act::Script(sql.to_owned()).into()), ends);
    let rows = |name, open, sql: &str, ends| {
        Input::new(name, Act::Behind(open, Act::Query(sql.to_owned(), Vec::new()).into()), ends)
    };
    const SELECT: &str = "SELECT * FROM sentinel";
    const RETURNING: &str = "INSERT INTO hostile VALUES (1), (2) RETURNING it";
    vec![
        read("a lone high surrogate", &[0xD800, 0x78], ArrayType::String, "\u{FFFD}\u{FFFD}\u{FFFD}x"),
        read("a lone low surrogate", &[0x78, 0xDC00], ArrayType::String, "x\u{FFFD}\u{FFFD}\u{FFFD}"),
        read(
            "surrogates the wrong way round",
            &[0xDC00, 0xD800],
            ArrayType::String,
            "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
        ),
        read(
            "a high surrogate twice",
            &[0xD83D, 0xD83D, 0xDE00],
            ArrayType::String,
            "\u{FFFD}\u{FFFD}\u{FFFD}\u{1F600}",
        ),
        read("a pair of surrogates", &[0xD83E, 0xDD80], ArrayType::String, "\u{1F980}"),
        read(
            "a lone surrogate in a blob",
            &[0xD800],
            ArrayType::Bytes,
            "Type Error: column `it`: text '\u{FFFD}\u{FFFD}\u{FFFD}' does not fit Bytes",
        ),
        read("NULs in JavaScript's text", &[0, 0x61, 0], ArrayType::String, "\\0a\\0"),
        rows("a read behind an open cursor", SELECT, "SELECT count(*) FROM sentinel", "2"),
        rows("the same read behind an open cursor", SELECT, SELECT, "2 rows, the first 1, it\\'s here, [00, FF]"),
        behind("a write behind an open cursor", SELECT, "INSERT INTO hostile VALUES (1)", "1 rows"),
        behind(
            "a new index behind an open cursor",
            SELECT,
            "CREATE INDEX more ON hostile (it); DROP INDEX more",
            "Execution Error: database table is locked: SQLITE_LOCKED, and the cursor is aborted",
        ),
        behind(
            "a table that is dropped behind an open cursor",
            SELECT,
            "CREATE TABLE more (a); DROP TABLE more",
            "Execution Error: database table is locked: SQLITE_LOCKED, and the cursor is aborted",
        ),
        behind(
            "a script that fails behind an open cursor",
            SELECT,
            "INSERT INTO hostile VALUES (1); nonsense",
            "Execution Error: near \"nonsense\": syntax error at offset 0: SQLITE_ERROR, and the cursor is aborted",
        ),
        rows("a read behind an open RETURNING", RETURNING, "SELECT count(*) FROM hostile", "2"),
        behind("a write behind an open RETURNING", RETURNING, "INSERT INTO hostile VALUES (3)", "1 rows"),
        behind(
            "a transaction behind an open RETURNING",
            RETURNING,
            "INSERT INTO hostile VALUES (3); DELETE FROM hostile",
            "Execution Error: internal error; reference = …",
        ),
    ]
}
