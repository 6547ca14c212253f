//! Schemas that are hard to read. Their tables have different names, so that all of them fit into one database.

/// Each a script.
pub(super) const ALL: [&str; 7] = [KEYS, NAMES, TYPES, GENERATED, INDEXES, CONFLICTS, BESIDE];

const KEYS: &str = "
CREATE TABLE person (id INTEGER PRIMARY KEY, boss INT REFERENCES person (id) ON DELETE SET NULL, mother INT REFERENCES person);
CREATE TABLE site (country TEXT NOT NULL, number INT NOT NULL, name TEXT UNIQUE, PRIMARY KEY (country, number));
CREATE TABLE visit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, country TEXT, number INT, person INT NOT NULL,
    FOREIGN KEY (country, number) REFERENCES site (country, number) ON DELETE CASCADE ON UPDATE SET DEFAULT,
    FOREIGN KEY (country, number) REFERENCES site DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (person) REFERENCES person (id) ON DELETE RESTRICT DEFERRABLE INITIALLY IMMEDIATE
);
CREATE TABLE person_site (
    person INT REFERENCES person (id) ON DELETE CASCADE, country TEXT, number INT,
    PRIMARY KEY (person, number DESC, country), FOREIGN KEY (country, number) REFERENCES site (country, number)
) WITHOUT ROWID;
CREATE TABLE strict_key (id TEXT PRIMARY KEY, data ANY) STRICT, WITHOUT ROWID;
CREATE TABLE no_rowid (id INTEGER PRIMARY KEY DESC, value);
CREATE TABLE rowid_after_all (id INTEGER, value, PRIMARY KEY (id DESC));
CREATE TABLE collated_key (id TEXT, PRIMARY KEY (id COLLATE NOCASE));
CREATE TABLE collated_keys (a TEXT COLLATE RTRIM, b TEXT, PRIMARY KEY (a, b COLLATE NOCASE), UNIQUE (b DESC, a COLLATE BINARY));
CREATE TABLE without_key (a, b);";

const NAMES: &str = r#"
CREATE TABLE "the ""order"" of [things]" ("select" INTEGER PRIMARY KEY, "a b" TEXT, "x""y" INT, `back``tick` INT, [in brackets] INT,
    "größe, №" REAL, 名前 TEXT, 'single' TEXT, "" TEXT, CHECK ("x""y" > 0), UNIQUE ("a b", 名前));
CREATE INDEX "index on ""it""" ON "the ""order"" of [things]" ("x""y", 名前 DESC);
CREATE INDEX 索引 ON "the ""order"" of [things]" ("a b" || 名前) WHERE "größe, №" > 1;
CREATE TABLE "table" ("primary" INT, "check" INT REFERENCES "the ""order"" of [things]" ("select"), "references" TEXT, "constraint" INT,
    "unique" INT, "foreign" INT, "collate" INT, "default" INT DEFAULT 1, "generated" INT, "as" INT, CONSTRAINT "my ""check""" CHECK ("default" IN (1, 2)));
CREATE TABLE "émile's" ("it's" TEXT DEFAULT 'it''s', "a;b" INT, "--" INT, "/*" INT);"#;

/// Each declared type that sea-query writes, and some of other hands.
const TYPES: &str = "
CREATE TABLE every_type (
    a char, b char(3), c varchar, d varchar(255), e text, f tinyint, g smallint, h integer, i bigint, j float, k double, l real(16, 4),
    m real_decimal, n real_money, o real_money(10, 2), p datetime_text, q timestamp_text, r timestamp_with_timezone_text, s time_text,
    t date_text, u blob, v blob(16), w varbinary_blob, x varbinary_blob(8), y boolean, z json_text, aa jsonb_text, ab uuid_text,
    ac enum_text, ad, ae INTEGER, af INT, ag DOUBLE PRECISION, ah UNSIGNED BIG INT, ai NVARCHAR ( 100 ), aj DECIMAL(10,5), ak NUMERIC, al DATE,
    am DATETIME, an BOOLEAN, ao CLOB, ap MEDIUMINT, aq REAL, ar ANY, at \"quoted type\", au NATIVE CHARACTER(70)
);
CREATE TABLE strict_types (a INT, b INTEGER, c REAL, d TEXT, e BLOB, f ANY) STRICT;
CREATE TABLE default_values (
    a INT DEFAULT 1, b INT DEFAULT -1, c INT DEFAULT +1, d REAL DEFAULT 1.5e3, e TEXT DEFAULT 'it''s', f TEXT DEFAULT bare, g DEFAULT NULL,
    h DEFAULT CURRENT_TIMESTAMP, i DEFAULT (datetime('now', '+1 day')), j BLOB DEFAULT x'00FF', k DEFAULT TRUE, l DEFAULT (1 + (2 * 3)),
    m TEXT DEFAULT '', n TEXT DEFAULT ('a' || 'b' -- comment
    ), o INT DEFAULT 9223372036854775807, p TEXT DEFAULT \"quoted\", q TEXT DEFAULT '?', r DEFAULT 0x10, s DEFAULT (CURRENT_DATE)
);";

const GENERATED: &str = "
CREATE TABLE computed (
    id INTEGER PRIMARY KEY, a INT, b INT GENERATED ALWAYS AS (a * 2), c TEXT AS (coalesce(a, ')') || ',') STORED NOT NULL,
    d AS (a > 1) VIRTUAL UNIQUE, e INT NOT NULL GENERATED ALWAYS AS (json_extract('[1]', '$[0]')) CHECK (e > 0)
);";

const INDEXES: &str = "
CREATE TABLE sorted (a TEXT COLLATE NOCASE, b INT UNIQUE, c REAL, d TEXT, UNIQUE (a, b), UNIQUE (c DESC, d COLLATE NOCASE));
CREATE INDEX sorted_plain ON sorted (a);
CREATE INDEX sorted_desc ON sorted (a ASC, b DESC);
CREATE UNIQUE INDEX sorted_unique ON sorted (d);
CREATE UNIQUE INDEX sorted_partial ON sorted (d, c) WHERE c > 0 AND d NOT LIKE '%,%';
CREATE INDEX sorted_collated ON sorted (a COLLATE BINARY, d COLLATE NOCASE DESC);
CREATE INDEX sorted_expression ON sorted (lower(d) COLLATE NOCASE, c + b DESC, a);";

const CONFLICTS: &str = "
CREATE TABLE lenient (
    id INTEGER PRIMARY KEY ON CONFLICT REPLACE, a INT NOT NULL ON CONFLICT IGNORE, b TEXT UNIQUE ON CONFLICT FAIL, c INT,
    UNIQUE (a, c) ON CONFLICT REPLACE
);
CREATE TABLE lenient_key (a INT, b INT, PRIMARY KEY (a, b) ON CONFLICT IGNORE, CHECK (a > 0), CONSTRAINT same CHECK (a <> b), CHECK (a > 0));
CREATE TABLE counted (id INTEGER PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT, b);";

const BESIDE: &str = "
CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT, title TEXT);
CREATE VIRTUAL TABLE note_search USING fts5(title, body, content='note', content_rowid='id');
CREATE VIRTUAL TABLE words USING fts5vocab('note_search', 'row');
CREATE VIRTUAL TABLE own_search USING fts5(text, tokenize = 'porter');
CREATE VIRTUAL TABLE area USING rtree(id, x1, x2, y1, y2);
CREATE VIEW titles AS SELECT id, upper(title) AS title FROM note;
CREATE VIEW long_titles (key, text) AS SELECT id, title FROM titles WHERE length(title) > 3;
CREATE TRIGGER note_search_insert AFTER INSERT ON note BEGIN
    INSERT INTO note_search (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER titles_insert INSTEAD OF INSERT ON titles WHEN new.id > 0 BEGIN
    INSERT INTO note (id, title) VALUES (new.id, CASE WHEN new.title = '' THEN 'none' ELSE new.title END);
END;";

/// One script a table; each table but the first points to the one before it, and has an index of its own.
pub(super) fn many_tables(count: usize) -> Vec<String> {
    let table = |at: usize| {
        let before = at.saturating_sub(1);
        let columns: String = (0..10).map(|column| format!(", column_{column} TEXT DEFAULT 'none'")).collect();
        format!(
            "CREATE TABLE table_{at} (id INTEGER PRIMARY KEY, before INT REFERENCES table_{before} (id){columns}, UNIQUE (column_0));
            CREATE INDEX index_{at} ON table_{at} (column_1, column_2 DESC) WHERE column_3 IS NOT NULL"
        )
    };
    (0..count).map(table).collect()
}
