import assert from "node:assert/strict";

import { WORKSPACE } from "../visit.mjs";

export default async function (visit) {
  const { page } = visit;
  await page.goto("/");
  await page.getByLabel("Workspace").fill("demo");
  await page.getByRole("button", { name: "Open" }).click();
  await page.waitForURL(`**${WORKSPACE}`);
  assert.equal(await visit.form("New task").isVisible(), false, "there is no project yet");

  await visit.form("New project").getByLabel("Name").fill("Apollo");
  await visit.form("New project").getByRole("button").click();
  const form = visit.form("New task");
  await form.getByLabel("Title").fill("Build a rocket");
  await form.getByLabel("Due").fill("2026-12-31");
  await form.getByLabel("Hours").fill("7.5");
  await form.getByLabel("Tags").fill("steel, fire");
  await form.getByRole("button").click();
  await visit.says("Added Build a rocket to Apollo.");
  await visit.shows("Build a rocket");
  const details = await visit.row("tasks", "Build a rocket").locator("p").textContent();
  assert.equal(details, "due 2026-12-31 · 7.5 h fire steel");

  await page.getByRole("button", { name: "Edit Build a rocket" }).click();
  const edit = visit.form("Edit Build a rocket");
  assert.equal(await edit.getByLabel("Tags").inputValue(), "fire, steel");
  await edit.getByLabel("Title").fill("Build two rockets");
  await edit.getByLabel("Due").fill("");
  await edit.getByRole("button", { name: "Save" }).click();
  await visit.shows("Build two rockets");
  await page.getByRole("button", { name: "Done Build two rockets" }).click();
  await page.getByRole("button", { name: "Reopen Build two rockets" }).waitFor();
  const [task] = (await visit.call("GET", "/tasks")).items;
  const { created_at: _, ...rest } = task;
  const expected = { id: 1, project_id: 1, title: "Build two rockets", done: true, due_on: null, estimate_hours: 7.5 };
  assert.deepEqual(rest, { ...expected, tags: ["fire", "steel"] });

  await page.getByRole("button", { name: "Edit Apollo" }).click();
  await visit.form("Edit Apollo").getByLabel("Description").fill("To the moon");
  await visit.form("Edit Apollo").getByRole("button", { name: "Save" }).click();
  await visit.row("projects", "To the moon").waitFor();

  await page.getByRole("button", { name: "Delete Build two rockets" }).click();
  await visit.shows();
  await page.getByRole("button", { name: "Delete Apollo" }).click();
  await visit.says("Deleted Apollo.");
  assert.equal((await visit.call("GET", "/projects")).total, 0);
}
