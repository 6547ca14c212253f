import assert from "node:assert/strict";

import { WORKSPACE } from "../visit.mjs";

export default async function (visit) {
  const { page } = visit;
  await visit.fill("Build");
  await page.goto(WORKSPACE);
  await visit.shows("Build");

  const refused = async (form, label, text, message) => {
    const field = form.getByLabel(label);
    await field.fill(text);
    await form.getByRole("button").first().click();
    await visit.alerts(form, message);
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    const described = await field.getAttribute("aria-describedby");
    assert.equal(await page.locator(`#${described}`).textContent(), message);
    assert.ok(await field.evaluate((element) => element === document.activeElement), `${label} has the focus`);
  };
  await refused(visit.form("New project"), "Name", "Apollo", "name is taken");
  await refused(visit.form("New project"), "Name", "", "name must not be empty");
  const form = visit.form("New task");
  await refused(form, "Title", "", "title must not be empty");
  await form.getByLabel("Title").fill("Land");
  await refused(form, "Hours", "-1", "estimate_hours must be a number that is not negative");
  await form.getByLabel("Hours").fill("");
  await refused(form, "Tags", "x".repeat(51), "tags hold a name that must not be longer than 50 characters");
  await form.getByLabel("Tags").fill("");
  await form.getByRole("button").click();
  await visit.shows("Build", "Land");
  assert.equal(await form.getByRole("alert").count(), 0, "what is right again has no alert");

  // Half a date is not no date.
  await page.getByRole("button", { name: "Edit Land" }).click();
  const edit = visit.form("Edit Land");
  await edit.getByLabel("Due").press("1");
  await edit.getByRole("button", { name: "Save" }).click();
  assert.notEqual(await visit.alert(edit), "");
  await edit.getByRole("button", { name: "Cancel" }).click();

  await visit.call("DELETE", "/tasks/2");
  await page.getByRole("button", { name: "Done Land" }).click();
  await visit.alerts(visit.row("tasks", "Land"), "no such task");

  await page.goto(`${WORKSPACE}?page=0`);
  assert.match(await visit.alert(page.locator("#tasks-alert")), /^page must be a whole number/);
}
