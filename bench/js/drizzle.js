/** Drizzle as it is released. */
import * as orm from "drizzle-orm";
import * as core from "drizzle-orm/sqlite-core";
import { drizzle as connect } from "drizzle-orm/durable-sqlite";
import { tablesOf, worksOf } from "./drizzle_works.js";

const tables = tablesOf(core);
const { project, issue } = tables;
const issues = orm.relations(project, ({ many }) => ({ issues: many(issue) }));
const belongs = orm.relations(issue, ({ one }) => ({
  project: one(project, { fields: [issue.project_id], references: [project.id] }),
}));

export function drizzle(storage) {
  return worksOf(connect(storage, { schema: { ...tables, issues, belongs } }), orm, tables);
}
