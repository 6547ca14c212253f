import assert from "node:assert/strict";

export default async function (visit) {
  const { page } = visit;
  const { keyboard } = page;
  /** The label of what has the focus; it must be seen to have it. */
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: at } = document;
      if (getComputedStyle(at).outlineStyle === "none") throw new Error(`no outline around ${at.outerHTML}`);
      return at.getAttribute("aria-label") ?? at.labels?.[0]?.firstChild.textContent.trim() ?? at.textContent.trim();
    });
  /** Tab, or Shift+Tab, until what has this label has the focus. */
  const tabTo = async (label, key = "Tab") => {
    const passed = [];
    for (let count = 0; count < 40; count++) {
      await keyboard.press(key);
      const at = await focused();
      if (at === label) return;
      passed.push(at);
    }
    assert.fail(`${key} does not come to ${label}, but to ${passed.join(", ")}`);
  };

  await page.goto("/");
  await tabTo("Workspace");
  await keyboard.press("Enter");
  await page.waitForURL("**/w/demo");
  for (const name of ["Apollo", "Gemini"]) {
    await tabTo("Name");
    await keyboard.type(name);
    await keyboard.press("Enter");
    await visit.row("projects", name).waitFor();
    await visit.until(focused, "Name");
    await keyboard.press("Shift+Tab");
  }
  await tabTo("Title");
  await keyboard.type("Build");
  await tabTo("Due");
  await keyboard.type("12312026");
  await tabTo("Tags, with commas");
  await keyboard.type("steel");
  await keyboard.press("Enter");
  await visit.says("Added Build to Gemini.");
  await visit.until(focused, "Title");

  await tabTo("Edit Build");
  await keyboard.press("Enter");
  assert.equal(await focused(), "Title");
  await keyboard.press("Escape");
  assert.equal(await focused(), "Edit Build");
  await keyboard.press("Space");
  await keyboard.press("End");
  await keyboard.type(" it");
  await keyboard.press("Enter");
  await visit.shows("Build it");
  await visit.until(focused, "Edit Build it");

  await tabTo("Done Build it", "Shift+Tab");
  await keyboard.press("Enter");
  await visit.until(focused, "Reopen Build it");
  await tabTo("Select Build it", "Shift+Tab");
  await keyboard.press("Space");
  await tabTo("Move the selected to");
  await keyboard.press("A");
  await tabTo("Move");
  await keyboard.press("Enter");
  await visit.says("Moved 1 task to Apollo.");
  const [task] = (await visit.call("GET", "/tasks")).items;
  const { created_at: _, ...rest } = task;
  const expected = { id: 1, project_id: 1, title: "Build it", done: true, due_on: "2026-12-31", estimate_hours: null };
  assert.deepEqual(rest, { ...expected, tags: ["steel"] });
}
