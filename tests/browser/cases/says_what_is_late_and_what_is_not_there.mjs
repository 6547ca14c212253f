import { WORKSPACE } from "../visit.mjs";

export default async function (visit) {
  const { page } = visit;
  const empty = () => page.locator("#no-tasks:visible").allTextContents();
  await page.goto(WORKSPACE);
  await visit.until(() => page.locator("#no-project").isVisible(), true);
  await visit.until(empty, []);
  await visit.call("POST", "/projects", { name: "Apollo" });
  await page.reload();
  await visit.until(empty, ["No task yet. Add the first one above."]);

  const day = (back) => new Date(Date.now() - back * 86_400_000).toLocaleDateString("sv");
  const [late, yesterday, today, later] = [day(9), day(1), day(0), day(-1)];
  for (const [title, due_on, done] of [["a", late], ["b", yesterday], ["c", today], ["d", later], ["e", late, true], ["f", null]]) {
    await visit.call("POST", "/tasks", { project_id: 1, title, due_on, done: done ?? false });
  }
  await page.goto(`${WORKSPACE}?project=1`);
  await visit.shows("a", "b", "c", "d", "e", "f");
  await visit.until(() => page.locator("#tasks li p").allTextContents(), [
    `due ${late}, 9 days late`, `due ${yesterday}, 1 day late`, `due today, ${today}`, `due ${later}`, `due ${late}`, "",
  ]);
  await visit.until(() => page.locator("#tasks .late").count(), 2);
  await visit.until(empty, []);

  await page.goto(`${WORKSPACE}?project=1&q=nothing`);
  await visit.until(empty, ["No task is like that. Show all"]);
  await page.getByRole("link", { name: "Show all" }).click();
  await visit.shows("a", "b", "c", "d", "e", "f");
}
