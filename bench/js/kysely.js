/** The work on Kysely. */
import { Kysely, sql } from "kysely";
import { durableObjectDialect } from "./durable_objects.js";

export function kysely(storage) {
  const db = new Kysely({ dialect: durableObjectDialect(storage.sql) });
  const values = (at) => ({ title: `task ${at}`, done: at % 2 });
  const score = (task) => task.id + task.done;

  async function load(count) {
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const projects = new Map();
      for (const { id, name } of await db.selectFrom("project").selectAll().execute()) {
        projects.set(id, { id, name, issues: [] });
      }
      const issues = db.selectFrom("issue").selectAll().where("project_id", "in", [...projects.keys()]);
      for (const issue of await issues.execute()) {
        projects.get(issue.project_id).issues.push(issue);
      }
      for (const project of projects.values()) {
        sum += project.id + project.issues.reduce((sum, issue) => sum + issue.id, 0);
      }
    }
    return sum;
  }

  return {
    async insert(count) {
      let rows = 0n;
      for (let at = 0; at < count; at++) {
        const inserted = await db.insertInto("task").values(values(at)).executeTakeFirst();
        rows += inserted.numInsertedOrUpdatedRows;
      }
      return rows;
    },
    async insert_returning(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        sum += (await db.insertInto("task").values(values(at)).returningAll().executeTakeFirstOrThrow()).id;
      }
      return sum;
    },
    async find(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        const id = (at % 1000) + 1;
        sum += score(await db.selectFrom("task").selectAll().where("id", "=", id).executeTakeFirst());
      }
      return sum;
    },
    async update(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        const update = db.updateTable("task").set({ title: `changed ${at}` }).where("id", "=", (at % 1000) + 1);
        sum += score(await update.returningAll().executeTakeFirst());
      }
      return sum;
    },
    async delete(count) {
      let rows = 0n;
      for (let at = 0; at < count; at++) {
        rows += (await db.deleteFrom("task").where("id", "=", at + 1).executeTakeFirst()).numDeletedRows;
      }
      return rows;
    },
    async read(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const task of await db.selectFrom("task").selectAll().execute()) {
          sum += score(task);
        }
      }
      return sum;
    },
    async read_wide(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const row of await db.selectFrom("wide").selectAll().execute()) {
          sum += row.id + row.b1 + (row.f1 ?? 0);
        }
      }
      return sum;
    },
    async page(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        const page = db.selectFrom("task").selectAll().where("done", "=", 0).orderBy("id", "desc");
        for (const task of await page.limit(20).offset((at % 10) * 20).execute()) {
          sum += task.id;
        }
      }
      return sum;
    },
    async related(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        const rows = await db
          .selectFrom("project")
          .leftJoin("issue", "issue.project_id", "project.id")
          .select(["project.id", "project.name", "issue.id as issue", "project_id", "title", "done"])
          .orderBy("project.id")
          .execute();
        const projects = [];
        for (const { id, name, issue, project_id, title, done } of rows) {
          if (projects.at(-1)?.id !== id) {
            projects.push({ id, name, issues: [] });
          }
          if (issue !== null) {
            projects.at(-1).issues.push({ id: issue, project_id, title, done });
          }
        }
        for (const project of projects) {
          sum += project.id + project.issues.reduce((sum, issue) => sum + issue.id, 0);
        }
      }
      return sum;
    },
    load,
    load_many: load,
    async insert_many(count) {
      for (let at = 0; at < count; at++) {
        for (let from = 0; from < 1000; from += 50) {
          const rows = Array.from({ length: 50 }, (_, row) => values(from + row));
          await db.insertInto("task").values(rows).execute();
        }
      }
      return count;
    },
    /** The dialect has transactions for compiled statements only. */
    async transaction(count) {
      for (let at = 0; at < count; at++) {
        storage.transactionSync(() => {
          for (let row = 0; row < 100; row++) {
            const { sql, parameters } = db.insertInto("task").values(values(row)).compile();
            storage.sql.exec(sql, ...parameters);
          }
        });
      }
      return count;
    },
    async integers(count) {
      let sum = 0n;
      const text = (column) => sql`cast(${sql.ref(column)} as text)`.as(column);
      for (let at = 0; at < count; at++) {
        for (const row of await db.selectFrom("ledger").select(["id", text("amount"), text("balance")]).execute()) {
          sum += BigInt(row.amount) + BigInt(row.balance);
        }
      }
      return BigInt.asIntN(64, sum);
    },
    async stream(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for await (const task of db.selectFrom("task").selectAll().stream()) {
          sum += score(task);
        }
      }
      return sum;
    },
  };
}
