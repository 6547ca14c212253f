// node main.mjs CASE ADDRESS SECRET CHROMIUM PICTURES: runs one case of cases/ against a worker, in a Chromium of its own.

import { chromium } from "playwright-core";

import { Visit } from "./visit.mjs";

const [name, address, secret, executablePath, pictures] = process.argv.slice(2);
const { default: run } = await import(`./cases/${name}.mjs`);
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const page = await browser.newPage({ baseURL: `http://${address}`, viewport: { width: 1100, height: 800 } });
  page.setDefaultTimeout(20_000);
  const visit = new Visit(page, { address, secret, pictures });
  await run(visit);
  visit.finish();
} catch (error) {
  console.error(error.stack ?? error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
