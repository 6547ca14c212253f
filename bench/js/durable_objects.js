/**
 * Kysely on a Durable Object, in the way of kysely-durable-objects as its documentation tells it: Kysely's own SQLite
 * dialect over an object with the interface of better-sqlite3. Each statement that returns no rows is followed by
 * `select changes()` and `select last_insert_rowid()`. That package has no release on npm, so this one stands in for it.
 */
import { SqliteDialect } from "kysely";

const READER = /^\s*(select|values|with|pragma|explain)\b|\breturning\b/i;

export function durableObjectDialect(sql) {
  return new SqliteDialect({ database: { prepare: (text) => statement(sql, text), close() {} } });
}

function statement(sql, text) {
  // The runtime refuses a BigInt; SQLite reads its digits.
  const bound = (parameters) => parameters.map((value) => (typeof value === "bigint" ? String(value) : value));
  return {
    reader: READER.test(text),
    all: (parameters) => sql.exec(text, ...bound(parameters)).toArray(),
    iterate: (parameters) => sql.exec(text, ...bound(parameters)),
    run(parameters) {
      sql.exec(text, ...bound(parameters));
      const { changes } = sql.exec("select changes() as changes").one();
      const { id } = sql.exec("select last_insert_rowid() as id").one();
      return { changes, lastInsertRowid: id };
    },
  };
}
