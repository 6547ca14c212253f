// The pictures of the READMEs; with SEA_ORM_DO_BLESS=1 they are put where the READMEs show them.

import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";

import { WORKSPACE } from "../visit.mjs";

export default async function (visit) {
  const { page } = visit;
  for (const [name, description] of [["Apollo", "To the moon and back"], ["Gemini", "Two at a time"], ["Mercury", null]]) {
    await visit.call("POST", "/projects", { name, description });
  }
  for (const task of [
    { project_id: 1, title: "Build a rocket", done: true, estimate_hours: 400, tags: ["steel", "fire"] },
    { project_id: 1, title: "Train the crew", due_on: "2026-12-01", estimate_hours: 120 },
    { project_id: 1, title: "Land", due_on: "2026-12-31", estimate_hours: 7.5, tags: ["moon"] },
    { project_id: 2, title: "Meet in orbit", tags: ["fire"] },
  ]) {
    await visit.call("POST", "/tasks", task);
  }
  const picture = async (name, height) => {
    const path = join(visit.pictures, name);
    await page.setViewportSize({ width: 960, height });
    await page.evaluate(() => document.activeElement.blur());
    await page.screenshot({ path });
    const { size } = await stat(path);
    assert.ok(size > 10_000 && size < 150_000, `${name} has ${size} bytes`);
  };
  await page.goto(`${WORKSPACE}?project=1`);
  await visit.shows("Build a rocket", "Train the crew", "Land");
  await page.getByLabel("Select Land").check();
  await picture("workspace.png", 700);
  await page.goto(`${WORKSPACE}/diagram`);
  await page.getByLabel("Secret").fill(visit.secret);
  await page.keyboard.press("Enter");
  await page.locator("svg").waitFor();
  await picture("schema.png", 560);
}
