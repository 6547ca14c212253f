import assert from "node:assert/strict";

import { WORKSPACE } from "../visit.mjs";

export default async function (visit) {
  const { page } = visit;
  await visit.fill("Build", "Test");
  const addresses = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.goto(WORKSPACE);
  await page.getByRole("link", { name: "Schema" }).click();
  await page.waitForURL("**/diagram");
  const secret = page.getByLabel("Secret");
  await secret.fill("another-secret");
  await page.keyboard.press("Enter");
  const form = page.locator("form");
  await visit.alerts(form, "the header Authorization must be Bearer and the secret");
  assert.equal(await page.locator("svg").count(), 0);
  await page.route("**/schema", (route) => route.fulfill({ status: 404, json: { error: { message: "no such path" } } }), { times: 1 });
  await page.keyboard.press("Enter");
  await visit.alerts(form, "no such path: this worker has no secret SCHEMA_TOKEN");
  await secret.fill("☃");
  await page.keyboard.press("Enter");
  await visit.until(() => form.getByRole("alert").textContent(), "a header takes letters, digits and signs of ASCII only");

  await secret.fill(visit.secret);
  await page.keyboard.press("Enter");
  await page.locator("svg").waitFor();
  assert.deepEqual(Object.keys(await visit.boxes()).sort(), ["project", "seaql_migrations", "tag", "task", "task_tag"]);
  const described = await page.locator("svg desc").textContent();
  assert.equal(described, "task points to project, task_tag points to tag, task_tag points to task");
  assert.equal(await page.locator("svg .relation").count(), 3);
  const task = await page.locator('svg [data-table="task"] text').allTextContents();
  for (const text of ["2 rows", "id", "PK", "project_id", "FK", "title", "due_on"]) assert.ok(task.includes(text), text);
  assert.match(await page.locator("#size").textContent(), /^5 tables, \d+ rows, [\d.]+ KiB in use\.$/);

  // Each line ends at the boxes that it joins.
  const ends = await page.locator("svg .relation").evaluateAll((lines) =>
    lines.map((line) => [0, line.getTotalLength()].map((at) => line.getPointAtLength(at).x + line.getScreenCTM().e)));
  const boxes = Object.values(await visit.boxes());
  for (const [start, end] of ends) {
    assert.ok(boxes.some(({ left }) => Math.abs(left - start) < 2), `a line begins at ${start}`);
    assert.ok(boxes.some(({ right }) => Math.abs(right - end) < 2), `a line ends at ${end}`);
  }

  const words = await page.locator("#tables").innerText();
  for (const text of ["project_id → project (id) ON DELETE CASCADE", "PRIMARY KEY (task_id, tag_id)"]) {
    assert.ok(words.includes(text), `${text} is not in\n${words}`);
  }
  assert.ok(addresses.every((address) => !address.includes(visit.secret)), "the secret stands in an address");
  const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]));
  assert.equal(kept, '[{},{},""]');
  await page.reload();
  assert.equal(await page.locator("svg").count(), 0, "a reload has to ask again");
}
