/** The work on Drizzle's durable-sqlite, for both of its versions. */
export function tablesOf({ integer, real, sqliteTable, text }) {
  const id = () => integer().primaryKey();
  const int = () => integer().notNull();
  const words = () => text().notNull();
  const bool = () => integer({ mode: "boolean" }).notNull();
  const float = () => real().notNull();

  const task = sqliteTable("task", { id: id(), title: words(), done: bool() });
  const wide = sqliteTable("wide", {
    id: id(),
    ...{ a1: int(), a2: int(), a3: int(), a4: int(), a5: int(), b1: int() },
    ...{ c1: float(), c2: float(), c3: float(), c4: float() },
    ...{ d1: words(), d2: words(), d3: words(), d4: words(), d5: words() },
    ...{ e1: bool(), e2: bool(), f1: integer(), f2: text() },
  });
  const ledger = sqliteTable("ledger", { id: id(), amount: int(), balance: int() });
  const project = sqliteTable("project", { id: id(), name: words() });
  const issue = sqliteTable("issue", { id: id(), project_id: int(), title: words(), done: bool() });
  return { task, wide, ledger, project, issue };
}

export function worksOf(db, { desc, eq, sql }, { task, wide, ledger, project, issue }) {
  const values = (at) => ({ title: `task ${at}`, done: at % 2 === 1 });
  const score = (task) => task.id + Number(task.done);

  return {
    insert(count) {
      for (let at = 0; at < count; at++) {
        db.insert(task).values(values(at)).run();
      }
      return count;
    },
    insert_returning(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        sum += db.insert(task).values(values(at)).returning().get().id;
      }
      return sum;
    },
    find(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        sum += score(db.select().from(task).where(eq(task.id, (at % 1000) + 1)).get());
      }
      return sum;
    },
    update(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        const update = db.update(task).set({ title: `changed ${at}` }).where(eq(task.id, (at % 1000) + 1));
        sum += score(update.returning().get());
      }
      return sum;
    },
    delete(count) {
      for (let at = 0; at < count; at++) {
        db.delete(task).where(eq(task.id, at + 1)).run();
      }
      return count;
    },
    read(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const row of db.select().from(task).all()) {
          sum += score(row);
        }
      }
      return sum;
    },
    read_wide(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const row of db.select().from(wide).all()) {
          sum += row.id + row.b1 + (row.f1 ?? 0);
        }
      }
      return sum;
    },
    page(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        const page = db.select().from(task).where(eq(task.done, false)).orderBy(desc(task.id));
        for (const row of page.limit(20).offset((at % 10) * 20).all()) {
          sum += row.id;
        }
      }
      return sum;
    },
    related(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const found of db.query.project.findMany({ with: { issues: true } }).sync()) {
          sum += found.id + found.issues.reduce((sum, issue) => sum + issue.id, 0);
        }
      }
      return sum;
    },
    insert_many(count) {
      for (let at = 0; at < count; at++) {
        db.transaction((tx) => {
          for (let from = 0; from < 1000; from += 50) {
            tx.insert(task).values(Array.from({ length: 50 }, (_, row) => values(from + row))).run();
          }
        });
      }
      return count;
    },
    transaction(count) {
      for (let at = 0; at < count; at++) {
        db.transaction((tx) => {
          for (let row = 0; row < 100; row++) {
            tx.insert(task).values(values(row)).run();
          }
        });
      }
      return count;
    },
    integers(count) {
      let sum = 0n;
      const exact = (column) => sql`cast(${column} as text)`.mapWith(BigInt);
      for (let at = 0; at < count; at++) {
        const columns = { id: ledger.id, amount: exact(ledger.amount), balance: exact(ledger.balance) };
        for (const row of db.select(columns).from(ledger).all()) {
          sum += row.amount + row.balance;
        }
      }
      return BigInt.asIntN(64, sum);
    },
  };
}
