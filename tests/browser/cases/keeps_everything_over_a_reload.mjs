import assert from "node:assert/strict";

import { WORKSPACE } from "../visit.mjs";

export default async function (visit) {
  const { page } = visit;
  await visit.fill(...Array.from({ length: 23 }, (_, index) => `Step ${index + 1}`));
  await page.goto(WORKSPACE);
  await page.getByRole("link", { name: "Apollo" }).click();
  await page.getByRole("link", { name: "Next" }).click();
  await visit.shows("Step 21", "Step 22", "Step 23");
  await page.getByRole("button", { name: "Done Step 22" }).click();
  await page.getByRole("button", { name: "Reopen Step 22" }).waitFor();
  const everything = () => page.locator("#projects, #tasks, #tasks-title, #pages").allInnerTexts();
  const before = await everything();
  await page.reload();
  await visit.until(everything, before);

  const filter = visit.form("Which tasks are shown");
  await filter.getByLabel("Find").fill("2");
  await filter.getByLabel("Show").selectOption("open");
  await filter.getByLabel("Sort by").selectOption("title");
  await filter.getByRole("button").click();
  const found = ["Step 12", "Step 2", "Step 20", "Step 21", "Step 23"];
  await visit.shows(...found);
  await page.reload();
  await visit.shows(...found);
  assert.equal(await filter.getByLabel("Find").inputValue(), "2");
  await page.goBack();
  await visit.shows("Step 21", "Step 22", "Step 23");
}
