-- Whatever makes the entities of a schema hard to write.
CREATE TABLE every_type (
    id integer PRIMARY KEY AUTOINCREMENT, a_char char NOT NULL, a_char_3 char(3) NOT NULL, a_varchar varchar NOT NULL,
    a_varchar_9 varchar(9) NOT NULL, a_text text NOT NULL, a_tinyint tinyint NOT NULL, a_smallint smallint NOT NULL,
    an_integer integer NOT NULL, a_bigint bigint NOT NULL, a_float float NOT NULL, a_double double NOT NULL, a_real real(16, 4) NOT NULL,
    a_real_decimal real_decimal NOT NULL, a_real_money real_money NOT NULL, a_real_money_2 real_money(10, 2) NOT NULL,
    a_datetime_text datetime_text NOT NULL, a_timestamp_text timestamp_text NOT NULL,
    a_timestamp_with_timezone_text timestamp_with_timezone_text NOT NULL, a_time_text time_text NOT NULL, a_date_text date_text NOT NULL,
    a_blob blob NOT NULL, a_blob_3 blob(3) NOT NULL, a_varbinary_blob varbinary_blob NOT NULL, a_varbinary_blob_8 varbinary_blob(8) NOT NULL,
    a_boolean boolean NOT NULL, a_json_text json_text NOT NULL, a_jsonb_text jsonb_text NOT NULL, a_uuid_text uuid_text NOT NULL,
    an_enum_text enum_text NOT NULL
);
CREATE TABLE other_types (
    id INTEGER PRIMARY KEY, an_int8 INT8, a_double_precision DOUBLE PRECISION, a_numeric NUMERIC, a_numeric_10_2 NUMERIC(10, 2), a_date DATE,
    a_time TIME, a_datetime DATETIME, a_timestamp TIMESTAMP, a_bool BOOL, a_json JSON, a_uuid UUID, a_binary_4 BINARY(4), a_clob CLOB
);
CREATE TABLE strict_types (an_int INT, an_integer INTEGER PRIMARY KEY, a_real REAL, a_text TEXT, a_blob BLOB) STRICT;
CREATE TABLE "the ""order"" of [things]" (
    "select" INTEGER PRIMARY KEY, "a b" TEXT NOT NULL, "x""y" INT, [in brackets] INT, "größe, №" REAL, 名前 TEXT UNIQUE, "type" TEXT, "Self id" INT,
    "HTTPCode" INT, "émile's" TEXT DEFAULT 'it''s', "?" TEXT AS ("a b" || '?')
);
CREATE INDEX "index on ""it""" ON "the ""order"" of [things]" ("a b" || 名前 DESC) WHERE "x""y" > 1;
CREATE TABLE "match" ("the order" INT NOT NULL REFERENCES "the ""order"" of [things]", "async" TEXT NOT NULL, PRIMARY KEY ("the order", "async")) WITHOUT ROWID;
CREATE TABLE person (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, boss INT REFERENCES person (id) ON DELETE SET NULL, mother INT REFERENCES person (id)
);
CREATE TABLE site (country TEXT NOT NULL, number INT NOT NULL, name TEXT UNIQUE, PRIMARY KEY (country, number));
CREATE TABLE visit (
    id INTEGER PRIMARY KEY, country TEXT NOT NULL, number INT NOT NULL, person INT NOT NULL REFERENCES person (id) ON DELETE CASCADE, at TIMESTAMP,
    FOREIGN KEY (country, number) REFERENCES SITE (Country, Number) ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE author (id char(5) PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE book (id INTEGER PRIMARY KEY, author char(5) NOT NULL REFERENCES author (id));
CREATE TABLE club (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE club_member (
    club TEXT NOT NULL REFERENCES club (id) ON DELETE CASCADE, person INT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (club, person)
);
CREATE TABLE with_defaults (
    id INTEGER PRIMARY KEY, number INT NOT NULL DEFAULT (1 + 2 * 3), text TEXT NOT NULL DEFAULT ('a' || 'b'), made_at datetime_text NOT NULL DEFAULT CURRENT_TIMESTAMP,
    twice INT GENERATED ALWAYS AS (number * 2) STORED, upper TEXT AS (upper(text)) NOT NULL
);
CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE VIRTUAL TABLE note_search USING fts5(body, content='note', content_rowid='id');
CREATE TRIGGER note_insert AFTER INSERT ON note BEGIN INSERT INTO note_search (rowid, body) VALUES (new.id, new.body); END;
CREATE VIEW long_note AS SELECT id, body FROM note WHERE length(body) > 10;
CREATE TABLE "self" (
    "2fa" INTEGER PRIMARY KEY, "self" TEXT NOT NULL, "super" TEXT, "Crate" INT UNIQUE, "a-b" INT, a_b INT, up INT REFERENCES "self" ("2fa"),
    CHECK ("self" <> '')
);
CREATE TABLE sea_orm_do (id INTEGER PRIMARY KEY, "self" INT NOT NULL REFERENCES "self" ("2fa") ON DELETE CASCADE);
CREATE TABLE "mod" (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
