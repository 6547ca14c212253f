// Makes drizzle.sql and kysely.sql: databases as the migrators of Drizzle and Kysely leave them, as dumps. The migrators
// are those of npm; the storage under them is that of Node.js.
//
//     node tests/adopted/make.mjs
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";

const here = new URL(".", import.meta.url);

/** What Drizzle uses of a Durable Object's storage. */
function storageOf(db) {
  const exec = (sql, ...values) => {
    const statement = db.prepare(sql);
    const names = statement.columns().map(({ name }) => name);
    const rows = names.length > 0 ? statement.all(...values) : (statement.run(...values), []);
    const raw = rows.map((row) => names.map((name) => row[name]));
    return { toArray: () => rows, raw: () => ({ toArray: () => raw }), one: () => rows[0], columnNames: names };
  };
  const transactionSync = (closure) => {
    db.exec("BEGIN");
    const result = closure();
    db.exec("COMMIT");
    return result;
  };
  return { sql: { exec }, transactionSync };
}

function dumpOf(db) {
  const lines = [];
  const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
  for (const { name, sql } of db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()) {
    if (name.startsWith("sqlite_")) continue;
    lines.push(`${sql};`);
    for (const row of db.prepare(`SELECT * FROM ${quoted(name)}`).all()) {
      const values = Object.values(row).map((value) =>
        typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value ?? "NULL"),
      );
      lines.push(`INSERT INTO ${quoted(name)} VALUES (${values.join(", ")});`);
    }
  }
  for (const { sql } of db.prepare("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL").all()) {
    lines.push(`${sql};`);
  }
  return `${lines.join("\n")}\n`;
}

const ROWS = [
  "INSERT INTO author (id, name) VALUES (1, 'Ursula'), (2, 'it''s')",
  "INSERT INTO book (id, author_id, title, pages) VALUES (1, 1, 'The Dispossessed', 387), (2, 1, 'x', NULL)",
];

{
  const db = new DatabaseSync(":memory:");
  // As drizzle-kit generate writes them, with its breakpoints.
  const m0000 =
    "CREATE TABLE `author` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`name` text NOT NULL\n);\n" +
    "--> statement-breakpoint\n" +
    "CREATE TABLE `book` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`author_id` integer NOT NULL,\n" +
    "\t`title` text NOT NULL,\n" +
    "\tFOREIGN KEY (`author_id`) REFERENCES `author`(`id`) ON UPDATE no action ON DELETE cascade\n);\n" +
    "--> statement-breakpoint\nCREATE UNIQUE INDEX `author_name_unique` ON `author` (`name`);";
  const m0001 = "ALTER TABLE `book` ADD `pages` integer;";
  const entries = ["0000_first", "0001_pages"].map((tag, idx) => ({
    idx,
    version: "6",
    when: 1764300000000 + idx,
    tag,
    breakpoints: true,
  }));
  await migrate(drizzle(storageOf(db)), { journal: { entries }, migrations: { m0000, m0001 } });
  ROWS.forEach((sql) => db.exec(sql));
  writeFileSync(new URL("drizzle.sql", here), dumpOf(db));
}

{
  const db = new DatabaseSync(":memory:");
  const prepare = (sql) => {
    const statement = db.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (values) => statement.all(...values),
      run: (values) => statement.run(...values),
      iterate: (values) => statement.iterate(...values),
    };
  };
  const kysely = new Kysely({ dialect: new SqliteDialect({ database: { prepare, close() {} } }) });
  const first = {
    async up(db) {
      await db.schema
        .createTable("author")
        .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
        .addColumn("name", "text", (column) => column.notNull().unique())
        .execute();
      await db.schema
        .createTable("book")
        .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
        .addColumn("author_id", "integer", (column) => column.notNull().references("author.id").onDelete("cascade"))
        .addColumn("title", "text", (column) => column.notNull())
        .addColumn("pages", "integer")
        .execute();
    },
  };
  const provider = { getMigrations: async () => ({ "2025-01-01-first": first }) };
  const { error } = await new Migrator({ db: kysely, provider }).migrateToLatest();
  if (error) throw error;
  ROWS.forEach((sql) => db.exec(sql));
  writeFileSync(new URL("kysely.sql", here), dumpOf(db));
}
