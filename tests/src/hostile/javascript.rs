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
        read("a lone high surrogate", &[0xD800, 0x78], ArrayType::String, "?"),
        read("a lone low surrogate", &[0x78, 0xDC00], ArrayType::String, "?"),
        read("surrogates the wrong way round", &[0xDC00, 0xD800], ArrayType::String, "?"),
        read("a high surrogate twice", &[0xD83D, 0xD83D, 0xDE00], ArrayType::String, "?"),
        read("a pair of surrogates", &[0xD83E, 0xDD80], ArrayType::String, "?"),
        read("a lone surrogate in a blob", &[0xD800], ArrayType::Bytes, "?"),
        read("NULs in JavaScript's text", &[0, 0x61, 0], ArrayType::String, "?"),
        rows("a read behind an open cursor", SELECT, "SELECT count(*) FROM sentinel", "?"),
        rows("the same read behind an open cursor", SELECT, SELECT, "?"),
        behind("a write behind an open cursor", SELECT, "INSERT INTO hostile VALUES (1)", "?"),
        behind("a new index behind an open cursor", SELECT, "CREATE INDEX more ON hostile (it); DROP INDEX more", "?"),
        behind("a table that is dropped behind an open cursor", SELECT, "CREATE TABLE more (a); DROP TABLE more", "?"),
        behind("a script that fails behind an open cursor", SELECT, "INSERT INTO hostile VALUES (1); nonsense", "?"),
        rows("a read behind an open RETURNING", RETURNING, "SELECT count(*) FROM hostile", "?"),
        behind("a write behind an open RETURNING", RETURNING, "INSERT INTO hostile VALUES (3)", "?"),
        behind(
            "a transaction behind an open RETURNING",
            RETURNING,
            "INSERT INTO hostile VALUES (3); DELETE FROM hostile",
            "?",
        ),
    ]
}
