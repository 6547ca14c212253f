/** The release candidate of Drizzle's next version. */
import * as orm from "drizzle-orm-next";
import * as core from "drizzle-orm-next/sqlite-core";
import { drizzle as connect } from "drizzle-orm-next/durable-sqlite";
import { tablesOf, worksOf } from "./drizzle_works.js";

const tables = tablesOf(core);
const relations = orm.defineRelations(tables, (r) => ({
  project: { issues: r.many.issue({ from: r.project.id, to: r.issue.project_id }) },
  issue: { project: r.one.project({ from: r.issue.project_id, to: r.project.id }) },
}));

export function drizzleNext(storage) {
  return worksOf(connect(storage, { relations }), orm, tables);
}
