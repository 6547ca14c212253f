import assert from "node:assert/strict";

import { WORKSPACE } from "../visit.mjs";

const MARKUP = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>&amp;";

export default async function (visit) {
  const { page } = visit;
  await visit.call("POST", "/projects", { name: MARKUP.slice(0, 100), description: MARKUP });
  await visit.call("POST", "/tasks", { project_id: 1, title: MARKUP, tags: [MARKUP.slice(0, 50), "a, b", "?x=1&y"] });
  await page.goto(WORKSPACE);
  await visit.shows(MARKUP);
  await page.getByRole("link", { name: MARKUP.slice(0, 100), exact: true }).click();
  await visit.until(() => page.locator("#tasks-title").textContent(), `Tasks of ${MARKUP.slice(0, 100)}`);
  await page.getByRole("link", { name: "?x=1&y", exact: true }).click();
  await visit.until(() => page.locator("#tasks-title").textContent(), `Tasks of ${MARKUP.slice(0, 100)} tagged ?x=1&y`);
  await visit.shows(MARKUP);

  // A tag with a comma in it is not cut in two by a change of something else.
  await page.locator('#tasks [data-act="edit"]').click();
  await page.locator("#tasks form").getByLabel("Hours").fill("1");
  await page.locator("#tasks form").getByRole("button", { name: "Save" }).click();
  await page.locator("#tasks .muted", { hasText: "1 h" }).waitFor();
  assert.deepEqual((await visit.call("GET", "/tasks/1")).tags.length, 3);
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.match(await page.title(), /Work tracker/);
}
