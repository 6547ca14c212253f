/** The work on `ctx.storage.sql` by hand: what everyone else is measured by. */
export function bare(storage) {
  const { sql } = storage;
  const INSERT = "INSERT INTO task (title, done) VALUES (?, ?)";
  // 50 rows of two parameters: the runtime takes 100.
  const INSERT_50 = `INSERT INTO task (title, done) VALUES ${Array(50).fill("(?, ?)").join(", ")}`;
  const score = (task) => task.id + task.done;

  function insert(count) {
    for (let at = 0; at < count; at++) {
      sql.exec(INSERT, `task ${at}`, at % 2);
    }
    return count;
  }

  function integers(count) {
    let sum = 0n;
    const select = "SELECT id, CAST(amount AS TEXT) AS amount, CAST(balance AS TEXT) AS balance FROM ledger";
    for (let at = 0; at < count; at++) {
      for (const row of sql.exec(select).toArray()) {
        sum += BigInt(row.amount) + BigInt(row.balance);
      }
    }
    return BigInt.asIntN(64, sum);
  }

  function load(count) {
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const projects = new Map();
      for (const { id, name } of sql.exec("SELECT id, name FROM project").toArray()) {
        projects.set(id, { id, name, issues: [] });
      }
      const marks = Array(projects.size).fill("?").join(", ");
      const issues = `SELECT id, project_id, title, done FROM issue WHERE project_id IN (${marks})`;
      for (const issue of sql.exec(issues, ...projects.keys()).toArray()) {
        projects.get(issue.project_id).issues.push(issue);
      }
      for (const project of projects.values()) {
        sum += project.id + project.issues.reduce((sum, issue) => sum + issue.id, 0);
      }
    }
    return sum;
  }

  return {
    insert,
    insert_returning(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        sum += sql.exec(`${INSERT} RETURNING id, title, done`, `task ${at}`, at % 2).one().id;
      }
      return sum;
    },
    find(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        sum += score(sql.exec("SELECT id, title, done FROM task WHERE id = ?", (at % 1000) + 1).one());
      }
      return sum;
    },
    update(count) {
      let sum = 0;
      const update = "UPDATE task SET title = ? WHERE id = ? RETURNING id, title, done";
      for (let at = 0; at < count; at++) {
        sum += score(sql.exec(update, `changed ${at}`, (at % 1000) + 1).one());
      }
      return sum;
    },
    delete(count) {
      for (let at = 0; at < count; at++) {
        sql.exec("DELETE FROM task WHERE id = ?", at + 1);
      }
      return count;
    },
    read(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const task of sql.exec("SELECT id, title, done FROM task").toArray()) {
          sum += score(task);
        }
      }
      return sum;
    },
    read_wide(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const row of sql.exec("SELECT * FROM wide").toArray()) {
          sum += row.id + row.b1 + (row.f1 ?? 0);
        }
      }
      return sum;
    },
    raw_read(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const [id, , done] of sql.exec("SELECT id, title, done FROM task").raw()) {
          sum += id + done;
        }
      }
      return sum;
    },
    raw_read_wide(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const row of sql.exec("SELECT * FROM wide").raw()) {
          sum += row[0] + row[6] + (row[18] ?? 0);
        }
      }
      return sum;
    },
    page(count) {
      let sum = 0;
      const page = "SELECT id, title, done FROM task WHERE done = ? ORDER BY id DESC LIMIT 20 OFFSET ?";
      for (let at = 0; at < count; at++) {
        for (const task of sql.exec(page, 0, (at % 10) * 20).toArray()) {
          sum += task.id;
        }
      }
      return sum;
    },
    related(count) {
      let sum = 0;
      const join =
        "SELECT p.id, p.name, i.id, i.project_id, i.title, i.done FROM project p" +
        " LEFT JOIN issue i ON i.project_id = p.id ORDER BY p.id";
      for (let at = 0; at < count; at++) {
        const projects = [];
        for (const [id, name, issue, project_id, title, done] of sql.exec(join).raw()) {
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
    insert_many(count) {
      for (let at = 0; at < count; at++) {
        storage.transactionSync(() => {
          for (let from = 0; from < 1000; from += 50) {
            const values = [];
            for (let row = from; row < from + 50; row++) {
              values.push(`task ${row}`, row % 2);
            }
            sql.exec(INSERT_50, ...values);
          }
        });
      }
      return count;
    },
    transaction(count) {
      for (let at = 0; at < count; at++) {
        storage.transactionSync(() => insert(100));
      }
      return count;
    },
    integers,
    stream(count) {
      let sum = 0;
      for (let at = 0; at < count; at++) {
        for (const task of sql.exec("SELECT id, title, done FROM task")) {
          sum += score(task);
        }
      }
      return sum;
    },
  };
}
