import assert from "node:assert/strict";

import { WORKSPACE } from "../visit.mjs";

export default async function (visit) {
  const { page } = visit;
  await visit.fill("Build", "Test", "Launch");
  await page.goto(`${WORKSPACE}?project=1`);
  await visit.shows("Build", "Test", "Launch");
  const move = visit.form("Move the selected tasks");
  const select = async (...titles) => {
    for (const title of titles) await page.getByLabel(`Select ${title}`).check();
  };

  // One of them is gone behind the page's back.
  await visit.call("DELETE", "/tasks/3");
  await select("Build", "Test", "Launch");
  await move.getByLabel("Move the selected to").selectOption("Gemini");
  await move.getByRole("button").click();
  await visit.alerts(move, "tasks hold 3, which is not the id of a task");
  const projects = async () => (await visit.call("GET", "/tasks")).items.map((task) => task.project_id);
  assert.deepEqual(await projects(), [1, 1], "nothing has moved");

  await page.reload();
  await visit.shows("Build", "Test");
  await select("Build", "Test");
  await move.getByLabel("Move the selected to").selectOption("Gemini");
  await move.getByRole("button").click();
  await visit.says("Moved 2 tasks to Gemini.");
  await visit.shows();
  assert.deepEqual(await projects(), [2, 2]);
  await page.getByRole("link", { name: "Gemini" }).click();
  await visit.shows("Build", "Test");
}
