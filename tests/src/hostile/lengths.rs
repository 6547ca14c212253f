//! What is too long or too many, and what just fits.

use std::iter::repeat_n;

use sea_orm::Value;

use super::{Input, execute, query, script, store};

/// The runtime's limit of a value and of a row, in bytes.
const VALUE: usize = 8_388_642;
/// What a row of one long value takes beside it.
const OF_ROW: usize = 5;

fn too_big(method: &str) -> String {
    format!(
        "{method} Error: string or blob too big: SQLITE_TOOBIG (a value or a row may have 8,388,642 bytes, or 2 MB where \
         the documented limit applies)"
    )
}

pub(super) fn inputs() -> Vec<Input> {
    [values(), parameters(), texts(), patterns()].concat()
}

fn values() -> Vec<Input> {
    let text = |length: usize| "x".repeat(length);
    let too_long = |length: usize| {
        format!(
            "Type Error: parameter 1: {length} bytes, and a Durable Object stores at most {VALUE} in one value: store it \
             in pieces"
        )
    };
    let fits = VALUE - OF_ROW;
    vec![
        store("text of 2 MB", text(2_000_000), "text 'x' 2000000 times"),
        store("text of 4 MiB", text(4 << 20), "text 'x' 4194304 times"),
        store("text that just fits", text(fits), format!("text 'x' {fits} times")),
        store("text that fits without its row", text(VALUE), too_big("Execution")),
        store("text a byte too long", text(VALUE + 1), too_long(VALUE + 1)),
        store("blob of 4 MiB", vec![7_u8; 4 << 20], "blob of 4194304 bytes, all Some(7)"),
        store("blob that just fits", vec![7_u8; fits], format!("blob of {fits} bytes, all Some(7)")),
        store("blob that fits without its row", vec![7_u8; VALUE], too_big("Execution")),
        store("blob a byte too long", vec![7_u8; VALUE + 1], too_long(VALUE + 1)),
        store("blob of 64 MiB", vec![7_u8; 64 << 20], too_long(64 << 20)),
        store("long text in characters of three bytes", "☃".repeat(fits / 3), format!("text '☃' {} times", fits / 3)),
        store(
            "text a byte too long in characters of three bytes",
            "☃".repeat(VALUE / 3 + 1),
            too_long(3 * (VALUE / 3 + 1)),
        ),
        store("text of 1.9 MB of NULs", "\0".repeat(1_900_000), "text '\\0' 1900000 times"),
        query(
            "text that SQLite makes too long",
            "SELECT length(replace(hex(zeroblob(10000)), '0', ?))",
            [text(1000).into()],
            too_big("Query"),
        ),
        query("zeroblob beyond a value", "SELECT length(zeroblob(1000000000))", [], too_big("Query")),
    ]
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

fn numbers(count: i64) -> impl Iterator<Item = Value> {
    (0..count).map(Value::from)
}

fn parameters() -> Vec<Input> {
    let among = |count: usize| format!("SELECT count(*) FROM sentinel WHERE id IN ({})", marks(count));
    let rows = |count: usize| format!("INSERT INTO hostile VALUES {}", vec!["(?)"; count].join(", "));
    let texts = |count: usize| (0..count).map(|at| Value::from(format!("'{at}")));
    let terms = |count: usize| format!("SELECT id FROM sentinel ORDER BY {}", vec!["?"; count].join(", "));
    vec![
        query("100 parameters", among(100), numbers(100), "2"),
        query("101 parameters", among(101), numbers(101), "2"),
        query("5,000 parameters", among(5000), numbers(5000), "2"),
        query("5,000 parameters of text", among(5000), texts(5000), "0"),
        query(
            "30,000 parameters",
            among(30_000),
            numbers(30_000),
            "Execution Error: the statement of 90042 bytes takes 198932 to keep its values exact, and a Durable Object takes 100000: shorten it, or split its values over several statements in one transaction",
        ),
        execute("101 rows", rows(101), numbers(101), "101 rows"),
        execute("5,000 rows", rows(5000), texts(5000), "5000 rows"),
        execute(
            "101 parameters in one row",
            format!("INSERT INTO hostile SELECT max({})", marks(101)),
            numbers(101),
            "1 rows",
        ),
        query(
            "101 terms of ORDER BY",
            terms(101),
            numbers(101),
            "Query Error: too many SQL variables at offset 2139: SQLITE_ERROR (a statement may have 100 parameters, and a literal cannot replace a term of ORDER BY)",
        ),
        query(
            "a parameter too few",
            "SELECT ?, ?",
            [1.into()],
            "Execution Error: the statement has 2 parameters, but 1 value was given",
        ),
        query(
            "a parameter too many",
            "SELECT ?",
            [1.into(), 2.into()],
            "Execution Error: the statement has 1 parameter, but 2 values were given",
        ),
        query(
            "parameters for none",
            "SELECT 1",
            [1.into()],
            "Execution Error: the statement has 0 parameters, but 1 value was given",
        ),
        query(
            "none for parameters",
            "SELECT ?",
            [],
            "Execution Error: the statement has 1 parameter, but 0 values were given",
        ),
        query("a gap in the numbers", "SELECT ?1, ?3", [1.into(), 2.into(), 3.into()], "Int(Some(1)), Int(Some(3))"),
        query(
            "a gap without a value",
            "SELECT ?1, ?3",
            [1.into(), 3.into()],
            "Execution Error: the statement has 3 parameters, but 2 values were given",
        ),
        query("parameter 0", "SELECT ?0", [1.into()], "Execution Error: parameter `?0` has no position"),
        query("parameter 101", "SELECT ?101", repeat_n(1.into(), 101), "Int(Some(1))"),
        query(
            "parameter 2^32 + 1",
            "SELECT ?4294967297",
            [1.into()],
            "Query Error: variable number must be between ?1 and ?100 at offset 13: SQLITE_ERROR",
        ),
        query(
            "parameter 2^64",
            "SELECT ?18446744073709551616",
            [1.into()],
            "Query Error: variable number must be between ?1 and ?100 at offset 13: SQLITE_ERROR",
        ),
        query(
            "names that repeat",
            "SELECT :a, @a, $a, :a",
            [1.into(), 2.into(), 3.into()],
            "Int(Some(1)), Int(Some(2)), Int(Some(3)), Int(Some(1))",
        ),
        query("a name in Tcl's way", "SELECT $a::b(c)", [1.into()], "Int(Some(1))"),
        query(
            "a register",
            "SELECT #1",
            [1.into()],
            "Query Error: near \"#1\": syntax error at offset 13: SQLITE_ERROR",
        ),
        query(
            "parameters in a text and a comment",
            "SELECT '?', \"?\" /* ? */ FROM (SELECT 1 AS \"?\") -- ?",
            [],
            "?, 1",
        ),
    ]
}

fn texts() -> Vec<Input> {
    let padded = |start: &str, length: usize| format!("{start}{}", " ".repeat(length - start.len() - 1) + "--");
    let literal = |length: usize| format!("SELECT '{}'", "x".repeat(length - 9));
    vec![
        query("a statement of 99,999 bytes", literal(99_999), [], "'x' 99990 times"),
        query("a statement of 100,000 bytes", literal(100_000), [], "'x' 99991 times"),
        query(
            "a statement of 100,001 bytes",
            literal(100_001),
            [],
            "Execution Error: the statement is 100001 bytes long, and a Durable Object takes 100000: split its values over several statements in one transaction",
        ),
        query("a statement and a long comment", padded("SELECT 1", 100_001), [], "1"),
        execute(
            "a statement that grows beyond 100,000 bytes",
            format!("SELECT {}", vec!["?"; 30].join(&format!("||'{}'||", "x".repeat(3_400)))),
            numbers(30),
            "0 rows",
        ),
        script("a script of 200,000 bytes", "SELECT 1; ".repeat(20_000), "0 rows"),
        script(
            "a script with one statement of 100,001 bytes",
            format!("DELETE FROM sentinel; {}", literal(100_001)),
            "Execution Error: the statement is 100001 bytes long, and a Durable Object takes 100000: split its values over several statements in one transaction",
        ),
        query(
            "a statement of 10 MB",
            literal(10_000_000),
            [],
            "Execution Error: the statement is 10000000 bytes long, and a Durable Object takes 100000: split its values over several statements in one transaction",
        ),
    ]
}

fn patterns() -> Vec<Input> {
    let like = "SELECT count(*) FROM sentinel WHERE text LIKE ?";
    let escaped = "SELECT count(*) FROM sentinel WHERE text LIKE ? ESCAPE '!'";
    let x = |length: usize| Value::from("x".repeat(length));
    vec![
        query("a pattern of 50 bytes", like, [x(50)], "0"),
        query(
            "a pattern of 51 bytes",
            like,
            [x(51)],
            "Type Error: parameter 1: a LIKE or GLOB pattern of 51 bytes, and a Durable Object takes 50: instr(column, text) > 0 finds text of any length",
        ),
        query(
            "a pattern of 17 characters and 51 bytes",
            like,
            ["☃".repeat(17).into()],
            "Type Error: parameter 1: a LIKE or GLOB pattern of 51 bytes, and a Durable Object takes 50: instr(column, text) > 0 finds text of any length",
        ),
        query(
            "a pattern of 51 bytes with ESCAPE",
            escaped,
            [x(51)],
            "Type Error: parameter 1: a LIKE or GLOB pattern of 51 bytes, and a Durable Object takes 50: instr(column, text) > 0 finds text of any length",
        ),
        query(
            "GLOB of 51 bytes",
            "SELECT count(*) FROM sentinel WHERE text GLOB ?",
            [x(51)],
            "Type Error: parameter 1: a LIKE or GLOB pattern of 51 bytes, and a Durable Object takes 50: instr(column, text) > 0 finds text of any length",
        ),
        query(
            "a pattern of 51 bytes in the text",
            format!("SELECT count(*) FROM sentinel WHERE text LIKE '{}'", "x".repeat(51)),
            [],
            "Query Error: LIKE or GLOB pattern too complex: SQLITE_ERROR (a pattern may have 50 bytes: instr(column, text) > 0 finds any text)",
        ),
        query(
            "a pattern that is put together",
            "SELECT count(*) FROM sentinel WHERE text LIKE '%' || ? || '%'",
            [x(49)],
            "Query Error: LIKE or GLOB pattern too complex: SQLITE_ERROR (a pattern may have 50 bytes: instr(column, text) > 0 finds any text)",
        ),
        query(
            "like() as a function",
            "SELECT like(?, 'x')",
            [x(51)],
            "Query Error: LIKE or GLOB pattern too complex: SQLITE_ERROR (a pattern may have 50 bytes: instr(column, text) > 0 finds any text)",
        ),
        query(
            "an escape of two characters",
            "SELECT count(*) FROM sentinel WHERE text LIKE 'x' ESCAPE ?",
            ["!!".into()],
            "Query Error: ESCAPE expression must be a single character: SQLITE_ERROR",
        ),
    ]
}
