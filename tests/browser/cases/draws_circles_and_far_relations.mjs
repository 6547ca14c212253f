import assert from "node:assert/strict";

import { WORKSPACE } from "../visit.mjs";

/** Each table with those that it points to. */
const POINTS = {
  album: ["artist"],
  artist: [],
  // In a circle, and to itself.
  customer: ["employee"],
  employee: ["customer", "employee"],
  invoice: ["customer"],
  "line \"item\"": ["invoice", "track", "ARTIST"],
  // To a table that is not there.
  lost: ["gone"],
  track: ["album"],
};

function column(name, rest = {}) {
  return { name, declared_type: "INTEGER", not_null: true, default: null, primary_key: null, generated: null, collation: "BINARY", ...rest };
}

const tables = Object.entries(POINTS).map(([name, targets]) => ({
  name,
  strict: false,
  without_rowid: false,
  columns: [column("id", { primary_key: 1 }), ...targets.map((target) => column(`${target}_id`, { not_null: false }))],
  indexes: [],
  foreign_keys: targets.map((target) => ({
    columns: [`${target}_id`], table: target, references: [], on_delete: "set_null", on_update: "no_action", deferred: false,
  })),
  checks: [],
}));

export default async function (visit) {
  const { page } = visit;
  const answer = (json) => (route) => route.fulfill({ json });
  await page.route("**/schema", answer({ tables, virtual_tables: [], views: [], triggers: [] }));
  await page.route("**/schema/size", answer({ bytes: 4096, rows: {} }));
  await page.goto(`${WORKSPACE}/diagram`);
  await page.getByLabel("Secret").fill(visit.secret);
  await page.keyboard.press("Enter");
  await page.locator("svg").waitFor();

  const boxes = await visit.boxes();
  assert.deepEqual(Object.keys(boxes).sort(), Object.keys(POINTS).sort());
  assert.equal(await page.locator("svg .relation").count(), 9, "all keys but that of lost");
  for (const [left, right] of [["artist", "album"], ["album", "track"], ["track", "line \"item\""], ["invoice", "line \"item\""]]) {
    assert.ok(boxes[left].right < boxes[right].left, `${left} stands to the left of ${right}`);
  }
  // All of it is within the picture, and no line crosses a box that it does not join.
  const picture = await page.locator("svg").evaluate((svg) => svg.getBoundingClientRect().toJSON());
  const lines = await page.locator("svg .relation").evaluateAll((all) => all.map((line) => ({
    name: line.dataset.relation,
    points: Array.from({ length: 101 }, (_, at) => {
      const point = line.getPointAtLength((line.getTotalLength() * at) / 100).matrixTransform(line.getScreenCTM());
      return { x: point.x, y: point.y };
    }),
  })));
  const isIn = ({ x, y }, { left, right, top, bottom }) => x > left + 1 && x < right - 1 && y > top + 1 && y < bottom - 1;
  for (const { name, points } of lines) {
    assert.ok(points.every((point) => isIn(point, { ...picture, left: picture.left - 2, right: picture.right + 2 })), `${name} leaves the picture`);
    if (name === "employee customer") continue;
    for (const [table, box] of Object.entries(boxes)) {
      assert.ok(!points.some((point) => isIn(point, box)), `the line ${name} crosses ${table}`);
    }
  }
}
