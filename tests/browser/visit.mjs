// A visit to the worker in the browser: what cases do again and again.

import assert from "node:assert/strict";

/** The workspace that cases work in. */
export const WORKSPACE = "/w/demo";

export class Visit {
  /** What must not appear while a case runs: errors of scripts, and what the Content-Security-Policy has stopped. */
  #complaints = [];
  /** Statuses of refusals that a case asks for, which the browser logs as errors. */
  #expected = 0;

  constructor(page, options) {
    this.page = page;
    Object.assign(this, options);
    page.on("pageerror", (error) => this.#complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && this.#complaints.push(message.text()));
    page.on("dialog", (dialog) => dialog.accept());
  }

  /** A request to the JSON beside the browser. */
  async call(method, path, body) {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const answer = await fetch(`http://${this.address}${WORKSPACE}${path}`, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  }

  /** Two projects, and tasks in the first. */
  async fill(...titles) {
    for (const name of ["Apollo", "Gemini"]) await this.call("POST", "/projects", { name });
    for (const title of titles) await this.call("POST", "/tasks", { project_id: 1, title });
  }

  /** The form with this label. */
  form(label) {
    return this.page.getByRole("form", { name: label, exact: true });
  }

  /** The list item of the tasks, or of the projects, with this in it. */
  row(list, text) {
    return this.page.locator(`#${list} > li`, { hasText: text });
  }

  /** Waits until the titles of the tasks that are shown are these. */
  async shows(...titles) {
    await this.until(() => this.page.locator("#tasks .title").allTextContents(), titles);
  }

  /** Waits until the status line says this. */
  async says(text) {
    await this.until(() => this.page.locator("#status").textContent(), text);
  }

  /** Waits for the one alert in a place, and tells its text. */
  async alert(place) {
    this.#expected += 1;
    const alert = place.getByRole("alert");
    await alert.waitFor();
    return alert.textContent();
  }

  /** Waits until the one alert in a place says this, where another may still be. */
  async alerts(place, text) {
    this.#expected += 1;
    await this.until(() => place.getByRole("alert").textContent(), text);
  }

  /** Waits until something is so; its last value, and the page, are in the error of a wait in vain. */
  async until(ask, expected) {
    const end = Date.now() + 60_000;
    for (;;) {
      const found = await ask();
      try {
        return assert.deepEqual(found, expected);
      } catch (error) {
        if (Date.now() > end) {
          error.message += `\n${await this.page.locator("body").innerText()}`;
          throw error;
        }
        await new Promise((wake) => setTimeout(wake, 50));
      }
    }
  }

  /** The boxes of the diagram by their tables; none covers another. */
  async boxes() {
    const found = await this.page.locator("svg [data-table]").evaluateAll((all) =>
      all.map((group) => [group.dataset.table, group.querySelector(".box").getBoundingClientRect().toJSON()]));
    for (const [index, [name, one]] of found.entries()) {
      for (const [other, two] of found.slice(index + 1)) {
        const apart = one.right < two.left || two.right < one.left || one.bottom < two.top || two.bottom < one.top;
        assert.ok(apart, `${name} covers ${other}`);
      }
    }
    return Object.fromEntries(found);
  }

  /** Whether the page is as wide as the window, and nothing in it is wider. */
  async fitsTheWindow() {
    const [content, window] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.equal(content, window, "the page scrolls sideways");
  }

  finish() {
    const refusals = this.#complaints.filter((text) => text.startsWith("Failed to load resource"));
    const others = this.#complaints.filter((text) => !refusals.includes(text));
    assert.deepEqual(others, []);
    assert.ok(refusals.length <= this.#expected, refusals.join("\n"));
  }
}
