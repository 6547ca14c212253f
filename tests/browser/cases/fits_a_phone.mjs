import { WORKSPACE } from "../visit.mjs";

export default async function (visit) {
  const { page } = visit;
  await page.setViewportSize({ width: 360, height: 640 });
  await visit.call("POST", "/projects", { name: "W".repeat(100), description: "d".repeat(300) });
  await visit.call("POST", "/tasks", { project_id: 1, title: "w".repeat(200), due_on: "2026-12-31", tags: ["t".repeat(50), "steel"] });
  await page.goto("/");
  await visit.fitsTheWindow();
  await page.goto(WORKSPACE);
  await visit.shows("w".repeat(200));
  await visit.fitsTheWindow();
  await page.locator('#tasks [data-act="edit"]').click();
  await visit.fitsTheWindow();
  await page.locator('#projects [data-act="edit"]').click();
  await visit.fitsTheWindow();
  await page.goto(`${WORKSPACE}/diagram`);
  await visit.fitsTheWindow();
  await page.getByLabel("Secret").fill(visit.secret);
  await page.keyboard.press("Enter");
  await page.locator("svg").waitFor();
  await visit.fitsTheWindow();
}
